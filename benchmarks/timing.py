"""Timing: how long work takes, as medians of several runs."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time

REPEATS = 5


def seconds(work: Callable[[], object], repeats: int = REPEATS, clock: Callable[[], float] = perf_counter) -> float:
    """Return the median seconds of ``work``, by the wall clock unless told otherwise."""
    return median(once(work, clock) for _ in range(repeats))


def rate(work: Callable[[], object], events: int, repeats: int = REPEATS) -> float:
    """Return the median events a second, by the wall clock."""
    return events / seconds(work, repeats)


def cpu(work: Callable[[], object], repeats: int) -> float:
    """Return the least CPU seconds that ``work`` took of so many times, its threads included."""
    return min(once(work) for _ in range(repeats))


def once(work: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """Return the seconds of one run of ``work``: of CPU, its threads included, unless told otherwise."""
    before = clock()
    work()
    return clock() - before
