"""Values made of the list of a window's values in total order.

What depends on the order, or on how partial results were joined, is computed by one pass over that
list, so it is the same wherever it is asked. Skewness and kurtosis are computed from distances to the
mean: DuckDB's sums of powers lose every digit where the values lie far from zero.
"""

from __future__ import annotations

from .definitions import Measure


def value(measure: Measure, gathered: str) -> str:
    """Return the SQL of a listed measure's value from the list, which is NULL where it would be empty."""
    body = "g"
    if measure.function == "last_n_distinct":
        return _let("g", f"list_reverse({gathered})", f"list_reverse(list_slice({_unique('g')}, 1, {measure.count}))")
    if measure.distinct:
        body = _unique("g")
    constants = "".join(f", {argument}" for argument in measure.arguments[1:])
    match measure.function:
        case "list":
            sql = body
        case "last":
            sql = f"({body})[-1]"
        case "skewness" | "kurtosis" | "kurtosis_pop":
            sql = (
                _let("g", body, _standardised(measure.function))
                if measure.distinct
                else _standardised(measure.function)
            )
        case "json_group_array":
            one = "coalesce(CAST(to_json(held) AS VARCHAR), 'null')"
            sql = f"'[' || {_joined(body, one)} || ']'"
        case "json_group_object":
            pair = "CAST(to_json(held.k) AS VARCHAR) || ':' || coalesce(CAST(to_json(held.v) AS VARCHAR), 'null')"
            sql = f"'{{' || {_joined(body, pair)} || '}}'"
        case "string_agg":
            texts = f"list_transform({body}, lambda held: CAST(held AS VARCHAR))"
            sql = f"list_aggregate({texts}, 'string_agg'{constants})"
        case function:
            count = f", {measure.count}" if measure.count is not None else ""
            sql = f"list_aggregate({body}, '{function}'{constants}{count})"
    return _let("g", gathered, sql)


def most_frequent(histogram: str, count: int) -> str:
    """Return the SQL of the ``count`` most frequent keys of a histogram; ties go to the smallest."""
    ranked = "list_transform(map_entries(h), lambda one: struct_pack(c := -CAST(one.value AS BIGINT), k := one.key))"
    return _let("h", histogram, f"list_transform(list_slice(list_sort({ranked}), 1, {count}), lambda one: one.k)")


def _let(name: str, value: str, body: str) -> str:
    """Bind a name in an expression: DuckDB would compute what is written twice twice."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def _unique(name: str) -> str:
    """The values of a list without repeats, each where it stands first."""
    return f"list_filter({name}, lambda held, place: list_position({name}, held) = place)"


def _joined(items: str, text: str) -> str:
    return f"list_aggregate(list_transform({items}, lambda held: {text}), 'string_agg', ',')"


def _standardised(function: str) -> str:
    """Skewness or kurtosis of the doubles ``g``, of distances from the first one in units of the greatest."""
    powers = {"skewness": (2, 3)}.get(function, (2, 4))
    n = "CAST(len(g) AS DOUBLE)"
    ratio, least = {
        "skewness": (f"sqrt({n} * ({n} - 1)) / ({n} - 2) * high / pow(low, 1.5)", 3),
        "kurtosis_pop": ("high / (low * low) - 3", 2),
        "kurtosis": (
            f"({n} - 1) * (({n} + 1) * high / (low * low) - 3 * ({n} - 1)) / (({n} - 2) * ({n} - 3))",
            4,
        ),
    }[function]
    body = ratio
    for name, power in zip(("high", "low"), reversed(powers), strict=True):
        body = _let(name, f"list_avg(list_transform(c, lambda v: pow(v, {power})))", body)
    body = _let("c", "list_transform(e, lambda v: v - mean)", body)
    body = _let("mean", "list_avg(e)", body)
    body = _let("e", "list_transform(d, lambda v: v / unit)", body)
    body = f"CASE WHEN unit = 0 THEN NULL ELSE {body} END"
    body = _let("unit", "list_max(list_transform(d, lambda v: abs(v)))", body)
    body = _let("d", "list_transform(g, lambda v: v - g[1])", body)
    return f"CASE WHEN len(g) >= {least} THEN {body} END"
