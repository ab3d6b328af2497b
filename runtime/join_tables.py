"""The tables that a group's views join: what a frozen one holds now, and what a streaming one has said so far."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import AsofJoin, Definitions, Source
from ..features_sql.groups import SourceGroup
from ..features_sql.names import quote
from .duck import fetch

_FEWEST = 10_000


@dataclass
class _Stream:
    """A joined streaming table: how many rows it had when only the newest were kept, and how many came since.

    ``ahead``: it holds rows past the watermark too, those with a time above ``newest`` (µs).
    """

    kept: int = 0
    added: int = 0
    ahead: bool = False
    newest: int | None = None


class JoinTables:
    """One DuckDB table for each join of each view, from which prepared statements read.

    Of a streaming table it holds every row below the watermark that an event at or past it may join.
    """

    def __init__(self, definitions: Definitions, group: SourceGroup, connection: duckdb.DuckDBPyConnection) -> None:
        self._definitions = definitions
        self._connection = connection
        views = [definitions.views[name] for name in group.views]
        self._joins = {program.join_relation(view, at): join for view in views for at, join in enumerate(view.joins)}
        self._streams: dict[str, _Stream] = {}
        for relation, join in self._joins.items():
            table = definitions.joined(join)
            if isinstance(table, Source):
                self._streams[relation] = _Stream()
            declared = ", ".join(f"{quote(column.name)} {column.type}" for column in table.columns)
            connection.execute(f"CREATE OR REPLACE TABLE {quote(relation)} ({declared})")

    @property
    def streams(self) -> frozenset[str]:
        """The streaming tables that are joined."""
        return frozenset(self._joins[relation].table for relation in self._streams)

    def use(self, tables: Mapping[str, pa.Table]) -> None:
        """Join with these contents from now on: per frozen table its columns and ``_offset``."""
        for relation, join in self._joins.items():
            if join.table in tables:
                self._connection.execute(f"DELETE FROM {quote(relation)}")
                self._put(relation, join, tables[join.table])

    def grow(self, ready: Mapping[str, pa.Table]) -> None:
        """Join with these rows too: of streaming tables those that the watermark has passed, by table."""
        for relation, stream in self._streams.items():
            join = self._joins[relation]
            rows = ready[join.table]
            self._withdraw(relation, stream)
            if stream.added > max(stream.kept, _FEWEST):
                self._keep_newest(relation, stream)
            stream.added += len(rows)
            self._put(relation, join, rows)

    def look_ahead(self, waiting: Mapping[str, pa.Table]) -> None:
        """Join with these rows, which wait for the watermark, until the next ``grow``: no earlier event joins them."""
        for relation, stream in self._streams.items():
            if not stream.ahead:
                time = quote(self._joins[relation].right_time)
                newest = self._rows(f"SELECT epoch_us(max({time})) AS newest FROM {quote(relation)}")
                stream.newest, stream.ahead = newest.column("newest")[0].as_py(), True
                self._put(relation, self._joins[relation], waiting[self._joins[relation].table])

    def look_at(self, waiting: Mapping[str, pa.Table]) -> None:
        """Join with these rows, which wait for the watermark, in place of any that were looked at ahead of it."""
        for relation, stream in self._streams.items():
            self._withdraw(relation, stream)
        self.look_ahead(waiting)

    def _withdraw(self, relation: str, stream: _Stream) -> None:
        """Join no more with what was looked at ahead of the watermark."""
        if stream.ahead:
            self._connection.execute(f"DELETE FROM {quote(relation)} WHERE NOT ({self._passed(relation)})")
            stream.ahead = False

    def _passed(self, relation: str) -> str:
        """The condition on rows that are no look ahead."""
        stream, time = self._streams[relation], quote(self._joins[relation].right_time)
        if not stream.ahead:
            return "TRUE"
        return "FALSE" if stream.newest is None else f"epoch_us({time}) <= {stream.newest}"

    def _keep_newest(self, relation: str, stream: _Stream) -> None:
        """Let go of what no later event joins: it lies past all rows here, so the newest of its key is joined."""
        join = self._joins[relation]
        keys = ", ".join(quote(right) for _, right in join.equalities)
        newest = f"SELECT arg_max(rowid, {quote(join.right_time)}) FROM {quote(relation)} GROUP BY {keys}"
        self._connection.execute(f"DELETE FROM {quote(relation)} WHERE rowid NOT IN ({newest})")
        stream.kept = self._rows(f"SELECT count(*) AS rows FROM {quote(relation)}").column("rows")[0].as_py()
        stream.added = 0

    def _put(self, relation: str, join: AsofJoin, rows: pa.Table) -> None:
        """Add rows of a joined table, which have ``_offset`` too; of rows that cannot be told apart, the last."""
        table = self._definitions.joined(join)
        held = rows.select([*(column.name for column in table.columns), "_offset"])
        with self._connection.cursor() as cursor:
            cursor.register("_contents", held)
            sql = program.join_table_sql(join, table.primary_key, "_contents")
            cursor.execute(f"INSERT INTO {quote(relation)} {sql}")

    def take(self, other: JoinTables) -> None:
        """Hold what the join tables of the same group elsewhere hold."""
        for relation in self._joins:
            passed = other._passed(relation) if relation in other._streams else "TRUE"
            self._replace(relation, other._rows(f"SELECT * FROM {quote(relation)} WHERE {passed}"))

    def _replace(self, relation: str, rows: pa.Table) -> None:
        with self._connection.cursor() as cursor:
            cursor.register("_contents", rows)
            cursor.execute(f"DELETE FROM {quote(relation)}")
            cursor.execute(f"INSERT INTO {quote(relation)} SELECT * FROM _contents")

    def _rows(self, sql: str) -> pa.Table:
        with self._connection.cursor() as cursor:
            return fetch(cursor, sql)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return what is held of streaming tables, by join; frozen ones are kept elsewhere."""
        return {
            relation: self._rows(f"SELECT * FROM {quote(relation)} WHERE {self._passed(relation)}")
            for relation in self._streams
        }

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        for relation in self._streams:
            self._replace(relation, tables[relation])
            self._streams[relation] = _Stream(kept=len(tables[relation]))
