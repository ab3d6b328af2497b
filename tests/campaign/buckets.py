"""Where buckets begin: every ``step`` from 1970, from an offset, on a zone's clock, or every so many months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .events import HOUR

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
JUMP = 4 * HOUR
"""No zone's clock jumps further."""


@dataclass(frozen=True)
class Grid:
    """Boundaries at which a clock reads ``offset`` + k * ``step`` since 1970, or + k * ``months`` calendar months."""

    step: int
    offset: int = 0
    zone: str | None = None
    months: int = 0

    def at_or_before(self, time: int) -> int:
        """The last boundary that is not after ``time``."""
        return max(instant for instant, _ in self._near(time) if instant <= time)

    def after(self, time: int) -> int:
        """The first boundary after ``time``."""
        return min(instant for instant, _ in self._near(time) if instant > time)

    def back(self, boundary: int, length: int) -> int:
        """The instant of the reading that is ``length`` less than that of a boundary, the first it stands for."""
        reading = min(reading for instant, reading in self._near(boundary) if instant == boundary)
        return instant_of(self.zone, reading - length)

    def _near(self, time: int) -> list[tuple[int, int]]:
        return [(instant_of(self.zone, reading), reading) for reading in self._readings(time)]

    def _readings(self, time: int) -> Iterator[int]:
        """What the clock reads at boundaries around ``time``, from well before to well after it."""
        reading = reading_at(self.zone, time) - self.offset
        if self.months:
            shown = EPOCH + reading * MICROSECOND
            number = ((shown.year - 1970) * 12 + shown.month - 1) // self.months
            for near in range(number - 2, number + 4):
                years, months = divmod(near * self.months, 12)
                yield (datetime(1970 + years, 1 + months, 1) - EPOCH) // MICROSECOND + self.offset
            return
        around = 1 + (JUMP // self.step + 1 if self.zone else 0)
        number = reading // self.step
        for near in range(number - around, number + around + 1):
            yield near * self.step + self.offset


def reading_at(zone: str | None, instant: int) -> int:
    """What the clock reads at an instant, in µs since it read 1970-01-01 00:00."""
    return instant if zone is None else instant + _ahead(zone, instant)


@lru_cache(maxsize=100_000)
def instant_of(zone: str | None, reading: int) -> int:
    """The first instant at which the clock reads so; of a reading that is skipped, the instant of the jump."""
    if zone is None:
        return reading
    naive = EPOCH + reading * MICROSECOND
    offsets = [naive.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
    candidates = sorted({reading - offset // MICROSECOND for offset in offsets})
    right = [instant for instant in candidates if reading_at(zone, instant) == reading]
    return right[0] if right else _jump(zone, *candidates)


def _jump(zone: str, low: int, high: int) -> int:
    """The instant after ``low`` and up to ``high`` at which the zone's offset changes."""
    first = _ahead(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(zone, middle) == first else (low, middle)
    return high


def _ahead(zone: str, instant: int) -> int:
    shown = (EPOCH.replace(tzinfo=UTC) + instant * MICROSECOND).astimezone(ZoneInfo(zone))
    return (shown.utcoffset() or timedelta()) // MICROSECOND
