"""Probes of a view answered from history by the folds of the stream: one pass over its rows in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Column, View
from ...features_sql.steps import plan_steps
from ...features_sql.sub_entities import sub_entities
from ..duck import arrow_schema
from ..evaluated_rows import assemble, evaluated_schema
from ..fold.fold import Fold
from ..in_order import in_order
from ..live_view import Probes, instants_of
from ..windows.keys import UNSEEN, KeyIndex, Slots
from ..windows.newest import Newest

CALL_ROWS = 100_000
"""A fold takes in about so many rows at a time, so that it can let go of those that no window reaches any more."""


def has_folds(view: View) -> bool:
    """Tell whether each measure of the view is a running value of its whole entity, in order of time."""
    plan = plan_steps(view)
    return view.emit.kind != "immediately" and not (plan.tiles or plan.recompute or sub_entities(view))


def evaluated_at(view: View, prepared: pa.Table, probes: Probes) -> pa.Table:
    """Return an evaluated row (``evaluated_schema``) for each probe, in order, ``_i`` being its place.

    ``prepared`` rows are in total order, the probes' keys whole; ``has_folds`` must hold.
    """
    rows, asked = _touched(prepared, program.key_columns(view), probes)
    return assemble(
        evaluated_schema(view),
        probes.keys,
        probes.times,
        _measured(view, rows, asked, probes),
        _carried(view, rows, asked, probes),
    )


def _touched(prepared: pa.Table, names: Sequence[str], probes: Probes) -> tuple[pa.Table, Slots]:
    """The rows of entities that are asked about, up to the last instant that is, with their slots, and each probe's."""
    index = KeyIndex(probes.keys.schema)
    asked = index.add(probes.keys)
    slots = index.find(prepared.select(names).cast(index.schema))
    last = int(probes.times.max()) if len(probes.times) else 0
    seen = (slots != UNSEEN) & (prepared.column("_t").to_numpy() <= last)
    # Folds number entities that have rows, without gaps.
    there = np.zeros(len(index), np.bool_)
    there[slots[seen]] = True
    numbers = np.where(there, np.cumsum(there) - 1, UNSEEN)
    rows = prepared.filter(pa.array(seen)).append_column("_slot", pa.array(numbers[slots[seen]]))
    return rows, numbers[asked]


def _measured(view: View, rows: pa.Table, asked: Slots, probes: Probes) -> pa.Table:
    """The measures at each probe."""
    if not view.measures:
        return pa.table({"_none": pa.nulls(len(asked))})
    fold = Fold(view.windows, view.measures, {term.id: term.type for term in view.terms})
    order = in_order(probes.times)
    times = probes.times[order]
    instants = instants_of(asked[order], times, times, np.full(len(times), UNSEEN, np.int64))
    parts = [fold.process(some, due) for some, due in _calls(rows, instants)]
    return pa.concat_tables(parts).take(pa.array(np.argsort(order)))


def _calls(rows: pa.Table, instants: pa.Table) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Cut rows where their time moves on, and the instants with them: an instant comes with all events it can see."""
    times, asked = rows.column("_t").to_numpy(), instants.column("_m").to_numpy()
    row = instant = 0
    while row + CALL_ROWS < len(times):
        newest = times[row + CALL_ROWS - 1]
        end, upto = _up_to(times, newest), _up_to(asked, newest)
        yield rows.slice(row, end - row), instants.slice(instant, upto - instant)
        row, instant = end, upto
    yield rows.slice(row), instants.slice(instant)


def _up_to(times: npt.NDArray[np.int64], newest: int) -> int:
    return int(np.searchsorted(times, newest, side="right"))


def _carried(view: View, rows: pa.Table, asked: Slots, probes: Probes) -> pa.Table | None:
    """The plain columns of the newest event at each probe."""
    terms = program.row_terms(view)
    if not terms:
        return None
    newest = Newest(arrow_schema([Column(name, view.term(name).type) for name in terms]))
    times, slots = (rows.column(name).to_numpy() for name in ("_t", "_slot"))
    return newest.ask(rows, times, slots, asked, probes.times)
