"""What SQLite remembers: epochs, offsets, files, outputs, dead letters, snapshots, and who is live."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ...catalog.database import transaction
from ...catalog.schema import as_text
from ..sources import lanes
from ..sources.files import Position, SourceFile
from ..sources.lanes import Lanes
from ..sources.lateness import BEGINNING, watermark

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS epochs (
  epoch INTEGER PRIMARY KEY, source_group TEXT NOT NULL, watermark INTEGER NOT NULL, status TEXT NOT NULL,
  started_at TEXT NOT NULL, committed_at TEXT);
CREATE TABLE IF NOT EXISTS epoch_ranges (
  epoch INTEGER NOT NULL, source TEXT NOT NULL, "partition" INTEGER NOT NULL,
  from_file INTEGER NOT NULL, from_row INTEGER NOT NULL,
  to_file INTEGER NOT NULL, to_row INTEGER NOT NULL, rows INTEGER NOT NULL, ended INTEGER NOT NULL,
  high INTEGER, floor INTEGER NOT NULL, clock_us INTEGER NOT NULL, lanes TEXT NOT NULL,
  accepted INTEGER NOT NULL, late INTEGER NOT NULL, repeated INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  PRIMARY KEY (epoch, source, "partition"));
CREATE TABLE IF NOT EXISTS epoch_tables (
  epoch INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (epoch, name));
CREATE TABLE IF NOT EXISTS epoch_models (
  epoch INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (epoch, name));
CREATE TABLE IF NOT EXISTS files (
  source TEXT NOT NULL, ordinal INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
  modified INTEGER NOT NULL, found_us INTEGER NOT NULL, PRIMARY KEY (source, ordinal));
CREATE TABLE IF NOT EXISTS outputs (
  epoch INTEGER NOT NULL, name TEXT NOT NULL, staged TEXT NOT NULL, path TEXT PRIMARY KEY, rows INTEGER NOT NULL,
  placed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS dead_letters (
  epoch INTEGER NOT NULL, origin TEXT NOT NULL, "partition" INTEGER NOT NULL, "offset" INTEGER,
  raw BLOB, reason TEXT NOT NULL, at TEXT NOT NULL, replay INTEGER);
CREATE TABLE IF NOT EXISTS replays (
  replay INTEGER PRIMARY KEY, source TEXT NOT NULL, log_end INTEGER NOT NULL, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cuts (
  source TEXT PRIMARY KEY, epoch INTEGER NOT NULL, row INTEGER NOT NULL, time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cut_repeats (source TEXT PRIMARY KEY, keys BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (
  epoch INTEGER NOT NULL, source_group TEXT NOT NULL, stamp TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (source_group, epoch));
CREATE TABLE IF NOT EXISTS sinks (
  name TEXT PRIMARY KEY, source TEXT NOT NULL, epoch INTEGER NOT NULL, trying INTEGER, positions TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sink_parts (name TEXT PRIMARY KEY, parts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outside_streams (
  stream TEXT PRIMARY KEY, version INTEGER NOT NULL, nonce TEXT NOT NULL, epoch INTEGER NOT NULL,
  positions TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outside_asked (
  stream TEXT NOT NULL, epoch INTEGER NOT NULL, deadline_us INTEGER, rows BLOB NOT NULL, states BLOB NOT NULL,
  PRIMARY KEY (stream, epoch));
CREATE TABLE IF NOT EXISTS live (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, folder TEXT NOT NULL, watermark INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS null_entities (
  view TEXT NOT NULL, version INTEGER NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (view, version));
CREATE TABLE IF NOT EXISTS online_views (
  view INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, UNIQUE (name, version));
CREATE TABLE IF NOT EXISTS online_rows (
  view INTEGER NOT NULL, key TEXT NOT NULL, epoch INTEGER NOT NULL, at_us INTEGER NOT NULL, "row" TEXT NOT NULL,
  PRIMARY KEY (view, key)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS online AS
  SELECT name, version, key, epoch, {as_text("at_us")} AS at, "row" FROM online_views JOIN online_rows USING (view);
CREATE TABLE IF NOT EXISTS online_behind (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, epoch INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Range:
    """The rows of one partition of a source that an epoch reads, and what became of them.

    ``floor``: event time that the partition has reached by being idle, before these rows. ``clock``: wall time up to
    which it has been accounted for (µs): the arrival of its newest row, or an idle advance. A range without rows
    whose floor is higher than before is such an advance. ``lanes``: how far the partitions of a topic are.
    """

    source: str
    partition: int
    start: Position
    end: Position
    rows: int
    ended: bool
    high: int | None
    floor: int
    clock: int
    lanes: Lanes
    accepted: int
    late: int
    repeated: int
    rejected: int

    @property
    def reached(self) -> SourceProgress:
        """How far the partition is after these rows."""
        return SourceProgress(self.end, self.high, self.ended, self.floor, self.clock, self.lanes)


@dataclass(frozen=True)
class Intent:
    """An epoch as it is promised before it computes: enough to compute it again, bit for bit.

    ``models`` holds the trained version that scores, by model; one that has none is left out.
    """

    epoch: int
    group: str
    watermark: int
    ranges: tuple[Range, ...]
    tables: Mapping[str, str]
    models: Mapping[str, int]


@dataclass(frozen=True)
class Output:
    """A file of rows: where it is staged and where it stands once placed, both relative to the project's store."""

    name: str
    staged: str
    path: str
    rows: int


