"""When a view writes: for a batch of its rows and a watermark, the (entity, instant) pairs that are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import View, Window
from .boundaries import Boundaries
from .closings import Closed, closings
from .event_counts import EventCounts
from .keys import UNSEEN, Slots

Moments = npt.NDArray[np.int64]
NONE: Slots = np.empty(0, np.int64)


@dataclass(frozen=True)
class Due:
    """Instants that are due: in total order where events drive them, else by (instant, slot).

    ``own``: the place in the batch of the event that drives each, UNSEEN where none does; what is said of such an
    instant is said of the moment just before it. ``closed`` and ``tiles`` (of each row of the batch) belong to closes.
    """

    slots: Slots
    times: Moments
    own: Slots
    closed: Closed | None = None
    tiles: Moments | None = None

    @property
    def members(self) -> Moments:
        """The greatest event time that counts at each instant."""
        return np.where(self.own == UNSEEN, self.times - 1, self.times)


class Emission(Protocol):
    """The instants of one view; what is due depends on the rows and watermarks alone, not on how they are cut."""

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return the instants below ``watermark`` that were not due before.

        ``slots`` and ``times`` are of the view's next rows, in total order. ``last`` is the greatest event time of
        its source (µs) where that has ended, else None.
        """
        ...

    def snapshot(self) -> dict[str, pa.Table]:
        """Return what is held between batches."""
        ...

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        ...


class OnEvent:
    """Each event, at its own time. WHEN looks at these too."""

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return the events themselves."""
        return Due(slots, times, np.arange(len(slots), dtype=np.int64))

    def snapshot(self) -> dict[str, pa.Table]:
        """Return nothing."""
        return {}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Nothing is held."""


class OnDemand(OnEvent):
    """No instant at all: the view is only read."""

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return nothing."""
        return Due(NONE, NONE, NONE)


class EveryEvents:
    """Each ``count``-th event of an entity, at its own time."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._events = EventCounts()

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return the events whose number among their entity's is a multiple of the count."""
        own = np.flatnonzero(self._events.number(slots) % self._count == 0)
        return Due(slots[own], times[own], own)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return how many events each entity has had."""
        return {"counts": self._events.snapshot()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._events.restore(tables["counts"])


class OnClose:
    """The closes of one window, where it is not empty."""

    def __init__(self, window: Window) -> None:
        self._closings = closings(window)

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return the closes, with the tile of each row."""
        tiles, closed = self._closings.process(slots, times, watermark)
        own = np.full(len(closed.close), UNSEEN, np.int64)
        return Due(closed.slots, closed.close, own, closed, tiles)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the closes that wait."""
        return self._closings.snapshot()

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._closings.restore(tables)


class EveryInterval:
    """The aligned boundaries at which a window of the view is not empty, and one more."""

    def __init__(self, view: View) -> None:
        self._boundaries = Boundaries(view.emit.every or 1, view.windows, repeat=view.emit.repeat)

    def due(self, slots: Slots, times: Moments, watermark: int, last: int | None) -> Due:
        """Return the boundaries of every entity."""
        entities, boundaries = self._boundaries.process(slots, times, watermark, last)
        return Due(entities, boundaries, np.full(len(entities), UNSEEN, np.int64))

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the boundaries that wait."""
        return self._boundaries.snapshot()

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._boundaries.restore(tables)


def emission(view: View) -> Emission:
    """Return the emission that a view's EMIT names."""
    match view.emit.kind:
        case "event" | "when":
            return OnEvent()
        case "close":
            return OnClose(view.window(view.emit.window or ""))
        case "every":
            return EveryInterval(view)
        case "count":
            return EveryEvents(view.emit.count or 1)
        case "demand" | "immediately":
            # Rows on arrival are written elsewhere; in order of time the view is only read.
            return OnDemand()
