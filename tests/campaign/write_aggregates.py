"""Random expressions and aggregates over the columns of the campaign's events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random

from .calls import Call, span
from .expressions import Apply, Constant, Expression, Name, Type, apply, condition, constant
from .projects import EmitKind
from .targets import allowed
from .windows import Window

KEY, SHOP, WORD = (Name(name, "VARCHAR") for name in "kgs")
AMOUNT, QUARTERS = Name("d", "DOUBLE"), Name("q", "DOUBLE")
LONG, SMALL = Name("i", "BIGINT"), Name("n", "INTEGER")
MONEY, OK = Name("c", "DECIMAL(12,2)"), Name("ok", "BOOLEAN")
EVENT_COLUMNS = (KEY, SHOP, WORD, AMOUNT, QUARTERS, LONG, SMALL, MONEY, OK)
# Of ``d`` and ``i`` anything may be expected; ``q`` and ``n`` are small, and exact in any order of adding.


def number(random: Random) -> Expression:
    """A number of any size."""
    return random.choice(
        [
            *(AMOUNT, QUARTERS, LONG, SMALL, MONEY, AMOUNT, SMALL),
            apply("+", QUARTERS, constant(1.5), type="DOUBLE"),
            apply("coalesce", AMOUNT, constant(0.0), type="DOUBLE"),
            apply("case", OK, AMOUNT, QUARTERS, type="DOUBLE"),
            apply("*", MONEY, constant(2), type="DECIMAL(12,2)"),
            small(random),
        ]
    )


def small(random: Random) -> Expression:
    """A small whole number."""
    return random.choice(
        [
            *(SMALL, SMALL),
            apply("%", SMALL, constant(3), type="INTEGER"),
            apply("*", SMALL, constant(2), type="INTEGER"),
            apply("coalesce", SMALL, constant(0), type="INTEGER"),
            apply("length", WORD, type="BIGINT"),
            apply("abs", SMALL, type="INTEGER"),
        ]
    )


def text(random: Random) -> Expression:
    """A text."""
    return random.choice(
        [
            *(WORD, WORD, SHOP),
            apply("concat", WORD, constant("!"), type="VARCHAR"),
            apply("coalesce", WORD, constant("-"), type="VARCHAR"),
        ]
    )


def anything(random: Random) -> Expression:
    """A value of any type."""
    return random.choice([number, small, text, truth])(random)


def truth(random: Random) -> Expression:
    """A condition over a row."""
    made = random.choice(
        [
            OK,
            condition(random.choice(["=", "<>", "<", ">=", "distinct"]), SMALL, constant(random.randint(-2, 3))),
            condition(random.choice(["<", "<=", ">", ">="]), AMOUNT, constant(random.choice([0.0, 1.0, 7.0]))),
            condition("is not null", random.choice([WORD, AMOUNT, SHOP])),
            condition("distinct", WORD, constant("q")),
            condition(">", MONEY, constant(Decimal("0.50"))),
        ]
    )
    if random.random() < 0.25:
        return condition(random.choice(["and", "or"]), made, truth(random))
    return condition("not", made) if random.random() < 0.1 else made


# One function per class of aggregates.

Maker = Callable[[Random, Window], Call]


def _call(function: str, window: Window, arguments: Sequence[Expression], type: Type, *parameters: object) -> Call:
    return Call(function, tuple(arguments), window, type, parameters=parameters)


def _count(random: Random, window: Window) -> Call:
    if random.random() < 0.3:
        return _call("count_if", window, [truth(random)], "BIGINT")
    return _call("count", window, [anything(random)] if random.random() < 0.5 else [], "BIGINT")


def _sum(random: Random, window: Window) -> Call:
    argument = AMOUNT if random.random() < 0.4 else number(random)
    function = random.choice(["sum", "avg"])
    return _call(function, window, [argument], "DOUBLE" if function == "avg" else argument.type)


def _distinct(random: Random, window: Window) -> Call:
    if random.random() < 0.3:
        function = random.choice(["sum", "avg"])
        return Call(function, (SMALL,), window, "DOUBLE" if function == "avg" else "BIGINT", distinct=True)
    return Call("count", (anything(random),), window, "BIGINT", distinct=True)


def _spread(random: Random, window: Window) -> Call:
    if random.random() < 0.2:
        return _call(random.choice(["skewness", "kurtosis"]), window, [small(random)], "DOUBLE")
    function = random.choice(["stddev", "variance", "stddev_pop", "var_pop"])
    return _call(function, window, [random.choice([AMOUNT, QUARTERS, SMALL, MONEY])], "DOUBLE")


def _extreme(random: Random, window: Window) -> Call:
    argument = random.choice([number, text, small])(random)
    return _call(random.choice(["min", "max"]), window, [argument], argument.type)


def _order(random: Random, window: Window) -> Call:
    argument = anything(random)
    if random.random() < 0.2:
        return _call(random.choice(["arg_min", "arg_max"]), window, [argument, SMALL], argument.type)
    return _call(random.choice(["first", "last", "any_value"]), window, [argument], argument.type)


def _list(random: Random, window: Window) -> Call:
    function = random.choice(["list", "string_agg", "last_n", "last_n", "first_n", "last_n_distinct"])
    if function == "string_agg":
        return _call(function, window, [text(random)], "VARCHAR", random.choice(["|", ""]))
    parameters = () if function == "list" else (random.randint(1, 4),)
    return _call(function, window, [anything(random)], "LIST", *parameters)


def held_in_tiles(random: Random, window: Window) -> Call:
    """One of the aggregates whose tiles are put together in a way of their own where a window closes."""
    return random.choice(
        [
            Call(random.choice(["bool_and", "bool_or"]), (OK,), window, "BOOLEAN"),
            Call(random.choice(["min", "max"]), (text(random),), window, "VARCHAR"),
            Call("first", (SMALL,), window, "INTEGER"),
        ]
    )


def _quantile(random: Random, window: Window) -> Call:
    if random.random() < 0.4:
        return _call("median", window, [random.choice([AMOUNT, QUARTERS, LONG, SMALL])], "DOUBLE")
    function = random.choice(["quantile_cont", "quantile_disc"])
    return _call(
        function,
        window,
        [random.choice([AMOUNT, QUARTERS, SMALL])],
        "DOUBLE",
        random.choice([0.0, 0.25, 0.5, 0.9, 1.0]),
    )


def _frequency(random: Random, window: Window) -> Call:
    function = random.choice(["mode", "top_n", "entropy"])
    argument = random.choice([WORD, SMALL, SHOP])
    if function == "top_n":
        return _call(function, window, [argument], "LIST", random.randint(1, 3))
    return _call(function, window, [argument], "DOUBLE" if function == "entropy" else argument.type)


def _truth(random: Random, window: Window) -> Call:
    if random.random() < 0.5:
        return _call(random.choice(["bool_and", "bool_or"]), window, [truth(random)], "BOOLEAN")
    return _call(random.choice(["bit_and", "bit_or", "bit_xor"]), window, [SMALL], "INTEGER")


def _pair(random: Random, window: Window) -> Call:
    return _call(
        random.choice(["corr", "covar_pop", "covar_samp"]), window, [SMALL, random.choice([QUARTERS, SMALL])], "DOUBLE"
    )


def _product(random: Random, window: Window) -> Call:
    return _call("product", window, [QUARTERS], "DOUBLE")


def _recency(random: Random, window: Window) -> Call:
    return _call("since_last", window, [truth(random)] if random.random() < 0.5 else [], "DOUBLE")


def _rate(random: Random, window: Window) -> Call:
    arguments = [number(random)] if random.random() < 0.5 else []
    return _call("rate", window, arguments, "DOUBLE", span(random.choice([1000, 60_000])))


def _decayed(random: Random, window: Window) -> Call:
    function = random.choice(["decayed_count", "decayed_sum", "ewma"])
    arguments = [] if function == "decayed_count" else [random.choice([AMOUNT, QUARTERS, SMALL, MONEY])]
    return _call(function, window, arguments, "DOUBLE", span(random.choice([500, 7_000, 3_600_000])))


def _session(random: Random, window: Window) -> Call:
    function = random.choice(["session_duration", "session_index"] if window.exclude != "ROW" else ["session_duration"])
    return _call(function, window, [], "DOUBLE" if function == "session_duration" else "BIGINT")


def _bounds(random: Random, window: Window) -> Call:
    return _call(random.choice(["window_start", "window_end"]), window, [], "TIMESTAMP")


MAKERS: Mapping[str, Maker] = {
    "count": _count,
    "sum": _sum,
    "distinct": _distinct,
    "spread": _spread,
    "extreme": _extreme,
    "order": _order,
    "list": _list,
    "quantile": _quantile,
    "frequency": _frequency,
    "truth": _truth,
    "pair": _pair,
    "product": _product,
    "recency": _recency,
    "rate": _rate,
    "decayed": _decayed,
    "session": _session,
    "bounds": _bounds,
}
UNFILTERED = ("session", "bounds")


def classes_over(window: Window, emission: EmitKind) -> list[str]:
    """The classes of aggregates that the language allows over a window of a view that writes so."""
    length = window.kind != "range" or (window.first is not None and window.first > window.last)
    return [
        name
        for name in MAKERS
        if allowed(window.kind, emission, name) and (name != "rate" or length) and name != "bounds"
    ]


def aggregate(random: Random, window: Window, name: str) -> Call:
    """An aggregate of a class over a window, some with a filter."""
    made = MAKERS[name](random, window)
    if name not in UNFILTERED and not (name == "recency" and made.arguments) and random.random() < 0.3:
        return Call(made.function, made.arguments, window, made.type, truth(random), made.distinct, made.parameters)
    return made


def feature(random: Random, window: Window, name: str) -> Expression:
    """An aggregate of a class, or an expression over some."""
    made = aggregate(random, window, name)
    if random.random() < 0.8 or made.type in ("LIST", "VARCHAR", "BOOLEAN", "TIMESTAMP"):
        return made
    count = Call("count", (), window, "BIGINT")
    return random.choice(
        [
            apply("/", made, apply("nullif", count, constant(0), type="BIGINT"), type="DOUBLE"),
            condition("is null", made),
            apply("-", count, Call("count", (WORD,), window, "BIGINT"), type="BIGINT"),
        ]
    )


def threshold(random: Random, window: Window) -> Apply:
    """A condition over an aggregate whose value is exact."""
    call = random.choice(
        [
            Call("count", (), window, "BIGINT"),
            Call("count", (), window, "BIGINT", where=truth(random)),
            Call("sum", (SMALL,), window, "BIGINT"),
            Call("last", (SMALL,), window, "INTEGER"),
        ]
    )
    # Some event of most streams must turn it true, or a view that waits for it writes nothing.
    operator, number = random.choice([(">", 0), (">", 0), (">", 1), (">=", 1), (">=", 2), ("<", 2), ("<", 3), ("=", 1)])
    return condition(operator, call, Constant(number, "BIGINT"))
