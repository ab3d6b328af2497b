"""The choice of a window step for each measure.

tiles:      partial values per (entity, tile), put together when the view's window closes.
fold:       running values, one pass over the rows in time order.
recompute:  the evaluation query over retained rows of the touched entities and the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .definitions import Measure, View, Window
from .folds import HASHED, QUANTILES, TALLIED, has_fold, has_tile

StepName = Literal["tiles", "fold", "recompute"]

# Aggregates whose EXPORT_STATE travels through Arrow and combines to the same value as one pass.
EXPORTABLE = frozenset(
    {
        "avg",
        "bool_and",
        "bool_or",
        "count",
        "count_if",
        "max",
        "min",
        "rate",
        "since_last",
        "stddev_pop",
        "stddev_samp",
        "sum",
        "var_pop",
        "var_samp",
        "window_end",
        "window_start",
    }
)
CLOSING_KINDS = frozenset({"tumbling", "hopping", "session"})

__all__ = [
    "CLOSING_KINDS",
    "StepPlan",
    "choose_step",
    "cost_class",
    "folds_on_arrival",
    "has_folded_tiles",
    "plan_steps",
    "state_bytes",
]


@dataclass(frozen=True)
class StepPlan:
    """The measures of a view by the step that computes them; a step with none is absent from the run."""

    tiles: tuple[Measure, ...]
    fold: tuple[Measure, ...]
    recompute: tuple[Measure, ...]

    def step_of(self, measure: str) -> StepName:
        """Return the step that computes the measure with this id."""
        if any(held.id == measure for held in self.tiles):
            return "tiles"
        return "fold" if any(held.id == measure for held in self.fold) else "recompute"


def choose_step(view: View, measure: Measure) -> StepName:
    """Return the cheapest step that computes ``measure`` exactly."""
    window = view.window(measure.window)
    if view.emit.kind == "immediately" and measure.function != "session_index" and not folds_on_arrival(view):
        return "recompute"
    closing = view.emit.window == window.name and window.kind in CLOSING_KINDS
    if closing and (has_folded_tiles(view, measure) or (measure.function in EXPORTABLE and not measure.distinct)):
        return "tiles"
    return "fold" if has_fold(*_asked(view, measure)) else "recompute"


def folds_on_arrival(view: View) -> bool:
    """Tell whether arrivals are evaluated by folds: each of the view's measures has one, over whole entities.

    What a table joined on arrival, or a window that leaves out rows, comes to is not what is known of it later.
    """
    plain = all(window.exclude == "none" and not window.by for window in view.windows)
    folded = all(has_fold(*_asked(view, measure)) for measure in view.measures)
    return view.emit.kind == "immediately" and not view.joins and plain and folded and bool(view.measures)


def has_folded_tiles(view: View, measure: Measure) -> bool:
    """Tell whether tiles of ``measure`` hold a fold's running values; else they hold DuckDB's exported states."""
    return has_tile(*_asked(view, measure))


def _asked(view: View, measure: Measure) -> tuple[str, tuple[str, ...], bool, Window]:
    terms = {term.id: term.type for term in view.terms}
    types = tuple(terms.get(argument, argument) for argument in measure.arguments)
    return measure.function, types, measure.distinct, view.window(measure.window)


def plan_steps(view: View) -> StepPlan:
    """Return every measure of the view under the step chosen for it."""
    chosen: dict[StepName, list[Measure]] = {"tiles": [], "fold": [], "recompute": []}
    for measure in view.measures:
        chosen[choose_step(view, measure)].append(measure)
    return StepPlan(tuple(chosen["tiles"]), tuple(chosen["fold"]), tuple(chosen["recompute"]))


def cost_class(step: StepName, window: Window, function: str = "") -> str:
    """Return what one event costs ``function`` over ``window``, in the terms ``explain`` prints."""
    if step == "tiles":
        return "O(1) per event, O(tiles) per close"
    # Values in order move over for one that comes or goes, a word each.
    if step == "fold" and (function not in QUANTILES or window.kind == "global"):
        # An answer goes over all that was tallied; how many values there are is known.
        return "O(distinct values in window) per event" if function in TALLIED | QUANTILES else "O(1) per event"
    return "O(history of the entity) per event" if window.kind == "global" else "O(rows in window) per event"


# What a fold keeps for a key, beside the rows still inside a window and the values that are held of them.
_HELD_BYTES = 32
_FOLD_BYTES = {
    "count": 8,
    "decayed_count": 96,
    "decayed_sum": 96,
    "ewma": 96,
    "count_if": 8,
    "first": 24,
    "first_n": 32,
    "last": 32,
    "last_n": 32,
    "last_n_distinct": 32,
    "max": 16,
    "min": 16,
    "session_duration": 16,
    "session_index": 24,
    "since_last": 40,
    "stddev_pop": 88,
    "stddev_samp": 88,
    "var_pop": 88,
    "var_samp": 88,
}
_LISTED_BYTES = 24
_FLOAT_SUM_BYTES = 64
_WHOLE_SUM_BYTES = 24
_TILE_BYTES = {"avg": 16, "stddev_pop": 24, "stddev_samp": 24, "var_pop": 24, "var_samp": 24}


def state_bytes(view: View, measure: Measure, step: StepName) -> int:
    """Return the bytes of state a key (a tile: an open tile) holds for the measure, without what is inside a window.

    That is rows, of a tally 60 to 120 bytes for each value, and of a quantile 8 to 16 for each row, over GLOBAL 16 to
    32 for each value. Measures over the same argument, filter and window share their sums, so a view holds this much
    at most.
    """
    if step == "recompute":
        return 0
    if step == "tiles" and not has_folded_tiles(view, measure):
        return _TILE_BYTES.get(measure.function, 8)
    if measure.function in {"sum", "avg", "rate"}:
        if not measure.arguments:
            return _FOLD_BYTES["count"]
        return _FLOAT_SUM_BYTES if measure.type == "DOUBLE" else _WHOLE_SUM_BYTES
    if measure.distinct or measure.function in TALLIED | QUANTILES | {HASHED}:
        return _HELD_BYTES
    return _FOLD_BYTES.get(measure.function, _FLOAT_SUM_BYTES) + _LISTED_BYTES * (measure.count or 0)
