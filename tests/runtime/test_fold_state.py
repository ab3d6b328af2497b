"""The state of the fold: types of values, growth, what is let go, snapshots and copies."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import defaultdict, deque
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.features_sql.errors import StoreError
from headrace.features_sql.folds import has_fold
from headrace.runtime import duck
from headrace.runtime.fold.fold import Fold

# A type and two values of it.
TYPED = [
    ("TINYINT", "-128", "127"),
    ("SMALLINT", "-1", "2"),
    ("INTEGER", "7", "-8"),
    ("BIGINT", "-9223372036854775808", "9223372036854775807"),
    ("UTINYINT", "255", "0"),
    ("USMALLINT", "65535", "1"),
    ("UINTEGER", "4294967295", "1"),
    ("UBIGINT", "18446744073709551615", "1"),
    ("HUGEINT", "170141183460469231731687303715884105", "-1"),
    ("BOOLEAN", "true", "false"),
    ("FLOAT", "0.1", "-2.5"),
    ("DOUBLE", "0.1", "-2.5"),
    ("DECIMAL(4,1)", "-999.9", "0.1"),
    ("DECIMAL(18,3)", "-999999999999999.999", "1.5"),
    ("DECIMAL(38,2)", "-123456789012345678901234567890.12", "1.5"),
    ("DATE", "'1969-12-31'", "'9999-12-31'"),
    ("TIME", "'23:59:59.999999'", "'00:00:00'"),
    ("TIMESTAMP", "'1969-12-31 23:59:59.999999'", "'2262-05-01'"),
    ("TIMESTAMP_NS", "'2020-01-01 00:00:00.000000001'", "'1970-01-01'"),
    ("TIMESTAMP WITH TIME ZONE", "'2020-01-01 00:00:00+02'", "'1970-01-01 00:00:00+00'"),
    ("INTERVAL", "'1 month 2 days'", "'3 hours'"),
    ("VARCHAR", "'é'", "''"),
    ("BLOB", "'\\xFF\\x00'", "''"),
    ("UUID", "'00000000-0000-0000-0000-00000000000a'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
    ("ENUM('x', 'y')", "'y'", "'x'"),
    ("INTEGER[]", "[1, NULL]", "[]"),
    ("STRUCT(a INTEGER, b VARCHAR)", "{'a': 1, 'b': 'z'}", "{'a': NULL, 'b': NULL}"),
    ("MAP(VARCHAR, INTEGER)", "map {'k': 1}", "map {}"),
]
WINDOWS = [
    Window("sliding", "sliding", size=2),
    Window("last", "last", rows=2, exclude="group"),
    Window("global", "global"),
]
# Of the rows (one, NULL, other), asked at the last of them.
HELD = {"sliding": (1, 3), "last": (1, 2), "global": (0, 3)}


@pytest.mark.parametrize(("type", "one", "other"), TYPED, ids=[type for type, _, _ in TYPED])
def test_values_of_any_type_come_back_as_duckdb_hands_them_out(type: str, one: str, other: str) -> None:
    sql = f"FROM (VALUES (CAST({one} AS {type})), (NULL), (CAST({other} AS {type}))) v(x0)"
    with duck.connect() as connection:
        values = duck.fetch(connection, f"SELECT x0 {sql}").column(0)
        lists = duck.fetch(connection, f"SELECT list(x0) {sql}").column(0)
    plain = [name for name in ("first", "last", "min", "max") if has_fold(name, (type,), False, WINDOWS[0])]
    measures = [
        Measure(f"{window.name}_{name}", name, ("x0",), False, None, window.name, of, count)
        for window in WINDOWS
        for name, of, count in [
            *((name, type, None) for name in plain),
            ("count", "BIGINT", None),
            ("last_n", f"{type}[]", 2),
        ]
    ]
    fold = Fold(WINDOWS, measures, {"x0": type})
    rows = pa.table({"_slot": [0, 0, 0], "_t": [0, 1, 2], "x0": values})
    got = fold.process(rows, pa.table({"_slot": [0, 5], "_m": [2, 2], "_t": [2, 2], "_row": [2, -1]}))

    for window in WINDOWS:
        held = values.to_pylist()[slice(*HELD[window.name])]
        present = [value for value in held if value is not None]
        exact = {"first": held[0], "last": held[-1], "count": len(present), "last_n": held[-2:]}
        exact |= (
            {"min": min(present), "max": max(present)} if "min" in plain and present else {"min": None, "max": None}
        )
        for name in (*plain, "count", "last_n"):
            column = got.column(f"{window.name}_{name}")
            assert column.to_pylist() == [exact[name], 0 if name == "count" else None], (window, name)
            assert column.type == {"count": pa.int64(), "last_n": lists.type}.get(name, values.type)

    again = Fold(WINDOWS, measures, {"x0": type})
    again.restore(fold.snapshot())
    read = again.process(rows.slice(0, 0), probe([0], 3)).to_pylist()
    assert fold.restrict(np.array([0])).process(rows.slice(0, 0), probe([0], 3)).to_pylist() == read
    assert fold.process(rows.slice(0, 0), probe([0], 3)).to_pylist() == read


def busy_stream(count: int, keys: int) -> tuple[list[int], list[int], list[str]]:
    random_ = random.Random(3)
    times, slots, words, seen = [], [], [], 0
    time = 0
    for _ in range(count):
        time += random_.randint(0, 3)
        slot = random_.randint(0, min(seen, keys - 1))
        seen = max(seen, slot + 1)
        times.append(time)
        slots.append(slot)
        words.append(str(random_.randint(0, 10**6)))
    return times, slots, words


@pytest.mark.parametrize("batch", [7, 20_000])
def test_many_keys_and_long_rings_grow_as_they_fill(batch: int) -> None:
    times, slots, words = busy_stream(20_000, 900)
    windows = [Window("l", "last", rows=37), Window("s", "sliding", size=500)]
    measures = [
        Measure("list", "last_n", ("x0",), False, None, "s", "VARCHAR[]", 21),
        Measure("least", "min", ("x1",), False, None, "l", "BIGINT"),
        Measure("total", "sum", ("x1",), False, None, "l", "HUGEINT"),
        Measure("oldest", "first", ("x0",), False, None, "l", "VARCHAR"),
        Measure("greatest", "max", ("x1",), False, None, "s", "BIGINT"),
    ]
    fold = Fold(windows, measures, {"x0": "VARCHAR", "x1": "BIGINT"})
    parts: list[pa.Table] = []
    start = 0
    while start < len(times):
        end = min(start + batch, len(times))
        while end < len(times) and times[end] == times[end - 1]:
            end += 1
        now, slot, word = times[start:end], slots[start:end], words[start:end]
        rows = pa.table({"_slot": slot, "_t": now, "x0": word, "x1": [int(text) for text in word]})
        parts.append(fold.process(rows, pa.table({"_slot": slot, "_m": now, "_t": now, "_row": range(end - start)})))
        start = end
    got = pa.concat_tables(parts).to_pydict()

    newest: dict[int, deque[tuple[int, str]]] = defaultdict(lambda: deque(maxlen=400))
    peers_end = 0
    for place, (time, slot) in enumerate(zip(times, slots, strict=True)):
        while peers_end < len(times) and times[peers_end] <= time:
            newest[slots[peers_end]].append((peers_end, words[peers_end]))
            peers_end += 1
        last = [int(word) for number, word in newest[slot] if number <= place][-37:]
        window = [word for number, word in newest[slot] if times[number] > time - 500]
        assert got["least"][place] == min(last)
        assert got["total"][place] == sum(last)
        assert got["oldest"][place] == str(last[0])
        assert got["list"][place] == window[-21:]
        assert got["greatest"][place] == max(map(int, window))


def test_what_no_window_holds_any_more_is_let_go() -> None:
    windows = [Window("s", "sliding", size=1000)]
    measures = [
        Measure("l", "last", ("x0",), False, None, "s", "VARCHAR"),
        Measure("n", "count", (), False, None, "s", "BIGINT"),
    ]
    fold = Fold(windows, measures, {"x0": "VARCHAR"})
    sizes: list[tuple[int, int]] = []
    for call in range(40):
        times = np.arange(call * 1000, call * 1000 + 1000)
        slots = times % 10
        rows = pa.table({"_slot": slots, "_t": times, "x0": [f"word {time}" for time in times]})
        got = fold.process(rows, pa.table({"_slot": [3], "_m": [times[-1]], "_t": [times[-1]], "_row": [-1]}))
        assert got.to_pylist() == [{"l": f"word {times[-1] - 6}", "n": 100}]
        sizes.append((fold._memory.log.size, len(fold._values["x0"])))
    log, values = sizes[10]
    assert max(size for size, _ in sizes) <= 2 * log
    assert max(held for _, held in sizes) < 40_000 / 2
    assert len(fold.snapshot()["values_x0"]) <= 1010
    assert values > 0


def probe(slots: list[int], time: int) -> pa.Table:
    return pa.table({"_slot": slots, "_m": [time] * len(slots), "_t": [time] * len(slots), "_row": [-1] * len(slots)})


def test_a_restricted_copy_and_its_original_do_not_touch_each_other() -> None:
    windows = [Window("s", "sliding", size=100), Window("l", "last", rows=2)]
    measures = [
        Measure("a", "last_n", ("x0",), False, None, "s", "VARCHAR[]", 3),
        Measure("b", "sum", ("x1",), False, None, "l", "DOUBLE"),
    ]

    def rows(slots: list[int], times: list[int], words: list[str]) -> pa.Table:
        return pa.table({"_slot": slots, "_t": times, "x0": words, "x1": [float(len(word)) for word in words]})

    fold = Fold(windows, measures, {"x0": "VARCHAR", "x1": "DOUBLE"})
    fold.process(rows([0, 1, 0, 1], [1, 2, 3, 4], ["a", "bb", "ccc", "dddd"]), probe([], 0))
    copy = fold.restrict(np.array([1, 7]))
    assert copy.process(rows([1, 7], [5, 6], ["new", "other"]), probe([0, 1, 7, -1], 6)).to_pylist() == [
        {"a": None, "b": None},
        {"a": ["bb", "dddd", "new"], "b": 7.0},
        {"a": ["other"], "b": 5.0},
        {"a": None, "b": None},
    ]
    assert fold.process(rows([0, 1], [5, 5], ["fresh", "own"]), probe([0, 1], 6)).to_pylist() == [
        {"a": ["a", "ccc", "fresh"], "b": 8.0},
        {"a": ["bb", "dddd", "own"], "b": 7.0},
    ]
    assert copy.process(rows([], [], []).cast(rows([0], [0], [""]).schema), probe([1], 102)).to_pylist() == [
        {"a": ["dddd", "new"], "b": 7.0}
    ]
    with pytest.raises(ValueError, match="restricted"):
        copy.snapshot()


def test_a_snapshot_of_other_measures_is_refused() -> None:
    def fold(rows: int) -> Fold:
        measures = [Measure("m", "sum", ("x0",), False, None, "w", "DOUBLE")]
        return Fold([Window("w", "last", rows=rows)], measures, {"x0": "DOUBLE"})

    snapshot = fold(3).snapshot()
    fold(3).restore(snapshot)
    with pytest.raises(StoreError, match="another plan"):
        fold(4).restore(snapshot)


def test_times_at_the_ends_of_the_range_do_not_wrap_around() -> None:
    first, last = -(2**63), 2**63 - 1
    windows = [
        Window("s", "sliding", size=10**15),
        Window("t", "tumbling", size=10**15),
        Window("h", "hopping", size=10**15, advance=10**14),
        Window("g", "session", gap=10**15),
    ]
    measures = [Measure(window.name, "count", (), False, None, window.name, "BIGINT") for window in windows]
    times = [first, first + 1, 0, last - 1, last]
    rows = pa.table({"_slot": [0] * 5, "_t": pa.array(times, pa.int64())})
    instants = pa.table({"_slot": [0] * 5, "_m": times, "_t": times, "_row": range(5)})
    got = Fold(windows, measures, {}).process(rows, instants).to_pydict()
    assert got == {name: [1, 2, 1, 1, 2] for name in "sthg"}


def python(script: str, **environment: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_numba_is_not_imported_before_a_fold_is_made() -> None:
    done = python("import sys, headrace.runtime.fold.fold; sys.exit('numba' in sys.modules)")
    assert done.returncode == 0, done.stderr
