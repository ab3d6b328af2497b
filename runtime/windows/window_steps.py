"""The running window steps of some measures of a view, all over one partition of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from ...features_sql.definitions import Measure, View
from ...features_sql.steps import plan_steps
from ..fold.fold import Fold
from .keys import Slots
from .recompute import Recompute


class WindowSteps:
    """A fold and a recompute, where the measures have any.

    ``rows`` is the schema of prepared rows with ``_slot``, the number of each row's part of the partition.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, view: View, measures: Sequence[Measure], rows: pa.Schema
    ) -> None:
        plan, types = plan_steps(view), {term.id: term.type for term in view.terms}
        folded = [measure for measure in plan.fold if measure in measures]
        computed = [measure for measure in plan.recompute if measure in measures]
        used = {measure.window for measure in measures}
        windows = [window for window in view.windows if window.name in used]
        self.fold = Fold(windows, folded, types) if folded else None
        self._recompute = Recompute(connection, view, computed, rows) if computed else None

    def process(self, rows: pa.Table, instants: pa.Table, watermark: int) -> list[pa.Table]:
        """Take in ``rows`` and return the measures at ``instants``, a column each, over one or more tables."""
        values: list[pa.Table] = []
        if self.fold is not None:
            values.append(self.fold.process(rows, instants))
        if self._recompute is not None:
            values.append(self._recompute.process(rows, instants, watermark))
        return values

    def peek(self, slots: Slots, rows: pa.Table, instants: pa.Table) -> list[pa.Table]:
        """Return what ``process`` would, on a copy of the state of ``slots``."""
        values: list[pa.Table] = []
        if self.fold is not None:
            values.append(_peek(self.fold, slots, rows, instants))
        if self._recompute is not None:
            values.append(self._recompute.peek(rows, instants))
        return values

    @property
    def reads_fold(self) -> bool:
        """Tell whether all that the steps answer is what ``fold`` has, if any, and it may be peeked into."""
        return self._recompute is None and (self.fold is None or self.fold.has_peek)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the state of the steps as tables named ``step.table``."""
        steps = {"fold": self.fold, "recompute": self._recompute}
        held = {name: step.snapshot() for name, step in steps.items() if step is not None}
        return {f"{name}.{part}": table for name, tables in held.items() for part, table in tables.items()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot; tables of other names are left alone."""
        for name, step in {"fold": self.fold, "recompute": self._recompute}.items():
            if step is not None:
                step.restore(parts(tables, name))


def _peek(fold: Fold, slots: Slots, rows: pa.Table, instants: pa.Table) -> pa.Table:
    """The measures at ``instants``; only of slots that have some of ``rows`` is a copy made to take these in."""
    if not fold.has_peek:
        return fold.restrict(slots).process(rows, instants)
    growing = np.isin(instants.column("_slot").to_numpy(), rows.column("_slot").to_numpy())
    if not growing.any():
        return fold.peek(instants)
    copied = fold.restrict(np.unique(rows.column("_slot").to_numpy())).process(rows, instants.filter(pa.array(growing)))
    order = np.argsort(np.concatenate([np.flatnonzero(growing), np.flatnonzero(~growing)]))
    return pa.concat_tables([copied, fold.peek(instants.filter(pa.array(~growing)))]).take(pa.array(order))


def parts(tables: Mapping[str, pa.Table], name: str) -> dict[str, pa.Table]:
    """Return the tables named ``name.part`` by their part."""
    return {key.partition(".")[2]: table for key, table in tables.items() if key.startswith(f"{name}.")}
