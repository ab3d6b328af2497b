"""Watermarks: which rows came too late, and how far a source has spoken for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Every event time lies strictly between these two, in microseconds since 1970 (about 146,000 years each
#: way). A duration below END may be added to or taken from either without leaving int64.
BEGINNING: Final = -(1 << 62)
END: Final = 1 << 62


def judge(
    times: NDArray[np.int64], high: int | None, delay: int, floor: int = BEGINNING
) -> tuple[NDArray[np.bool_], NDArray[np.int64], int | None]:
    """Decide for each row of a partition, in offset order, whether it is late.

    A row is late iff its time is below (the greatest time of all rows before it) - ``delay``, or below ``floor``,
    which the source's watermark has reached without this partition. ``high`` is that greatest time before the first
    row, None at the partition's start. Returns the late rows as a mask, how far each row lies below the watermark
    at its place (0 where it is not late), and the greatest time after the last row. ``times`` lie between BEGINNING
    and END.
    """
    if len(times) == 0:
        return np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64), high
    greatest = np.maximum.accumulate(times)
    if high is not None:
        greatest = np.maximum(greatest, high)
    before = np.empty_like(greatest)
    before[0] = BEGINNING if high is None else high
    before[1:] = greatest[:-1]
    # Two times lie less than 2^63 apart, so no delay is too long for int64.
    gap, most = before - times, min(delay, np.iinfo(np.int64).max)
    late = (gap > most) | (times < floor)
    lag = np.maximum(np.maximum(gap, most) - most, floor - times)
    return late, lag, int(greatest[-1])


def watermark(high: int | None, delay: int, ended: bool, floor: int = BEGINNING) -> int:
    """Return the instant below which a partition promises no more rows: END once it has ended.

    ``high`` is its greatest time so far; before the first row nothing is promised. ``floor`` is how far it
    went while it was idle.
    """
    if ended:
        return END
    if high is None:
        return floor
    return max(high - delay, floor)
