"""Rows that a view writes, handed on as the events of the views that read it."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, View
from .duck import Prepared, arrow_schema


class DerivedEvents:
    """Turns the written rows of one view, turn by turn, into events in the view's total order.

    ``schema`` is that of the events: the view's columns, ``_partition`` and ``_offset``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, view: View) -> None:
        self.schema = derived_schema(view)
        self._numbered: Prepared | None = None
        if not program.is_event_driven(view):
            sql = program.numbered_sql(view, "_written") + "\nORDER BY _n"
            self._numbered = Prepared(connection, sql, {"_written": self.schema})

    def events(self, written: pa.Table) -> pa.Table:
        """Return the rows of one turn as events, in total order; rows of later turns come after them."""
        if self._numbered is None:
            # Rows that events drive are written in the order of those.
            return written.select(self.schema.names)
        return self._numbered.run(_written=written).drop_columns(["_n"]).cast(self.schema)

    def close(self) -> None:
        """Let go of the prepared statement."""
        if self._numbered is not None:
            self._numbered.close()


def derived_schema(view: View) -> pa.Schema:
    """Return the Arrow schema of a view's rows with their origin."""
    return arrow_schema([*view.columns, *(Column(name, "BIGINT") for name in program.ORIGIN)])
