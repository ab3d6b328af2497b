"""A source group at work: rows of its sources in, rows of all its views and services out, up to one watermark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, Definitions
from ..features_sql.groups import SourceGroup
from .duck import arrow_schema, quote
from .live_service import LiveService, StoredRows
from .live_view import LiveView, Poison, Probes, Turn
from .reorder import ReorderBuffer


@dataclass
class Advance:
    """What one epoch of a group wrote: rows by view and service, and rows on which a query failed, by origin.

    Rows have the user's columns, then ``_partition`` and ``_offset`` (NULL where no event drives the row).
    """

    rows: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    poison: dict[str, list[Poison]] = field(default_factory=dict[str, list[Poison]])


class Group:
    """All live views and services of one source group, and the rows that wait for their watermark.

    Results depend on the rows and watermarks handed in alone; a group restored from a snapshot goes on
    exactly as the one that took it.
    """

    def __init__(self, definitions: Definitions, group: SourceGroup, connection: duckdb.DuckDBPyConnection) -> None:
        self.definitions = definitions
        self.spec = group
        self._connection = connection
        self._schemas = {name: source_schema(definitions, name) for name in group.sources}
        self.buffers = {name: self._buffer(name) for name in group.sources}
        self._released = dict.fromkeys(group.sources, 0)
        self._create_join_tables()
        self.views = {name: self._live_view(name) for name in group.views}
        self.services = {
            name: LiveService(connection, definitions.services[name], definitions) for name in group.services
        }
        self.stored = {name: StoredRows(self.views[name]) for name in self._stored_views()}

    def _buffer(self, source: str) -> ReorderBuffer:
        held = self.definitions.sources[source]
        return ReorderBuffer(self._schemas[source], held.time, held.primary_key)

    def _live_view(self, name: str) -> LiveView:
        view = self.definitions.views[name]
        return LiveView(self._connection, view, self.definitions.sources[view.source], self._schemas[view.source])

    def _stored_views(self) -> list[str]:
        services = [self.definitions.services[name] for name in self.spec.services]
        read = {name for one in services for name in (one.view, *(join.view for join in one.joins))}
        return sorted(name for name in read if program.is_stored(self.definitions.views[name]))

    def _joins(self) -> list[tuple[str, int]]:
        return [(name, place) for name in self.spec.views for place in range(len(self.definitions.views[name].joins))]

    def _create_join_tables(self) -> None:
        for name, place in self._joins():
            view = self.definitions.views[name]
            table = self.definitions.tables[view.joins[place].table]
            columns = ", ".join(f"{quote(column.name)} {column.type}" for column in table.columns)
            self._connection.execute(f"CREATE OR REPLACE TABLE {quote(program.join_relation(view, place))} ({columns})")

    def use_tables(self, tables: Mapping[str, pa.Table]) -> None:
        """Join with these contents from now on: per frozen table its columns and ``_offset``."""
        for name, place in self._joins():
            view = self.definitions.views[name]
            join = view.joins[place]
            if join.table not in tables:
                continue
            relation = quote(program.join_relation(view, place))
            keys = self.definitions.tables[join.table].primary_key
            cursor = self._connection.cursor()
            cursor.register("_contents", tables[join.table])
            cursor.execute(f"DELETE FROM {relation}")
            cursor.execute(f"INSERT INTO {relation} {program.join_table_sql(join, keys, '_contents')}")
            cursor.close()

    def advance(self, arrivals: Mapping[str, pa.Table], watermark: int) -> Advance:
        """Take in accepted rows by source and write every instant below ``watermark``, once."""
        result = Advance()
        for source, rows in arrivals.items():
            self.buffers[source].add(rows)
        ready = {source: self._release(source, watermark) for source in self.spec.sources}
        turns: dict[str, Turn] = {}
        for name, live in self.views.items():
            turns[name], failed = live.prepare(ready[live.view.source], watermark)
            _note(result, name, failed)
        asked = {name: self._probes(name, turns) for name in self.views}
        written: dict[str, pa.Table] = {}
        answers: dict[tuple[str, str], pa.Table] = {}
        for name, live in self.views.items():
            direct = {} if name in self.stored else asked[name]
            rows, answered, failed = live.evaluate(turns[name], list(direct.values()), watermark)
            written[name] = rows
            if name in self.stored:
                answered = self.stored[name].ask(rows, list(asked[name].values()))
            answers |= dict(zip(asked[name], answered, strict=True))
            _note(result, name, failed)
        result.rows = {name: rows.drop_columns(["_i"]) for name, rows in written.items()}
        self._serve(written, answers, result)
        return result

    def _release(self, source: str, watermark: int) -> pa.Table:
        rows = self.buffers[source].release(watermark)
        first = self._released[source]
        self._released[source] = first + len(rows)
        return rows.append_column("_n", pa.array(np.arange(first, first + len(rows))))

    def _probes(self, view: str, turns: Mapping[str, Turn]) -> dict[tuple[str, str], Probes]:
        """What services ask of the view this turn, by (service, alias)."""
        return {
            (name, join.alias): service.probes(join, self.views[view], turns[service.driver.name])
            for name, service in self.services.items()
            for join in service.service.joins
            if join.view == view
        }

    def _serve(
        self, written: Mapping[str, pa.Table], answers: Mapping[tuple[str, str], pa.Table], result: Advance
    ) -> None:
        for name, service in self.services.items():
            mine = {alias: table for (owner, alias), table in answers.items() if owner == name}
            rows, failed = service.rows(written[service.driver.name], mine)
            result.rows[name] = rows.drop_columns(["_i"])
            _note(result, name, failed)

    @property
    def waiting(self) -> int:
        """Accepted rows that wait for the watermark."""
        return sum(buffer.rows for buffer in self.buffers.values())

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the whole state as tables named ``kind/name/part``."""
        released = pa.table({"source": list(self._released), "rows": pa.array(self._released.values(), pa.int64())})
        tables = {"group//released": released}
        for name, buffer in self.buffers.items():
            tables[f"buffer/{name}/rows"] = buffer.snapshot()
        for name, live in self.views.items():
            tables |= {f"view/{name}/{part}": table for part, table in live.snapshot().items()}
        for name, stored in self.stored.items():
            tables[f"stored/{name}/rows"] = stored.snapshot()
        return tables

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot of the same definitions."""
        released = tables["group//released"]
        self._released = dict(zip(*(column.to_pylist() for column in released.columns), strict=True))
        for name, buffer in self.buffers.items():
            buffer.restore(tables[f"buffer/{name}/rows"])
        for name, live in self.views.items():
            prefix = f"view/{name}/"
            live.restore({key[len(prefix) :]: table for key, table in tables.items() if key.startswith(prefix)})
        for name, stored in self.stored.items():
            stored.restore(tables[f"stored/{name}/rows"])

    def close(self) -> None:
        """Let go of every prepared statement."""
        for live in (*self.views.values(), *self.services.values()):
            live.close()


def source_schema(definitions: Definitions, source: str) -> pa.Schema:
    """Return the Arrow schema of a source's decoded rows: its columns, then ``_partition`` and ``_offset``."""
    columns = [Column(column.name, column.type) for column in definitions.sources[source].columns]
    return arrow_schema([*columns, *(Column(name, "BIGINT") for name in program.ORIGIN)])


def _note(result: Advance, origin: str, failed: list[Poison]) -> None:
    if failed:
        result.poison.setdefault(origin, []).extend(failed)
