"""Buckets of time zones and of months: random streams around the moments at which clocks are moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from headrace.features_sql.definitions import Window
from headrace.features_sql.zones import clock
from headrace.runtime.windows.buckets import Buckets
from headrace.tests.meaning.checks import assert_answers, assert_rows
from headrace.tests.meaning.interpreter import CLOCKS, HOUR, SECOND, Frame, ends, span
from headrace.tests.meaning.replay import Replay, batch_program, records, table_of
from headrace.tests.meaning.scenes import Scene, driving, entities, examples, streams
from hypothesis import given
from hypothesis import strategies as st

MOVES = [(zone, start) for zone, clock in CLOCKS.items() for start, _ in clock[1:]]
DAY = 24 * HOUR
FRAMES = [
    Frame("w", "tumbling", size=DAY),
    Frame("w", "tumbling", size=7 * DAY, offset=4 * DAY),
    Frame("w", "tumbling", size=HOUR),
    Frame("w", "tumbling", size=5 * HOUR, offset=HOUR // 2),
    Frame("w", "tumbling", months=1),
    Frame("w", "tumbling", months=3, offset=9 * DAY),
    Frame("w", "hopping", size=2 * DAY, advance=DAY // 2),
    Frame("w", "hopping", size=HOUR, advance=HOUR // 4),
    Frame("w", "hopping", size=6 * HOUR, advance=2 * HOUR, offset=HOUR // 3),
]
TIMES = {"events": "ts", "asks": "at"}
# Seconds of the generated streams become so long, so that they reach over several buckets.
PACE = {DAY: 1800, 7 * DAY: 40_000, HOUR: 300, 5 * HOUR: 900, 0: 90_000, 2 * DAY: 3600, 6 * HOUR: 600}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.sql)
@examples(3)
@given(data=st.data())
def test_rows_are_what_the_language_says_where_clocks_are_moved(frame: Frame, data: st.DataObject) -> None:
    zone, moved = data.draw(st.sampled_from(MOVES))
    scene = Scene(replace(frame, zone=zone))
    pace = PACE[frame.size]
    rows = {
        name: [{**row, TIMES[name]: moved + (row[TIMES[name]] - 9 * SECOND) * pace} for row in held]
        for name, held in data.draw(streams()).items()
    }
    replay = Replay(scene.sql, rows)
    written = replay.finish(data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=3)), frozenset({2}))
    accepted = replay.sources["events"].accepted
    events = entities(rows["events"], accepted)
    for view in scene.views.values():
        assert_rows(view, written[view.name], events)
        found = batch_program(scene.sql, view.name).run(
            events=table_of(scene.definitions, "events", rows["events"], accepted)
        )
        assert_rows(view, records(found), events)
    assert_answers(scene, written["answers"], list(driving(rows["asks"], replay.sources["asks"].accepted)), events)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.sql)
@pytest.mark.parametrize(("zone", "moved"), MOVES)
def test_buckets_of_arrays_are_those_of_the_language(frame: Frame, zone: str, moved: int) -> None:
    frame = replace(frame, zone=zone)
    window = Window("w", frame.kind, frame.size or None, frame.advance or None)
    window = replace(window, months=frame.months or None, offset=frame.offset, zone=zone)
    times = moved + np.arange(-4 * DAY, 4 * DAY, 977 * SECOND)
    buckets = Buckets(window)
    assert buckets.starts(times).tolist() == [span(frame, time)[0] for time in times.tolist()]
    closes = buckets.closes(times)
    assert [set(row) for row in closes.tolist()] == [ends(frame, time) for time in times.tolist()]


def test_a_clock_never_falls_and_covers_a_day_that_was_left_out() -> None:
    apia = clock("Pacific/Apia")
    assert list(apia.instants) == sorted(set(apia.instants))
    assert list(apia.readings) == sorted(set(apia.readings))
    # 2011-12-30 was skipped: its first reading is the instant at which the 31st began, 10:00 UTC of the 30th.
    buckets = Buckets(Window("w", "tumbling", size=DAY, zone="Pacific/Apia"))
    began = 1325239200 * SECOND
    assert buckets.closes(np.array([began - 1])).tolist() == [[began]]
    assert buckets.starts(np.array([began, began + DAY - 1])).tolist() == [began, began]
