"""Folded tiles: what a close puts together, over many tiles and keys, and what is kept for later ones."""

from __future__ import annotations

import math
import random
import statistics
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold.tiles import FoldedTiles
from headrace.runtime.windows.closings import Closings, closings

MINUTE = 60_000_000
DAY = Window("w", "hopping", size=1440 * MINUTE, advance=5 * MINUTE)
HOPS = Window("w", "hopping", size=6, advance=2)
WINDOWS = [Window("w", "tumbling", size=5, offset=12), HOPS, Window("w", "session", gap=4, most=6)]
TYPES = {"x0": "DOUBLE", "x1": "BIGINT", "x2": "TIMESTAMP", "f0": "BOOLEAN"}
HUGE = 2**62
Event = tuple[int, int, float | None, int, int | None, bool]
MEASURES = [
    Measure("n", "count", (), False, None, "w", "BIGINT"),
    Measure("present", "count", ("x0",), False, None, "w", "BIGINT"),
    Measure("total", "sum", ("x0",), False, None, "w", "DOUBLE"),
    Measure("spread", "stddev_pop", ("x0",), False, "f0", "w", "DOUBLE"),
    Measure("whole", "sum", ("x1",), False, None, "w", "HUGEINT"),
    Measure("least", "min", ("x0",), False, "f0", "w", "DOUBLE"),
    Measure("most", "max", ("x1",), False, None, "w", "BIGINT"),
    Measure("oldest", "first", ("x2",), False, None, "w", "TIMESTAMP"),
    Measure("newest", "last", ("x2",), False, "f0", "w", "TIMESTAMP"),
    Measure("age", "since_last", (), False, "f0", "w", "DOUBLE"),
]


def table(events: list[Event]) -> pa.Table:
    columns = list(zip(*events, strict=True)) or [()] * 6
    types = [pa.int64(), pa.int64(), pa.float64(), pa.int64(), pa.timestamp("us"), pa.bool_()]
    arrays = [pa.array(column, type) for column, type in zip(columns, types, strict=True)]
    return pa.table(arrays, ["_slot", "_t", "x0", "x1", "x2", "f0"])


def advance(tiles: FoldedTiles, closes: Closings, events: list[Event], watermark: int) -> dict[Any, dict[str, Any]]:
    """Take in events, and return the values of each close below ``watermark``, by (close, slot, first)."""
    slots, times = (np.array([event[place] for event in events], np.int64) for place in (0, 1))
    of_rows, closed = closes.process(slots, times, watermark)
    values = tiles.process(table(events), of_rows, closed).to_pylist()
    asked = zip(closed.close.tolist(), closed.slots.tolist(), closed.first.tolist(), strict=True)
    return dict(zip(asked, values, strict=True))


def expected(events: list[Event], close: int, slot: int, first: int) -> dict[str, Any]:
    held = [event for event in events if event[0] == slot and first <= event[1] < close]
    kept = [event for event in held if event[5]]
    plain, good = ([row[2] for row in rows if row[2] is not None] for rows in (held, kept))
    moments = [row[4] for row in kept]
    return {
        "n": len(held),
        "present": len(plain),
        "total": math.fsum(plain) if plain else None,
        "spread": statistics.pstdev(good) if good else None,
        "whole": sum(row[3] for row in held),
        "least": min(good, default=None),
        "most": max(row[3] for row in held),
        "oldest": held[0][4],
        "newest": moments[-1] if kept else None,
        "age": (close - kept[-1][1]) / 1e6 if kept else None,
    }


def stream(seed: int, step: int, keys: int, count: int) -> list[Event]:
    """Events in order of time, the sums of whose whole numbers pass 64 bits; keys come late and in any order."""
    chance, events, time = random.Random(seed), list[Event](), -7 * step
    for _ in range(count):
        time += step * chance.choice([0, 0, 1, 1, 2, 9])
        number = chance.choice([None, 0.5, -3.25, 1e15, 1e-9])
        moment = chance.choice([None, time])
        events.append((chance.randrange(keys), time, number, chance.randint(-9, HUGE), moment, chance.random() < 0.7))
    return events


def cuts(events: list[Event], chance: random.Random) -> list[tuple[list[Event], int]]:
    """The events in pieces, each with a watermark that has passed it; the last has passed every close."""
    pieces, start = list[tuple[list[Event], int]](), 0
    while start < len(events):
        end = start + chance.choice([1, 7, 40])
        while end < len(events) and events[end][1] == events[end - 1][1]:
            end += 1
        last = events[min(end, len(events)) - 1][1] + 1
        pieces.append((events[start:end], last))
        start = end
    return [*pieces, ([], 1 << 60)]


