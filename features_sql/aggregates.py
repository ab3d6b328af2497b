"""The SQL of one measure: the aggregate that gathers, and the value it stands for at an instant.

Every program (batch, recompute, tiles) prints its aggregates from here, so a word of the language has
one SQL meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

from .definitions import Measure, Window

MICROSECONDS = 1_000_000
FLOATS = frozenset({"FLOAT", "DOUBLE"})
_BY_ORDER = {"first": "arg_min", "last": "arg_max"}


def aggregate(measure: Measure) -> str:
    """Return the DuckDB aggregate call, without FILTER, over a measure's terms, ``_t`` and ``_n``."""
    if measure.function == "since_last":
        return "max(_t)"
    if measure.function == "rate":
        return f"sum({measure.arguments[0]})" if measure.arguments else "count(*)"
    if measure.function == "last_n":
        # The struct keeps NULL values: arg_max skips a NULL argument.
        return f"arg_max(struct_pack(x := {measure.arguments[0]}), _n, {measure.count})"
    if measure.function in _BY_ORDER:
        # DuckDB's own first and last take no FILTER over a window.
        return f"{_BY_ORDER[measure.function]}(struct_pack(x := {measure.arguments[0]}), _n)"
    if measure.function == "any_value":
        return f"arg_min({measure.arguments[0]}, _n)"
    arguments = ", ".join(measure.arguments) or "*"
    return f"{measure.function}({'DISTINCT ' if measure.distinct else ''}{arguments})"


def value(measure: Measure, gathered: str, clock: str, length: str) -> str:
    """Return the SQL of the measure's value from what its aggregate gathered.

    ``clock`` is SQL for the instant in µs, ``length`` SQL for the µs that a rate is divided by, NULL for none.
    The result has the measure's declared type.
    """
    if measure.function == "since_last":
        sql = f"({clock} - {gathered}) / {MICROSECONDS}.0"
    elif measure.function == "rate":
        sql = _rate(measure, gathered, length)
    elif measure.function == "last_n":
        sql = f"list_transform(list_reverse({gathered}), lambda held: held.x)"
    elif measure.function in _BY_ORDER:
        sql = f"({gathered}).x"
    else:
        sql = gathered
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
    argument = types.get(measure.arguments[0]) if measure.arguments else None
    if argument is None or not _is_number(argument):
        return None
    if measure.function in {"sum", "rate"} and (argument in FLOATS or measure.function == "rate"):
        return f"sum(abs(CAST({measure.arguments[0]} AS DOUBLE)))"
    return f"avg(abs(CAST({measure.arguments[0]} AS DOUBLE)))" if measure.type in FLOATS else None


def _is_number(type: str) -> bool:
    return type in FLOATS or type.startswith("DECIMAL") or type.endswith("INT") or type == "INTEGER"
