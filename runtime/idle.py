"""Idle sources: event time goes on with the wall clock when no rows come."""

from __future__ import annotations

import time

from ..features_sql.definitions import Source
from .ledger import Range, SourceProgress


def advance(source: Source, held: SourceProgress, now: int) -> Range | None:
    """Return the range, without rows, by which an idle source goes on; None where it is not idle.

    ``now`` is the wall clock (µs). A source is idle when ``'idle.timeout'`` has passed since its newest row came;
    its watermark then moves by the wall time since, and again each time so much has passed. One that never had a
    row stands nowhere, and stays.
    """
    elapsed = now - held.clock
    if source.idle_timeout is None or held.ended or held.high is None or elapsed < source.idle_timeout:
        return None
    floor = held.watermark(source.delay) + elapsed
    return Range(source.name, 0, held.position, held.position, 0, False, held.high, floor, now, 0, 0, 0, 0)


def wall_clock() -> int:
    """Return the wall clock in µs since 1970."""
    return time.time_ns() // 1000
