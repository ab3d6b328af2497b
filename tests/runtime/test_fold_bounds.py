"""The kernels stay inside their arrays: they run on bare pointers, where a stray index would go unseen."""

from __future__ import annotations

import os
import subprocess
import sys

# Runs the kernels as plain Python over arrays that check every index, on random streams and cuts.
SCRIPT = r"""
import random
import warnings
import numpy as np
import pyarrow as pa
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold import accumulators as fold_accumulators
from headrace.runtime.fold import copies as fold_copies
from headrace.runtime.fold import kernels as fold_kernels
from headrace.runtime.fold import loop as fold_loop
from headrace.runtime.fold import memory as fold_memory
from headrace.runtime.fold import rings as fold_rings
from headrace.runtime.fold import sums as fold_sums
from headrace.runtime.fold import tallies as fold_tallies
from headrace.runtime.fold import tile_kernels as fold_tile_kernels
from headrace.runtime.fold import windows as fold_windows
from headrace.runtime.windows import closing_kernels
from headrace.runtime.windows.closings import closings
from headrace.runtime.fold.fold import Fold
from headrace.runtime.fold.tiles import FoldedTiles

warnings.simplefilter("ignore", RuntimeWarning)
touched = 0


class Checked:
    def __init__(self, array):
        self.array = array.reshape(-1)

    def __getitem__(self, place):
        global touched
        touched += 1
        if not 0 <= place < self.array.size:
            raise IndexError(f"{place} of {self.array.size}")
        return self.array[place].item()

    def __setitem__(self, place, value):
        if not 0 <= place < self.array.size:
            raise IndexError(f"{place} of {self.array.size}")
        self.array[place] = value


def checked(value):
    if isinstance(value, np.ndarray):
        return Checked(value)
    return type(value)(*map(checked, value)) if isinstance(value, tuple) else value


def entry(function):
    return lambda *arguments: function(*map(checked, arguments))


def integer_add(state, at, x, sign):
    # Plain integers do not wrap around at 64 bits.
    state[at] += int(sign)
    state[at + 1] += int(sign) * x


def integer_merge(state, at, other):
    for word in (0, 1):
        state[at + word] += state[other + word]


def fetch(array, place):
    # Nothing is read: any place will do.
    pass


for part in (fold_loop, fold_windows, fold_tile_kernels, closing_kernels):
    part.fetch = fetch
fold_sums.fma = lambda a, b, c: a * b + c
fold_accumulators.integer_add = integer_add
fold_tile_kernels.integer_merge = integer_merge
fold_tile_kernels.tile_kernel = lambda: entry(fold_tile_kernels.pass_through)


parts = {"ingest": fold_loop, "reserve": fold_rings, "run": fold_loop, "peek": fold_windows, "rehash": fold_tallies}
names = ("ingest", "reserve", "run", "peek", "footprint", "dump", "load", "collect", "trace", "rehash")
entries = {name: entry(getattr(parts.get(name, fold_copies), name)) for name in names}
kernels = fold_kernels.Kernels(**entries)
fold_memory.kernels = lambda: kernels

TYPES = {"x0": "DOUBLE", "x1": "BIGINT", "x2": "VARCHAR", "f0": "BOOLEAN"}
KINDS = [("sliding", 4, None, None, None), ("sliding", 9, None, None, None), ("hopping", 6, 2, None, None)]
KINDS += [("tumbling", 5, None, None, None), ("session", None, None, 3, None), ("global", None, None, None, None)]
KINDS += [("last", None, None, None, 1), ("last", None, None, None, 5), ("last", None, None, None, 8)]


def measures_over(window):
    asked = [("count", None, "BIGINT", None), ("since_last", None, "DOUBLE", None)]
    asked += [("sum", "x0", "DOUBLE", None), ("stddev_samp", "x0", "DOUBLE", None), ("sum", "x1", "HUGEINT", None)]
    asked += [("min", "x0", "DOUBLE", None), ("max", "x1", "BIGINT", None), ("first", "x2", "VARCHAR", None)]
    asked += [("last", "x2", "VARCHAR", None), ("last_n", "x2", "VARCHAR[]", 3), ("last_n", "x1", "BIGINT[]", 9)]
    measures = [
        Measure(f"{window.name}{name}{term}{n}{f}", name, (term,) if term else (), False, f, window.name, type, n)
        for f in (None, "f0")
        for name, term, type, n in asked
    ]
    return measures


def tallies_over(window):
    asked = [("count", "x1", True, "f0", "BIGINT", None), ("count", "x2", True, None, "BIGINT", None)]
    asked += [("entropy", "x0", False, "f0", "DOUBLE", None), ("mode", "x1", False, None, "BIGINT", None)]
    asked += [("top_n", "x1", False, "f0", "BIGINT[]", 3), ("mode", "x2", False, None, "VARCHAR", None)]
    asked += [("top_n", "x2", False, None, "VARCHAR[]", 2)]
    return [
        Measure(f"{window.name}tally{place}", name, (term,), distinct, filter, window.name, type, n)
        for place, (name, term, distinct, filter, type, n) in enumerate(asked)
    ]


def tables(events, first):
    columns = list(zip(*events)) or [[]] * 6
    types = [pa.int64(), pa.int64(), pa.float64(), pa.int64(), pa.string(), pa.bool_()]
    arrays = [pa.array(column, type) for column, type in zip(columns, types)]
    rows = pa.table(arrays, ["_slot", "_t", "x0", "x1", "x2", "f0"])
    asked = [(slot, time, time, place) for place, (slot, time, *_) in enumerate(events)]
    if events and random.random() < 0.5:
        time = events[-1][1]
        asked += [(random.randint(-1, 9), time + late, time + late, -1) for late in (0, 3)]
    instants = [pa.array(column, pa.int64()) for column in (list(zip(*asked)) or [[]] * 4)]
    return rows, pa.table(instants, ["_slot", "_m", "_t", "_row"])


for seed in range(12):
    random.seed(seed)
    kinds = random.sample(KINDS, 3)
    excludes = ["none", "group"] if seed % 2 else ["none"]
    windows = [Window(f"w{i}", *kind, exclude=random.choice(excludes)) for i, kind in enumerate(kinds)]
    measures = [measure for window in windows for measure in measures_over(window) + tallies_over(window)]
    fold = Fold(windows, measures, TYPES)
    time, seen = -10, 0
    for _ in range(12):
        events = []
        time += random.choice([1, 1, 4, 20])
        for _ in range(random.choice([0, 1, 3, 40])):
            slot = random.randint(0, min(seen, 70))
            seen = max(seen, slot + 1)
            number = random.choice([None, 1e100, 0.5, -2.0])
            word = random.choice([None, "a", str(random.random())])
            events.append((slot, time, number, random.randint(-9, 9), word, random.random() < 0.7))
            time += random.choice([0, 0, 0, 1, 2])
        time += 4
        fold.process(*tables(events, 0))
        copy = fold.restrict(np.array([0, 3, 500]))
        if fold.has_peek:
            fold.peek(tables([], 0)[1].slice(0, 0))
            fold.peek(pa.table({"_slot": [-1, 0, 3, 500], "_m": [time] * 4, "_t": [time] * 4, "_row": [-1] * 4}))
        copy.process(tables([], 0)[0], pa.table({"_slot": [3], "_m": [time], "_t": [time], "_row": [-1]}))
        if random.random() < 0.3:
            tables_of_fold = fold.snapshot()
            fold = Fold(windows, measures, TYPES)
            fold.restore(tables_of_fold)

for seed in range(8):
    random.seed(seed)
    window = Window("w0", *random.choice([kind for kind in KINDS if kind[0] in ("hopping", "tumbling", "session")]))
    listed = [measure for measure in measures_over(window) if measure.count is None and measure.arguments != ("x2",)]
    tiles, closes, time = FoldedTiles(window, listed, TYPES), closings(window), -10
    for _ in range(12):
        events = []
        for _ in range(random.choice([0, 1, 3, 40])):
            number = random.choice([None, 1e100, 0.5, -2.0])
            events.append((random.randint(0, 70), time, number, random.randint(-9, 9), "a", random.random() < 0.7))
            time += random.choice([0, 0, 0, 1, 2])
        time += random.choice([1, 1, 4, 20])
        slots, times = (np.array([event[place] for event in events], np.int64) for place in (0, 1))
        tiles.process(tables(events, 0)[0], *closes.process(slots, times, time))
        if random.random() < 0.3:
            tables_of_tiles = tiles.snapshot()
            tiles = FoldedTiles(window, listed, TYPES)
            tiles.restore(tables_of_tiles)
print(touched)
"""


def test_no_kernel_reaches_outside_its_arrays() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1_000_000
