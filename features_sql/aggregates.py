"""The SQL of one measure: the aggregate that gathers, and the value it stands for at an instant.

Every program (batch, recompute, tiles) prints its aggregates from here, so a word of the language has
one SQL meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import lists
from .definitions import Measure, Window
from .folds import HASHED

MICROSECONDS = 1_000_000
FLOATS = frozenset({"FLOAT", "DOUBLE"})
DECAYED = frozenset({"decayed_count", "decayed_sum", "ewma"})
WINDOW_WORDS = frozenset({"session_duration", "session_index", "window_start", "window_end"})
"""Words about a window rather than about values in it: they gather its ends, or its number."""
_BY_ORDER = {"first": "arg_min", "last": "arg_max"}
_N_BY_ORDER = {"first_n": "arg_min", "last_n": "arg_max"}
# Lists of their values by other values, the first in total order of those that are as great.
_BY_VALUE = {
    name: (name.replace("_nulls_last", "").replace("_null", ""), name.removeprefix("arg_max").removeprefix("arg_min"))
    for name in ("arg_max", "arg_min", "arg_max_null", "arg_min_null", "arg_max_nulls_last", "arg_min_nulls_last")
}
# What a list of the values is needed for: the order of the values counts, or DuckDB's own sums lose digits.
_ONE_PASS = frozenset({"product", "approx_quantile", "approx_top_k"})
_MOMENTS = frozenset({"skewness", "kurtosis", "kurtosis_pop"})
_LISTED = _ONE_PASS | _MOMENTS | {"last_n_distinct", "json_group_array", "json_group_object"}
_LISTED_DISTINCT = frozenset({"list", "string_agg", "last"})


def is_listed(measure: Measure) -> bool:
    """Tell whether the measure is made of the list of the values in its window."""
    return measure.function in _LISTED or (measure.distinct and measure.function in _LISTED_DISTINCT)


def aggregate(measure: Measure) -> str:
    """Return the DuckDB aggregate call, without FILTER, over a measure's terms, ``_t`` and ``_n``."""
    function, arguments = measure.function, measure.arguments
    if function == "since_last":
        return "max(_t)"
    if function in WINDOW_WORDS:
        return "max(_t) - min(_t)" if function == "session_duration" else function
    if function == "rate":
        return f"sum({arguments[0]})" if arguments else "count(*)"
    if function in DECAYED:
        return f"sum({arguments[0] if arguments else 1} * pow(2.0, (_t - instant) / {measure.per}.0))"
    if is_listed(measure):
        return f"list({_listed_value(measure)})"
    if function in _N_BY_ORDER:
        # The struct keeps NULL values: arg_max skips a NULL argument.
        return f"{_N_BY_ORDER[function]}(struct_pack(x := {arguments[0]}), _n, {measure.count})"
    if function in _BY_ORDER:
        # DuckDB's own first and last take no FILTER over a window.
        return f"{_BY_ORDER[function]}(struct_pack(x := {arguments[0]}), _n)"
    if function == "any_value":
        return f"arg_min({arguments[0]}, _n)"
    if function in _BY_VALUE:
        return _by_value(measure)
    if function in {"mode", "top_n"}:
        function = "histogram"
    elif measure.count is not None:
        function, arguments = function.removesuffix("_n"), (*arguments, str(measure.count))
    elif function == HASHED:
        arguments = arguments[:1]
    listed = ", ".join(arguments) or "*"
    return f"{function}({'DISTINCT ' if measure.distinct else ''}{listed})"


def _listed_value(measure: Measure) -> str:
    if measure.function == "json_group_object":
        return f"struct_pack(k := CAST({measure.arguments[0]} AS VARCHAR), v := {measure.arguments[1]})"
    return f"CAST({measure.arguments[0]} AS DOUBLE)" if measure.function in _MOMENTS else measure.arguments[0]


def _by_value(measure: Measure) -> str:
    function, nulls = _BY_VALUE[measure.function]
    greatest = function == "arg_max"
    place = "-_n" if greatest else "_n"
    by = measure.arguments[1]
    known = f"{by} IS {'NOT ' if greatest else ''}NULL, " if nulls == "_nulls_last" else ""
    count = f", {measure.count}" if measure.count is not None else ""
    return f"{function}(struct_pack(x := {measure.arguments[0]}), row({known}{by}, {place}){count})"


