"""The language's window table, read slowly and plainly: what every row must hold.

Nothing here knows the engine. Times are microseconds. The events of one entity are a list in total order.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Kind = Literal["sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"]
CLOSING = ("tumbling", "hopping", "session")
SECOND = 1_000_000


@dataclass(frozen=True)
class Event:
    """``place`` is unique, and follows the total order among events of one time."""

    time: int
    place: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Instant:
    """Events with time <= ``member`` may count; ``clock`` is what the clock shows; ``own`` the place of its own row."""

    member: int
    clock: int
    own: int | None = None


@dataclass(frozen=True)
class Frame:
    """A window of the language. ``first`` and ``last`` are the bounds of RANGE (µs) and ROWS; None is unbounded.

    ``months`` stands in place of ``size``; ``zone`` is one of ``CLOCKS``.
    """

    name: str
    kind: Kind
    size: int = 0
    advance: int = 0
    gap: int = 0
    count: int = 0
    first: int | None = 0
    last: int = 0
    exclude: Literal["", "GROUP", "ROW"] = ""
    most: int = 0
    months: int = 0
    offset: int = 0
    zone: str = ""

    @property
    def sql(self) -> str:
        """The window as a user writes it."""
        unit = "INTERVAL '{} microseconds' PRECEDING" if self.kind == "range" else "{} PRECEDING"
        first = "UNBOUNDED PRECEDING" if self.first is None else unit.format(self.first)
        text = {
            "sliding": f"SLIDING SIZE {duration(self.size)}",
            "tumbling": f"TUMBLING SIZE {f'{self.months} MONTHS' if self.months else duration(self.size)}{self.grid}",
            "hopping": f"HOPPING SIZE {duration(self.size)} ADVANCE BY {duration(self.advance)}{self.grid}",
            "session": f"SESSION GAP {duration(self.gap)}{f' MAX {duration(self.most)}' if self.most else ''}",
            "global": "GLOBAL",
            "last": f"LAST {self.count} ROWS",
        }
        frame = f"{self.kind.upper()} BETWEEN {first} AND {unit.format(self.last)}"
        return f"({text.get(self.kind, frame)}{f' EXCLUDE CURRENT {self.exclude}' if self.exclude else ''})"

    @property
    def grid(self) -> str:
        zone = f" TIME ZONE '{self.zone}'" if self.zone else ""
        return (f" OFFSET {duration(self.offset)}" if self.offset else "") + zone


def duration(time: int) -> str:
    """A duration in whole milliseconds, as a user writes it."""
    assert time % 1000 == 0
    return f"{time // 1000} MILLISECONDS"


@dataclass(frozen=True)
class Feature:
    """One aggregate over one window; ``column`` None is the star, ``where`` the column of FILTER."""

    name: str
    function: str
    column: str | None
    frame: Frame
    where: str | None = None
    n: int = 3

    @property
    def sql(self) -> str:
        """The feature as a user writes it."""
        argument = self.column or "*"
        call = f"{self.function}({argument})"
        if self.function == "count distinct":
            call = f"count(DISTINCT {argument})"
        elif self.function == "since_last":
            call = f"since_last({self.where or ''})"
        elif self.function == "rate":
            call = f"rate({argument}, '1 second')"
        elif self.function == "last_n":
            call = f"last_n({argument}, {self.n})"
        elif self.function in {"session_duration", "session_index"}:
            call = f"{self.function}()"
        elif self.function == "quantile_cont":
            call = f"quantile_cont({argument}, 0.25)"
        where = f" FILTER (WHERE {self.where})" if self.where and self.function != "since_last" else ""
        return f"{call}{where} OVER {self.frame.name} AS {self.name}"


# Windows


def members(frame: Frame, events: Sequence[Event], at: Instant) -> list[Event]:
    """The events of an entity that a window holds at an instant."""
    seen = [event for event in events if event.time <= at.member]
    by_kind = {"session": _session, "last": _last, "rows": _rows}
    held = by_kind[frame.kind](frame, seen, at) if frame.kind in by_kind else _between(frame, seen, at)
    if frame.exclude == "GROUP":
        held = [event for event in held if event.time < at.clock]
    if frame.exclude == "ROW":
        held = [event for event in held if event.place != at.own]
    return held


def _between(frame: Frame, seen: list[Event], at: Instant) -> list[Event]:
    t = at.member
    if frame.kind == "sliding":
        return [event for event in seen if t - frame.size < event.time <= t]
    if frame.kind in {"tumbling", "hopping"}:
        return [event for event in seen if event.time >= span(frame, t)[0]]
    if frame.kind == "range":
        return [
            event
            for event in seen
            if (frame.first is None or t - frame.first <= event.time) and event.time <= t - frame.last
        ]
    return seen


def _session(frame: Frame, seen: list[Event], at: Instant) -> list[Event]:
    for events, cut in visits(frame, seen)[-1:]:
        if at.member <= events[-1].time + frame.gap and at.member < cut:
            return events
    return []


def sessions(frame: Frame, events: Sequence[Event]) -> list[list[Event]]:
    """Part events where more than the gap lies between two of them."""
    found: list[list[Event]] = []
    for event in events:
        if not found or event.time - found[-1][-1].time > frame.gap:
            found.append([])
        found[-1].append(event)
    return found


def visits(frame: Frame, events: Sequence[Event]) -> list[tuple[list[Event], int]]:
    """The sessions, each piece of one that MAX cuts by itself; beside each where it is cut at the latest."""
    found: list[tuple[list[Event], int]] = []
    for session in sessions(frame, events):
        first, most = session[0].time, frame.most or 1 << 62
        cuts = sorted({first + ((event.time - first) // most + 1) * most for event in session})
        found += [([event for event in session if cut - most <= event.time < cut], cut) for cut in cuts]
    return found


def _upto_own(seen: list[Event], at: Instant) -> list[Event]:
    if at.own is None:
        return seen
    return seen[: 1 + next(place for place, event in enumerate(seen) if event.place == at.own)]


def _last(frame: Frame, seen: list[Event], at: Instant) -> list[Event]:
    rows = _upto_own(seen, at)
    if frame.exclude == "ROW" and at.own is not None:
        rows = rows[:-1]
    return rows[-frame.count :]


def _rows(frame: Frame, seen: list[Event], at: Instant) -> list[Event]:
    """On an instant without a row of its own the frame ends at a virtual row after the newest event."""
    rows: list[Event | None] = [*_upto_own(seen, at)]
    if at.own is None:
        rows.append(None)
    here = len(rows) - 1
    first = 0 if frame.first is None else max(0, here - frame.first)
    return [row for row in rows[first : max(0, here - frame.last + 1)] if row is not None]


# Buckets

HOUR = 3600 * SECOND
# Each stretch of a zone's clock: when it starts (µs since 1970), and how far the clock is ahead of UTC then.
CLOCKS: Mapping[str, Sequence[tuple[int, int]]] = {
    "": [(-(1 << 62), 0)],
    # 2024-03-31 01:00 UTC: 02:00 to 03:00. 2024-10-27 01:00 UTC: 03:00 to 02:00.
    "Europe/Berlin": [(-(1 << 62), HOUR), (1711846800 * SECOND, 2 * HOUR), (1729990800 * SECOND, HOUR)],
    # 2024-03-10 05:00 UTC: midnight to 01:00. 2024-11-03 05:00 UTC: 01:00 to midnight.
    "America/Havana": [(-(1 << 62), -5 * HOUR), (1710046800 * SECOND, -4 * HOUR), (1730610000 * SECOND, -5 * HOUR)],
    # 2024-04-06 15:00 UTC: 02:00 to 01:30. 2024-10-05 15:30 UTC: 02:00 to 02:30.
    "Australia/Lord_Howe": [
        (-(1 << 62), 11 * HOUR),
        (1712415600 * SECOND, 21 * HOUR // 2),
        (1728142200 * SECOND, 11 * HOUR),
    ],
}
"""Right from 2024 on until the next change after those listed."""


def stretches(zone: str) -> list[tuple[int, int, int]]:
    clock = CLOCKS[zone]
    ends = [*(start for start, _ in clock[1:]), 1 << 62]
    return [(start, end, ahead) for (start, ahead), end in zip(clock, ends, strict=True)]


def shown(zone: str, time: int) -> int:
    """The highest reading that the zone's clock has shown up to ``time``."""
    return max(min(time, end - 1) + ahead for start, end, ahead in stretches(zone) if start <= time)


