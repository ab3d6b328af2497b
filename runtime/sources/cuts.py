"""Where the events of a source begin that are still there, and reading them again from that place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ..stores import ledger
from ..stores.ledger import Range
from ..stores.packed import pack, unpack
from .files import ROW_BITS
from .intake import Arrival, Intake
from .repeats import TIME


@dataclass(frozen=True)
class Cut:
    """Where the events of a source begin that are still there.

    Those of ``epoch`` and before, below ``offset``, may be gone; every event from ``time`` (µs) on is there.
    """

    epoch: int
    offset: int
    time: int


def cut(connection: sqlite3.Connection, source: str) -> Cut | None:
    """Return where a source's events begin; None where none is gone."""
    row = connection.execute("SELECT epoch, row, time FROM cuts WHERE source = ?", (source,)).fetchone()
    return None if row is None else Cut(*row)


def cut_epoch(connection: sqlite3.Connection, source: str) -> int:
    """Return the last epoch of which events of a source may be gone; 0 where none is."""
    held = cut(connection, source)
    return 0 if held is None else held.epoch


def note_cut(connection: sqlite3.Connection, source: str, cut: Cut, keys: pa.Table | None) -> None:
    """Note where a source's events begin, inside the caller's transaction.

    ``keys``: what an intake remembers there of the rows before, where repeats of them are dropped.
    """
    connection.execute("INSERT OR REPLACE INTO cuts VALUES (?, ?, ?, ?)", (source, cut.epoch, cut.offset, cut.time))
    connection.execute("DELETE FROM cut_repeats WHERE source = ?", (source,))
    if keys is not None:
        connection.execute("INSERT INTO cut_repeats VALUES (?, ?)", (source, pack(keys)))


def last_below(connection: sqlite3.Connection, source: str, horizon: int, upto: int) -> Cut | None:
    """Return the cut behind the last committed epoch, at most ``upto``, whose events all lie below ``horizon`` (µs)."""
    row = connection.execute(
        f"SELECT epoch, to_file << {ROW_BITS} | to_row, high + 1 FROM epoch_ranges JOIN epochs USING (epoch) "
        "WHERE source = ? AND status = 'committed' AND epoch <= ? AND high < ? ORDER BY epoch DESC LIMIT 1",
        (source, upto, horizon),
    ).fetchone()
    return None if row is None else Cut(*row)


def take_up(connection: sqlite3.Connection, intake: Intake) -> None:
    """Let an intake that begins at its source's cut know the rows before it that later ones may repeat."""
    source = intake.source
    row = connection.execute("SELECT keys FROM cut_repeats WHERE source = ?", (source.name,)).fetchone()
    held = None if row is None else unpack(row[0])
    # Under another primary key nothing is known of the rows that are gone.
    if held is not None and held.column_names == [*source.primary_key, TIME]:
        intake.restore(held)


def ranges(connection: sqlite3.Connection, source: str, upto: int | None = None) -> list[tuple[int, int, Range]]:
    """Return what committed epochs (at most ``upto``) read of a source since its cut.

    Each with its epoch and its place among what that epoch read.
    """
    return [
        (epoch, place, held)
        for epoch in ledger.committed_epochs(connection, [source], cut_epoch(connection, source), upto)
        for place, held in enumerate(ledger.read_intent(connection, epoch).ranges)
        if held.source == source
    ]


def read_again(connection: sqlite3.Connection, intake: Intake, upto: int | None = None) -> Iterator[Arrival]:
    """Read what committed epochs (at most ``upto``) read of a source since its cut; ``intake`` has read nothing yet."""
    name = intake.source.name
    intake.refresh(connection)
    take_up(connection, intake)
    before = ledger.source_progress(connection, name, cut_epoch(connection, name))
    for _, _, held in ranges(connection, name, upto):
        arrival = intake.read_again(held, before)
        before = arrival.range.reached
        yield arrival
