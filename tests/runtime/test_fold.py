"""The fold against a slow reading of the language's window table, over random streams and cuts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from headrace.features_sql.definitions import Exclude, Measure, Window
from headrace.runtime.fold.fold import Fold
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TYPES = {"x0": "DOUBLE", "x1": "BIGINT", "x2": "DECIMAL(12,2)", "x3": "VARCHAR", "x4": "BOOLEAN", "f0": "BOOLEAN"}
ARROW = {
    "x0": pa.float64(),
    "x1": pa.int64(),
    "x2": pa.decimal128(12, 2),
    "x3": pa.string(),
    "x4": pa.bool_(),
    "f0": pa.bool_(),
}
SUMS = {"x0": "DOUBLE", "x1": "HUGEINT", "x2": "DECIMAL(38,2)"}
SPREADS = ("stddev_samp", "stddev_pop", "var_samp", "var_pop")
PER = 2
HALF_LIFE = 1
QUANTILES = ("median", "quantile_cont", "quantile_disc")
DECAYED = ("decayed_count", "decayed_sum", "ewma")
TIME_KINDS = ("sliding", "tumbling", "hopping", "session")


@dataclass(frozen=True)
class Event:
    key: int
    time: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Instant:
    """``own`` is the place of its own event in the stream, or None."""

    key: int
    member: int
    clock: int
    own: int | None = None


def measures_over(window: Window) -> list[Measure]:
    """Every function that the fold serves over this window, some with a filter."""
    asked: list[tuple[str, str | None, str, int | None]] = [("count", None, "BIGINT", None)]
    asked += [("since_last", None, "DOUBLE", None)]
    asked += [("count", "x0", "BIGINT", None), ("count_if", "x4", "HUGEINT", None)]
    for term, total in SUMS.items():
        asked += [("sum", term, total, None), ("avg", term, "DOUBLE", None)]
        asked += [(name, term, "DOUBLE", None) for name in SPREADS]
    for term in ("x0", "x1", "x2", "x4"):
        asked += [("min", term, TYPES[term], None), ("max", term, TYPES[term], None)]
    for term in ("x0", "x3"):
        asked += [(name, term, TYPES[term], None) for name in ("first", "last")]
        asked += [("last_n_distinct", term, f"{TYPES[term]}[]", n) for n in (1, 2)]
        asked += [(name, term, f"{TYPES[term]}[]", n) for name in ("first_n", "last_n") for n in (1, 3)]
        # No room is made for more values than there are rows.
        asked += [("first_n", term, f"{TYPES[term]}[]", 10**12)]
    if window.kind in TIME_KINDS:
        asked += [("rate", term, "DOUBLE", None) for term in (None, *SUMS)]
    asked += [("decayed_count", None, "DOUBLE", None)]
    asked += [(name, term, "DOUBLE", None) for term in SUMS for name in ("decayed_sum", "ewma")]
    for term in ("x0", "x1", "x2", "x3", "x4"):
        asked += [("count distinct", term, "BIGINT", None), ("entropy", term, "DOUBLE", None)]
        asked += [("mode", term, TYPES[term], None), ("top_n", term, f"{TYPES[term]}[]", 2)]
    for term in ("x0", "x1", "x2"):
        between = TYPES[term] if term == "x2" else "DOUBLE"
        asked += [("median", term, between, None), ("quantile_cont 0.75", term, between, None)]
    asked += [("quantile_cont .9", term, "DOUBLE", None) for term in ("x0", "x1")]
    asked += [
        (f"quantile_disc {share}", term, TYPES[term], None)
        for term in ("x0", "x1", "x2", "x4")
        for share in ("0", "0.9", "1")
    ]
    if window.exclude == "row":
        asked = [one for one in asked if one[0] == "since_last"]
    return [
        Measure(
            f"{window.name}_{place}_{condition}",
            name.split()[0],
            (term, *name.removesuffix(" distinct").split()[1:]) if term else (),
            name.endswith(" distinct"),
            condition,
            window.name,
            type,
            n,
            HALF_LIFE if name in DECAYED else PER,
        )
        for condition in (None, "f0")
        for place, (name, term, type, n) in enumerate(asked)
    ]


# The meaning, read from the language's table.


def members(window: Window, events: Sequence[Event], at: Instant) -> list[int]:
    """Places in ``events`` (all keys) of those that the window holds at an instant, oldest first."""
    held = [place for place, event in enumerate(events) if event.key == at.key and event.time <= at.member]
    times = {place: events[place].time for place in held}
    m, size, advance, offset = at.member, window.size or 0, window.advance or 0, window.offset or 0
    if window.kind == "sliding":
        held = [place for place in held if times[place] > m - size]
    elif window.kind == "tumbling":
        held = [place for place in held if (times[place] - offset) // size == (m - offset) // size]
    elif window.kind == "hopping":
        held = [place for place in held if times[place] >= (m - offset) // advance * advance + offset + advance - size]
    elif window.kind == "session":
        held = current_session(held, times, m, window)
    elif window.kind == "last":
        held = [place for place in held if at.own is None or place <= at.own]
        held = held[-((window.rows or 0) + (window.exclude == "row" and at.own is not None)) :]
    if window.exclude == "group":
        held = [place for place in held if times[place] < at.clock]
    return held


def current_session(held: list[int], times: Mapping[int, int], m: int, window: Window) -> list[int]:
    session: list[int] = []
    for place in held:
        if session and times[place] - times[session[-1]] > (window.gap or 0):
            session = []
        session.append(place)
    if not session or m > times[session[-1]] + (window.gap or 0):
        return []
    began, most = times[session[0]], window.most or 10**6
    return [place for place in session if (times[place] - began) // most == (m - began) // most]


def expected(measure: Measure, window: Window, events: Sequence[Event], at: Instant) -> tuple[Any, float]:
    """The value, and by how much a float may miss it."""
    held = members(window, events, at)
    chosen = [place for place in held if measure.filter is None or events[place].values[measure.filter]]
    if measure.function == "since_last":
        others = [events[place].time for place in chosen if place != at.own]
        return ((at.clock - others[-1]) / 1e6 if others else None), 1e-12
    values = [events[place].values[measure.arguments[0]] if measure.arguments else True for place in chosen]
    if measure.function in {"first", "last", "last_n"}:
        kept = values[-(measure.count or 1) :] if measure.function != "first" else values[:1]
        return (kept or None if measure.count else kept[0] if kept else None), 0.0
    present = [value for value in values if value is not None]
    if is_tallied(measure):
        return of_tally(measure, Counter("nan" if value != value else value for value in present))
    if measure.function == "first_n":
        return values[: measure.count] or None, 0.0
    if measure.function == "last_n_distinct":
        latest = {"nan" if value != value else value: value for value in present}
        order = list(dict.fromkeys("nan" if value != value else value for value in reversed(present)))[: measure.count]
        return [latest[value] for value in reversed(order)] or None, 0.0
    if measure.function in QUANTILES:
        size = max((abs(float(value)) for value in present if math.isfinite(value)), default=0.0)
        return quantile(measure, sorted(present, key=rank)), 1e-12 * size
    if measure.function in DECAYED:
        times = [events[place].time for place, value in zip(chosen, values, strict=True) if value is not None]
        return decayed(measure.function, times, present, at.clock)
    if measure.function == "rate":
        return rate(measure, window, present, at, events[held[0]].time if held else 0)
    return aggregated(measure, present)


def quantile(measure: Measure, held: list[Any]) -> Any:
    if not held:
        return None
    share = Fraction(measure.arguments[1] if measure.function != "median" else "0.5")
    if measure.function == "quantile_disc":
        return held[max(math.ceil(share * len(held)), 1) - 1]
    place = share * (len(held) - 1)
    low, high, rest = held[math.floor(place)], held[math.ceil(place)], place - math.floor(place)
    if isinstance(low, Decimal):
        return Decimal(math.trunc(100 * (Fraction(low) + (Fraction(high) - Fraction(low)) * rest))) / 100
    return float(low) if not rest else float(low) * float(1 - rest) + float(high) * float(rest)


def is_held(measure: Measure) -> bool:
    """Tell whether its values lie apart from the slot, and leave from there."""
    return is_tallied(measure) or measure.function in QUANTILES


def is_tallied(measure: Measure) -> bool:
    return measure.distinct or measure.function in {"entropy", "mode", "top_n"}


def of_tally(measure: Measure, counts: Counter[Any]) -> tuple[Any, float]:
    if measure.distinct:
        return len(counts), 0.0
    if measure.function == "entropy":
        shares = [count / counts.total() for count in counts.values()]
        return -math.fsum(share * math.log2(share) for share in shares) + 0.0, 1e-12
    order = sorted(counts, key=lambda value: (-counts[value], value == "nan", 0 if value == "nan" else value))
    most = [math.nan if value == "nan" else value for value in order[: measure.count or 1]] or [None]
    return most[0] if measure.function == "mode" else None if most == [None] else most, 0.0


def rate(measure: Measure, window: Window, present: list[Any], at: Instant, first: int) -> tuple[float | None, float]:
    length = at.clock - first if window.kind == "session" else window.size or 0
    if not present:
        return 0.0, 0.0
    if length == 0:
        return None, 0.0
    total, slack = total_of(present) if measure.arguments else (len(present), 0.0)
    return float(total) * PER / length, max(slack, 1e-15 * abs(float(total))) * PER / length


def decayed(function: str, times: list[int], present: list[Any], clock: int) -> tuple[float | None, float]:
    if not present:
        return (None if function == "ewma" else 0.0), 0.0
    values = [float(value) for value in present]
    if not all(map(math.isfinite, values)):
        return sum(value for value in values if not math.isfinite(value)), 0.0
    now = times[-1] if function == "ewma" else clock
    weights = [2.0 ** ((time - now) / HALF_LIFE) for time in times]
    weight = math.fsum(weights) if function == "ewma" else 1.0
    weighed = [value * one / weight for value, one in zip(values, weights, strict=True)]
    result = math.fsum(weighed)
    return (result if abs(result) >= 1e-200 else 0.0), 1e-9 * math.fsum(map(abs, weighed))


def total_of(present: list[Any]) -> tuple[Any, float]:
    if not isinstance(present[0], float):
        return sum(present), 0.0
    if all(map(math.isfinite, present)):
        return math.fsum(present), 1e-9 * math.fsum(map(abs, present))
    return sum(value for value in present if not math.isfinite(value)), 0.0


def rank(value: Any) -> Any:
    """DuckDB orders NaN above everything."""
    return (value != value, 0.0 if value != value else value)


def aggregated(measure: Measure, present: list[Any]) -> tuple[Any, float]:
    n = len(present)
    if measure.function == "count":
        return n, 0.0
    if measure.function == "count_if":
        return Decimal(sum(present)), 0.0
    if n == 0:
        return None, 0.0
    if measure.function in {"min", "max"}:
        return (min if measure.function == "min" else max)(present, key=rank), 0.0
    if measure.function in {"sum", "avg"}:
        total, slack = total_of(present)
        if measure.function == "sum":
            return total if isinstance(total, float) else Decimal(total), slack
        mean = float(Fraction(total) / n) if math.isfinite(total) else total
        return mean, max(slack / n, 1e-15 * abs(mean))
    return spread(measure.function, present)


def spread(function: str, present: list[Any]) -> tuple[float | None, float]:
    degrees = len(present) - function.endswith("samp")
    if degrees == 0:
        return None, 0.0
    if len(present) == 1:
        return 0.0, 0.0
    if not all(map(math.isfinite, present)):
        return math.nan, 0.0
    exact = [Fraction(value) for value in present]
    mean = sum(exact) / len(exact)
    variance = float(sum((value - mean) ** 2 for value in exact) / degrees)
    slack = 1e-9 * max(math.sqrt(variance), float(sum(map(abs, exact)) / len(exact)))
    if function.startswith("stddev"):
        return math.sqrt(variance), slack
    return variance, slack * (2 * math.sqrt(variance) + slack)


def assert_near(got: Any, value: Any, slack: float, what: str) -> None:
    if isinstance(got, list) and isinstance(value, list):
        assert len(got) == len(value), what
        for one, other in zip(got, value, strict=True):
            assert_near(one, other, slack, what)
    elif isinstance(got, float) and isinstance(value, float):
        same = (got != got and value != value) or got == value
        assert same or abs(got - value) <= slack, f"{what}: got {got!r}, expected {value!r}"
    else:
        assert type(got) is type(value), f"{what}: got {got!r}, expected {value!r}"
        assert got == value, f"{what}: got {got!r}, expected {value!r}"


# Streams, and how they reach the fold.


def slots_of(events: Sequence[Event]) -> dict[int, int]:
    return {key: slot for slot, key in enumerate(dict.fromkeys(event.key for event in events))}


def tables(
    events: Sequence[Event], instants: Sequence[Instant], slots: Mapping[int, int], start: int = 0
) -> tuple[pa.Table, pa.Table]:
    """One call: events that begin at place ``start`` of the stream, and instants."""
    columns = {name: pa.array([event.values[name] for event in events], type) for name, type in ARROW.items()}
    rows = pa.table(
        {
            "_slot": pa.array([slots[event.key] for event in events], pa.int64()),
            "_t": pa.array([event.time for event in events], pa.int64()),
            **columns,
        }
    )
    fields = {
        "_slot": [slots.get(at.key, -1) for at in instants],
        "_m": [at.member for at in instants],
        "_t": [at.clock for at in instants],
        "_row": [-1 if at.own is None else at.own - start for at in instants],
    }
    return rows, pa.table({name: pa.array(values, pa.int64()) for name, values in fields.items()})


def in_calls(
    fold: Fold,
    make: Any,
    events: Sequence[Event],
    instants: Sequence[Instant],
    cuts: Sequence[int],
    saved: frozenset[int],
) -> tuple[Fold, pa.Table]:
    """Feed the stream up to each watermark in ``cuts``, then the rest; go on from a snapshot after those ``saved``."""
    slots = slots_of(events)
    start, asked, parts = 0, 0, []
    for place, watermark in enumerate([*sorted(cuts), math.inf]):
        end = sum(event.time < watermark for event in events)
        asked_end = sum(at.member < watermark for at in instants)
        rows, wanted = tables(events[start:end], instants[asked:asked_end], slots, start)
        parts.append(fold.process(rows, wanted))
        if place in saved:
            tables_of_fold = fold.snapshot()
            fold = make()
            fold.restore(tables_of_fold)
        start, asked = end, asked_end
    return fold, pa.concat_tables(parts)


FLOATS = st.one_of(
    st.none(),
    st.integers(-5, 5).map(float),
    st.sampled_from([0.1, 0.3, -0.7, 1e16, -1e16, 1e8, 1e100, -1e100, 1e-30, math.nan, math.inf, -math.inf]),
)
INTEGERS = st.one_of(st.none(), st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1))
DECIMALS = st.one_of(st.none(), st.integers(-(10**12) + 1, 10**12 - 1).map(lambda cents: Decimal(cents) / 100))
VALUES = st.fixed_dictionaries(
    {
        "x0": FLOATS,
        "x1": INTEGERS,
        "x2": DECIMALS,
        "x3": st.sampled_from([None, "", "a", "b", "longer than a word"]),
        "x4": st.sampled_from([None, True, False]),
        "f0": st.sampled_from([None, True, True, False]),
    }
)
STEPS = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 7, 15, 400])
EXCLUDES: list[Exclude] = ["none", "group", "row"]
WINDOWS: dict[str, list[dict[str, Any]]] = {
    "sliding": [{"size": 1}, {"size": 4}, {"size": 10}],
    "tumbling": [{"size": 1}, {"size": 5}, {"size": 7, "offset": 9}],
    "hopping": [{"size": 6, "advance": 2}, {"size": 5, "advance": 5}, {"size": 9, "advance": 3, "offset": 2}],
    "session": [{"gap": 1}, {"gap": 3}, {"gap": 3, "most": 5}, {"gap": 7, "most": 2}],
    "global": [{}],
    "last": [{"rows": 1}, {"rows": 2}, {"rows": 3}, {"rows": 5}, {"rows": 9}],
}


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[Event], list[Instant]]:
    time = draw(st.integers(-20, 5))
    events: list[Event] = []
    for _ in range(draw(st.integers(0, 24))):
        time += draw(STEPS)
        events.append(Event(draw(st.integers(0, 2)), time, draw(VALUES)))
    instants = [Instant(event.key, event.time, event.time, place) for place, event in enumerate(events)]
    for _ in range(draw(st.integers(0, 8))):
        member = draw(st.integers(-25, time + 20))
        instants.append(Instant(draw(st.integers(0, 3)), member, member + draw(st.sampled_from([0, 0, 1]))))
    return events, sorted(instants, key=lambda at: at.member)


@st.composite
def some_windows(draw: st.DrawFn) -> list[Window]:
    windows: list[Window] = []
    for place in range(draw(st.integers(1, 3))):
        kind: Any = draw(st.sampled_from(sorted(WINDOWS)))
        exclude = draw(st.sampled_from(EXCLUDES))
        windows.append(Window(f"w{place}", kind, exclude=exclude, **draw(st.sampled_from(WINDOWS[kind]))))
    return windows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(streams(), some_windows(), st.data())
def test_values_are_those_of_the_window_table_however_the_stream_is_cut(
    stream: tuple[list[Event], list[Instant]], windows: list[Window], data: st.DataObject
) -> None:
    events, instants = stream
    measures = [measure for window in windows for measure in measures_over(window)]

    def make() -> Fold:
        return Fold(windows, measures, TYPES)

    whole, values = in_calls(make(), make, events, instants, [], frozenset())
    named = {window.name: window for window in windows}
    for measure in measures:
        for at, got in zip(instants, values.column(measure.id).to_pylist(), strict=True):
            value, slack = expected(measure, named[measure.window], events, at)
            assert_near(got, value, slack, f"{measure} over {named[measure.window]} at {at}")

    times = st.integers(-21, 40)
    cuts = data.draw(st.lists(times, max_size=6), label="cuts")
    saved = data.draw(st.frozensets(st.integers(0, 5)), label="saved after")
    piecewise, pieces = in_calls(make(), make, events, instants, cuts, saved)
    assert bits(pieces) == bits(values)
    assert {name: bits(table) for name, table in piecewise.snapshot().items()} == {
        name: bits(table) for name, table in whole.snapshot().items()
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(streams(), some_windows(), st.integers(-21, 40), st.frozensets(st.integers(0, 4), min_size=1))
def test_a_restricted_copy_goes_on_as_the_whole_does(
    stream: tuple[list[Event], list[Instant]], windows: list[Window], watermark: int, keys: frozenset[int]
) -> None:
    events, instants = stream
    measures = [measure for window in windows for measure in measures_over(window)]
    slots = slots_of(events)
    start = sum(event.time < watermark for event in events)
    asked = [at for at in instants if at.member >= watermark]
    fold = Fold(windows, measures, TYPES)
    fold.process(*tables(events[:start], [at for at in instants if at.member < watermark], slots))

    copy = fold.restrict(np.array([slots.get(key, 99) for key in sorted(keys)]))
    rest = [place for place in range(start, len(events)) if events[place].key in keys]
    own = {place: number for number, place in enumerate(rest)}
    mine = [
        Instant(at.key, at.member, at.clock, own[at.own] if at.own is not None else None)
        for at in asked
        if at.key in keys and (at.own is None or at.own >= start)
    ]
    read = copy.process(*tables([events[place] for place in rest], mine, slots))
    again = fold.restrict(np.array([slots.get(key, 99) for key in sorted(keys)]))
    whole = fold.process(*tables(events[start:], asked, slots, start))
    chosen = pa.array([place for place, at in enumerate(asked) if at.key in keys], pa.int64())
    assert bits(read) == bits(whole.take(chosen))
    assert bits(again.process(*tables([events[place] for place in rest], mine, slots))) == bits(read)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(streams(), some_windows(), st.integers(-21, 40))
def test_a_peek_is_the_answer_of_a_copy_and_changes_nothing(
    stream: tuple[list[Event], list[Instant]], windows: list[Window], watermark: int
) -> None:
    events, instants = stream
    windows = [window for window in windows if window.exclude == "none"] or [
        Window("all", "global", None, None, None, None)
    ]
    moving = {window.name for window in windows if window.kind in {"sliding", "hopping"}}
    measures = [measure for window in windows for measure in measures_over(window)]
    measures = [measure for measure in measures if measure.window not in moving or not is_held(measure)]
    slots = slots_of(events)
    fold = Fold(windows, measures, TYPES)
    fold.process(*tables([event for event in events if event.time < watermark], [], slots))
    before = {name: bits(table) for name, table in fold.snapshot().items()}
    asked = [replace(at, own=None) for at in instants if at.member >= watermark]
    nothing, probes = tables([], asked, slots)
    assert fold.has_peek
    read = fold.peek(probes)
    assert {name: bits(table) for name, table in fold.snapshot().items()} == before
    assert bits(read) == bits(fold.restrict(np.array(sorted(slots.values()))).process(nothing, probes))
    now = [replace(at, clock=at.member) for at in asked]
    rows = fold.peek(tables([], now, slots)[1]).to_pylist()
    assert repr([fold.glance(slots.get(at.key, -1), at.member) for at in now]) == repr(rows)
    deferred = Window("w", "sliding", 4, None, None, None, exclude="group")
    assert not Fold([deferred], measures_over(deferred), TYPES).has_peek


def bits(table: pa.Table) -> list[Any]:
    """Columns to compare exactly: floats by their bits, so that NaN equals itself."""
    return [
        column.combine_chunks().view(pa.int64()).to_pylist()
        if pa.types.is_float64(column.type)
        else repr(column.to_pylist())
        for column in table.columns
    ]
