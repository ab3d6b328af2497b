"""Sums of the fold where naive ones fail: cancellation, huge values that leave, integers past 64 bits."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold.fold import Fold

SPREADS = ("var_samp", "var_pop", "stddev_samp", "stddev_pop")


def measure(name: str, function: str, type: str, term: str = "x0", filter: str | None = None) -> Measure:
    return Measure(name, function, (term,), False, filter, "w", type)


def run_over(
    window: Window, values: pa.Array, measures: Sequence[Measure], types: dict[str, str]
) -> dict[str, list[Any]]:
    """One value a microsecond, all of one key, each event asked at itself."""
    times = np.arange(len(values))
    zeros = np.zeros(len(values), np.int64)
    rows = pa.table({"_slot": zeros, "_t": times, "x0": values})
    instants = pa.table({"_slot": zeros, "_m": times, "_t": times, "_row": times})
    return Fold([window], measures, types).process(rows, instants).to_pydict()


def held(values: Sequence[Any], place: int, rows: int) -> Sequence[Any]:
    return values[max(0, place + 1 - rows) : place + 1]


def windows(rows: int) -> list[Window]:
    """Windows that hold the newest ``rows`` of one event a microsecond."""
    return [
        Window("w", "sliding", size=rows),
        Window("w", "last", rows=rows),
        Window("w", "hopping", size=rows, advance=1),
    ]


def stream(seed: int, count: int) -> list[float]:
    """Mostly small values, bursts of huge ones, runs of zeros, and pairs that cancel."""
    random_ = random.Random(seed)
    values: list[float] = []
    while len(values) < count:
        size = 10.0 ** random_.choice([-12, -3, 0, 0, 0, 3, 8, 16, 40, 100])
        run = [random_.uniform(-size, size) for _ in range(random_.randint(1, 6))]
        values += random_.choice([run, [0.0] * len(run), [*run, *(-value for value in reversed(run))]])
    return values[:count]


@pytest.mark.parametrize("window", windows(7), ids=lambda window: window.kind)
@pytest.mark.parametrize("seed", range(3))
def test_sums_hold_what_is_in_the_window_now(window: Window, seed: int) -> None:
    values = stream(seed, 1500)
    got = run_over(
        window, pa.array(values), [measure("s", "sum", "DOUBLE"), measure("a", "avg", "DOUBLE")], {"x0": "DOUBLE"}
    )
    for place in range(len(values)):
        now = held(values, place, 7)
        slack = 1e-9 * math.fsum(map(abs, now))
        assert abs(got["s"][place] - math.fsum(now)) <= slack, place
        assert abs(got["a"][place] - math.fsum(now) / len(now)) <= slack / len(now), place


@pytest.mark.parametrize("window", windows(7), ids=lambda window: window.kind)
def test_a_deviation_is_that_of_what_is_in_the_window_now(window: Window) -> None:
    values = stream(11, 700)
    got = run_over(window, pa.array(values), [measure(name, name, "DOUBLE") for name in SPREADS], {"x0": "DOUBLE"})
    for place in range(1, len(values)):
        now = [Fraction(value) for value in held(values, place, 7)]
        mean = sum(now) / len(now)
        squares = sum((value - mean) ** 2 for value in now)
        scale = float(sum(map(abs, now)) / len(now))
        for name in SPREADS:
            exact = math.sqrt(squares / (len(now) - name.endswith("samp")))
            value = got[name][place]
            assert value >= 0.0
            root = value if name.startswith("stddev") else math.sqrt(value)
            assert abs(root - exact) <= 1e-9 * max(exact, scale), (place, name)


def test_a_constant_deviates_by_nothing_after_a_huge_value_has_left() -> None:
    values = [0.1] * 5 + [1e9, 1e16, 1e100] + [0.1] * 20
    got = run_over(
        Window("w", "sliding", size=6), pa.array(values), [measure("d", "stddev_pop", "DOUBLE")], {"x0": "DOUBLE"}
    )
    assert got["d"][-1] <= 1e-10
    assert got["d"][4] <= 1e-10


@pytest.mark.parametrize("value", [0.1, 1e100, -1e100, 7.3e22])
def test_equal_values_deviate_by_nothing(value: float) -> None:
    got = run_over(
        Window("w", "sliding", size=200),
        pa.array([value] * 500),
        [measure(name, name, "DOUBLE") for name in SPREADS],
        {"x0": "DOUBLE"},
    )
    for name in SPREADS:
        assert {found for found in got[name] if found is not None} == {0.0}


def test_small_distances_from_a_large_mean_are_not_lost() -> None:
    values = [1e9 + place % 3 * 0.1 for place in range(3000)]
    got = run_over(Window("w", "global"), pa.array(values), [measure("v", "var_pop", "DOUBLE")], {"x0": "DOUBLE"})
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    wanted = float(sum((value - mean) ** 2 for value in exact) / len(exact))
    assert abs(got["v"][-1] - wanted) <= 1e-9 * wanted


@pytest.mark.parametrize("window", windows(2), ids=lambda window: window.kind)
def test_non_finite_values_decide_while_they_are_there_and_leave_no_trace(window: Window) -> None:
    inf, nan = math.inf, math.nan
    values = [1.0, inf, 2.0, -inf, inf, nan, 3.0, 4.0, None, -inf]
    measures = [measure("s", "sum", "DOUBLE"), measure("d", "stddev_pop", "DOUBLE"), measure("x", "max", "DOUBLE")]
    got = run_over(window, pa.array(values), measures, {"x0": "DOUBLE"})
    assert list(map(repr, got["s"])) == ["1.0", "inf", "inf", "-inf", "nan", "nan", "nan", "7.0", "4.0", "-inf"]
    assert list(map(repr, got["d"])) == ["0.0", "nan", "nan", "nan", "nan", "nan", "nan", "0.5", "0.0", "0.0"]
    assert list(map(repr, got["x"])) == ["1.0", "inf", "inf", "2.0", "inf", "nan", "nan", "4.0", "4.0", "-inf"]


def test_one_value_lies_on_its_mean_whatever_it_is() -> None:
    measures = [measure(name, name, "DOUBLE") for name in SPREADS]
    values = pa.array([math.inf, math.nan, 2.0, None])
    found = run_over(Window("w", "last", rows=1), values, measures, {"x0": "DOUBLE"})
    assert [found[name] for name in SPREADS] == [[None] * 4, [0.0, 0.0, 0.0, None]] * 2


def test_sums_near_overflow_recover_when_it_has_left() -> None:
    values = [1.7e308, 1.7e308, -1.7e308, 5.0, 6.0, 7.0]
    measures = [measure("s", "sum", "DOUBLE"), measure("d", "stddev_pop", "DOUBLE")]
    got = run_over(Window("w", "sliding", size=2), pa.array(values), measures, {"x0": "DOUBLE"})
    assert got["s"][1] == math.inf
    assert got["s"][4:] == [11.0, 13.0]
    assert got["d"][4:] == [0.5, 0.5]


@pytest.mark.parametrize("window", [*windows(3), Window("w", "global")], ids=lambda window: window.kind)
def test_integer_sums_are_exact_past_64_bits(window: Window) -> None:
    random_ = random.Random(5)
    extremes = [2**63 - 1, -(2**63), -1, 0, 1]
    values = [random_.choice([*extremes, random_.randint(-(2**63), 2**63 - 1), None]) for _ in range(400)]
    measures = [measure("s", "sum", "HUGEINT"), measure("a", "avg", "DOUBLE")]
    got = run_over(window, pa.array(values, pa.int64()), measures, {"x0": "BIGINT"})
    for place in range(len(values)):
        now = [value for value in held(values, place, 3 if window.kind != "global" else place + 1) if value is not None]
        assert got["s"][place] == (Decimal(sum(now)) if now else None)
        if now:
            mean = float(Fraction(sum(now), len(now)))
            assert abs(got["a"][place] - mean) <= 2 * math.ulp(mean)


def test_decimal_sums_are_exact_and_their_averages_rounded_once() -> None:
    random_ = random.Random(6)
    values = [Decimal(random_.randint(-(10**18) + 1, 10**18 - 1)).scaleb(-4) for _ in range(300)]
    measures = [measure("s", "sum", "DECIMAL(38,4)"), measure("a", "avg", "DOUBLE")]
    got = run_over(
        Window("w", "last", rows=9), pa.array(values, pa.decimal128(18, 4)), measures, {"x0": "DECIMAL(18,4)"}
    )
    for place in range(len(values)):
        now = held(values, place, 9)
        assert got["s"][place] == sum(now)
        mean = float(sum(map(Fraction, now)) / len(now))
        assert abs(got["a"][place] - mean) <= 2 * math.ulp(mean)


@pytest.mark.parametrize("count", [2, 3, 7, 49, 97, 98, 1000])
@pytest.mark.parametrize("over", [1, 3, 5, 7])
def test_an_average_between_two_doubles_is_rounded_once(count: int, over: int) -> None:
    value = 2**53 + over
    averages = run_over(
        Window("w", "sliding", size=count),
        pa.array([value] * count, pa.int64()),
        [measure("a", "avg", "DOUBLE")],
        {"x0": "BIGINT"},
    )["a"]
    assert set(averages) == {float(value)}


def test_an_average_of_a_sum_near_overflow_is_a_number() -> None:
    values = [2.0**1023, 2.0**1022, 2.0**1022 - 2.0**971]
    averages = run_over(
        Window("w", "sliding", size=9), pa.array(values), [measure("a", "avg", "DOUBLE")], {"x0": "DOUBLE"}
    )["a"]
    assert averages[1:] == [0.75 * 2.0**1023, float(sum(map(Fraction, values)) / 3)]


def test_more_conditions_than_a_word_has_bits() -> None:
    count = 150
    random_ = random.Random(7)
    truths = [[random_.random() < 0.5 for _ in range(count)] for _ in range(40)]
    measures = [measure(f"m{place}", "sum", "HUGEINT", filter=f"f{place}") for place in range(count)]
    types = {"x0": "INTEGER", **{f"f{place}": "BOOLEAN" for place in range(count)}}
    times = np.arange(40)
    zeros = np.zeros(40, np.int64)
    columns = {f"f{place}": [row[place] for row in truths] for place in range(count)}
    rows = pa.table({"_slot": zeros, "_t": times, "x0": pa.array(times + 1, pa.int32()), **columns})
    instants = pa.table({"_slot": [0], "_m": [39], "_t": [39], "_row": [-1]})
    for window in (Window("w", "sliding", size=25), Window("w", "last", rows=25)):
        got = Fold([window], measures, types).process(rows, instants).to_pylist()[0]
        for place in range(count):
            exact = sum(time + 1 for time in range(15, 40) if truths[time][place])
            assert got[f"m{place}"] == exact