@dataclass(frozen=True)
class DeadLetter:
    """A row that was quarantined: its origin (a source, view or service), place, raw bytes and the reason.

    ``offset`` is None where no event stands behind it: a close, or a probe of a service.
    """

    origin: str
    partition: int
    offset: int | None
    raw: bytes
    reason: str


def create(connection: sqlite3.Connection) -> None:
    """Create the tables that are missing."""
    with transaction(connection):
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                connection.execute(statement)


def now() -> str:
    """Return the wall clock in UTC, as text to the microsecond."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def next_epoch(connection: sqlite3.Connection) -> int:
    """Return the number after the last epoch, open or committed."""
    return connection.execute("SELECT coalesce(max(epoch), 0) + 1 FROM epochs").fetchone()[0]


def open_intent(connection: sqlite3.Connection) -> Intent | None:
    """Return the epoch that was promised and not committed, if there is one."""
    row = connection.execute("SELECT epoch FROM epochs WHERE status = 'open'").fetchone()
    return None if row is None else read_intent(connection, row[0])


def read_intent(connection: sqlite3.Connection, epoch: int) -> Intent:
    """Return a promised or committed epoch."""
    group, watermark = connection.execute(
        "SELECT source_group, watermark FROM epochs WHERE epoch = ?", (epoch,)
    ).fetchone()
    rows = connection.execute("SELECT * FROM epoch_ranges WHERE epoch = ? ORDER BY source", (epoch,)).fetchall()
    tables = connection.execute("SELECT name, sha256 FROM epoch_tables WHERE epoch = ?", (epoch,)).fetchall()
    models = connection.execute("SELECT name, version FROM epoch_models WHERE epoch = ?", (epoch,)).fetchall()
    return Intent(epoch, group, watermark, tuple(_range(row) for row in rows), dict(tables), dict(models))


def committed_epochs(
    connection: sqlite3.Connection, sources: Sequence[str], after: int, upto: int | None = None
) -> list[int]:
    """Return the committed epochs past ``after`` (and at most ``upto``) that read any of these sources, in order."""
    marks = ", ".join("?" for _ in sources)
    sql = (
        "SELECT DISTINCT epoch FROM epochs JOIN epoch_ranges USING (epoch) "
        f"WHERE status = 'committed' AND epoch > ? AND epoch <= ? AND source IN ({marks}) ORDER BY epoch"
    )
    return [row[0] for row in connection.execute(sql, (after, 2**62 if upto is None else upto, *sources))]


def promise(connection: sqlite3.Connection, intent: Intent) -> None:
    """Write an intent inside the caller's transaction."""
    connection.execute(
        "INSERT INTO epochs VALUES (?, ?, ?, 'open', ?, NULL)", (intent.epoch, intent.group, intent.watermark, now())
    )
    for held in intent.ranges:
        _add_range(connection, intent.epoch, held)
    connection.executemany(
        "INSERT INTO epoch_tables VALUES (?, ?, ?)", [(intent.epoch, name, sha) for name, sha in intent.tables.items()]
    )
    versions = [(intent.epoch, name, version) for name, version in intent.models.items()]
    connection.executemany("INSERT INTO epoch_models VALUES (?, ?, ?)", versions)


