"""Which aggregates have a fold: running values that one pass over the rows in time order keeps exact."""

from __future__ import annotations

import re

from .definitions import Window

INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
FLOATS = frozenset({"FLOAT", "DOUBLE"})
TEXTS = frozenset({"VARCHAR", "BLOB"})
ORDERED = frozenset({"BOOLEAN", "DATE", "TIMESTAMP"})
TIME_KINDS = frozenset({"sliding", "tumbling", "hopping", "session"})
KINDS = TIME_KINDS | {"global", "last"}
SUMS = frozenset({"sum", "avg", "stddev_samp", "stddev_pop", "var_samp", "var_pop"})
TALLIED = frozenset({"entropy", "mode", "top_n"})
"""What is made of how often each value occurs, as ``count(DISTINCT x)`` is."""
HASHED = "approx_count_distinct"
"""The aggregate whose arguments are its values and their hashes."""
QUANTILES = frozenset({"median", "quantile_cont", "quantile_disc"})
"""What is made of the values in order."""
_SHARE = re.compile(r"(0|1)?(?:\.(\d{1,9}))?")
TILED = SUMS | {"count", "count_if", "first", "last", "max", "min", "rate", "session_duration", "since_last"}
DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
WIDEST_DECIMAL = 18


def has_fold(function: str, argument_types: tuple[str, ...], distinct: bool, window: Window) -> bool:
    """Tell whether the fold serves ``function`` over arguments of these DuckDB types in ``window``.

    ``argument_types`` are those of the measure's arguments, of a constant its SQL; ``last_n(x, 3)`` has one, and
    ``count(*)`` none. EXCLUDE CURRENT ROW is served for ``since_last`` only, which never counts its own row.
    """
    if window.kind not in KINDS or (window.exclude == "row" and function != "since_last"):
        return False
    if distinct:
        return function == "count" and len(argument_types) == 1 and is_known(argument_types[0])
    if function in {"session_duration", "session_index"}:
        return window.kind == "session"
    if function == "since_last":
        return not argument_types
    if function == "decayed_count":
        return True
    if function == "count" or (function == "rate" and not argument_types):
        return len(argument_types) <= 1 and (function == "count" or window.kind in TIME_KINDS)
    if function == HASHED:
        return True
    if function in QUANTILES:
        return has_order(function, argument_types)
    if len(argument_types) != 1:
        return False
    argument = argument_types[0]
    if function in {"first_n", "last_n", "first", "last"}:
        return True
    if function in {"decayed_sum", "ewma"}:
        return is_summable(argument)
    if function in TALLIED | {"last_n_distinct"}:
        return is_known(argument)
    if function == "count_if":
        return argument == "BOOLEAN"
    if function == "rate":
        return window.kind in TIME_KINDS and is_summable(argument)
    if function in SUMS:
        return is_summable(argument)
    return function in {"min", "max"} and (argument in ORDERED or is_summable(argument))


def has_order(function: str, argument_types: tuple[str, ...]) -> bool:
    """Tell whether sorted values of one word give a quantile what DuckDB does, to the last digit."""
    argument, share = argument_types[0], share_of(function, argument_types[1:])
    if share is None or not (is_summable(argument) or (argument in ORDERED and function == "quantile_disc")):
        return False
    # Between decimals DuckDB cuts digits off, so it must come to the same float: quarters are exact.
    exact = 4 * share[0] % share[1] == 0
    return function == "quantile_disc" or argument in INTEGERS | {"DOUBLE"} or (argument != "FLOAT" and exact)


def share_of(function: str, constants: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the share that a quantile asks for as a fraction; None for any other constant, or function."""
    if function not in QUANTILES:
        return None
    found = _SHARE.fullmatch(constants[0] if function != "median" else "0.5")
    whole, digits = found.groups() if found is not None else (None, None)
    if whole is None and digits is None:
        return None
    part, power = int((whole or "0") + (digits or "")), 10 ** len(digits or "")
    return (part, power) if part <= power else None


def has_tile(function: str, argument_types: tuple[str, ...], distinct: bool, window: Window) -> bool:
    """Tell whether a fold's values of ``function`` over the parts of a window make its value over the whole."""
    plain = all(type in ORDERED or is_summable(type) for type in argument_types)
    known = function in TILED and (plain or function == "count")
    return known and not distinct and has_fold(function, argument_types, distinct, window)


def is_known(type: str) -> bool:
    """Tell whether values of a DuckDB type are equal where their words are: numbers, times, truths and texts."""
    return type in ORDERED | TEXTS or is_summable(type)


def is_summable(type: str) -> bool:
    """Tell whether values of a DuckDB type fit the fold's sums: integers and decimals of 64 bits, and floats."""
    decimal = DECIMAL.fullmatch(type)
    return type in INTEGERS or type in FLOATS or (decimal is not None and int(decimal[1]) <= WIDEST_DECIMAL)
