"""Random rows in order of arrival: ties, disorder, lateness, repeats, extremes, skew, empty stretches."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from .projects import AHEAD, Project, Source, Table
from .write_windows import Pace

TAME = (None, 0.0, 1.0, 2.5, -3.25, 0.1, 0.2, 7.0, 123456.789)
WILD = (*TAME, 1e16, -1e16, 1e-9, -0.0, 1e100, -1e100, 1e-100, math.nan, math.inf, -math.inf)
# In a sum with both of the great ones the small are lost. The great come early, so that they leave a window first.
SMALL = (0.1, 1e-9)
STEEP = (1e16, 1e100, *SMALL)
LARGE = (2**62, -(2**62), 2**53 + 1)
VALUES: Mapping[str, Callable[[Random], Any]] = {
    "k": lambda random: random.choice(["a", "a", "a", "a", "b", "b", "ключ", "", None]),
    "g": lambda random: random.choice(["x", "x", "y", "日本", None]),
    "s": lambda random: random.choice(["p", "p", "q", "r", "", "é\U0001f30a", None]),
    "q": lambda random: None if random.random() < 0.1 else random.randint(-20, 20) / 4,
    "n": lambda random: None if random.random() < 0.1 else random.randint(-4, 5),
    "i": lambda random: random.choice([None, None, None, *LARGE]) if random.random() < 0.2 else random.randint(-9, 9),
    "c": lambda random: None if random.random() < 0.1 else Decimal(random.randint(-300, 300)) / 100,
    "ok": lambda random: random.choice([True, True, False, None]),
    "who": lambda random: random.choice(["x", "y"]),
    "weight": lambda random: random.randint(0, 9),
}


def streams(random: Random, project: Project, pace: Pace) -> dict[str, list[dict[str, Any]]]:
    """Rows of every source and table, by name."""
    found = {source.name: rows(random, source, pace) for source in project.sources}
    return found | {table.name: facts(random, table, pace) for table in project.tables}


def rows(random: Random, source: Source, pace: Pace) -> list[dict[str, Any]]:
    """Rows of a source in the order in which they arrive: each some time after its own, so that some come late."""
    count = random.randint(10, 40) if source.name == "events" else random.randint(4, 12)
    doubles = random.choice([TAME, WILD, STEEP])
    made: list[dict[str, Any]] = []
    for time in times(random, count, pace):
        row = {column.column: VALUES[column.column](random) for column in source.columns if column.column in VALUES}
        if any(column.column == "d" for column in source.columns):
            late = doubles is STEEP and len(made) > count // 3
            row["d"] = random.choice(SMALL if late else doubles)
        if source.max_future and random.random() < 0.05:
            made.append({**row, source.time: AHEAD + random.randint(0, 9) * pace.unit})
        made.append({**row, source.time: time})
        if random.random() < 0.05:
            made.append(dict(made[-1]))
    waits = random.choice([(0,), (0, 0, 1, 2), (0, 0, 0, 1, 3, 5, 9)])
    # A row that is far ahead arrives about when the one made after it does.
    near = [min(row[source.time], after[source.time]) for row, after in zip(made, [*made[1:], made[-1]], strict=True)]
    arriving = [(time + random.choice(waits) * pace.unit, place) for place, time in enumerate(near)]
    order = {column.column: place for place, column in enumerate(source.columns)}
    return [dict(sorted(made[place].items(), key=lambda item: order[item[0]])) for _, place in sorted(arriving)]


def times(random: Random, count: int, pace: Pace) -> list[int]:
    """Instants on and beside a grid of half units, in µs; in some streams with a long empty stretch."""
    spread = random.choice([12, 40, 80])
    empty = random.choice([0, 0, 60, 400]) * pace.unit
    found: list[int] = []
    for _ in range(count):
        step = random.randint(-8, spread)
        time = pace.start + step * pace.unit // 2 + random.choice([0, 0, 0, 0, 1, -1])
        found.append(time + (empty if step > spread // 2 else 0))
    return sorted(found)


def facts(random: Random, table: Table, pace: Pace) -> list[dict[str, Any]]:
    """Facts about a few words, some valid from the instant of an event, some for the same instant twice."""
    instants = [pace.start + random.randint(-6, 20) * pace.unit for _ in range(random.randint(2, 8))]
    return [
        {"s": random.choice(["p", "q", "r", None]), "weight": VALUES["weight"](random), "since": instant}
        for instant in instants
    ]


def cuts(random: Random, rows: Sequence[Any]) -> list[int]:
    """Sizes of batches, used over and over: some rows, or all; now and then one by one."""
    most = random.choice([8, 16, 30, len(rows) + 1]) if random.random() < 0.96 else 2
    return [random.randint(1, most) for _ in range(3)] + [most]