def first_shown(zone: str, reading: int) -> int:
    """The first instant at which it shows the reading or a higher one."""
    reached = [(max(start, reading - ahead), end) for start, end, ahead in stretches(zone)]
    return min(time for time, end in reached if time < end)


def bucket(frame: Frame, time: int, later: int) -> int:
    """The reading at which the bucket of an instant starts, or one some buckets later."""
    reading, step = shown(frame.zone, time) - frame.offset, frame.advance or frame.size
    if not frame.months:
        return (reading // step + later) * step + frame.offset
    day = date(1970, 1, 1) + timedelta(reading // (24 * HOUR))
    number = ((day.year - 1970) * 12 + day.month - 1) // frame.months + later
    years, month = divmod(number * frame.months, 12)
    return (date(1970 + years, month + 1, 1) - date(1970, 1, 1)).days * 24 * HOUR + frame.offset


def span(frame: Frame, time: int) -> tuple[int, int]:
    """Where the tumbling or hopping window that counts at an instant starts, and where it ends."""
    if frame.months:
        return first_shown(frame.zone, bucket(frame, time, 0)), first_shown(frame.zone, bucket(frame, time, 1))
    end = bucket(frame, time, 1)
    return first_shown(frame.zone, end - frame.size), first_shown(frame.zone, end)


def ends(frame: Frame, time: int) -> set[int]:
    """The ends of the windows that hold an event at ``time``."""
    hops = frame.size // frame.advance if frame.advance else 1
    return {first_shown(frame.zone, bucket(frame, time, hop)) for hop in range(1, hops + 1)}


# Aggregates


def value(feature: Feature, events: Sequence[Event], at: Instant) -> tuple[Any, float]:
    """A feature at an instant, and the magnitude by which the error of a float is judged."""
    window = members(feature.frame, events, at)
    chosen = [event for event in window if feature.where is None or event.values[feature.where] is True]
    if feature.function == "since_last":
        others = [event.time for event in chosen if event.place != at.own]
        return ((at.clock - others[-1]) / SECOND if others else None), 0.0
    if feature.function == "session_duration":
        return ((window[-1].time - window[0].time) / SECOND if window else None), 0.0
    if feature.function == "session_index":
        seen = [event for event in events if event.time <= at.member]
        return (len(visits(feature.frame, seen)) if window else None), 0.0
    every = [1 if feature.column is None else event.values[feature.column] for event in chosen]
    if feature.function in {"first", "last", "last_n", "list"}:
        return in_order(feature, every), 0.0
    given = [item for item in every if item is not None]
    if feature.function == "rate":
        return rate(feature.frame, given, window, at), total(abs(float(item)) for item in given)
    return aggregate(feature.function, given)


def in_order(feature: Feature, every: list[Any]) -> Any:
    if not every:
        return None
    ends = {"first": every[0], "last": every[-1], "last_n": every[-feature.n :], "list": every}
    return ends[feature.function]


def rate(frame: Frame, given: list[Any], window: list[Event], at: Instant) -> float | None:
    if not given:
        return 0.0
    length = frame.size
    if frame.kind in {"tumbling", "hopping"}:
        start, end = span(frame, at.member)
        length = end - start
    if frame.kind == "session":
        length = at.clock - window[0].time
    if frame.kind == "range":
        length = (frame.first or 0) - frame.last
    return float(total(given)) * SECOND / length if length else None


def total(items: Any) -> Any:
    """An exact sum, rounded once where it is of floats."""
    listed = list(items)
    return math.fsum(listed) if listed and isinstance(listed[0], float) else sum(listed)


def aggregate(function: str, given: list[Any]) -> tuple[Any, float]:
    """An aggregate of the values that are not NULL."""
    if function == "count":
        return len(given), 0.0
    if function == "count distinct":
        return len(set(given)), 0.0
    if not given:
        return None, 0.0
    if function in {"min", "max"}:
        return (min if function == "min" else max)(given), 0.0
    if function == "bool_or":
        return any(given), 0.0
    if function == "string_agg":
        return ",".join(given), 0.0
    exact = [Fraction(item) for item in given]
    size = float(sum(map(abs, exact)))
    if function == "sum":
        return (total(given) if isinstance(given[0], float) else sum(given, type(given[0])(0))), size
    if function == "avg":
        return float(sum(exact) / len(exact)), size / len(exact)
    if function in {"median", "quantile_cont"}:
        return quantile(sorted(exact), Fraction(1, 2 if function == "median" else 4)), size / len(exact)
    return spread(exact), size / len(exact)


def quantile(ranked: list[Fraction], share: Fraction) -> float:
    place = share * (len(ranked) - 1)
    below, above = ranked[math.floor(place)], ranked[math.ceil(place)]
    return float(below + (above - below) * (place - math.floor(place)))


def spread(exact: list[Fraction]) -> float | None:
    return math.sqrt(statistics.variance(exact)) if len(exact) > 1 else None


# Rows


def event_instants(events: Sequence[Event]) -> list[Instant]:
    """EMIT ON EVENT: one instant for each event, at its own time."""
    return [Instant(event.time, event.time, event.place) for event in events]


def closes(frame: Frame, events: Sequence[Event]) -> list[int]:
    """EMIT ON WINDOW CLOSE: the boundaries at which the window ends and is not empty."""
    if frame.kind == "session":
        return [min(session[-1].time + frame.gap, cut) for session, cut in visits(frame, events)]
    return sorted({end for event in events for end in ends(frame, event.time)})


def before(close: int) -> Instant:
    """The instant just before a boundary."""
    return Instant(close - 1, close)


def asked_at(time: int) -> Instant:
    """The instant of a read, which has no row of its own."""
    return Instant(time, time)


def equal(got: Any, want: Any, scale: float = 0.0) -> bool:
    """Exactly equal, or a float within 1e-9 of its own size or of what it was made from."""
    if isinstance(got, float) and isinstance(want, float):
        return got == want or abs(got - want) <= 1e-9 * max(abs(want), scale)
    if isinstance(got, Decimal) and isinstance(want, int | Decimal):
        return got == want
    return type(got) is type(want) and got == want