def condition(measure: Measure) -> str | None:
    """Return the SQL of what an event must meet to take part: the filter, and no NULL where those are skipped."""
    conditions = [measure.filter] if measure.filter else []
    skipped = measure.arguments[:1]
    if measure.function in _BY_VALUE:
        skipped = {"": measure.arguments, "_null": measure.arguments[1:], "_nulls_last": ()}[
            _BY_VALUE[measure.function][1]
        ]
    elif not is_listed(measure) or measure.function in {"json_group_array", "last", "list"}:
        skipped = ()
    conditions += [f"{argument} IS NOT NULL" for argument in skipped]
    if measure.function == "bitstring_agg":
        value, least, most = measure.arguments
        # DuckDB would end the query at a value outside.
        conditions.append(f"{value} BETWEEN {least} AND {most}")
    return " AND ".join(conditions) or None


def value(measure: Measure, gathered: str, clock: str, length: str) -> str:
    """Return the SQL of the measure's value from what its aggregate gathered.

    ``clock`` is SQL for the instant in µs, ``length`` SQL for the µs that a rate is divided by, NULL for none.
    The result has the measure's declared type.
    """
    sql = gathered
    if measure.function == "since_last":
        sql = f"({clock} - {gathered}) / {MICROSECONDS}.0"
    elif measure.function == "session_duration":
        sql = f"{gathered} / {MICROSECONDS}.0"
    elif measure.function in {"window_start", "window_end"}:
        sql = f"make_timestamp({gathered if measure.function == 'window_start' else clock})"
    elif measure.function == "rate":
        sql = _rate(measure, gathered, length)
    elif measure.function == "last_n":
        sql = f"list_transform(list_reverse({gathered}), lambda held: held.x)"
    elif is_listed(measure):
        sql = lists.value(measure, gathered)
    elif measure.function in {"mode", "top_n"}:
        ranked = lists.most_frequent(gathered, measure.count or 1)
        sql = ranked if measure.function == "top_n" else f"({ranked})[1]"
    elif measure.function == "first_n" or (measure.function in _BY_VALUE and measure.count is not None):
        sql = f"list_transform({gathered}, lambda held: held.x)"
    elif measure.function in _BY_ORDER or measure.function in _BY_VALUE:
        sql = f"({gathered}).x"
    elif measure.function in {"decayed_count", "decayed_sum", "count_if"}:
        # A count of nothing is 0 everywhere; DuckDB's count_if says NULL.
        sql = f"coalesce({gathered}, 0)"
    return f"CAST({sql} AS {measure.type})"


def _rate(measure: Measure, gathered: str, length: str) -> str:
    nothing = f"{gathered} IS NULL" if measure.arguments else f"{gathered} = 0"
    return f"CASE WHEN {nothing} THEN 0 ELSE CAST({gathered} AS DOUBLE) * {measure.per} / {length} END"


def window_length(window: Window) -> int:
    """Return the µs that a rate over an even ``window`` is divided by: its SIZE, or a RANGE frame's length."""
    if window.kind == "range":
        return (window.start or 0) - (window.end or 0)
    return window.size or 0


def scale(measure: Measure, types: Mapping[str, str]) -> str | None:
    """Return the aggregate that bounds a measure's float error, or None for an exact measure.

    The mean or sum of ``|x|`` that the aggregate implies; a comparison allows 1e-9 of it.
    """
    if measure.function in DECAYED:
        return aggregate(measure)
    argument = types.get(measure.arguments[0]) if measure.arguments else None
    if argument is None or not _is_number(argument):
        return None
    if measure.function in {"sum", "rate"} and (argument in FLOATS or measure.function == "rate"):
        return f"sum(abs(CAST({measure.arguments[0]} AS DOUBLE)))"
    return f"avg(abs(CAST({measure.arguments[0]} AS DOUBLE)))" if measure.type in FLOATS else None


def _is_number(type: str) -> bool:
    return type in FLOATS or type.startswith("DECIMAL") or type.endswith("INT") or type == "INTEGER"
