"""The tiles step: partial values per (slot, tile), put together when the view's window closes."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from ...features_sql.definitions import Measure, View
from ...features_sql.steps import has_folded_tiles
from ..fold.tiles import FoldedTiles
from .closings import Closed
from .exported_tiles import ExportedTiles
from .keys import Slots
from .window_steps import parts

BOUNDS = frozenset({"window_start", "window_end"})


class Tiles:
    """Window step for the measures over the window whose close writes the view's rows.

    What has values that a fold can put together is kept as these, the rest as DuckDB's exported aggregate states. The
    bounds of the window are those of the close.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, view: View, measures: Sequence[Measure], rows: pa.Schema
    ) -> None:
        window, types = view.window(view.emit.window or ""), {term.id: term.type for term in view.terms}
        self._bounds = [measure for measure in measures if measure.function in BOUNDS]
        folded = [measure for measure in measures if has_folded_tiles(view, measure)]
        exported = [measure for measure in measures if measure not in folded and measure not in self._bounds]
        self._steps: dict[str, FoldedTiles | ExportedTiles] = {}
        if folded:
            self._steps["folded"] = FoldedTiles(window, folded, types)
        if exported:
            self._steps["exported"] = ExportedTiles(connection, view, exported, rows)

    def process(self, rows: pa.Table, tiles: Slots, closed: Closed) -> pa.Table:
        """Take in ``rows`` (with the tile of each) and return a column per measure, a row per close in order."""
        columns = {}
        for measure in self._bounds:
            bound = closed.first if measure.function == "window_start" else closed.close
            columns[measure.id] = pa.array(bound).view(pa.timestamp("us"))
        for step in self._steps.values():
            values = step.process(rows, tiles, closed)
            columns |= dict(zip(values.column_names, values.columns, strict=True))
        return pa.table(columns)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the tiles that a later close reads, as tables named ``kind.part``."""
        held = {name: step.snapshot() for name, step in self._steps.items()}
        return {f"{name}.{part}": table for name, tables in held.items() for part, table in tables.items()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        for name, step in self._steps.items():
            step.restore(parts(tables, name))
