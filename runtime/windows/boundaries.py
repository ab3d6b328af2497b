"""The aligned boundaries of time at which an EMIT EVERY view writes a row of an entity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Window
from ..in_order import in_order
from ..sources.lateness import BEGINNING, END
from .buckets import Buckets
from .event_counts import EventCounts
from .keys import Slots
from .sessions import Sessions

Moments = npt.NDArray[np.int64]
# Stretches of boundaries by their numbers (a boundary is its number times the interval): slot, first, last.
Stretches = npt.NDArray[np.int64]
FEWEST_LOOSE = 4096
"""Stretches are not merged before this many have come."""
_NEVER = END


class Boundaries:
    """An event stays inside a window for a stretch of boundaries; an entity's rows stand at the union of these,
    each made longer by one: the boundary at which all windows have just become empty.

    Between boundaries a batch costs what its events do. At a boundary it costs what is written there, so neither a
    silent stretch nor an entity whose windows are empty costs anything.
    """

    def __init__(self, every: int, windows: tuple[Window, ...], *, repeat: bool) -> None:
        self._every = every
        self._windows = (Window("", "global"),) if repeat else windows
        self._counts = EventCounts() if any(window.kind == "rows" for window in self._windows) else None
        self._sessions = {window.name: Sessions(window) for window in self._windows if window.most is not None}
        self._merged: Stretches = np.empty((0, 3), np.int64)
        self._loose: list[Stretches] = []
        self._reached = BEGINNING // every

    def process(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> tuple[Slots, Moments]:
        """Return the boundaries T < ``watermark`` not returned before, as slots and µs, by (boundary, slot).

        ``last`` is the greatest event time of the source where it has ended: the boundary after it is the last one.
        """
        if len(slots):
            self._loose.append(self._stretches(slots, times))
        reached = self._reach(watermark, last)
        if reached <= self._reached:
            if sum(map(len, self._loose)) > FEWEST_LOOSE + 2 * len(self._merged):
                self._merge()
            return np.empty(0, np.int64), np.empty(0, np.int64)
        self._reached = reached
        self._merge()
        due = self._merged[self._merged[:, 1] <= reached]
        waiting = self._merged[self._merged[:, 2] > reached]
        waiting[:, 1] = np.maximum(waiting[:, 1], reached + 1)
        self._merged = waiting
        return self._listed(due[:, 0], due[:, 1], np.minimum(due[:, 2], reached))

    def _reach(self, watermark: int, last: int | None) -> int:
        """The number of the last boundary that may be written."""
        if last is None:
            # A source that has ended without an event has no boundary.
            return self._reached if watermark >= END else (watermark - 1) // self._every
        return min((watermark - 1) // self._every, last // self._every + 1)

    def _listed(self, slots: Slots, first: Moments, last: Moments) -> tuple[Slots, Moments]:
        counts = last - first + 1
        entities = np.repeat(slots, counts)
        numbers = np.arange(len(entities)) - np.repeat(np.cumsum(counts) - counts - first, counts)
        order = in_order(numbers, entities)
        return entities[order], numbers[order] * self._every

    def _stretches(self, slots: Slots, times: Moments) -> Stretches:
        """The stretch of each event and window, where it has one."""
        found: list[Stretches] = []
        numbers = self._counts.number(slots) if self._counts is not None else None
        for window in self._windows:
            # A boundary is a virtual row after the newest event: row k before it is there from the k-th event on.
            nearest = max(window.end or 0, 1) if window.start != 0 else _NEVER
            inside = np.ones(len(slots), bool) if window.kind != "rows" or numbers is None else numbers >= nearest
            enter, leave = _stay(window, times[inside])
            if window.most is not None:
                leave = np.minimum(leave, self._cuts(window, slots, times))
            first, last = enter // self._every + 1, leave // self._every
            seen = first <= last
            found.append(np.column_stack([slots[inside][seen], first[seen], last[seen] + 1]))
        return np.concatenate(found)

    def _cuts(self, window: Window, slots: Slots, times: Moments) -> Moments:
        """Where the MAX of a session cuts off the piece that each event is in."""
        began, most = self._sessions[window.name].begins(slots, times), window.most or 1
        return began + ((times - began) // most + 1) * most

    def _merge(self) -> None:
        """Make one stretch of those of a slot that meet."""
        stretches = np.concatenate([self._merged, *self._loose])
        self._loose = []
        stretches = stretches[in_order(stretches[:, 0], stretches[:, 1])]
        slot, first, last = stretches.T
        other = np.append(True, slot[1:] != slot[:-1])[: len(slot)]
        # The furthest end so far within a slot: ends become ranks, so that (slot, end) grows from slot to slot.
        ends, rank = np.unique(last, return_inverse=True)
        furthest = ends[np.maximum.accumulate(np.cumsum(other) * len(ends) + rank) % max(len(ends), 1)]
        before = np.append(0, furthest[:-1])[: len(slot)]
        starts = np.flatnonzero(other | (first > before + 1))
        stops = np.append(starts[1:] - 1, len(slot) - 1)[: len(starts)]
        self._merged = np.column_stack([slot[starts], first[starts], furthest[stops]])

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the stretches that wait, and the counts and sessions of events where a window asks for them."""
        self._merge()
        stretches = pa.table(dict(zip(("slot", "first", "last"), self._merged.T, strict=True)))
        tables = {f"sessions.{name}": held.snapshot() for name, held in self._sessions.items()}
        return {"stretches": stretches, **tables} | (
            {} if self._counts is None else {"counts": self._counts.snapshot()}
        )

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._loose, self._reached = [], BEGINNING // self._every
        columns = [tables["stretches"].column(name).to_numpy() for name in ("slot", "first", "last")]
        self._merged = np.column_stack(columns)
        if self._counts is not None:
            self._counts.restore(tables["counts"])
        for name, held in self._sessions.items():
            held.restore(tables[f"sessions.{name}"])


def _stay(window: Window, times: Moments) -> tuple[Moments, Moments]:
    """An event counts at the boundaries T with enter < T <= leave."""
    forever = np.full(len(times), END)
    match window.kind:
        case "sliding":
            return times, times + (window.size or 0)
        case "tumbling" | "hopping":
            return times, Buckets(window).closes(times)[:, -1]
        case "session":
            return times, times + (window.gap or 0) + 1
        case "range":
            return times + (window.end or 0), forever if window.start is None else times + window.start + 1
        case "global" | "last" | "rows":
            return times, forever
