"""What an aggregate is of the events in its window: exact, or rounded once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .calls import Call, length_of
from .events import SECOND, Event, Instant
from .expressions import evaluate, identity, leaves, ranked_by
from .moments import covariance, kurtosis, skewness, variance
from .windows import Window, bounds, members, pieces


@dataclass(frozen=True)
class Given:
    """What an aggregate is given: ``rows`` of argument values in total order, after FILTER; and where it is asked."""

    call: Call
    at: Instant
    events: Sequence[Event]
    held: Sequence[Event]
    chosen: Sequence[Event]
    rows: Sequence[tuple[Any, ...]]

    @property
    def every(self) -> list[Any]:
        """The first argument of every row, NULLs too."""
        return [row[0] for row in self.rows]

    @property
    def values(self) -> list[Any]:
        """The first argument where no argument is NULL."""
        return [row[0] for row in self.rows if row and None not in row]


def value_of(call: Call, events: Sequence[Event], at: Instant) -> tuple[Any, float]:
    """An aggregate at an instant of an entity's events, and the magnitude by which the error of a float is judged."""
    same = _of_partition(call.window, events, at)
    held = members(call.window, same, at)
    chosen = [event for event in held if call.where is None or evaluate(call.where, event.values) is True]
    rows = [tuple(evaluate(argument, event.values) for argument in call.arguments) for event in chosen]
    if call.distinct:
        rows = list({identity(row[0]): row for row in reversed(rows)}.values())[::-1]
    given = Given(call, at, same, held, chosen, rows)
    return MEANINGS[call.function](given), magnitude(given)


def _of_partition(window: Window, events: Sequence[Event], at: Instant) -> Sequence[Event]:
    """The events of the sub-entity of the current row, or of the newest event where the instant has none.

    Like an entity, a sub-entity with a NULL has no events.
    """
    if not window.partition:
        return events
    seen = [event for event in events if event.time <= at.member]
    own = [event for event in events if event.place == at.own] or seen[-1:]
    wanted = [identity(own[0].values[name]) if own else None for name in window.partition]
    if None in wanted:
        return []
    return [event for event in events if [identity(event.values[name]) for name in window.partition] == wanted]


def magnitude(given: Given) -> float:
    """The sum of |x| that a sum or rate implies, else the mean; of finite values."""
    numbers = [abs(Fraction(x)) for x in given.values if _is_number(x) and math.isfinite(x)]
    if not numbers:
        return 0.0
    total = sum(numbers)
    summed = given.call.function in {"sum", "rate", "decayed_sum", "fsum"}
    return float(total if summed else total / len(numbers))