def table_versions(connection: sqlite3.Connection, name: str) -> dict[int, str]:
    """Return the version of a table that each epoch names, by epoch; some name none."""
    return dict(connection.execute("SELECT epoch, sha256 FROM epoch_tables WHERE name = ?", (name,)))


def name_table(connection: sqlite3.Connection, name: str, versions: Mapping[int, str]) -> None:
    """Let epochs name these versions of a table, inside the caller's transaction."""
    rows = [(epoch, name, sha) for epoch, sha in versions.items()]
    connection.executemany("INSERT OR REPLACE INTO epoch_tables VALUES (?, ?, ?)", rows)


def commit(
    connection: sqlite3.Connection, epoch: int, outputs: Iterable[Output], dead_letters: Iterable[DeadLetter]
) -> None:
    """Mark an epoch committed and name its files, inside the caller's transaction."""
    connection.execute("UPDATE epochs SET status = 'committed', committed_at = ? WHERE epoch = ?", (now(), epoch))
    add_outputs(connection, epoch, outputs)
    _add_dead_letters(connection, epoch, dead_letters)


def judge_again(connection: sqlite3.Connection, epoch: int, held: Range, dead_letters: Iterable[DeadLetter]) -> None:
    """Say anew what became of the rows of a committed range, inside the caller's transaction."""
    sql = 'DELETE FROM epoch_ranges WHERE epoch = ? AND source = ? AND "partition" = ?'
    connection.execute(sql, (epoch, held.source, held.partition))
    _add_range(connection, epoch, held)
    of_range = "epoch = ? AND origin = ?"
    handed_in = f'SELECT replay, "offset" FROM dead_letters WHERE {of_range} AND replay IS NOT NULL'
    marks = connection.execute(handed_in, (epoch, held.source)).fetchall()
    connection.execute(f"DELETE FROM dead_letters WHERE {of_range}", (epoch, held.source))
    _add_dead_letters(connection, epoch, dead_letters)
    marked = f'UPDATE dead_letters SET replay = ? WHERE "offset" = ? AND {of_range}'
    connection.executemany(marked, [(*mark, epoch, held.source) for mark in marks])


def replayed_offsets(connection: sqlite3.Connection, source: str) -> dict[int, str]:
    """Return the offsets of a source's dead letters that were handed in again, with the reason of each."""
    sql = 'SELECT "offset", reason FROM dead_letters WHERE origin = ? AND replay IS NOT NULL'
    return dict(connection.execute(sql, (source,)))


def _add_dead_letters(connection: sqlite3.Connection, epoch: int, dead_letters: Iterable[DeadLetter]) -> None:
    connection.executemany(
        "INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        [(epoch, d.origin, d.partition, d.offset, d.raw, d.reason, now()) for d in dead_letters],
    )


def add_outputs(connection: sqlite3.Connection, epoch: int, outputs: Iterable[Output]) -> None:
    """Name files that an epoch wrote, inside the caller's transaction."""
    connection.executemany(
        "INSERT INTO outputs VALUES (?, ?, ?, ?, ?, 0)", [(epoch, o.name, o.staged, o.path, o.rows) for o in outputs]
    )


def commit_alone(
    connection: sqlite3.Connection, epoch: int, name: str, outputs: Iterable[Output], dead_letters: Iterable[DeadLetter]
) -> None:
    """Write and commit an epoch that reads no source, and is never computed again, inside the caller's transaction."""
    connection.execute("INSERT INTO epochs VALUES (?, ?, 0, 'open', ?, NULL)", (epoch, name, now()))
    commit(connection, epoch, outputs, dead_letters)


def outputs_after(connection: sqlite3.Connection, name: str, epoch: int) -> list[tuple[int, list[str]]]:
    """Return the committed files of a dataset past an epoch, by epoch; what ``materialize`` wrote is no news."""
    sql = (
        "SELECT epoch, path FROM outputs JOIN epochs USING (epoch) "
        "WHERE name = ? AND epoch > ? AND source_group <> '' ORDER BY epoch, path"
    )
    found: dict[int, list[str]] = {}
    for number, path in connection.execute(sql, (name, epoch)):
        found.setdefault(number, []).append(path)
    return list(found.items())


def unplaced(connection: sqlite3.Connection) -> list[Output]:
    """Return the committed files that may still stand, or stand again, where they were staged."""
    sql = "SELECT name, staged, path, rows FROM outputs WHERE placed = 0 ORDER BY epoch, path"
    return [Output(*row) for row in connection.execute(sql)]


