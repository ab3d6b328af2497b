"""What a fold must remember for long: values seen once, and sums that decay over years."""

from __future__ import annotations

import math
import random

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold.fold import Fold

SECOND = 1_000_000
YEAR = 365 * 86_400 * SECOND
FOREVER = Window("w", "global")
TYPES = {"x0": "VARCHAR", "x1": "DOUBLE", "f0": "BOOLEAN"}


def rows_of(slots: list[int], times: list[int], values: list[str | None], numbers: list[float | None]) -> pa.Table:
    return pa.table(
        {
            "_slot": pa.array(slots, pa.int64()),
            "_t": pa.array(times, pa.int64()),
            "x0": pa.array(values, pa.string()),
            "x1": pa.array(numbers, pa.float64()),
            "f0": pa.array([True] * len(slots), pa.bool_()),
        }
    )


def asked(slots: list[int], times: list[int]) -> pa.Table:
    columns = {"_slot": slots, "_m": times, "_t": times, "_row": [-1] * len(slots)}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def distinct(term: str) -> Measure:
    return Measure(f"d{term}", "count", (term,), True, None, "w", "BIGINT")


def test_thousands_of_values_are_known_again_after_a_snapshot_and_in_copies() -> None:
    pick, fold = random.Random(3), Fold([FOREVER], [distinct("x0"), distinct("x1")], TYPES)
    seen: dict[int, tuple[set[str], set[float]]] = {slot: (set(), set()) for slot in range(40)}
    for time in range(12):
        slots = [pick.randrange(40) for _ in range(900)]
        texts: list[str | None] = [f"value {pick.randrange(300)}" for _ in slots]
        numbers: list[float | None] = [float(pick.randrange(-200, 200)) * 0.0 ** pick.randrange(2) for _ in slots]
        for slot, text, number in zip(slots, texts, numbers, strict=True):
            seen[slot][0].add(text or "")
            seen[slot][1].add(number or 0.0)
        every = asked(list(range(40)), [time] * 40)
        copy = fold.restrict(np.arange(0, 40, 3))
        got = fold.process(rows_of(slots, [time] * 900, texts, numbers), every)
        assert got.column("dx0").to_pylist() == [len(seen[slot][0]) for slot in range(40)]
        assert got.column("dx1").to_pylist() == [len(seen[slot][1]) for slot in range(40)]
        mine = [place for place, slot in enumerate(slots) if slot % 3 == 0]
        some = rows_of(slots, [time] * 900, texts, numbers).take(pa.array(mine))
        assert copy.process(some, every.slice(0, 1)).column("dx0").to_pylist() == [len(seen[0][0])]
        if time % 5 == 2:
            other = Fold([FOREVER], [distinct("x0"), distinct("x1")], TYPES)
            other.restore(fold.snapshot())
            fold = other


@pytest.mark.parametrize("window", [FOREVER, Window("w", "sliding", size=3 * YEAR), Window("w", "last", rows=40)])
@pytest.mark.parametrize("half_life", [SECOND, 3600 * SECOND, 30 * 86_400 * SECOND, 100 * YEAR])
def test_decayed_sums_hold_over_ten_years(window: Window, half_life: int) -> None:
    measures = [
        Measure(name, name, ("x1",) if name != "decayed_count" else (), False, None, "w", "DOUBLE", None, half_life)
        for name in ("decayed_count", "decayed_sum", "ewma")
    ]
    pick, fold = random.Random(half_life), Fold([window], measures, TYPES)
    times = sorted(pick.randrange(10 * YEAR) for _ in range(300))
    times += [times[-1] + place for place in range(0, 40 * SECOND, SECOND)]
    values = [pick.choice((1.5, -2.0, 1e6, 1e-6)) for _ in times]
    for start in range(0, len(times), 50):
        part = slice(start, start + 50)
        now = times[part][-1] + min(half_life // 3, YEAR)
        if start + 50 < len(times):
            now = min(now, times[start + 50] - 1)
        count = len(times[part])
        got = fold.process(rows_of([0] * count, times[part], [None] * count, [*values[part]]), asked([0], [now]))
        held = [(t, x) for t, x in zip(times, values, strict=True) if t <= now]
        span = window.size or now + YEAR
        held = held[-40:] if window.kind == "last" else [pair for pair in held if pair[0] > now - span]
        weights = [2.0 ** ((t - now) / half_life) for t, _ in held]
        recent = [2.0 ** ((t - held[-1][0]) / half_life) for t, _ in held]
        size = math.fsum(abs(x) * weight for weight, (_, x) in zip(weights, held, strict=True))
        assert got.column("decayed_count")[0].as_py() == pytest.approx(floor(math.fsum(weights)), rel=1e-9, abs=0)
        total = floor(math.fsum(x * weight for weight, (_, x) in zip(weights, held, strict=True)))
        assert got.column("decayed_sum")[0].as_py() == pytest.approx(total, rel=1e-9, abs=1e-9 * size)
        mean = math.fsum(x * weight for weight, (_, x) in zip(recent, held, strict=True)) / math.fsum(recent)
        size = math.fsum(abs(x) * weight for weight, (_, x) in zip(recent, held, strict=True)) / math.fsum(recent)
        assert got.column("ewma")[0].as_py() == pytest.approx(mean, rel=1e-9, abs=1e-9 * size)


def floor(value: float) -> float:
    return value if abs(value) >= 1e-200 else 0.0
