"""The boundaries of EMIT EVERY: in SQL and as rows come in, against a plain count of what each one sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import numpy as np
import pytest
from headrace.features_sql.boundaries import boundaries_sql
from headrace.features_sql.definitions import View, Window
from headrace.runtime.windows.boundaries import Boundaries
from headrace.tests.meaning.replay import definitions_of

EVERY, UPTO = 2, 10_000
HOPPING = Window("h", "hopping", size=12, advance=4)
SESSION = Window("s", "session", gap=20, most=30)
PROJECT = """
CREATE SOURCE events (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'e.csv');
CREATE FEATURE VIEW v ENTITY k AS SELECT count(*) OVER (GLOBAL) AS n FROM events EMIT EVERY 1 DAY;
"""
Events = list[tuple[int, int]]


@pytest.fixture(scope="module")
def view() -> View:
    (held,) = definitions_of(PROJECT).views.values()
    return replace(held, emit=replace(held.emit, every=EVERY))


@pytest.mark.parametrize("step", [0, 1, 13])
def test_equal_stretches_of_two_windows_are_one(view: View, step: int) -> None:
    events = [(i % 7, i * step) for i in range(100)]
    windows = (HOPPING, replace(HOPPING, name="g", exclude="group"))
    written = _in_sql(replace(view, windows=windows), events)
    assert written == _incremental(windows, events) == _plain(events, _hop_holds)


@pytest.mark.parametrize("step", [1, 3])
def test_a_session_is_empty_from_a_cut_on(view: View, step: int) -> None:
    events = [(i % 7, i * step + (i % 5 == 0)) for i in range(100)]
    written = _in_sql(replace(view, windows=(SESSION,)), events)
    assert written == _incremental((SESSION,), events) == _plain(events, _session_holds)


def _in_sql(view: View, events: Events) -> Events:
    listed = ", ".join(f"({slot}, {time}, {place})" for place, (slot, time) in enumerate(events))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE _rows AS SELECT * FROM (VALUES {listed}) e(_k0, _t, _n)")
        connection.execute(f"CREATE TABLE _horizon AS SELECT {UPTO} AS _upto")
        found = connection.execute(f"SELECT _k0, _t FROM ({boundaries_sql(view, ('_k0',))})").fetchall()
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _incremental(windows: tuple[Window, ...], events: Events) -> Events:
    boundaries, found = Boundaries(EVERY, windows, repeat=False), list[tuple[int, int]]()
    for place in range(0, len(events), 9):
        slots, times = np.array(events[place : place + 9], np.int64).T
        found += zip(*(part.tolist() for part in boundaries.process(slots, times, int(times[0]), None)), strict=True)
    nothing = np.empty(0, np.int64)
    found += zip(*(part.tolist() for part in boundaries.process(nothing, nothing, UPTO, None)), strict=True)
    return found


def _plain(events: Events, holds: Callable[[list[int], int], bool]) -> Events:
    """Every boundary just before which a window holds an event, and each one right after such a boundary."""
    written: list[tuple[int, int]] = []
    for slot in range(7):
        times, held = [time for other, time in events if other == slot], False
        for boundary in range(EVERY, max(times) + 100, EVERY):
            before, held = held, holds([time for time in times if time < boundary], boundary - 1)
            if held or before:
                written.append((slot, boundary))
    return sorted(written, key=lambda pair: (pair[1], pair[0]))


def _hop_holds(times: list[int], moment: int) -> bool:
    end = moment // 4 * 4 + 4
    return any(end - 12 <= time for time in times)


def _session_holds(times: list[int], moment: int) -> bool:
    gap, most = SESSION.gap or 0, SESSION.most or 1
    began = last = None
    for time in times:
        began = time if last is None or began is None or time - last > gap else began
        last = time
    if began is None or last is None or moment - last > gap:
        return False
    return (moment - began) // most == (last - began) // most
