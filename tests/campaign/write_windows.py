"""Random windows, of lengths that fit how far apart events are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .events import DAY, HOUR, MINUTE, SECOND
from .windows import CLOSING, KINDS, Kind, Window


@dataclass(frozen=True)
class Pace:
    """How far apart events are, around which day, and on whose clock buckets may begin."""

    unit: int
    start: int
    zone: str | None


# The last two days of March and October 2024, and others on which a clock jumps; 1970 has times before its epoch.
PLAIN = [Pace(unit, 0, None) for unit in (SECOND, SECOND, MINUTE)]
JUMPS = [
    Pace(HOUR, day * DAY, zone)
    for day, zone in (
        (19813, "Europe/Berlin"),
        (20023, "Europe/Berlin"),
        (19792, "America/New_York"),
        (20030, "America/New_York"),
        (19820, "Australia/Lord_Howe"),
        (19783, "Asia/Kolkata"),
    )
]


def pace(random: Random) -> Pace:
    return random.choice(PLAIN if random.random() < 0.7 else JUMPS)


def window(random: Random, pace: Pace, name: str, kind: Kind | None = None) -> Window:
    """A window of some kind, or of the kind given."""
    kind = kind or random.choice(KINDS)
    unit = pace.unit
    if kind in ("tumbling", "hopping"):
        return _buckets(random, pace, name, kind)
    if kind == "sliding":
        made = Window(name, kind, size=random.choice([1, 2, 4, 9]) * unit)
    elif kind == "session":
        most = random.choice([None, None, 3 * unit, 5 * unit])
        made = Window(name, kind, gap=random.choice([1, 2, 3]) * unit // random.choice([1, 2]), most=most)
    elif kind == "last":
        made = Window(name, kind, count=random.choice([1, 2, 5]))
    elif kind == "range":
        first, last = random.choice([(4 * unit, 0), (6 * unit, 2 * unit), (None, unit), (None, 0), (unit, unit)])
        made = Window(name, kind, first=first, last=last)
    elif kind == "rows":
        first, last = random.choice([(3, 0), (4, 2), (None, 1), (1, 1), (None, 0)])
        made = Window(name, kind, first=first, last=last)
    else:
        made = Window(name, kind)
    return made


def _buckets(random: Random, pace: Pace, name: str, kind: Kind) -> Window:
    size, advance = random.choice([(1, 1), (6, 2), (3, 3), (9, 3)])
    size, advance = size * pace.unit, advance * pace.unit
    zone = pace.zone if random.random() < 0.7 else None
    if (zone and kind == "hopping") or (zone and random.random() < 0.3):
        size, advance = random.choice([(DAY, DAY), (3 * DAY, DAY)])
    offset = random.choice([0, 0, pace.unit // 2, pace.unit])
    if kind == "hopping":
        return Window(name, kind, size=size, advance=advance, offset=offset, zone=zone)
    if pace.zone and random.random() < 0.15:
        return Window(name, kind, months=random.choice([1, 3]), zone=zone)
    return Window(name, kind, size=size, offset=offset, zone=zone)


def excluding(random: Random, made: Window, *, joined: bool) -> Window:
    """The window, sometimes without the current group, or without the current row where no service asks."""
    if random.random() < 0.7:
        return made
    return replace(made, exclude="GROUP" if joined or random.random() < 0.6 else "ROW")


def closing(random: Random, pace: Pace, name: str) -> Window:
    return window(random, pace, name, random.choice(CLOSING))
