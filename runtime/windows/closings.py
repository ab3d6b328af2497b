"""When a view's window closes: the instants of an EMIT ON WINDOW CLOSE view, and the tile of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Window
from ..in_order import in_order
from .buckets import Buckets, Instants
from .keys import Slots
from .sessions import NEVER

FEWEST = 64

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Closed:
    """Closes that are ready, sorted by (close, slot): events of the window have ``first`` <= ts < ``close``.

    Those before ``keep`` are in no later window of the slot.
    """

    slots: Slots
    first: Instants
    close: Instants
    keep: Instants


class Closings(Protocol):
    """The closes of a window. What is returned when depends on rows and watermarks alone, not on how they are cut."""

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the tile of each row, and the closes T < ``watermark`` not returned before.

        Rows come in total order, each below the watermark of its call and none below that of an earlier one.
        """
        ...

    def snapshot(self) -> dict[str, pa.Table]:
        """Return what is held between batches."""
        ...

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        ...


class BucketClosings:
    """Closes of a tumbling or hopping window: each end of a bucket at which the window is not empty.

    A tile is the start (µs) of an advance of the window: rows of one are in the same windows.
    """

    def __init__(self, window: Window) -> None:
        # numba takes a second to import, and only a window that closes needs it.
        from .closing_kernels import closing_kernels

        self._kernels = closing_kernels()
        self._buckets = Buckets(window)
        self._until = np.empty(0, np.int64)
        self._instants = self._active = np.empty(0, np.int64)
        self._joining, self._joined = np.empty(0, np.int64), 0

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the tile of each row, and the closes T < ``watermark`` not returned before."""
        tiles = self._buckets.tiles(times)
        starts = np.flatnonzero(np.diff(tiles, prepend=NEVER))
        closes = self._buckets.closes(tiles[starts])
        lasts = np.repeat(closes[:, -1], np.diff(starts, append=len(tiles)))
        instants = np.unique(np.append(self._instants, closes)) if len(starts) else self._instants
        ready = int(np.searchsorted(instants, watermark, side="left"))
        self._until = roomy(self._until, int(slots.max(initial=-1)) + 1, NEVER)
        self._joining = roomy(self._joining, self._joined + len(slots), 0, self._joined)
        places, found, self._active, self._joined = self._kernels.close_buckets(
            own(slots), tiles, lasts, instants, ready, self._until, self._active, self._joining, self._joined
        )
        self._instants, closes = instants[ready:].copy(), instants[:ready]
        first, keep = self._buckets.starts(closes - 1), self._buckets.starts(closes)
        return tiles, Closed(found, first[places], closes[places], keep[places])

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the closes that wait, and the last of them that each slot has."""
        slots = np.sort(np.append(self._active, self._joining[: self._joined]))
        waiting = pa.table({"slot": slots, "until": self._until[slots]})
        return {"waiting": waiting, "instants": pa.table({"close": self._instants})}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._instants = own(tables["instants"].column("close").to_numpy())
        self._active, self._joined = own(tables["waiting"].column("slot").to_numpy()), 0
        self._until = roomy(np.empty(0, np.int64), int(self._active.max(initial=-1)) + 1, NEVER)
        self._until[self._active] = tables["waiting"].column("until").to_numpy()


class SessionClosings:
    """Closes of a session window: last event + gap, or where a MAX cuts it. A tile is the ts of a piece's first event.

    Of each slot it keeps the beginning and the last ts of the newest session, the first ts of that one's newest piece,
    and whether this is to be closed.
    """

    def __init__(self, window: Window) -> None:
        # numba takes a second to import, and only a window that closes needs it.
        from .closing_kernels import closing_kernels

        self._kernels = closing_kernels()
        self._spans = window.gap or 0, window.most or 0
        self._forget()

    def _forget(self) -> None:
        self._began, self._last, self._first = (np.empty(0, np.int64) for _ in range(3))
        self._open = np.empty(0, bool)
        self._queue, self._due, self._queued = np.empty(0, np.int64), np.empty(0, np.int64), 0

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the first ts of the piece of each row, and the pieces that end before ``watermark``."""
        self._grow(int(slots.max(initial=-1)) + 1)
        size, used = self._queued + len(slots), self._queued
        self._queue, self._due = (roomy(held, size, 0, used) for held in (self._queue, self._due))
        tiles, known = np.empty(len(slots), np.int64), (self._began, self._last, self._first, self._open)
        *ended, self._queued = self._kernels.follow_sessions(
            own(slots), own(times), *self._spans, *known, self._queue, self._due, self._queued, tiles
        )
        *over, self._queued = self._kernels.close_sessions(
            watermark, *self._spans, *known, self._queue, self._due, self._queued
        )
        slot, first, close = (np.concatenate(parts) for parts in zip(ended, over, strict=True))
        order = in_order(close, slot)
        close = close[order]
        return tiles, Closed(slot[order], first[order], close, close)

    def _grow(self, size: int) -> None:
        self._began, self._last, self._first = (
            roomy(held, size, NEVER) for held in (self._began, self._last, self._first)
        )
        self._open = roomy(self._open, size, 0)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the newest session of each slot that has one."""
        slots = np.flatnonzero(self._last != NEVER)
        held = {"began": self._began, "last": self._last, "first": self._first, "open": self._open}
        return {"sessions": pa.table({"slot": slots} | {name: values[slots] for name, values in held.items()})}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._forget()
        slots, began, last, first, opened = (column.to_numpy() for column in tables["sessions"].columns)
        self._grow(int(slots.max(initial=-1)) + 1)
        for held, values in ((self._began, began), (self._last, last), (self._first, first), (self._open, opened)):
            held[slots] = values
        # No piece ends before its last event: what is due that early is looked at again.
        waiting = np.flatnonzero(opened)[in_order(last[opened])]
        self._queue, self._due, self._queued = own(slots[waiting]), own(last[waiting]), len(waiting)


def closings(window: Window) -> Closings:
    """Return the closings of a tumbling, hopping or session window."""
    return SessionClosings(window) if window.kind == "session" else BucketClosings(window)


def own(values: Instants) -> Instants:
    """Return a copy that may be written to, as the kernels' types ask."""
    return np.array(values, np.int64)


def roomy(held: npt.NDArray[Kind], size: int, empty: int, used: int | None = None) -> npt.NDArray[Kind]:
    """Return ``held``, or a copy with room for ``size``: its first ``used``, all by default, then ``empty``."""
    if size <= len(held):
        return held
    used = len(held) if used is None else used
    size = max(size, 2 * len(held), FEWEST)
    # What holds zeros takes no memory before it is used.
    longer = np.full(size, empty, held.dtype) if empty else np.zeros(size, held.dtype)
    longer[:used] = held[:used]
    return longer
