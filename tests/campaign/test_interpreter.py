"""The interpreter against cases small enough to be read off the language's tables."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from headrace.tests.campaign.aggregates import value_of
from headrace.tests.campaign.arrivals import Arrivals
from headrace.tests.campaign.buckets import Grid
from headrace.tests.campaign.calls import Call
from headrace.tests.campaign.compare import compare_rows, equal
from headrace.tests.campaign.emissions import instants
from headrace.tests.campaign.events import DAY, HOUR, MINUTE, SECOND, Event, Instant, asked_at, before, event_instant
from headrace.tests.campaign.expressions import Name, condition, constant
from headrace.tests.campaign.interpreter import Interpreter, Written
from headrace.tests.campaign.projects import AHEAD, Emit, Output, Project, Service, ServiceJoin, Source, View
from headrace.tests.campaign.windows import Window, closes, members

X = Name("x", "DOUBLE")
BERLIN = "Europe/Berlin"
BOUNDS = ("window_start", "window_end")


def events(*times: int, values: tuple[Any, ...] = ()) -> list[Event]:
    given = values or tuple(range(len(times)))
    return [
        Event(time * SECOND, place, {"x": value}) for place, (time, value) in enumerate(zip(times, given, strict=True))
    ]


def utc(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def places(window: Window, held: list[Event], at: Instant) -> list[int]:
    return [event.place for event in members(window, held, at)]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window("w", "sliding", size=5 * SECOND), [2, 3, 4]),
        (Window("w", "sliding", size=5 * SECOND, exclude="GROUP"), [2]),
        (Window("w", "sliding", size=5 * SECOND, exclude="ROW"), [2, 4]),
        (Window("w", "tumbling", size=10 * SECOND), [3, 4]),
        (Window("w", "tumbling", size=10 * SECOND, offset=6 * SECOND), [2, 3, 4]),
        (Window("w", "hopping", size=10 * SECOND, advance=5 * SECOND), [1, 2, 3, 4]),
        (Window("w", "session", gap=4 * SECOND), [1, 2, 3, 4]),
        (Window("w", "session", gap=3 * SECOND), [3, 4]),
        (Window("w", "session", gap=5 * SECOND, most=10 * SECOND), [3, 4]),
        (Window("w", "global"), [0, 1, 2, 3, 4]),
        (Window("w", "last", count=2), [2, 3]),
        (Window("w", "last", count=2, exclude="ROW"), [1, 2]),
        (Window("w", "range", first=5 * SECOND), [1, 2, 3, 4]),
        (Window("w", "range", first=5 * SECOND, last=4 * SECOND), [1, 2]),
        (Window("w", "rows", first=1), [2, 3]),
        (Window("w", "rows", first=None, last=2), [0, 1]),
    ],
)
def test_what_a_window_holds_at_the_first_of_two_peers(window: Window, expected: list[int]) -> None:
    held = events(0, 5, 6, 10, 10)
    assert places(window, held, event_instant(held[3])) == expected


def test_windows_at_instants_of_no_event() -> None:
    held = events(0, 4, 8)
    session = Window("w", "session", gap=4 * SECOND)
    assert places(session, held, asked_at(12 * SECOND)) == [0, 1, 2]
    assert places(session, held, asked_at(12 * SECOND + 1)) == []
    assert places(Window("w", "rows", first=1), held, asked_at(9 * SECOND)) == [2]
    assert places(Window("w", "tumbling", size=4 * SECOND), held, before(8 * SECOND)) == [1]


def test_the_ends_of_windows_that_close() -> None:
    held = events(0, 4, 9, 25)
    windows = (
        Window("w", "tumbling", size=5 * SECOND, offset=SECOND),
        Window("w", "hopping", size=10 * SECOND, advance=5 * SECOND),
        Window("w", "session", gap=5 * SECOND, most=8 * SECOND),
    )
    found = [
        [
            tuple(value_of(Call(name, (), w, "TIMESTAMP"), held, before(end))[0] // SECOND for name in BOUNDS)
            for end in closes(w, held)
        ]
        for w in windows
    ]
    assert found == [
        [(-4, 1), (1, 6), (6, 11), (21, 26)],
        [(-5, 5), (0, 10), (5, 15), (20, 30), (25, 35)],
        [(0, 8), (9, 14), (25, 30)],
    ]


def test_rows_that_are_too_far_ahead_do_nothing() -> None:
    source = Source("s", (), "ts", 0, max_future=True)
    arrivals = Arrivals(source, [{"ts": 5}, {"ts": AHEAD}, {"ts": 6}, {"ts": 4}])
    assert (arrivals.accepted, arrivals.greatest) == ([0, 2], 6)


def test_closes() -> None:
    held = events(0, 4, 9, 25)
    assert closes(Window("w", "tumbling", size=5 * SECOND), held) == [5 * SECOND, 10 * SECOND, 30 * SECOND]
    hopping = Window("w", "hopping", size=10 * SECOND, advance=5 * SECOND)
    assert closes(hopping, held) == [second * SECOND for second in (5, 10, 15, 30, 35)]
    assert closes(Window("w", "session", gap=5 * SECOND), held) == [14 * SECOND, 30 * SECOND]
    cut = Window("w", "session", gap=5 * SECOND, most=4 * SECOND)
    assert closes(cut, held) == [second * SECOND for second in (4, 8, 12, 29)]


def test_days_of_a_zone() -> None:
    """Berlin skips 02:00 to 03:00 on 2024-03-31, and reads 02:00 to 03:00 twice on 2024-10-27."""
    days = Grid(DAY, zone=BERLIN)
    assert days.at_or_before(utc("2024-03-31T12:00")) == utc("2024-03-30T23:00")
    assert days.after(utc("2024-03-31T12:00")) == utc("2024-03-31T22:00")
    assert days.after(utc("2024-10-27T12:00")) - days.at_or_before(utc("2024-10-27T12:00")) == 25 * HOUR
    hours = Grid(2 * HOUR, zone=BERLIN)
    assert hours.after(utc("2024-03-31T00:30")) == utc("2024-03-31T01:00"), "02:00 is skipped: the instant of the jump"
    assert hours.after(utc("2024-10-27T00:00")) == utc("2024-10-27T03:00"), "02:00 is read again, and counts once"
    assert Grid(0, zone=BERLIN, months=1).after(utc("2024-03-05T00:00")) == utc("2024-03-31T22:00")
    assert Grid(7 * DAY, offset=4 * DAY).at_or_before(utc("2024-03-06T00:00")) == utc("2024-03-04T00:00")


@pytest.mark.parametrize(
    ("function", "parameters", "values", "expected"),
    [
        ("sum", (), (0.1, 0.2, 0.3), 0.6),
        ("sum", (), (1.0, math.inf, -math.inf), math.nan),
        ("avg", (), (1e16, 1.0, -1e16), 1 / 3),
        ("variance", (), (1.0, None, 3.0), 2.0),
        ("max", (), (1.0, math.nan, 3.0), math.nan),
        ("min", (), (1.0, math.nan, 3.0), 1.0),
        ("first", (), (None, 1.0, 2.0), None),
        ("any_value", (), (None, 1.0, 2.0), 1.0),
        ("quantile_cont", (0.25,), (1.0, 2.0, 4.0), 1.5),
        ("quantile_disc", (0.9,), tuple(map(float, range(10))), 8.0),
        ("mode", (), (2.0, 1.0, 2.0, 1.0), 1.0),
        ("last_n", (2,), (1.0, None, 3.0), [None, 3.0]),
        ("last_n_distinct", (2,), (1.0, 2.0, 1.0, 3.0), [1.0, 3.0]),
        ("top_n", (2,), (1.0, 3.0, 2.0, 3.0), [3.0, 1.0]),
        ("entropy", (), (1.0, 2.0), 1.0),
    ],
)
def test_aggregates(function: str, parameters: Any, values: tuple[Any, ...], expected: Any) -> None:
    call = Call(function, (X,), Window("w", "global"), "DOUBLE", parameters=parameters)
    held = events(*range(len(values)), values=values)
    found, scale = value_of(call, held, asked_at(held[-1].time))
    assert equal(found, expected, scale), found


def test_words_of_time() -> None:
    held = events(0, 6, 10, 10)
    life = Window("w", "global")
    assert value_of(Call("since_last", (), life, "DOUBLE"), held, event_instant(held[2]))[0] == 0.0
    assert value_of(Call("since_last", (), life, "DOUBLE"), held, event_instant(held[1]))[0] == 6.0
    assert value_of(Call("since_last", (), life, "DOUBLE"), held, asked_at(12 * SECOND))[0] == 2.0
    per = ("1000 ms",)
    sliding = Call("rate", (), Window("w", "sliding", size=8 * SECOND), "DOUBLE", parameters=per)
    assert value_of(sliding, held, event_instant(held[3]))[0] == 3 / 8
    session = Call("rate", (), Window("w", "session", gap=4 * SECOND), "DOUBLE", parameters=per)
    assert value_of(session, held, event_instant(held[1]))[0] is None
    assert value_of(session, held, event_instant(held[3]))[0] == 3 / 4
    halves = Call("decayed_count", (), life, "DOUBLE", parameters=("4000 ms",))
    assert value_of(halves, held, asked_at(14 * SECOND))[0] == 0.5 + 0.5 + 0.25 + 2 ** (-14 / 4)


def written(emit: Emit, window: Window) -> list[int]:
    source = Source("events", (X,), "ts", 0)
    count = Call("count", (), window, "BIGINT")
    if emit.kind == "when":
        emit = Emit("when", condition=condition(">=", count, constant(2)))
    view = View("v", source, (Name("k", "VARCHAR"),), (Output("n", count),), emit)
    held = events(0, 1, 1, 7, 8)
    arrived = {"events": Arrivals(source, [{"ts": event.time} for event in held] + [{"ts": 12 * SECOND}])}
    return [at.clock // SECOND for at, _ in instants(view, held, arrived)]


def test_emissions() -> None:
    window = Window("w", "sliding", size=2 * SECOND)
    assert written(Emit("event"), window) == [0, 1, 1, 7, 8]
    assert written(Emit("count", count=2), window) == [1, 7]
    assert written(Emit("every", period=2 * SECOND), window) == [2, 4, 8, 10, 12]
    assert written(Emit("every", period=2 * SECOND, repeat=True), window) == [2, 4, 6, 8, 10, 12, 14]
    assert written(Emit("when"), window) == [1, 8]
    assert written(Emit("immediately"), window) == [0, 1, 1, 7, 8]


def test_late_rows_and_repeats() -> None:
    rows = [
        {"i": number, "ts": time} for number, time in [(1, 0), (2, 10), (3, 4), (4, 5), (1, 9), (1, 20), (None, 21)]
    ]
    source = Source("events", (), "ts", 5, ("i",), dedupe=9)
    assert Arrivals(source, rows).accepted == [0, 1, 3, 5, 6]
    assert Arrivals(Source("events", (), "ts", 5), rows).accepted == [0, 1, 3, 4, 5, 6]


def test_a_given_column_is_not_what_the_same_view_says_beside() -> None:
    source = Source("events", (X,), "ts", 0)
    last = Call("last", (X,), Window("w0", "session", gap=SECOND), "DOUBLE")
    view = View("v", source, (Name("k", "VARCHAR"),), (Output("x", last),), Emit("close", window="w0"))
    columns = (Output("own", Name("x", "DOUBLE", "drv")), Output("beside", Name("x", "DOUBLE", "j0")))
    service = Service("answers", view, (ServiceJoin(view, "j0", ("k",)),), columns)
    meant = Interpreter(Project((source,), (), (view,), (service,)), {"events": [{"k": "a", "ts": 0, "x": 1.0}]}, {})
    for _ in range(2):
        said = meant.answer(service, ("a",), 9 * SECOND, {"x": 2.0})
        assert {name: value for name, (value, _) in said.items()} == {"own": 2.0, "beside": 1.0}


def test_rows_that_differ_are_told() -> None:
    want = [Written(("a",), 1, 0, {"x": (1.0, 0.0)}), Written(("b",), 1, 1, {"x": (None, 0.0)})]
    right = [
        {"k": "a", "ts": 1, "_partition": 0, "_offset": 0, "x": 1.0},
        {"k": "b", "ts": 1, "_partition": 0, "_offset": 1, "x": None},
    ]
    assert compare_rows(want, right, ["k"], "ts") == []
    assert len(compare_rows(want, right[:1], ["k"], "ts")) == 1
    assert len(compare_rows(want, [*right, right[0]], ["k"], "ts")) == 1
    assert len(compare_rows(want[:1], right, ["k"], "ts")) == 1
    assert len(compare_rows(want, [{**right[0], "x": 1.1}, right[1]], ["k"], "ts")) == 1
    assert len(compare_rows(want, [right[0], {**right[1], "x": 0.0}], ["k"], "ts")) == 1


def test_an_hour_is_written_as_one() -> None:
    assert Window("w", "tumbling", size=HOUR, offset=30 * MINUTE).sql(("k",)) == (
        "(TUMBLING SIZE 1 HOURS OFFSET 30 MINUTES)"
    )


def test_late_rows_that_are_accepted() -> None:
    rows = [{"ts": 10 * SECOND}, {"ts": 7 * SECOND}, {"ts": 5 * SECOND}, {"ts": 5 * SECOND - 1}]
    assert Arrivals(Source("s", (), "ts", SECOND), rows).accepted == [0]
    assert Arrivals(Source("s", (), "ts", SECOND, within=4 * SECOND), rows).accepted == [0, 1, 2]