FORGOTTEN = 1e-200
"""Decayed counts and sums below it are 0."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


# Sums


def total(values: Sequence[Any]) -> Any:
    """An exact sum, rounded once where it is of floats."""
    if not values:
        return None
    if isinstance(values[0], float):
        odd = beyond(values)
        return math.fsum(values) if odd is None else odd
    return sum(values, type(values[0])(0))


def beyond(values: Sequence[Any]) -> float | None:
    """What any sum of values is when one of them is NaN or infinite; None if all are finite."""
    odd = {value for value in values if isinstance(value, float) and not math.isfinite(value)}
    if not odd:
        return None
    return odd.pop() if len(odd) == 1 else math.nan


def mean(values: Sequence[Any]) -> float | None:
    if not values:
        return None
    odd = beyond(values)
    return float(sum(map(Fraction, values)) / len(values)) if odd is None else odd


def spread(values: Sequence[Any], fewest: int, root: bool) -> float | None:
    if len(values) < fewest:
        return None
    if len(values) == 1:
        return 0.0
    if beyond(values) is not None:
        return math.nan
    squared = variance([Fraction(value) for value in values], fewest - 1)
    return math.sqrt(squared) if root else float(squared)


# Order


def ordered(values: Sequence[Any]) -> list[Any]:
    return sorted(values, key=ranked_by)


def quantile(given: Given, share: float) -> float | None:
    """Between the two nearest in rank."""
    values = ordered(given.values)
    if not values:
        return None
    place = Fraction(str(share)) * (len(values) - 1)
    below, above, rest = values[math.floor(place)], values[math.ceil(place)], place - math.floor(place)
    if rest and all(math.isfinite(value) for value in (below, above)):
        return float(Fraction(below) + (Fraction(above) - Fraction(below)) * rest)
    return float(below) if not rest else float(below) * float(1 - rest) + float(above) * float(rest)


def nearest(given: Given, share: float) -> Any:
    values = ordered(given.values)
    return values[max(0, math.ceil(Fraction(str(share)) * len(values)) - 1)] if values else None


def best(given: Given, greatest: bool) -> Any:
    values = ordered(given.values)
    return values[-1 if greatest else 0] if values else None


def at_best(given: Given, greatest: bool) -> Any:
    """The first argument of the row whose second is best; of equal ones the first in total order."""
    rows = [row for row in given.rows if None not in row]
    if not rows:
        return None
    wanted = identity(ordered([row[1] for row in rows])[-1 if greatest else 0])
    return next(row[0] for row in rows if identity(row[1]) == wanted)


# Frequency


def frequencies(values: Sequence[Any]) -> list[tuple[Any, int]]:
    """Values with how often they occur, the most frequent first, then the smallest."""
    counts = Counter(map(identity, values))
    first = {identity(value): value for value in values}
    return sorted(((first[one], count) for one, count in counts.items()), key=lambda p: (-p[1], ranked_by(p[0])))


def entropy(values: Sequence[Any]) -> float:
    shares = [count / len(values) for _, count in frequencies(values)]
    return abs(-math.fsum(share * math.log2(share) for share in shares))


def last_distinct(given: Given) -> list[Any] | None:
    count = given.call.parameters[0]
    latest: dict[Any, Any] = {}
    for value in given.values:
        latest.pop(identity(value), None)
        latest[identity(value)] = value
    return list(latest.values())[-count:] or None


def product(values: Sequence[Any]) -> float | None:
    result = 1.0
    for value in values:
        result *= float(value)
    return result if values else None


def folded(function: Callable[[int, int], int]) -> Callable[[Given], int | None]:
    def meaning(given: Given) -> int | None:
        result: int | None = None
        for value in given.values:
            result = value if result is None else function(result, value)
        return result

    return meaning


# Time


def rate(given: Given) -> float | None:
    counted = [1] * len(given.rows) if not given.call.arguments else given.values
    if not counted:
        return 0.0
    length = rated_length(given)
    if not length:
        return None
    amount = total(counted)
    return float(amount) * length_of(given.call.parameters[0]) / length


def rated_length(given: Given) -> int:
    window, t = given.call.window, given.at.member
    if window.kind == "session":
        return given.at.clock - given.held[0].time
    if window.kind == "range":
        return (window.first or 0) - window.last
    if window.zone or window.months:
        end = window.grid.after(t)
        return end - (window.grid.back(end, window.size) if window.kind == "hopping" else window.grid.at_or_before(t))
    return window.size


def since_last(given: Given) -> float | None:
    """Of the other rows that meet the condition, if there is one; the chosen rows are all where there is none."""
    met = [
        event.time
        for event, row in zip(given.chosen, given.rows, strict=True)
        if event.place != given.at.own and (not row or row[0] is True)
    ]
    return (given.at.clock - met[-1]) / SECOND if met else None


def decayed(given: Given, values: Sequence[tuple[int, Any]], half_life: int) -> float:
    odd = beyond([value for _, value in values])
    if odd is not None:
        return odd
    result = math.fsum(float(value) * 2.0 ** (-(given.at.clock - time) / half_life) for time, value in values)
    return result if abs(result) >= FORGOTTEN else 0.0


def decayed_sum(given: Given) -> float:
    return decayed(given, timed(given), length_of(given.call.parameters[0]))


def timed(given: Given) -> list[tuple[int, Any]]:
    """The values that are not NULL with their times."""
    pairs = zip(given.chosen, given.rows, strict=True)
    return [(event.time, row[0]) for event, row in pairs if row[0] is not None]


def ewma(given: Given) -> float | None:
    """The newest value weighs 1, which changes nothing and keeps old weights from vanishing."""
    values, half_life = timed(given), length_of(given.call.parameters[0])
    if not values:
        return None
    odd = beyond([value for _, value in values])
    if odd is not None:
        return odd
    weights = [2.0 ** ((time - values[-1][0]) / half_life) for time, _ in values]
    parts = [float(value) * weight for (_, value), weight in zip(values, weights, strict=True)]
    return math.fsum(parts) / math.fsum(weights)


def session_index(given: Given) -> int | None:
    """Of the session whose events the window holds, so of none where EXCLUDE leaves no event."""
    seen = [event for event in given.events if event.time <= given.at.member]
    return len(pieces(given.call.window, seen)) if given.held else None


def session_duration(given: Given) -> float | None:
    return (given.held[-1].time - given.held[0].time) / SECOND if given.held else None


def window_start(given: Given) -> int:
    """Of the window that has just closed: the first µs of a bucket or a hop, the first event of a session."""
    window, last = given.call.window, given.at.member
    if window.kind == "session":
        return given.held[0].time
    return window.grid.at_or_before(last) if window.kind == "tumbling" else bounds(window, last)[0] or 0


Meaning = Callable[[Given], Any]
MEANINGS: Mapping[str, Meaning] = {
    "count": lambda given: len(given.values) if given.call.arguments else len(given.rows),
    "count_if": lambda given: sum(value is True for value in given.every),
    "sum": lambda given: total(given.values),
    "fsum": lambda given: total(given.values),
    "avg": lambda given: mean(given.values),
    "stddev": lambda given: spread(given.values, 2, root=True),
    "variance": lambda given: spread(given.values, 2, root=False),
    "stddev_pop": lambda given: spread(given.values, 1, root=True),
    "var_pop": lambda given: spread(given.values, 1, root=False),
    "skewness": lambda given: skewness(given.values),
    "kurtosis": lambda given: kurtosis(given.values),
    "corr": lambda given: covariance(given.rows, "corr"),
    "covar_pop": lambda given: covariance(given.rows, "pop"),
    "covar_samp": lambda given: covariance(given.rows, "samp"),
    "min": lambda given: best(given, greatest=False),
    "max": lambda given: best(given, greatest=True),
    "arg_min": lambda given: at_best(given, greatest=False),
    "arg_max": lambda given: at_best(given, greatest=True),
    "first": lambda given: given.every[0] if given.rows else None,
    "last": lambda given: given.every[-1] if given.rows else None,
    "any_value": lambda given: given.values[0] if given.values else None,
    "list": lambda given: given.every or None,
    "string_agg": lambda given: given.call.parameters[0].join(given.values) if given.values else None,
    "last_n": lambda given: given.every[-given.call.parameters[0] :] or None,
    "first_n": lambda given: given.every[: given.call.parameters[0]] or None,
    "last_n_distinct": last_distinct,
    "median": lambda given: quantile(given, 0.5),
    "quantile_cont": lambda given: quantile(given, given.call.parameters[0]),
    "quantile_disc": lambda given: nearest(given, given.call.parameters[0]),
    "mode": lambda given: frequencies(given.values)[0][0] if given.values else None,
    "top_n": lambda given: [one for one, _ in frequencies(given.values)][: given.call.parameters[0]] or None,
    "entropy": lambda given: entropy(given.values) if given.values else 0.0,
    "bool_and": lambda given: all(given.values) if given.values else None,
    "bool_or": lambda given: any(given.values) if given.values else None,
    "bit_and": folded(lambda left, right: left & right),
    "bit_or": folded(lambda left, right: left | right),
    "bit_xor": folded(lambda left, right: left ^ right),
    "product": lambda given: product(given.values),
    "rate": rate,
    "since_last": since_last,
    "decayed_count": lambda given: decayed(
        given, [(event.time, 1) for event in given.chosen], length_of(given.call.parameters[0])
    ),
    "decayed_sum": decayed_sum,
    "ewma": ewma,
    "session_duration": session_duration,
    "session_index": session_index,
    "window_start": window_start,
    "window_end": lambda given: given.at.clock,
}


def reads_floats(call: Call) -> bool:
    """Whether an aggregate's value may depend on how floats are added up."""
    return any(leaf.type == "DOUBLE" for argument in call.arguments for leaf in leaves(argument))
