"""Exported tiles: DuckDB's aggregate states per (slot, tile), combined when the view's window closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ...features_sql import aggregates
from ...features_sql.definitions import Measure, View, Window
from ..duck import Prepared, fetch
from ..in_order import in_order
from .buckets import Buckets
from .closings import Closed
from .keys import Slots

_WIDENED = {
    "TINYINT": "BIGINT",
    "UTINYINT": "BIGINT",
    "UINTEGER": "BIGINT",
    "UBIGINT": "HUGEINT",
    "FLOAT": "DOUBLE",
    "DATE": "TIMESTAMP",
}


@dataclass(frozen=True)
class _State:
    """One exported state: the column that holds it and the aggregate it belongs to."""

    column: str
    call: str
    function: str
    types: tuple[str, ...]

    @property
    def typed(self) -> str:
        """SQL that gives the Arrow column its state type back."""
        listed = ", ".join(f"'{type}'" for type in self.types)
        return f"to_aggregate_state({self.column}, '{self.function}', [{listed}])"


class ExportedTiles:
    """Window step for measures over the window whose close writes the view's rows, any that DuckDB can combine.

    A tile is one advance of the window (tumbling, hopping) or one session. States are DuckDB's own
    exported aggregate states, so a close combines them without touching an event again.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, view: View, measures: Sequence[Measure], rows: pa.Schema
    ) -> None:
        self._window = view.window(view.emit.window or "")
        self._measures = tuple(measures)
        states = _states(view, self._measures)
        listed = "".join(f", {state.call} EXPORT_STATE AS {state.column}" for state in states)
        tiled = rows.append(pa.field("_tile", pa.int64()))
        gather = f"SELECT _slot, _tile, min(_t) AS _first{listed} FROM _rows GROUP BY _slot, _tile"
        self._gather = Prepared(connection, gather, {"_rows": tiled})
        self._schema = fetch_schema(connection, gather, tiled)
        self._row_columns = [field.name for field in tiled]
        merged = "".join(f", combine_aggr({state.typed}) AS {state.column}" for state in states)
        merge = f"SELECT _slot, _tile, min(_first) AS _first{merged} FROM _tiles GROUP BY _slot, _tile"
        self._merge = Prepared(connection, merge, {"_tiles": self._schema})
        closes = pa.schema([(name, pa.int64()) for name in ("_i", "_slot", "_from", "_t")])
        feeds = {"_tiles": self._schema, "_closes": closes}
        self._close = Prepared(connection, _close_sql(self._measures, self._window, states), feeds)
        self._pending = self._schema.empty_table()
        self._merged = 0

    def process(self, rows: pa.Table, tiles: Slots, closed: Closed) -> pa.Table:
        """Gather ``rows`` (with the tile of each) and return a column per measure, a row per close in order."""
        if len(rows):
            gathered = self._gather.run(_rows=rows.append_column("_tile", pa.array(tiles)))
            self._pending = pa.concat_tables([self._pending, gathered.cast(self._schema)])
        positions = pa.array(np.arange(len(closed.close)))
        asked = pa.table({"_i": positions, "_slot": closed.slots, "_from": closed.first, "_t": closed.close})
        values = self._close.run(_tiles=self._pending, _closes=asked)
        self._forget(closed)
        return values.drop_columns(["_i"])

    def _forget(self, closed: Closed) -> None:
        """Drop tiles that no later close reads, and merge the rest once appended ones outnumber merged ones."""
        if len(closed.close) and len(self._pending):
            slots, tiles = (self._pending.column(name).to_numpy() for name in ("_slot", "_tile"))
            if self._window.kind == "session":
                keep = ~_is_closed(slots, tiles, closed)
            else:
                keep = tiles >= Buckets(self._window).starts(closed.close.max(keepdims=True))
            self._pending = self._pending.filter(pa.array(keep)).combine_chunks()
            self._merged = min(self._merged, len(self._pending))
        if len(self._pending) > 2 * self._merged + 1024:
            self._pending = self._merge.run(_tiles=self._pending).cast(self._schema)
            self._merged = len(self._pending)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the tiles not yet forgotten, and how many of them are merged already."""
        return {"tiles": self._pending, "merged": pa.table({"rows": pa.array([self._merged], pa.int64())})}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._pending = tables["tiles"].cast(self._schema)
        self._merged = tables["merged"].column("rows")[0].as_py()


def fetch_schema(connection: duckdb.DuckDBPyConnection, sql: str, rows: pa.Schema) -> pa.Schema:
    """Return the Arrow schema of a query over a relation ``_rows`` of this schema."""
    cursor = connection.cursor()
    try:
        cursor.register("_rows", rows.empty_table())
        return fetch(cursor, sql).schema
    finally:
        cursor.close()


def _states(view: View, measures: Sequence[Measure]) -> tuple[_State, ...]:
    states: list[_State] = []
    for measure in measures:
        call = aggregates.aggregate(measure)
        where = f" FILTER (WHERE {measure.filter})" if measure.filter else ""
        function, argument = call.rstrip(")").split("(", 1)
        declared = "BIGINT" if argument == "_t" else "" if argument == "*" else view.term(argument).type
        types = (_bound_type(function, declared),) if declared else ()
        exported = "count_star" if argument == "*" else function
        states.append(_State(f"a{measure.id}", call + where, exported, types))
    return tuple(states)


def _bound_type(function: str, declared: str) -> str:
    """The type that DuckDB binds an argument to, which an exported state must name."""
    if function.startswith(("stddev", "var")):
        return "DOUBLE"
    return _WIDENED.get(declared, declared) if function in {"sum", "avg"} else declared


def _close_sql(measures: Sequence[Measure], window: Window, states: Sequence[_State]) -> str:
    """Each close has at least one tile, and each row must come back in order."""
    gathered = [f"finalize(combine_aggr({state.typed})) AS {state.column}" for state in states]
    listed = "".join(f", {sql}" for sql in gathered)
    length = "nullif(any_value(c._t) - min(_first), 0)" if window.kind == "session" else "any_value(c._t - c._from)"
    joined = (
        f"SELECT c._i, any_value(c._t) AS _t, {length} AS _length{listed} FROM _closes c "
        "JOIN _tiles t ON t._slot = c._slot AND t._tile >= c._from AND t._tile < c._t GROUP BY c._i"
    )
    values = "".join(
        f", {aggregates.value(measure, f'a{measure.id}', '_t', '_length')} AS {measure.id}" for measure in measures
    )
    return f"SELECT _i{values} FROM ({joined}) ORDER BY _i"


def _is_closed(slots: np.ndarray, tiles: np.ndarray, closed: Closed) -> np.ndarray:
    """Tell for each (slot, tile) whether that piece of a session is closed: a slot's close one after the other."""
    order = in_order(closed.slots, closed.first)
    place = np.searchsorted(closed.slots[order], slots, side="right") - 1
    newest = order[np.maximum(place, 0)]
    return (place >= 0) & (closed.slots[newest] == slots) & (tiles <= closed.first[newest])
