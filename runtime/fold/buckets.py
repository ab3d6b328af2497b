"""The buckets of tumbling and hopping windows inside a kernel: see ``buckets.py``, which does the same over arrays.

The plan holds the knots of each clock as its instants, then its readings.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false, reportReturnType=false

from __future__ import annotations

from .compiled import compiled, inlined
from .layout import W_CLOCK, W_KNOTS, W_MONTHS, W_OFFSET, W_SIZE, W_STEP, Plan, Words

EARLIEST = -(1 << 63)
LATEST = (1 << 63) - 1
DAY = 86_400_000_000
# The calendar repeats after 400 years of this many days; it is counted from 0000-03-01.
ERA, BEFORE_1970 = 146_097, 719_468


@inlined
def earlier(time: int, span: int) -> int:
    """Return time - span, or the earliest time."""
    return time - span if time >= EARLIEST + span else EARLIEST


@inlined
def later(time: int, span: int) -> int:
    """Return time + span, or the latest time."""
    return time + span if time <= LATEST - span else LATEST


@inlined
def moved(time: int, by: int) -> int:
    """Return time + by, or the first or last time."""
    return later(time, by) if by >= 0 else earlier(time, -by)


@inlined
def floor_to(time: int, step: int) -> int:
    """Return the greatest multiple of ``step`` that is at most ``time``."""
    return earlier(time, time % step)


@compiled
def last_at(table: Words, start: int, count: int, value: int) -> int:
    """Return the place of the last of ``count`` rising words from ``start`` on that is at most ``value``, else 0."""
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        if table[start + middle] <= value:
            low = middle
        else:
            high = middle
    return low


@compiled
def reading(plan: Plan, w: int, time: int) -> int:
    """Return what the clock of the window's time zone shows."""
    count, start = plan.windows[w + W_KNOTS], plan.windows[w + W_CLOCK]
    if count == 0:
        return time
    i = start + last_at(plan.knots, start, count, time)
    shown = moved(time, plan.knots[i + count] - plan.knots[i])
    return min(shown, plan.knots[i + count + 1] - 1) if i + 1 < start + count else shown


@compiled
def instant(plan: Plan, w: int, shown: int) -> int:
    """Return the first instant at which that clock shows so much."""
    count, start = plan.windows[w + W_KNOTS], plan.windows[w + W_CLOCK]
    if count == 0:
        return shown
    i = start + last_at(plan.knots, start + count, count, shown)
    time = moved(shown, plan.knots[i] - plan.knots[i + count])
    return min(time, plan.knots[i + 1]) if i + 1 < start + count else time


@compiled
def month_of(day: int) -> int:
    """Return the months from 1970-01 to the month of a day, which is counted from 1970-01-01."""
    day += BEFORE_1970
    era = day // ERA
    day -= era * ERA
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    since_march = (5 * day + 2) // 153
    return 12 * (era * 400 + year - 1970) + since_march + 2


@compiled
def day_of(month: int) -> int:
    """Return the first day of a month, both counted from 1970-01."""
    since_march = month + 10
    year = since_march // 12 + 1969
    place = since_march % 12
    era = year // 400
    year -= era * 400
    return era * ERA + 365 * year + year // 4 - year // 100 + (153 * place + 2) // 5 - BEFORE_1970


@compiled
def bucket_start(plan: Plan, w: int, shown: int, after: int) -> int:
    """Return the reading at which the bucket of reading ``shown``, or the one ``after`` it (0 or 1), starts."""
    offset, months = plan.windows[w + W_OFFSET], plan.windows[w + W_MONTHS]
    shown = earlier(shown, offset)
    if months > 0:
        month = floor_to(month_of(shown // DAY), months) + after * months
        return day_of(month) * DAY + offset
    step = plan.windows[w + W_STEP]
    return later(later(floor_to(shown, step), offset), after * step)


@compiled
def window_start(plan: Plan, w: int, time: int) -> int:
    """Return the least event time that a tumbling or hopping window holds at ``time``."""
    wider = plan.windows[w + W_SIZE] - plan.windows[w + W_STEP]
    return instant(plan, w, earlier(bucket_start(plan, w, reading(plan, w, time), 0), wider))


@compiled
def window_end(plan: Plan, w: int, time: int) -> int:
    """Return when the window that counts at ``time`` closes."""
    return instant(plan, w, bucket_start(plan, w, reading(plan, w, time), 1))
