"""A partition of the event log as a feed."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Source
from ...features_sql.errors import SourceError
from ...features_sql.topic_connector import TopicConnector
from .event_log import OFFSET, PARTITION, RAW, REASON, EventLog
from .files import Position, RawBatch
from .lanes import Placed
from .log_file import Segment, load
from .quarantine import Rejected


class LogFeed:
    """The rows of a partition in order of offset: the position before offset ``n`` is ``Position(0, n)``."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._name = source.name
        self._columns = [column.name for column in source.columns if column.computed is None]
        self._on_topic = isinstance(source.connector, TopicConnector)
        self._log = EventLog(folder)
        nothing = pa.schema([*((name, pa.string()) for name in self._columns), (OFFSET, pa.int64())])
        self._nothing = nothing.empty_table()
        self._loaded: tuple[Segment, pa.Table] | None = None

    def refresh(self, store: sqlite3.Connection) -> None:
        """Take notice of rows that were appended; the ledger has no part in it."""
        self._log.look()

    def read(self, start: Position, limit: int) -> RawBatch:
        """Return at most ``limit`` rows from ``start`` on.

        A batch ends before a segment that types a column otherwise. Raises SourceError for rows that the log
        does not hold any more.
        """
        parts: list[pa.Table] = []
        rejected: list[Rejected] = []
        at = start.row
        for held in self._alike(at, limit):
            rows, bad = _divided(held, self._columns)
            if parts and not rows.schema.equals(parts[0].schema):
                break
            parts.append(rows)
            rejected += bad
            at += len(held)
        rows = pa.concat_tables(parts) if parts else self._nothing
        return RawBatch(rows, rejected, start, Position(0, at))

    def _alike(self, at: int, left: int) -> Generator[pa.Table]:
        """Yield at most ``left`` rows from an offset on, neighbouring segments that have the same columns together."""
        alike: list[pa.Table] = []
        while left > 0 and (segment := self._segment(at)) is not None:
            part = self._table(segment).slice(at - segment.first, left)
            if alike and not part.schema.equals(alike[0].schema):
                yield pa.concat_tables(alike)
                alike = []
            alike.append(part)
            left -= len(part)
            at += len(part)
        if alike:
            yield pa.concat_tables(alike)

    def between(self, start: Position, end: Position) -> RawBatch:
        """Return the rows from ``start`` to ``end``, as far as they are there."""
        return self.read(start, end.row - start.row)

    def arrived(self, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when each row was handed in."""
        segments, places = self._segments_of(offsets)
        return np.array([segment.arrived for segment in segments], np.int64)[places]

    def placed(self, offsets: npt.NDArray[np.int64]) -> Placed | None:
        """Return from which partitions of a topic the rows came; every segment was fetched together."""
        if not self._on_topic:
            return None
        partitions, fetched = np.empty(len(offsets), np.int64), dict[int, list[int]]()
        segments, places = self._segments_of(offsets)
        for place in np.unique(places).tolist():
            segment, mine = segments[place], places == place
            held = self._table(segment).column(PARTITION)
            partitions[mine] = held.take(pa.array(offsets[mine] - segment.first)).to_numpy()
            fetched[segment.first] = pc.unique(held.drop_null()).to_pylist()
        return Placed(offsets, partitions, self.arrived(offsets), fetched)

    def place_of(self, position: Position) -> str:
        """Return where a row is: the log is one place."""
        return "its event log"

    def _segment(self, offset: int) -> Segment | None:
        found = self._log.segment(offset)
        if offset < self._log.first:
            raise self._gone(offset)
        if offset > self._log.end:
            raise SourceError(
                f"source {self._name}: its log ends before event {self._log.end}, and events before {offset} have been "
                "read; restore it from a copy"
            )
        return found

    def _gone(self, offset: int) -> SourceError:
        return SourceError(
            f"source {self._name}: event {offset} is gone; its log begins with event {self._log.first}, "
            "as 'history' allows"
        )

    def _segments_of(self, offsets: npt.NDArray[np.int64]) -> tuple[list[Segment], npt.NDArray[np.int64]]:
        """Return the segments between the first and the last of some ascending offsets, and which of them has each."""
        if not len(offsets):
            return [], offsets
        first, last = int(offsets[0]), int(offsets[-1])
        segments = self._log.segments(first, last + 1)
        if not segments or segments[-1].end <= last:
            # Another process let go of them between reading and now.
            raise self._gone(first)
        firsts = np.array([segment.first for segment in segments], np.int64)
        return segments, np.searchsorted(firsts, offsets, side="right") - 1

    def _table(self, segment: Segment) -> pa.Table:
        if self._loaded is None or self._loaded[0] is not segment:
            self._loaded = segment, load(segment)
        return self._loaded[1]


def _divided(part: pa.Table, columns: list[str]) -> tuple[pa.Table, list[Rejected]]:
    """Return the rows of a part of a segment, with the source's columns, and those that could not be read."""
    rejected: list[Rejected] = []
    if REASON in part.column_names:
        bad = pc.is_valid(part.column(REASON))
        held = part.filter(bad).select([OFFSET, RAW, REASON]).to_pylist()
        rejected = [Rejected(row[OFFSET], row[RAW], row[REASON]) for row in held]
        part = part.filter(pc.invert(bad))
    for name in columns:
        # A column declared since is NULL in rows that came before.
        if name not in part.column_names:
            part = part.append_column(name, pa.nulls(len(part), pa.string()))
    return part.select([*columns, OFFSET]).replace_schema_metadata(None), rejected
