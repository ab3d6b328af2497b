import itertools

import numpy as np
import pytest
from headrace.runtime.sources.lateness import BEGINNING, END, judge, watermark
from hypothesis import given
from hypothesis import strategies as st

TIMES = st.integers(BEGINNING + 1, END - 1) | st.integers(-20, 20)


def row_by_row(times, high, delay):
    late = []
    for time in times:
        late.append(high is not None and time < high - delay)
        high = time if high is None else max(high, time)
    return late, high


@given(st.lists(TIMES, max_size=12), st.none() | TIMES, st.integers(0, 8) | st.integers(0, 1 << 63))
def test_judge_is_the_rule_row_by_row(times, high, delay):
    late, lag, greatest = judge(np.array(times, dtype=np.int64), high, delay)
    assert (late.tolist(), greatest) == row_by_row(times, high, delay)
    assert late.dtype == np.bool_
    before = [*itertools.accumulate(times, max, initial=high)][:-1] if high is not None else None
    if before is not None:
        assert lag.tolist() == [max(seen - delay - time, 0) for seen, time in zip(before, times, strict=True)]


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(0, 12), st.integers(0, 10))
def test_judge_does_not_depend_on_batch_cuts(times, cut, delay):
    whole, _, high = judge(np.array(times, dtype=np.int64), None, delay)
    first, _, between = judge(np.array(times[:cut], dtype=np.int64), None, delay)
    second, _, after = judge(np.array(times[cut:], dtype=np.int64), between, delay)
    assert [*first, *second] == whole.tolist()
    assert after == high


def test_a_row_at_the_watermark_is_not_late():
    late, lag, high = judge(np.array([100, 90, 89, 100, 101, 91, 90]), None, 10)
    assert late.tolist() == [False, False, True, False, False, False, True]
    assert lag.tolist() == [0, 0, 1, 0, 0, 0, 1]
    assert high == 101


def test_a_delay_of_all_of_time_is_counted_to_the_last_microsecond():
    for delay, late in ((END - 1, True), (END, False), (1 << 63, False)):
        assert judge(np.array([1, BEGINNING + 1]), None, delay)[0].tolist() == [False, late]


@pytest.mark.parametrize(
    ("high", "ended", "expected"),
    [
        (None, False, BEGINNING),
        (100, False, 93),
        (None, True, END),
        (100, True, END),
        (BEGINNING + 1, False, BEGINNING),
    ],
)
def test_watermark(high, ended, expected):
    assert watermark(high, 7, ended) == expected


def test_window_arithmetic_fits_int64_at_both_ends():
    edges = np.array([BEGINNING, END])
    assert (edges - (END - 1)).tolist() == [BEGINNING - END + 1, 1]
    assert (edges + (END - 1)).tolist() == [-1, 2 * END - 1]


@given(
    st.lists(st.integers(0, 30), max_size=12), st.none() | st.integers(0, 30), st.integers(0, 10), st.integers(0, 30)
)
def test_a_floor_is_a_watermark_that_never_sinks(times, high, delay, floor):
    late, lag, after = judge(np.array(times, dtype=np.int64), high, delay, floor)
    expected, greatest = row_by_row(times, high, delay)
    assert late.tolist() == [time < floor or was for time, was in zip(times, expected, strict=True)]
    assert (lag > 0).tolist() == late.tolist()
    assert after == greatest
    assert watermark(after, delay, False, floor) >= floor
