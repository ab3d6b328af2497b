"""Time zones: what a zone's clock reads at an instant, and when it first reads so much, as DuckDB's ICU has it.

A clock that goes back repeats readings. Here each reading counts the first time only: the clock *stands
still* from its turn back until it passes the highest reading it had shown. So it never falls, and both
directions are made of straight pieces between *knots*, pairs of an instant and a reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .binder import Binder

DAY = 86_400_000_000
SECOND = 1_000_000
FOREVER = 2**62
FIRST_DAY, LAST_DAY = -25_567, 47_482
"""1900-01-01 and 2100-01-01: before and after, a clock keeps the distance to UTC that it has there."""


@dataclass(frozen=True)
class Clock:
    """The knots of a zone's clock, both in µs, both rising: from one knot to the next it goes with time.

    At instant t past knot i it reads ``min(readings[i] + t - instants[i], readings[i + 1] - 1)``, and it first
    reads r or more at ``min(instants[i] + r - readings[i], instants[i + 1])``, i being the last knot with
    ``readings[i] <= r``: a reading that is skipped is the instant of the jump.
    """

    instants: tuple[int, ...]
    readings: tuple[int, ...]


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all zones, asked once a process."""
    with Binder() as binder:
        return frozenset(str(name) for (name,) in binder.rows("SELECT name FROM pg_timezone_names()"))


@lru_cache(maxsize=256)
def clock(zone: str) -> Clock:
    """Return the clock of a zone of this name, computed once a process."""
    with Binder() as binder:
        changes = _changes(binder, zone)
    instants, readings = list[int](), list[int]()
    unread, ends = sum(changes[0]), [start for start, _ in changes[1:]]
    for (start, shift), end in zip(changes, [*ends, FOREVER], strict=True):
        at = max(start, unread - shift)
        if at < end:
            instants.append(at)
            readings.append(at + shift)
            unread = end + shift
    return Clock(tuple(instants), tuple(readings))


def _changes(binder: Binder, zone: str) -> list[tuple[int, int]]:
    """The instants at which a zone's distance to UTC changes, with the one that holds from there on."""
    days = [day * DAY for day in range(FIRST_DAY, LAST_DAY + 1)]
    shifts = _shifts(binder, zone, days)
    found = [place for place in range(1, len(days)) if shifts[place] != shifts[place - 1]]
    low, high = [days[place - 1] for place in found], [days[place] for place in found]
    while any(end - start > SECOND for start, end in zip(low, high, strict=True)):
        middle = [start + (end - start) // SECOND // 2 * SECOND for start, end in zip(low, high, strict=True)]
        for i, (shift, place) in enumerate(zip(_shifts(binder, zone, middle), found, strict=True)):
            if shift == shifts[place]:
                high[i] = middle[i]
            else:
                low[i] = middle[i]
    return [(days[0], shifts[0]), *zip(high, (shifts[place] for place in found), strict=True)]


def _shifts(binder: Binder, zone: str, instants: list[int]) -> list[int]:
    local = "epoch_us(timezone($1, make_timestamptz(t))) - t"
    ((shifts,),) = binder.rows(f"SELECT list_transform($2::BIGINT[], lambda t: {local})", [zone, instants])
    return list(shifts)
