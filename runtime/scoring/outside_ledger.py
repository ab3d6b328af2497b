"""What SQLite remembers of streams that are scored outside: how far they have asked, and which rows wait for what."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..brokers.topics import Positions, positions_of, positions_text
from ..stores import ledger
from ..stores.packed import pack, unpack

WAITING, JOINED, GIVEN_UP = 0, 1, 2
States = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Progress:
    """``nonce`` tells this stream's prediction ids from all others; every epoch up to ``epoch`` has been taken up."""

    nonce: str
    epoch: int
    positions: Positions


@dataclass
class Asked:
    """The service's rows of one epoch and what has become of each; ``deadline`` in µs of wall time, None for never."""

    epoch: int
    deadline: int | None
    rows: pa.Table
    states: States


def begin(store: sqlite3.Connection, streams: Mapping[str, int]) -> None:
    """Let new streams, by name their version, start after the last epoch, inside the caller's transaction.

    Those that are gone, and other versions, are forgotten with the rows that waited.
    """
    known = dict(store.execute("SELECT stream, version FROM outside_streams").fetchall())
    for name in sorted(known.keys() - {name for name, version in streams.items() if known.get(name) == version}):
        store.execute("DELETE FROM outside_streams WHERE stream = ?", (name,))
        store.execute("DELETE FROM outside_asked WHERE stream = ?", (name,))
    last = ledger.next_epoch(store) - 1
    for name, version in sorted(streams.items()):
        row = (name, version, uuid.uuid4().hex[:12], last)
        store.execute("INSERT OR IGNORE INTO outside_streams VALUES (?, ?, ?, ?, '{}')", row)


def progress(store: sqlite3.Connection, stream: str) -> Progress:
    """Return how far a stream has come."""
    sql = "SELECT nonce, epoch, positions FROM outside_streams WHERE stream = ?"
    nonce, epoch, held = store.execute(sql, (stream,)).fetchone()
    return Progress(nonce, epoch, positions_of(held))


def asked(store: sqlite3.Connection, stream: str) -> dict[int, Asked]:
    """Return what a stream has asked about and not forgotten, by epoch."""
    sql = "SELECT epoch, deadline_us, rows, states FROM outside_asked WHERE stream = ? ORDER BY epoch"
    return {
        epoch: Asked(epoch, deadline, unpack(rows), np.frombuffer(states, np.uint8).copy())
        for epoch, deadline, rows, states in store.execute(sql, (stream,))
    }


def take_up(store: sqlite3.Connection, stream: str, one: Asked) -> None:
    """Remember what was asked about one more epoch, inside the caller's transaction."""
    row = (stream, one.epoch, one.deadline, pack(one.rows), one.states.tobytes())
    store.execute("INSERT INTO outside_asked VALUES (?, ?, ?, ?, ?)", row)
    store.execute("UPDATE outside_streams SET epoch = ? WHERE stream = ?", (one.epoch, stream))


def save_positions(store: sqlite3.Connection, stream: str, positions: Mapping[int, int]) -> None:
    """Remember up to where answers have been read, inside the caller's transaction."""
    store.execute("UPDATE outside_streams SET positions = ? WHERE stream = ?", (positions_text(positions), stream))


def save_states(store: sqlite3.Connection, stream: str, changed: Iterable[Asked]) -> None:
    """Remember what has become of rows, inside the caller's transaction."""
    sql = "UPDATE outside_asked SET states = ? WHERE stream = ? AND epoch = ?"
    store.executemany(sql, [(one.states.tobytes(), stream, one.epoch) for one in changed])


def forget(store: sqlite3.Connection, stream: str, epochs: Iterable[int]) -> None:
    """Let go of epochs of which no answer is expected any more, inside the caller's transaction."""
    rows = [(stream, epoch) for epoch in epochs]
    store.executemany("DELETE FROM outside_asked WHERE stream = ? AND epoch = ?", rows)


def waiting(store: sqlite3.Connection) -> dict[str, int]:
    """Return, by stream, how many rows wait for their score."""
    found = {name: 0 for (name,) in store.execute("SELECT stream FROM outside_streams ORDER BY stream")}
    for name, states in store.execute("SELECT stream, states FROM outside_asked"):
        found[name] += int(np.count_nonzero(np.frombuffer(states, np.uint8) == WAITING))
    return found
