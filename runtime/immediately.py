"""Rows written on arrival: each event of a source at once, at the greatest time by then, over what had arrived."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql import immediately, program
from ..features_sql.definitions import Column, Source, View
from ..features_sql.steps import folds_on_arrival
from .duck import Prepared, arrow_schema
from .evaluated_rows import assemble, evaluated_schema
from .folded_arrivals import FoldedArrivals
from .growing_rows import GrowingRows
from .live_view import LiveView, Poison
from .row_query import finish_query, prepare_query
from .sources.lateness import BEGINNING
from .sources.reorder import integers
from .windows.keys import KeyIndex
from .windows.recompute import visible

_TOGETHER = 512
"""So many arrivals are evaluated by one query: each brings the events of its entity along."""


class ImmediateRows:
    """The rows of a view that is written on arrival, and the events that later ones still see.

    Rows depend on the order of arrival alone, never on how arrivals were cut into calls.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        live: LiveView,
        source: Source,
        schema: pa.Schema,
        *,
        revised: bool = False,
    ) -> None:
        self.view = view = live.view
        self._source = source
        self._keys = keys = program.key_columns(view)
        carried, self._schema = immediately.carried(source), _prepared_schema(view, source)
        arrived = schema.append(pa.field("_n", pa.int64())).append(pa.field("_as_of", pa.int64()))
        self._prepare = prepare_query(connection, view, source, arrived, self._schema, carried)
        self._carried = [*program.row_terms(view), *program.ORIGIN]
        # Folds that go back to what late rows change are not those that have taken in all that came.
        fold = live.steps.fold if folds_on_arrival(view) and not revised else None
        self._folded = None if fold is None else FoldedArrivals(live, fold, self._schema)
        evaluate = immediately.evaluated_on_arrival_sql(view, source, keys, program.row_terms(view))
        asked = self._schema.append(pa.field("_asked", pa.bool_()))
        self._evaluate = Prepared(connection, evaluate, {"_arrived": asked})
        self._evaluated = evaluated_schema(view)
        self._finish = finish_query(connection, view, self._evaluated, judged=True)
        self._judged = list(program.conditions(view))
        self._held, self._kept = GrowingRows(self._schema.empty_table()), 0
        self._high, self._count, self._released = BEGINNING, 0, BEGINNING

    def take(self, rows: pa.Table) -> tuple[pa.Table, list[Poison]]:
        """Return a row for each event, in the order of arrival, and what fails.

        Rows have ``_i`` and their origin. ``rows`` are accepted events of the source in that order.
        """
        times = integers(rows.column(self._source.time))
        as_of = np.maximum(np.maximum.accumulate(times), self._high) if len(times) else times
        numbers = np.arange(self._count + 1, self._count + 1 + len(rows))
        arrived = rows.append_column("_n", pa.array(numbers)).append_column("_as_of", pa.array(as_of))
        if len(rows):
            self._high, self._count = int(as_of[-1]), int(numbers[-1])
        fresh, failed = self._prepare.run(arrived)
        poison = Poison.of(arrived, failed)
        parts: list[pa.Table] = []
        for start in range(0, len(fresh), _TOGETHER):
            written, failures = self._rows_of(fresh.slice(start, _TOGETHER))
            parts.append(written)
            poison += failures
        if len(parts) == 1:
            return parts[0], poison
        return pa.concat_tables(parts or [self._rows_of(fresh)[0]]), poison

    def _rows_of(self, fresh: pa.Table) -> tuple[pa.Table, list[Poison]]:
        evaluated = self._evaluate_rows(fresh)
        rows, failed = self._finish.run(evaluated)
        if self.view.qualify is not None:
            rows = rows.filter(rows.column("_kept"))
        return rows.drop_columns(self._judged), Poison.of(evaluated, failed)

    def _evaluate_rows(self, fresh: pa.Table) -> pa.Table:
        """The evaluated rows of prepared arrivals, in their order: of folds, and of a query where these do not hold."""
        first = len(self._held)
        self._held.add(fresh)
        if self._folded is None or not len(fresh):
            return self._query_rows(first, np.ones(len(fresh), np.bool_))
        values, aside = self._folded.measure(fresh)
        if aside.any():
            fresh = fresh.filter(pa.array(~aside))
        carried = fresh.select(self._carried).append_column("_i", fresh.column("_n"))
        keys, times = fresh.select(self._keys), fresh.column("_as_of").to_numpy()
        evaluated = assemble(self._evaluated, keys, times, values, carried)
        if not aside.any():
            return evaluated
        return pa.concat_tables([evaluated, self._query_rows(first, aside)]).sort_by("_i")

    def _query_rows(self, first: int, wanted: npt.NDArray[np.bool_]) -> pa.Table:
        """Evaluate those held from place ``first`` on that are wanted by a query over all that is held."""
        asked = np.concatenate([np.zeros(first, np.bool_), wanted])
        evaluated = self._evaluate.run(_arrived=self._held.table.append_column("_asked", pa.array(asked)))
        return evaluated.select(self._evaluated.names).cast(self._evaluated).sort_by("_i")

    def release(self, watermark: int) -> None:
        """Let go of what no later arrival needs: none comes below ``watermark``, up to which the view is."""
        self._released = watermark
        if self._folded is not None:
            self._folded.release(watermark)
        self._forget(watermark)

    def _forget(self, watermark: int) -> None:
        """Let go of events that no later arrival sees, once there are twice as many as were kept the last time."""
        if len(self._held) <= 2 * self._kept:
            return
        peers = [(name, "ascending") for name in self._schema.names if name.startswith("_o") and name != "_offset"]
        held = self._held.table.sort_by([("_t", "ascending"), *peers, ("_n", "ascending")])
        times = held.column("_t").to_numpy()
        kept = times >= watermark
        older = held.filter(pa.array(~kept))
        kept[~kept] = self._seen_later(older, watermark)
        self._held = GrowingRows(held.filter(pa.array(kept)).combine_chunks())
        self._kept = len(self._held)

    def _seen_later(self, older: pa.Table, watermark: int) -> npt.NDArray[np.bool_]:
        """Tell which of the events below ``watermark``, in total order, some arrival at or past it can see."""
        counted = any(measure.function == "session_index" for measure in self.view.measures)
        seen, times = np.full(len(older), counted), older.column("_t").to_numpy()
        for window in self.view.windows:
            names = [*program.key_columns(self.view), *window.by]
            parts = older.select(names)
            slots = KeyIndex(parts.schema).add(parts)
            seen |= visible(window, slots, times, watermark - 1)
        return seen

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the events that are held, and how far the source is."""
        reached = {"high": [self._high], "count": [self._count], "kept": [self._kept], "released": [self._released]}
        return {"held": self._held.table, "reached": pa.table(reached)}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._held = GrowingRows(tables["held"].cast(self._schema))
        (reached,) = tables["reached"].to_pylist()
        names = ("high", "count", "kept", "released")
        self._high, self._count, self._kept, self._released = (int(reached[name]) for name in names)
        if self._folded is not None:
            held = self._held.table
            self._folded.restore(held.filter(pc.greater_equal(held.column("_t"), self._released)))

    def close(self) -> None:
        """Let go of the prepared statements."""
        for query in (self._prepare, self._evaluate, self._finish):
            query.close()


def _prepared_schema(view: View, source: Source) -> pa.Schema:
    """The schema of prepared arrivals."""
    types = {column.name: column.type for column in source.columns} | {"_as_of": "BIGINT"}
    keys = zip(program.key_columns(view), view.entity, strict=True)
    return arrow_schema(
        [
            Column("_n", "BIGINT"),
            *(Column(name, key.type) for name, key in keys),
            *(Column(name, "BIGINT") for name in ("_t", *program.ORIGIN)),
            *(Column(term.id, term.type) for term in view.terms),
            *(Column(called, types[name]) for called, name in immediately.carried(source).items()),
        ]
    )
