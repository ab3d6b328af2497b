"""Streams fed to a source group as the engine feeds them, without files: batches, watermarks, restarts, late rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from headrace.features_sql import program
from headrace.features_sql.definitions import Definitions, View
from headrace.features_sql.groups import source_groups, sources_of
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime.duck import Prepared, connect
from headrace.runtime.group import Group
from headrace.runtime.source_schema import source_schema

Row = Mapping[str, Any]
BEGINNING, END = -(1 << 62), 1 << 62


@cache
def definitions_of(sql: str) -> Definitions:
    """Compile one text, once."""
    return compile_project([SourceText("features.sql", sql)])


@cache
def calculator() -> duckdb.DuckDBPyConnection:
    """The DuckDB that runs batch programs."""
    return connect()


@lru_cache(maxsize=24)
def batch_program(sql: str, view: str) -> Prepared:
    """The batch program of a view of the project ``sql``, over the events of its sources."""
    definitions = definitions_of(sql)
    held = definitions.views[view]
    feeds = {name: source_schema(definitions, name) for name in sources_of(definitions, view)}
    return Prepared(calculator(), program.batch_sql(held, definitions), feeds)


class Stalls:
    """Idle groups of one project: to make a group costs more than to give an old one an empty state."""

    def __init__(self, definitions: Definitions, name: str) -> None:
        self.definitions = definitions
        self.spec = next(spec for spec in source_groups(definitions) if not name or spec.name == name)
        self._idle: list[Group] = []
        self._empty: dict[str, pa.Table] = {}

    def take(self) -> Group:
        """Return a group that knows nothing."""
        if not self._idle:
            group = Group(self.definitions, self.spec, connect())
            self._empty = self._empty or group.snapshot()
            return group
        group = self._idle.pop()
        group.restore(self._empty)
        return group

    def give_back(self, group: Group) -> None:
        if self._empty:
            self._idle.append(group)


@lru_cache(maxsize=6)
def stalls(sql: str, name: str) -> Stalls:
    return Stalls(definitions_of(sql), name)


@dataclass
class Source:
    """Rows of one source in order of arrival, judged one by one; ``delay`` in µs."""

    rows: Sequence[Row]
    time: str
    delay: int
    read: int = 0
    high: int | None = None
    late: list[int] = field(default_factory=list[int])

    @property
    def watermark(self) -> int:
        if self.read == len(self.rows):
            return END
        return BEGINNING if self.high is None else self.high - self.delay

    def take(self, count: int) -> list[int]:
        """Read some rows; return the offsets of those that are not late."""
        accepted: list[int] = []
        for offset in range(self.read, min(self.read + count, len(self.rows))):
            time = self.rows[offset][self.time]
            late = self.high is not None and time < self.high - self.delay
            (self.late if late else accepted).append(offset)
            self.high = time if self.high is None else max(self.high, time)
        self.read = min(self.read + count, len(self.rows))
        return accepted

    @property
    def accepted(self) -> list[int]:
        """Offsets of the rows read so far that are not late."""
        return [offset for offset in range(self.read) if offset not in set(self.late)]


class Replay:
    """A group of bounded sources of the project ``sql``, all of whose rows are known; times of rows are whole µs."""

    def __init__(
        self, sql: str, streams: Mapping[str, Sequence[Row]], name: str = "", group: Group | None = None
    ) -> None:
        self._stalls = stalls(sql, name)
        self.definitions, self.spec = self._stalls.definitions, self._stalls.spec
        self.sources = {
            name: Source(streams[name], self.definitions.sources[name].time, self.definitions.sources[name].delay)
            for name in self.spec.sources
        }
        self.group = self._stalls.take() if group is None else group
        self.watermark = BEGINNING
        self.written: dict[str, list[pa.Table]] = {name: [] for name in (*self.spec.views, *self.spec.services)}

    @property
    def done(self) -> bool:
        return self.watermark == END

    def step(self, count: int) -> None:
        """Read up to ``count`` rows of the source that is furthest behind, and write what is ready."""
        name = min(self.sources, key=lambda name: (self.sources[name].watermark, name))
        accepted = self.sources[name].take(count)
        reached = min(source.watermark for source in self.sources.values())
        self.advance({name: table_of(self.definitions, name, self.sources[name].rows, accepted)}, reached)

    def advance(self, arrivals: Mapping[str, pa.Table], watermark: int) -> None:
        """Write what is ready below ``watermark``: instants from the watermark before it on, and no others."""
        last = {name: source.high for name, source in self.sources.items() if source.read == len(source.rows)}
        advanced = self.group.advance(arrivals, watermark, last)
        assert not advanced.poison, advanced.poison
        for name, rows in advanced.rows.items():
            times = rows.column(self._driver_of(name).time).cast(pa.int64()).to_pylist()
            if self._driver_of(name).emit.kind != "immediately":
                assert all(self.watermark <= time < watermark for time in times), f"{name} is not written when ready"
            self.written[name].append(rows)
        self.watermark = watermark

    def _driver_of(self, name: str) -> View:
        views = self.definitions.views
        return views[name if name in views else self.definitions.services[name].view]

    def creep(self, moments: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
        """Take in all rows at once, then move the watermark through ``moments`` to the end."""
        arrivals = {
            name: table_of(self.definitions, name, source.rows, source.take(len(source.rows)))
            for name, source in self.sources.items()
        }
        self.advance(arrivals, BEGINNING)
        for moment in [*sorted(moments), END]:
            self.advance({}, moment)
        return self.rows()

    def restart(self) -> None:
        """Go on with another group that knows only what this one saved."""
        saved = self.group.snapshot()
        other = self._stalls.take()
        self._stalls.give_back(self.group)
        self.group = other
        self.group.restore(saved)

    def finish(self, batches: Iterable[int], restarts: frozenset[int] = frozenset()) -> dict[str, list[dict[str, Any]]]:
        """Read everything in batches of these sizes, over and over; restart after the steps numbered so."""
        sizes = list(batches)
        steps = 0
        while not self.done:
            self.step(sizes[steps % len(sizes)])
            steps += 1
            if steps in restarts:
                self.restart()
        self._stalls.give_back(self.group)
        return self.rows()

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """What each view and service has written, in order; instants are µs."""
        return {name: records(pa.concat_tables(parts)) for name, parts in self.written.items() if parts}


def table_of(definitions: Definitions, source: str, rows: Sequence[Row], offsets: Sequence[int]) -> pa.Table:
    """Rows of a source as its reader would hand them on."""
    picked = [{**rows[offset], "_partition": 0, "_offset": offset} for offset in offsets]
    schema = source_schema(definitions, source)
    return pa.table({f.name: pa.array([row[f.name] for row in picked], f.type) for f in schema}, schema)


def records(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as mappings; instants are µs since 1970."""
    columns = {
        name: (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def instants(times: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.array(times, np.int64)
