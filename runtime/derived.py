"""Rows that views write, and rows of several sources or views, handed on as the events of the views that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, Union, View
from .duck import Prepared, arrow_schema
from .in_order import in_order
from .live_view import Poison
from .sources.quarantine import bisect
from .sources.reorder import ReorderBuffer


class DerivedEvents:
    """Turns the written rows of one view, turn by turn, into events in the view's total order.

    ``schema`` is that of the events: the view's columns, ``_partition`` and ``_offset``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, view: View) -> None:
        self.schema = derived_schema(view)
        self._time = view.time
        self._numbered: Prepared | None = None
        if not program.is_event_driven(view):
            sql = program.numbered_sql(view, "_written") + "\nORDER BY _n"
            self._numbered = Prepared(connection, sql, {"_written": self.schema}, by_row=True)

    def events(self, written: pa.Table) -> pa.Table:
        """Return the rows of one turn as events, in total order; rows of later turns come after them."""
        if self._numbered is None:
            # Rows that events drive are written in the order of those.
            return written.select(self.schema.names)
        return self._numbered.run(_written=written).drop_columns(["_n"]).cast(self.schema)

    def new_buffer(self) -> ReorderBuffer:
        """Return an empty buffer for rows that are written on arrival: readers see them when they are ready."""
        return ReorderBuffer(self.schema, self._time)

    def close(self) -> None:
        """Let go of the prepared statement."""
        if self._numbered is not None:
            self._numbered.close()


class UnionEvents:
    """Puts the events of a union's branches together, turn by turn, in the union's total order.

    ``branches`` are the schemas of what the branches read, without ``_n``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, union: Union, branches: Sequence[pa.Schema]) -> None:
        self.union = union
        self.schema = derived_schema(union)
        self._ordered = pa.schema([*self.schema, ("_branch", pa.int64()), ("_n", pa.int64())])
        self._queries = [
            Prepared(connection, program.branch_sql(union, place, "_read"), {"_read": one}, by_row=True)
            for place, one in enumerate(map(numbered_schema, branches))
        ]

    def events(self, read: Mapping[str, pa.Table]) -> tuple[pa.Table, list[Poison]]:
        """Return one turn's events, and rows on which a branch fails; ``read`` has numbered rows by relation."""
        parts, poison = [self._ordered.empty_table()], list[Poison]()
        for place, (branch, query) in enumerate(zip(self.union.branches, self._queries, strict=True)):
            rows = read[branch.source]
            part, failed = bisect(lambda rows, query=query: query.run(_read=rows), rows)
            parts.append(part.cast(self._ordered))
            poison += [
                Poison(one.partition * len(self._queries) + place, one.offset, one.reason)
                for one in Poison.of(rows, failed)
                if one.partition is not None
            ]
        together = pa.concat_tables(parts).combine_chunks()
        times = together.column(self.union.time).cast(pa.int64())
        order = in_order(times.to_numpy(), *(together[name].to_numpy() for name in ("_branch", "_n")))
        return together.select(self.schema.names).take(pa.array(order)), poison

    def close(self) -> None:
        """Let go of the prepared statements."""
        for query in self._queries:
            query.close()


def derived_schema(upstream: View | Union) -> pa.Schema:
    """Return the Arrow schema of a view's or union's rows with their origin."""
    return arrow_schema([*upstream.columns, *(Column(name, "BIGINT") for name in program.ORIGIN)])


def numbered_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema of the same rows with ``_n``, their place in the total order."""
    return schema.append(pa.field("_n", pa.int64()))