def same(value: Any, exact: Any) -> bool:
    if isinstance(value, float) and isinstance(exact, float):
        return value == pytest.approx(exact, rel=1e-12)
    if hasattr(value, "timestamp"):
        return pa.scalar(value, pa.timestamp("us")).value == exact
    return value == exact


@pytest.mark.parametrize("window", [*WINDOWS, DAY], ids=lambda window: f"{window.kind} {window.size or window.gap}")
def test_each_close_has_the_values_of_its_events_through_any_cut_and_snapshot(window: Window) -> None:
    step, count = (45 * MINUTE, 20) if window is DAY else (1, 250)
    for seed in range(4):
        chance, events = random.Random(seed), stream(seed, step, keys=[1, 3, 90, 2000][seed], count=count)
        tiles, closes, found = FoldedTiles(window, MEASURES, TYPES), closings(window), dict[Any, dict[str, Any]]()
        for piece, watermark in cuts(events, chance):
            found |= advance(tiles, closes, piece, watermark)
            if chance.random() < 0.3:
                saved, waiting = tiles.snapshot(), closes.snapshot()
                tiles, closes = FoldedTiles(window, MEASURES, TYPES), closings(window)
                tiles.restore(saved)
                closes.restore(waiting)
        assert len(found) >= 50
        for key, values in found.items():
            for name, exact in expected(events, *key).items():
                assert same(values[name], exact), (seed, key, name, values[name], exact)
        assert len(tiles.snapshot()["folded"]) == 0


def test_values_do_not_depend_on_the_cut_by_a_single_bit() -> None:
    events = stream(5, 7 * MINUTE, keys=4, count=100)
    whole = advance(FoldedTiles(DAY, MEASURES, TYPES), closings(DAY), events, 1 << 60)
    tiles, closes, pieces = FoldedTiles(DAY, MEASURES, TYPES), closings(DAY), dict[Any, dict[str, Any]]()
    for piece, watermark in cuts(events, random.Random(1)):
        pieces |= advance(tiles, closes, piece, watermark)
    assert list(map(repr, pieces.items())) == list(map(repr, whole.items()))


def test_infinity_and_nan_leave_with_their_tile() -> None:
    events: list[Event] = [
        (0, time, value, 0, None, True) for time, value in enumerate([1.0, math.inf, 2.0, math.nan, 4.0, 8.0, 16.0])
    ]
    found = advance(FoldedTiles(HOPS, MEASURES, TYPES), closings(HOPS), events, 1 << 60)
    totals = {close: values["total"] for (close, _, _), values in found.items()}
    assert (totals[2], totals[10], totals[12]) == (math.inf, 28.0, 16.0)
    assert all(math.isnan(totals[close]) for close in (4, 6, 8))


def test_a_tile_that_no_close_reads_any_more_makes_room_for_another() -> None:
    tiles, closes = FoldedTiles(HOPS, MEASURES, TYPES), closings(HOPS)
    room = list[int]()
    for time in range(0, 400, 2):
        advance(tiles, closes, [(slot, time, 1.0, 1, None, True) for slot in range(3)], time + 1)
        # A window of 6 is three tiles, and the newest may have begun a fourth.
        assert len(tiles.snapshot()["folded"]) <= 3 * 4
        room.append(len(tiles._entries))
    assert room[-1] == room[10]


def test_a_snapshot_says_which_tiles_there_are_in_order() -> None:
    tiles = FoldedTiles(HOPS, MEASURES, TYPES)
    empty = tiles.snapshot()["folded"]
    assert len(empty) == 0
    events: list[Event] = [(slot, time, None, 1, None, True) for time in (0, 3, 4) for slot in (70, 2)]
    advance(tiles, closings(HOPS), events, 5)
    held = tiles.snapshot()["folded"]
    assert held.select(["slot", "tile"]).to_pydict() == {"slot": [2, 2, 2, 70, 70, 70], "tile": [0, 2, 4] * 2}
    tiles.restore({"folded": empty})
    assert tiles.snapshot()["folded"].equals(empty)
    tiles.restore({"folded": held})
    assert tiles.snapshot()["folded"].equals(held)
