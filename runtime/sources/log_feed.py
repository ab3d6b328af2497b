"""A partition of the event log as a feed."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from operator import attrgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Source
from ...features_sql.errors import SourceError
from ...features_sql.topic_connector import TopicConnector
from .event_log import OFFSET, PARTITION, RAW, REASON, EventLog, Segment, arrived, load
from .files import Position, RawBatch
from .lanes import Placed
from .quarantine import Rejected


class LogFeed:
    """The rows of a partition in order of offset: the position before offset ``n`` is ``Position(0, n)``."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._name = source.name
        self._columns = [column.name for column in source.columns if column.computed is None]
        self._on_topic = isinstance(source.connector, TopicConnector)
        self._log = EventLog(folder)
        self._segments: list[Segment] = []
        nothing = pa.schema([*((name, pa.string()) for name in self._columns), (OFFSET, pa.int64())])
        self._nothing = nothing.empty_table()
        self._arrived: dict[int, int] = {}
        self._loaded: tuple[Segment, pa.Table] | None = None

    def refresh(self, store: sqlite3.Connection) -> None:
        """Take notice of segments that were appended; the ledger has no part in it."""
        self._segments = self._log.segments()

    def read(self, start: Position, limit: int) -> RawBatch:
        """Return at most ``limit`` rows from ``start`` on.

        A batch ends before a segment that types a column otherwise. Raises SourceError for rows that the log
        does not hold any more.
        """
        parts: list[pa.Table] = []
        rejected: list[Rejected] = []
        at, left = start.row, limit
        while left > 0 and (segment := self._segment(at)) is not None:
            table = self._table(segment)
            place = at - segment.first
            part = table.slice(place, left)
            rows, bad = _divided(part, self._columns)
            if parts and not rows.schema.equals(parts[0].schema):
                break
            parts.append(rows)
            rejected += bad
            left -= len(part)
            at += len(part)
        rows = pa.concat_tables(parts) if parts else self._nothing
        return RawBatch(rows, rejected, start, Position(0, at))

    def between(self, start: Position, end: Position) -> RawBatch:
        """Return the rows from ``start`` to ``end``, as far as they are there."""
        return self.read(start, end.row - start.row)

    def arrived(self, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when each row was handed in."""
        segments, places = self._segments_of(offsets)
        return np.array([self._arrival(segment) for segment in segments], np.int64)[places]

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
        place = self._place(offset)
        if place < 0 and self._segments:
            raise SourceError(
                f"source {self._name}: event {offset} is gone; its log begins with event {self._segments[0].first}, "
                "as 'history' allows"
            )
        held = self._segments[place] if self._segments else None
        return held if held is not None and offset < held.end else None

    def _place(self, offset: int) -> int:
        return bisect_right(self._segments, offset, key=attrgetter("first")) - 1

    def _segments_of(self, offsets: npt.NDArray[np.int64]) -> tuple[list[Segment], npt.NDArray[np.int64]]:
        """Return the segments between the first and the last of some ascending offsets, and which of them has each."""
        if not len(offsets):
            return [], offsets
        segments = self._segments[self._place(int(offsets[0])) : self._place(int(offsets[-1])) + 1]
        firsts = np.array([segment.first for segment in segments], np.int64)
        return segments, np.searchsorted(firsts, offsets, side="right") - 1

    def _table(self, segment: Segment) -> pa.Table:
        if self._loaded is None or self._loaded[0] != segment:
            self._loaded = segment, load(segment)
            self._arrived[segment.first] = arrived(self._loaded[1])
        return self._loaded[1]

    def _arrival(self, segment: Segment) -> int:
        if segment.first not in self._arrived:
            self._table(segment)
        return self._arrived[segment.first]


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
