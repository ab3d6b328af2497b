"""Idle sources: event time goes on with the wall clock when no rows come."""

from __future__ import annotations

import time

from ...features_sql.definitions import Source
from ..stores.ledger import Range, SourceProgress
from . import lanes


def advance(source: Source, held: SourceProgress, now: int) -> Range | None:
    """Return the range, without rows, by which an idle source goes on; None where it is not idle.

    ``now`` is the wall clock (µs). A source is idle when ``'idle.timeout'`` has passed since its newest row came;
    its watermark then moves by the wall time since, and again each time so much has passed. One that never had a
    row stands nowhere, and stays. While only some partitions of a topic are idle, the others alone say how far it is.
    """
    if source.idle_timeout is None or held.ended or held.high is None:
        return None
    elapsed, watermark = now - held.clock, held.watermark(source.delay)
    floor, clock = watermark + elapsed, now
    if elapsed < source.idle_timeout:
        awake = lanes.awake(held.lanes, now - source.idle_timeout)
        floor, clock = lanes.watermark(awake, watermark) if awake else watermark, held.clock
        if floor <= watermark:
            return None
    at = held.position
    return Range(source.name, 0, at, at, 0, False, held.high, floor, clock, held.lanes, 0, 0, 0, 0)


def wall_clock() -> int:
    """Return the wall clock in µs since 1970."""
    return time.time_ns() // 1000
