"""'dedupe': repeats of a primary key within a length of event time are dropped, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from headrace.runtime.sources.repeats import Repeats
from headrace.tests.time.desk import SOURCE, VIEW, Desk
from hypothesis import given
from hypothesis import strategies as st

OPTION = ", 'dedupe' = '5 seconds'"
# Kept: 1 at 100, 2 at 102, 1 at 106 (6 s after the kept one), 3 at 101. Repeats: 1 at 105 and 103, 2 at 97.
EVENTS = [
    (1, "a", 100),
    (2, "b", 102),
    (1, "a", 105),
    (1, "a", 106),
    (3, "b", 101),
    (1, "a", 103),
    (2, "b", 97),
    (9, "a", 300),
]
KEPT = [(1, 100), (1, 106), (2, 102), (3, 101)]


def _desk(folder: Path, batch_rows: int = 2) -> Desk:
    sql = SOURCE.format(late="", options=OPTION) + VIEW
    return Desk(folder, sql, batch_rows=batch_rows)


def _seen(desk: Desk) -> list[tuple[int, int]]:
    return [(id, second) for id, second in desk.rows("seen", "id, epoch(ts)::BIGINT % 86400")]


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_repeats_are_dropped_and_counted_however_the_stream_is_cut(tmp_path: Path, batch_rows: int) -> None:
    desk = _desk(tmp_path, batch_rows)
    desk.add(EVENTS)
    desk.run()
    events = desk.project.status().sources["events"]
    assert (events.accepted, events.repeated, events.late) == (5, 3, 0)
    assert _seen(desk) == KEPT
    assert desk.mismatches() == {}


def test_what_was_kept_is_known_after_a_restart(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.project.apply()
    for event in EVENTS:
        desk.add([event])
        desk.project.run()
    assert desk.project.status().sources["events"].repeated == 3
    assert _seen(desk) == KEPT
    assert desk.mismatches() == {}


def test_a_repeat_moves_the_watermark_and_a_late_row_is_no_repeat(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SOURCE.format(late="", options=", 'dedupe' = '1 hour'") + VIEW)
    desk.add([(1, "a", 100), (1, "a", 200), (1, "a", 150), (2, "a", 189), (2, "a", 195)])
    desk.run()
    events = desk.project.status().sources["events"]
    assert (events.accepted, events.repeated, events.late) == (2, 1, 2)
    assert desk.rows("events$late", "id, _lag_seconds") == [(1, 40.0), (2, 1.0)]


KEYS = st.sampled_from(["a", "b", None])


@given(
    st.lists(st.tuples(KEYS, st.sampled_from([1, 2, None]), st.integers(0, 30)), max_size=20),
    st.integers(0, 12),
    st.lists(st.integers(0, 20), max_size=4),
)
def test_the_rule_row_by_row_and_from_any_snapshot(
    rows: Sequence[tuple[str | None, int | None, int]], within: int, cuts: list[int]
) -> None:
    schema = pa.schema([("x", pa.string()), ("y", pa.int64())])
    found: list[bool] = []
    repeats = Repeats(schema, within)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(edges):
        part = rows[start:end]
        keys = pa.table(
            [pa.array([row[0] for row in part], pa.string()), pa.array([row[1] for row in part], pa.int64())],
            schema=schema,
        )
        found += repeats.find(keys, np.array([row[2] for row in part], np.int64), 0).tolist()
        held = repeats.snapshot()
        repeats = Repeats(schema, within)
        repeats.restore(held)
    kept: list[tuple[str | None, int | None, int]] = []
    for (x, y, time), repeated in zip(rows, found, strict=True):
        same = [other for a, b, other in kept if (a, b) == (x, y) and None not in (a, b)]
        assert repeated == any(abs(time - other) <= within for other in same)
        kept += [] if repeated else [(x, y, time)]


def test_keys_that_nothing_can_repeat_are_let_go() -> None:
    repeats = Repeats(pa.schema([("x", pa.int64())]), 10)
    for first in range(0, 20_000, 500):
        times = np.arange(first, first + 500)
        assert not repeats.find(pa.table({"x": times}), times, max(first - 20, 0)).any()
    assert len(repeats.snapshot()) < 3000
    assert repeats.find(pa.table({"x": [19_999]}), np.array([19_995]), 19_900).tolist() == [True]