def known_files(connection: sqlite3.Connection, source: str) -> list[SourceFile]:
    """Return the files of a source by ordinal."""
    sql = "SELECT ordinal, path, size, sha256, modified, found_us FROM files WHERE source = ? ORDER BY ordinal"
    return [SourceFile(*row) for row in connection.execute(sql, (source,))]


def files_read(connection: sqlite3.Connection, source: str) -> int:
    """Return how many files of a source an epoch, committed or promised, has read rows of."""
    row = connection.execute(
        "SELECT to_file + (to_row > 0) FROM epoch_ranges WHERE source = ? ORDER BY to_file DESC, to_row DESC LIMIT 1",
        (source,),
    ).fetchone()
    return 0 if row is None else row[0]


def set_unread_files(connection: sqlite3.Connection, source: str, first: int, files: Iterable[SourceFile]) -> None:
    """Remember these files of a source from ordinal ``first`` on, inside the caller's transaction."""
    connection.execute("DELETE FROM files WHERE source = ? AND ordinal >= ?", (source, first))
    connection.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(source, f.ordinal, f.path, f.size, f.sha256, f.modified, f.found) for f in files],
    )


@dataclass(frozen=True)
class SourceProgress:
    """How far a partition of a source has been committed; see ``Range``."""

    position: Position
    high: int | None
    ended: bool
    floor: int = BEGINNING
    clock: int = 0
    lanes: Lanes = ()

    def watermark(self, delay: int) -> int:
        """Return the instant below which it promises no more rows."""
        if self.lanes and not self.ended:
            return lanes.watermark(self.lanes, self.floor)
        return watermark(self.high, delay, self.ended, self.floor)


def source_progress(connection: sqlite3.Connection, source: str, upto: int | None = None) -> SourceProgress:
    """Return where the source stands after its last committed epoch (at most ``upto``)."""
    row = connection.execute(
        "SELECT to_file, to_row, high, ended, floor, clock_us, lanes FROM epoch_ranges JOIN epochs USING (epoch) "
        "WHERE source = ? AND status = 'committed' AND epoch <= ? ORDER BY epoch DESC LIMIT 1",
        (source, upto if upto is not None else 2**62),
    ).fetchone()
    if row is None:
        return SourceProgress(Position(0, 0), None, False)
    return SourceProgress(Position(row[0], row[1]), row[2], bool(row[3]), row[4], row[5], lanes.from_text(row[6]))


def has_ended(connection: sqlite3.Connection, source: str) -> bool:
    """Tell whether an epoch, committed or promised, has read the end of a source."""
    row = connection.execute("SELECT max(ended) FROM epoch_ranges WHERE source = ?", (source,)).fetchone()
    return bool(row[0])


def counts(connection: sqlite3.Connection) -> dict[str, tuple[int, int, int, int]]:
    """Return (accepted, late, repeated, rejected) rows of committed epochs by source."""
    sql = (
        "SELECT source, sum(accepted), sum(late), sum(repeated), sum(rejected) "
        "FROM epoch_ranges JOIN epochs USING (epoch) WHERE status = 'committed' GROUP BY source ORDER BY source"
    )
    return {source: tuple(numbers) for source, *numbers in connection.execute(sql)}


def _range(row: Sequence[int]) -> Range:
    _, source, partition, from_file, from_row, to_file, to_row, rows, ended, high, floor, clock, held, *became = row
    start, end = Position(from_file, from_row), Position(to_file, to_row)
    reached = (bool(ended), high, floor, clock, lanes.from_text(str(held)))
    return Range(str(source), partition, start, end, rows, *reached, *became)


def _add_range(connection: sqlite3.Connection, epoch: int, held: Range) -> None:
    connection.execute(f"INSERT INTO epoch_ranges VALUES ({', '.join('?' * 17)})", (epoch, *_values(held)))


def _values(held: Range) -> tuple[object, ...]:
    ends = (held.start.ordinal, held.start.row, held.end.ordinal, held.end.row)
    became = (held.floor, held.clock, lanes.to_text(held.lanes), held.accepted, held.late, held.repeated, held.rejected)
    return (held.source, held.partition, *ends, held.rows, int(held.ended), held.high, *became)
