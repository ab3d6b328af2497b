"""Aggregates in Flink's words: the call that stands before OVER, or beside GROUP BY."""

from __future__ import annotations

from .aggregates import FLOATS, window_length
from .definitions import Measure, View, Window
from .flink_verdicts import NoCounterpartError
from .flink_words import quote, type_name

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_SUBTRACTED = "what leaves a window is subtracted there, by which doubles lose digits that are kept here"
_BY_ORDER = "events of one time come in no order there"
_REASONS = {
    **dict.fromkeys(("first", "last", "first_n", "last_n", "last_n_distinct", "any_value", "list"), _BY_ORDER),
    **dict.fromkeys(("string_agg", "arg_min", "arg_max"), _BY_ORDER),
    **dict.fromkeys(
        ("stddev_samp", "stddev_pop", "var_samp", "var_pop"), "sums of squares there lose the digits that are kept here"
    ),
}


def aggregate(measure: Measure, view: View, over: str) -> str:
    """Return the value of a measure over the columns of its terms; raises NoCounterpartError.

    ``over`` follows each aggregate: OVER with a window's name, "" where rows are grouped.
    """
    argument = measure.arguments[0] if measure.arguments else ""
    match measure.function:
        case "count":
            return f"COUNT({_of(measure, view, quote(argument)) if argument else _counted(measure, view)}){over}"
        case "count_if":
            condition = " AND ".join([quote(argument), *_conditions(measure, view)])
            return f"CAST(COUNT(CASE WHEN {condition} THEN 1 END){over} AS {type_name('HUGEINT')})"
        case "min" | "max" if measure.count is None:
            return f"{measure.function.upper()}({_of(measure, view, quote(argument))}){over}"
        case "sum":
            return _sum(measure, view, over)
        case "avg":
            summed = _sum(measure, view, over)
            return f"CAST({summed} AS DOUBLE) / CAST(COUNT({_of(measure, view, quote(argument))}){over} AS DOUBLE)"
        case "rate":
            return _rate(measure, view, over)
        case _:
            reason = _REASONS.get(measure.function, "nothing there is known to mean the same")
            raise NoCounterpartError(f"{measure.function}: {reason}")


def _conditions(measure: Measure, view: View) -> list[str]:
    """What an event must meet: an OVER there takes no FILTER, and holds rows that are NULL in a part of the entity."""
    parts = [f"{quote(part)} IS NOT NULL" for part in view.window(measure.window).by]
    return [*([quote(measure.filter)] if measure.filter else []), *parts]


def _of(measure: Measure, view: View, value: str) -> str:
    conditions = " AND ".join(_conditions(measure, view))
    kept = f"CASE WHEN {conditions} THEN {value} END" if conditions else value
    return f"DISTINCT {kept}" if measure.distinct else kept


def _counted(measure: Measure, view: View) -> str:
    counted = _of(measure, view, "1")
    return counted if counted != "1" else "*"


def _sum(measure: Measure, view: View, over: str) -> str:
    value, type = quote(measure.arguments[0]), view.term(measure.arguments[0]).type
    if type in FLOATS:
        if _forgets(view.window(measure.window)):
            raise NoCounterpartError(f"{measure.function} of {type}: {_SUBTRACTED}")
        value = f"CAST({value} AS DOUBLE)"
    elif type in _INTEGERS:
        # A sum there has the type of what is summed.
        value = f"CAST({value} AS {type_name('HUGEINT')})"
    elif not type.startswith("DECIMAL"):
        raise NoCounterpartError(f"{measure.function} of {type} is not translated")
    return f"SUM({_of(measure, view, value)}){over}"


def _forgets(window: Window) -> bool:
    """Whether events leave the window: a frame that reaches back to the first, and a close, hold each for good."""
    return window.kind == "sliding" or (window.kind == "range" and window.start is not None)


def _rate(measure: Measure, view: View, over: str) -> str:
    window = view.window(measure.window)
    length = window_length(window)
    if window.kind not in ("sliding", "tumbling", "hopping", "range") or not length:
        raise NoCounterpartError("rate: only over windows of one length")
    gathered = f"COUNT({_counted(measure, view)}){over}"
    if measure.arguments:
        gathered = f"COALESCE({_sum(measure, view, over)}, 0)"
    return f"CAST({gathered} AS DOUBLE) * {measure.per} / {length}"
