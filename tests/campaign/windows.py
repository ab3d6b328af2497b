"""The window table of the language, read slowly and plainly: which events of an entity count at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .buckets import Grid
from .events import Event, Instant, duration

Kind = Literal["sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"]
KINDS: tuple[Kind, ...] = ("sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows")
CLOSING = ("tumbling", "hopping", "session")
# Kinds over which a rate is a number per unit of time.
RATED = ("sliding", "tumbling", "hopping", "session", "range")


@dataclass(frozen=True)
class Window:
    """A window of the language; fields that a kind does not use stay as they are. Lengths are in µs.

    ``first`` and ``last`` are the bounds of RANGE (µs) and ROWS; None is unbounded. ``most`` is MAX, ``months`` a
    tumbling SIZE in calendar months, ``partition`` the columns that PARTITION BY names beyond the entity.
    """

    name: str
    kind: Kind
    size: int = 0
    advance: int = 0
    gap: int = 0
    most: int | None = None
    count: int = 0
    first: int | None = 0
    last: int = 0
    exclude: Literal["", "GROUP", "ROW"] = ""
    offset: int = 0
    zone: str | None = None
    months: int = 0
    partition: tuple[str, ...] = ()

    @property
    def grid(self) -> Grid:
        """Where buckets, or hops, begin."""
        return Grid(self.advance or self.size, self.offset, self.zone, self.months)

    def sql(self, entity: Sequence[str]) -> str:
        """The window as a user writes it, in parentheses."""
        unit = "INTERVAL '{} microseconds' PRECEDING" if self.kind == "range" else "{} PRECEDING"
        first = "UNBOUNDED PRECEDING" if self.first is None else unit.format(self.first)
        last = unit.format(self.last) if self.last else "CURRENT ROW"
        size = f"{self.months} MONTHS" if self.months else duration(self.size)
        kind = {
            "sliding": f"SLIDING SIZE {size}",
            "tumbling": f"TUMBLING SIZE {size}",
            "hopping": f"HOPPING SIZE {size} ADVANCE BY {duration(self.advance)}",
            "session": f"SESSION GAP {duration(self.gap)}",
            "global": "GLOBAL",
            "last": f"LAST {self.count} ROWS",
        }
        words = [f"PARTITION BY ({', '.join((*entity, *self.partition))})"] if self.partition else []
        words.append(kind.get(self.kind, f"{self.kind.upper()} BETWEEN {first} AND {last}"))
        words += [f"OFFSET {duration(self.offset)}"] if self.offset else []
        words += [f"TIME ZONE '{self.zone}'"] if self.zone else []
        words += [f"MAX {duration(self.most)}"] if self.most else []
        words += [f"EXCLUDE CURRENT {self.exclude}"] if self.exclude else []
        return f"({' '.join(words)})"


def members(window: Window, events: Sequence[Event], at: Instant) -> list[Event]:
    """The events that the window holds at an instant, of all events of an entity (or sub-entity) in total order."""
    seen = [event for event in events if event.time <= at.member]
    if window.kind == "session":
        held = _session(window, seen, at)
    elif window.kind == "last":
        held = _last(window, seen, at)
    elif window.kind == "rows":
        held = _rows(window, seen, at)
    else:
        first, last = bounds(window, at.member)
        held = [event for event in seen if (first is None or first <= event.time) and event.time <= last]
    if window.exclude == "GROUP":
        return [event for event in held if event.time < at.clock]
    if window.exclude == "ROW":
        return [event for event in held if event.place != at.own]
    return held


def bounds(window: Window, t: int) -> tuple[int | None, int]:
    """The first and last µs whose events a window of time holds at ``t``."""
    if window.kind == "sliding":
        return t - window.size + 1, t
    if window.kind == "tumbling":
        return window.grid.at_or_before(t), t
    if window.kind == "hopping":
        return window.grid.back(window.grid.after(t), window.size), t
    if window.kind == "range":
        return (None if window.first is None else t - window.first), t - window.last
    return None, t


def sessions(window: Window, events: Sequence[Event]) -> list[list[Event]]:
    """Cut events where more than the gap lies between two of them."""
    found: list[list[Event]] = []
    for event in events:
        if not found or event.time - found[-1][-1].time > window.gap:
            found.append([])
        found[-1].append(event)
    return found


@dataclass(frozen=True)
class Piece:
    """What MAX leaves of a session: its events are in [start, start + MAX); it is current until ``end``.

    ``end`` is the instant of its close; without a cut it is still current at that instant.
    """

    events: list[Event]
    end: int
    cut: bool


def pieces(window: Window, events: Sequence[Event]) -> list[Piece]:
    """The sessions of an entity, cut at MAX; only pieces that hold events."""
    found: list[Piece] = []
    for session in sessions(window, events):
        start, most = session[0].time, window.most
        numbers = sorted({0 if most is None else (event.time - start) // most for event in session})
        for number in numbers:
            held = [event for event in session if most is None or (event.time - start) // most == number]
            last = held[-1].time + window.gap
            cut = None if most is None else start + (number + 1) * most
            found.append(Piece(held, last if cut is None else min(last, cut), cut is not None and cut <= last))
    return found


def current_piece(window: Window, seen: Sequence[Event], t: int) -> Piece | None:
    """The piece of a session that is current at ``t``, of events up to it."""
    last = pieces(window, seen)[-1:]
    if not last or t > last[0].end or (last[0].cut and t == last[0].end):
        return None
    return last[0]


def _session(window: Window, seen: list[Event], at: Instant) -> list[Event]:
    current = current_piece(window, seen, at.member)
    return current.events if current else []


def _upto_own(seen: list[Event], at: Instant) -> list[Event]:
    if at.own is None:
        return seen
    # An event whose sub-entity is NULL is not among those it sees.
    return seen[: 1 + next((place for place, event in enumerate(seen) if event.place == at.own), len(seen))]


def _last(window: Window, seen: list[Event], at: Instant) -> list[Event]:
    rows = _upto_own(seen, at)
    if window.exclude == "ROW" and at.own is not None:
        rows = rows[:-1]
    return rows[-window.count :]


def _rows(window: Window, seen: list[Event], at: Instant) -> list[Event]:
    """On an instant without a row of its own the frame ends at a virtual row after the newest event."""
    rows: list[Event | None] = [*_upto_own(seen, at)]
    if at.own is None:
        rows.append(None)
    here = len(rows) - 1
    first = 0 if window.first is None else max(0, here - window.first)
    return [row for row in rows[first : max(0, here - window.last + 1)] if row is not None]


def closes(window: Window, events: Sequence[Event]) -> list[int]:
    """The boundaries at which the window ends and is not empty."""
    if window.kind == "session":
        return sorted(piece.end for piece in pieces(window, events))
    if window.kind == "tumbling":
        return sorted({window.grid.after(event.time) for event in events})
    ends: set[int] = set()
    for event in events:
        end = window.grid.after(event.time)
        while window.grid.back(end, window.size) <= event.time:
            ends.add(end)
            end = window.grid.after(end)
    return sorted(ends)
