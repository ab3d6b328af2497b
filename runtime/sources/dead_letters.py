"""Dead letters: rows that were quarantined, and handing them in again once the cause is mended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pyarrow as pa

from ...catalog.database import transaction
from ...features_sql.definitions import Definitions, PushConnector, Source
from ...features_sql.errors import ReadError
from .. import failpoints
from ..stores.layout import Layout
from .event_log import EventLog
from .push import shaped, text_of


@dataclass(frozen=True)
class Letter:
    """A quarantined row; ``replay`` names the replay that handed it in again, None while none has."""

    id: int
    epoch: int
    origin: str
    offset: int | None
    reason: str
    raw: bytes
    at: str
    replay: int | None


@dataclass(frozen=True)
class Replayed:
    """What a replay did: rows handed in again by source, and for each letter that was not, why."""

    rows: Mapping[str, int]
    refused: Sequence[tuple[Letter, str]]


def letters(store: sqlite3.Connection, ids: Sequence[int] = (), origin: str | None = None) -> list[Letter]:
    """Return these letters, or all, in the order in which they came. Raises ReadError for an unknown id."""
    sql = 'SELECT rowid, epoch, origin, "offset", reason, raw, at, replay FROM dead_letters ORDER BY rowid'
    found = [Letter(*row) for row in store.execute(sql)]
    unknown = set(ids) - {letter.id for letter in found}
    if unknown:
        raise ReadError(f"there is no dead letter {min(unknown)}; `headrace dead-letters list` shows their numbers")
    return [one for one in found if (not ids or one.id in ids) and origin in (None, one.origin)]


def replay(store: sqlite3.Connection, layout: Layout, definitions: Definitions, chosen: Sequence[Letter]) -> Replayed:
    """Hand letters in again, each at most once, whatever breaks off in between; finish what was broken off before.

    A replay is promised, its rows appended to the source's log as one segment that bears its number, then noted as
    done: a promise whose segment is there is only noted.
    """
    for number, source, size in store.execute("SELECT replay, source, log_end FROM replays WHERE NOT done").fetchall():
        _hand_in(store, layout, definitions.sources.get(source), number, size)
    refused: list[tuple[Letter, str]] = []
    fitting: dict[str, list[Letter]] = {}
    for letter in chosen:
        reason = _refusal(definitions, letter)
        if reason:
            refused.append((letter, reason))
        else:
            fitting.setdefault(letter.origin, []).append(letter)
    for source, held in sorted(fitting.items()):
        log = EventLog(layout.events(source))
        log.look()
        with transaction(store):
            number = store.execute("SELECT coalesce(max(replay), 0) + 1 FROM replays").fetchone()[0]
            store.execute("INSERT INTO replays VALUES (?, ?, ?, 0)", (number, source, log.end))
            marks = [(number, letter.id) for letter in held]
            store.executemany("UPDATE dead_letters SET replay = ? WHERE rowid = ?", marks)
        failpoints.reach("replay")
        _hand_in(store, layout, definitions.sources[source], number, log.end)
    return Replayed({source: len(held) for source, held in fitting.items()}, refused)


def _hand_in(store: sqlite3.Connection, layout: Layout, source: Source | None, number: int, end: int) -> None:
    """Append the rows of a promised replay unless the log has them from ``end`` on, and note it as done."""
    if source is not None:
        log = EventLog(layout.events(source.name))
        if not log.holds(f"replay {number}", end):
            raws = store.execute("SELECT raw FROM dead_letters WHERE replay = ? ORDER BY rowid", (number,)).fetchall()
            rows = pa.Table.from_pylist([_texts(source, cast("dict[str, object]", json.loads(raw))) for (raw,) in raws])
            log.append(shaped(source, rows), label=f"replay {number}")
        failpoints.reach("replayed")
    with transaction(store):
        store.execute("UPDATE replays SET done = 1 WHERE replay = ?", (number,))


def _refusal(definitions: Definitions, letter: Letter) -> str:
    """Return why a letter cannot be handed in again; nothing where it can."""
    if letter.replay is not None:
        return f"it was handed in again already, by replay {letter.replay}"
    source = definitions.sources.get(letter.origin)
    if source is None:
        return f"its event is read: it broke {letter.origin}, which is computed from history when its SQL changes"
    if not isinstance(source.connector, PushConnector):
        return f"{source.name} reads {source.connector.kind}: put the mended row into a new one"
    if _row(letter.raw) is None:
        return "its bytes are no row; mend them and push them"
    missing = [c.name for c in source.columns if c.computed is None and c.name not in (_row(letter.raw) or {})]
    return f"it has no {missing[0]}, which {source.name} declares by now" if missing else ""


def _row(raw: bytes) -> dict[str, object] | None:
    try:
        held: object = json.loads(raw)
    except ValueError:
        return None
    return cast("dict[str, object]", held) if isinstance(held, dict) else None


def _texts(source: Source, row: dict[str, object]) -> dict[str, str | None]:
    """Every value as the text of it, as JSON lines are read."""
    given = [column.name for column in source.columns if column.computed is None]
    return {name: text_of(row[name]) for name in given}
