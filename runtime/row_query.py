"""Queries that make at most one row of each row: columns of the input are handed on, DuckDB computes the rest."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql import program
from ..features_sql.definitions import Column, Service, Upstream, View
from ..features_sql.names import quote
from ..features_sql.row_columns import RowColumn, finished_columns, prepared_columns, service_columns
from .duck import Prepared, arrow_schema
from .sources.quarantine import bisect

Failed = list[tuple[int, str]]


class RowQuery:
    """Makes the ``columns`` of every row, in the order of the rows, and leaves out those in which one fails.

    ``source`` names the input and says what stands behind FROM, ``given`` is the input's schema, ``made`` the
    output's. A row with a NULL in one of ``required`` (columns of the input) is left out without being computed.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: tuple[str, str],
        given: pa.Schema,
        columns: Sequence[RowColumn],
        made: pa.Schema,
        required: Sequence[str] = (),
    ) -> None:
        self.schema = made
        self._required = tuple(required)
        self._given = {column.name: column for column in columns if _is_given(column, given, made)}
        self._columns = [(field.name, field.type, self._given.get(field.name)) for field in made]
        self._none = made.empty_table()
        items = [column.item for column in columns if column.name not in self._given]
        self._relation, tables = source
        sql = f"SELECT {', '.join(items)}\nFROM {tables}"
        self._query = Prepared(connection, sql, {self._relation: given}) if items else None

    def run(self, rows: pa.Table) -> tuple[pa.Table, Failed]:
        """Return what is made of the rows, and the place of each row that failed, with DuckDB's reason."""
        if not len(rows):
            return self._none, []
        kept = self._places(rows)
        if kept is not None:
            rows = rows.take(pa.array(kept))
        computed = self._none
        failed: Failed = []
        if self._query is not None:
            query = self._query
            computed, failed = bisect(lambda part: query.run(**{self._relation: part}), rows)
        if failed:
            good = np.delete(np.arange(len(rows)), [place for place, _ in failed])
            rows = rows.take(pa.array(good))
        columns = [
            computed.column(name) if given is None else _handed_on(rows.column(given.given), type, given.negated)
            for name, type, given in self._columns
        ]
        table = pa.Table.from_arrays(columns, schema=self.schema)
        return table, failed if kept is None else [(int(kept[place]), reason) for place, reason in failed]

    @property
    def keeps_rows(self) -> bool:
        """Whether every row with what is required is in what is made: nothing is computed that could fail."""
        return self._query is None

    @property
    def handed_on(self) -> dict[str, str] | None:
        """The column of the input that each column is, as it stands; None where one is computed."""
        if self._query is not None or any(column.negated for column in self._given.values()):
            return None
        return {name: column.given for name, column in self._given.items() if column.given is not None}

    def _places(self, rows: pa.Table) -> np.ndarray | None:
        """The rows in which nothing required is NULL; None for all."""
        absent = [rows.column(name) for name in self._required if rows.column(name).null_count]
        if not absent:
            return None
        return np.flatnonzero(np.logical_and.reduce([np.asarray(column.is_valid()) for column in absent]))

    def close(self) -> None:
        """Let go of the prepared statement."""
        if self._query is not None:
            self._query.close()


class FilterQuery:
    """Runs the whole of ``sql`` over its feed ``relation``: rows may be left out and meet those of other tables."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sql: str, feed: Mapping[str, pa.Schema], made: pa.Schema
    ) -> None:
        self.schema = made
        (self._relation,) = feed
        self._query = Prepared(connection, sql, feed, by_row=True)

    def run(self, rows: pa.Table) -> tuple[pa.Table, Failed]:
        """Return what is made of the rows, and the place of each row that failed, with DuckDB's reason."""
        made, failed = bisect(lambda part: self._query.run(**{self._relation: part}), rows)
        return made.cast(self.schema), failed

    @property
    def keeps_rows(self) -> bool:
        """Whether every row is in what is made: never, whatever the query says."""
        return False

    def close(self) -> None:
        """Let go of the prepared statement."""
        self._query.close()


def prepare_query(
    connection: duckdb.DuckDBPyConnection,
    view: View,
    upstream: Upstream,
    given: pa.Schema,
    made: pa.Schema,
    carried: Mapping[str, str] = program.NOTHING,
) -> RowQuery | FilterQuery:
    """Return the query from a view's numbered source rows to its prepared ones, and more columns as in their SQL."""
    if view.where or view.joins:
        sql = program.prepare_sql(view, upstream, ordered=bool(view.joins), carried=carried)
        return FilterQuery(connection, sql, {"_source_rows": given}, made)
    columns = prepared_columns(view, upstream, program.ORIGIN)
    alias = quote(view.alias)
    columns += [RowColumn(called, f"{alias}.{quote(name)} AS {called}", name) for called, name in carried.items()]
    source = ("_source_rows", f"_source_rows AS {alias}")
    return RowQuery(connection, source, given, columns, made, [key.name for key in view.entity])


def finish_query(
    connection: duckdb.DuckDBPyConnection, view: View, given: pa.Schema, *, judged: bool = False
) -> RowQuery:
    """Return the query from evaluated rows to the view's columns, ``_i``, the origin and, if judged, its conditions."""
    columns = finished_columns(view, program.ORIGIN)
    made = [*view.columns, *(Column(name, "BIGINT") for name in ("_i", *program.ORIGIN))]
    if judged:
        conditions = program.conditions(view)
        columns += [RowColumn(name, f"coalesce({sql}, FALSE) AS {name}") for name, sql in conditions.items()]
        made += [Column(name, "BOOLEAN") for name in conditions]
    source = ("_evaluated", f"({program.typed_measures_sql(view)})")
    return RowQuery(connection, source, given, columns, arrow_schema(made))


def service_query(connection: duckdb.DuckDBPyConnection, service: Service, driver: View, given: pa.Schema) -> RowQuery:
    """Return the query from joined rows to the service's columns, ``_i`` and the origin."""
    columns = service_columns(service, driver, program.ORIGIN)
    lead = driver.columns[: len(driver.entity) + 1]
    typed = [Column(column.name, column.type) for column in (*lead, *service.columns)]
    made = [*typed, *(Column(name, "BIGINT") for name in ("_i", *program.ORIGIN))]
    return RowQuery(connection, ("_joined", "_joined"), given, columns, arrow_schema(made))


def _is_given(column: RowColumn, given: pa.Schema, made: pa.Schema) -> bool:
    """Tell whether a column of the input can be handed on as this one."""
    if column.given is None or column.given not in given.names:
        return False
    types = given.field(column.given).type, made.field(column.name).type
    return types[0] == types[1] or sorted(map(str, types)) == ["int64", "timestamp[us]"]


def _handed_on(column: pa.ChunkedArray, type: pa.DataType, negated: bool) -> pa.ChunkedArray:
    if negated:
        return pc.invert(column)
    if column.type == type:
        return column
    return pa.chunked_array([chunk.view(type) for chunk in column.chunks], type)
