"""Windows of the fold at their edges, worked out by hand."""

from __future__ import annotations

import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold.fold import Fold

NO_ROWS: list[tuple[int, int]] = []


def fold_over(*windows: Window) -> Fold:
    """The least and the greatest value in each window, and how many rows it holds."""
    measures = [
        Measure(f"{window.name} {name}", name, arguments, False, None, window.name, "BIGINT")
        for window in windows
        for name, arguments in (("count", ()), ("min", ("x0",)), ("max", ("x0",)))
    ]
    return Fold(windows, measures, {"x0": "BIGINT"})


def asked(
    fold: Fold, rows: list[tuple[int, int]], *probes: tuple[int, int], own: bool = False
) -> list[tuple[int, int | None, int | None]]:
    """Feed (time, value) rows of one key; return (count, min, max) at each (member, clock), or at each row."""
    times, values = [time for time, _ in rows], [value for _, value in rows]
    table = pa.table({"_slot": pa.array([0] * len(rows), pa.int64()), "_t": pa.array(times, pa.int64()), "x0": values})
    table = table.cast(pa.schema([(name, pa.int64()) for name in table.column_names]))
    members, clocks = ([time for time, _ in probes], [clock for _, clock in probes]) if not own else (times, times)
    places = list(range(len(rows))) if own else [-1] * len(probes)
    instants = [pa.array(column, pa.int64()) for column in ([0] * len(places), members, clocks, places)]
    got = fold.process(table, pa.table(instants, ["_slot", "_m", "_t", "_row"]))
    return list(zip(*(column.to_pylist() for column in got.columns), strict=True))


def at(time: int) -> tuple[int, int]:
    return time, time


def test_sliding_is_open_at_its_start_and_closed_at_its_end() -> None:
    fold = fold_over(Window("w", "sliding", size=10))
    assert asked(fold, [(0, 1), (5, 2)], at(4), at(5), at(9), at(10), at(14), at(15)) == [
        (1, 1, 1),
        (2, 1, 2),
        (2, 1, 2),
        (1, 2, 2),
        (1, 2, 2),
        (0, None, None),
    ]


def test_tumbling_buckets_start_at_multiples_of_their_size_before_1970_too() -> None:
    fold = fold_over(Window("w", "tumbling", size=10))
    rows = [(-11, 1), (-10, 2), (-1, 3), (0, 4), (9, 5), (10, 6)]
    assert asked(fold, rows, own=True) == [(1, 1, 1), (1, 2, 2), (2, 2, 3), (1, 4, 4), (2, 4, 5), (1, 6, 6)]
    assert asked(fold, NO_ROWS, at(19), at(20)) == [(1, 6, 6), (0, None, None)]


def test_a_close_holds_the_whole_bucket_and_nothing_after_it() -> None:
    fold = fold_over(Window("w", "tumbling", size=10), Window("g", "tumbling", size=10, exclude="group"))
    got = asked(fold, [(0, 1), (9, 2), (10, 3)], (9, 10), (19, 20))
    assert got == [(2, 1, 2, 2, 1, 2), (1, 3, 3, 1, 3, 3)]


def test_hopping_holds_the_hop_that_closes_next_so_far() -> None:
    fold = fold_over(Window("w", "hopping", size=6, advance=2))
    rows = [(0, 1), (1, 2), (2, 3), (5, 4)]
    # At 5 the next close is 6, so the hop began at 0; at 6 the next is 8, and it began at 2; and so on.
    assert asked(fold, rows, at(5), at(6), at(7), at(8), at(9), at(10), at(11)) == [
        (4, 1, 4),
        (2, 3, 4),
        (2, 3, 4),
        (1, 4, 4),
        (1, 4, 4),
        (0, None, None),
        (0, None, None),
    ]


def test_a_gap_of_exactly_its_length_joins_a_session() -> None:
    fold = fold_over(Window("w", "session", gap=5))
    rows = [(0, 1), (5, 2), (11, 3), (11, 4)]
    assert asked(fold, rows, own=True) == [(1, 1, 1), (2, 1, 2), (2, 3, 4), (2, 3, 4)]
    assert asked(fold, NO_ROWS, at(16), at(17)) == [(2, 3, 4), (0, None, None)]


def test_last_ends_at_the_current_row_and_at_all_peers_for_a_probe() -> None:
    fold = fold_over(Window("w", "last", rows=2))
    rows = [(0, 1), (0, 2), (0, 3)]
    assert asked(fold, rows, own=True) == [(1, 1, 1), (2, 1, 2), (2, 2, 3)]
    assert asked(fold, NO_ROWS, at(0)) == [(2, 2, 3)]


def test_last_without_its_peers_holds_what_the_newest_rows_leave_of_older_times() -> None:
    fold = fold_over(Window("w", "last", rows=3, exclude="group"))
    rows = [(0, 1), (1, 2), (2, 3), (2, 4), (2, 5), (2, 6), (3, 7)]
    assert asked(fold, rows, own=True) == [
        (0, None, None),
        (1, 1, 1),
        (2, 1, 2),
        (1, 2, 2),
        (0, None, None),
        (0, None, None),
        (2, 5, 6),
    ]
    assert asked(fold, NO_ROWS, at(3), at(4)) == [(2, 5, 6), (3, 5, 7)]


@pytest.mark.parametrize(
    "window",
    [
        Window("w", "sliding", size=10, exclude="group"),
        Window("w", "hopping", size=10, advance=10, exclude="group"),
        Window("w", "tumbling", size=10, exclude="group"),
        Window("w", "session", gap=10, exclude="group"),
        Window("w", "global", exclude="group"),
        Window("w", "last", rows=10, exclude="group"),
    ],
    ids=lambda window: window.kind,
)
def test_a_later_read_at_the_newest_time_still_leaves_its_peers_out(window: Window) -> None:
    fold = fold_over(window)
    assert asked(fold, [(1, 1), (2, 2), (2, 3)], own=True) == [(0, None, None), (1, 1, 1), (1, 1, 1)]
    assert asked(fold, NO_ROWS, at(2), (2, 3)) == [(1, 1, 1), (3, 1, 3)]
    assert asked(fold, NO_ROWS, at(3)) == [(3, 1, 3)]
