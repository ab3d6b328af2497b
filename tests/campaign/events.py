"""Events of one entity, and the instants at which a feature is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MILLISECOND, SECOND = 1_000, 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND


@dataclass(frozen=True)
class Event:
    """``time`` in µs; ``place`` tells it from all others, ``order`` is where it stands among those of its relation."""

    time: int
    place: Any
    values: Mapping[str, Any]
    order: int = 0


@dataclass(frozen=True)
class Instant:
    """Events with time <= ``member`` may count; ``clock`` is what the clock shows; ``own`` the place of its own row."""

    member: int
    clock: int
    own: Any = None


def event_instant(event: Event) -> Instant:
    """The instant of an event that is itself evaluated."""
    return Instant(event.time, event.time, event.place)


def before(boundary: int) -> Instant:
    """The instant just before a boundary."""
    return Instant(boundary - 1, boundary)


def asked_at(time: int) -> Instant:
    """The instant of a read, which has no row of its own."""
    return Instant(time, time)


def duration(time: int) -> str:
    """A duration in whole milliseconds, as a user writes it."""
    for unit, length in (("DAYS", DAY), ("HOURS", HOUR), ("MINUTES", MINUTE), ("SECONDS", SECOND)):
        if time % length == 0:
            return f"{time // length} {unit}"
    assert time % MILLISECOND == 0
    return f"{time // MILLISECOND} MILLISECONDS"
