"""When a view's window closes: the instants of an EMIT ON WINDOW CLOSE view, and the tile of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql.definitions import Window
from .buckets import Buckets, Instants
from .keys import Slots

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Closed:
    """Closes that are ready, sorted by (close, slot): events of the window have ``first`` <= ts < ``close``."""

    slots: Slots
    first: Instants
    close: Instants


class BucketClosings:
    """Closes of a tumbling or hopping window: each end of a bucket at which the window is not empty."""

    def __init__(self, window: Window) -> None:
        self._buckets = Buckets(window)
        self._pending = _pairs(np.empty(0, np.int64), np.empty(0, np.int64))

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the tile (its start in µs) of each row, and the closes T < ``watermark`` not returned before."""
        tiles = self._buckets.tiles(times)
        touched = _pairs(slots, tiles)
        closes = self._buckets.closes(touched[:, 1])
        fresh = _pairs(np.repeat(touched[:, 0], closes.shape[1]), closes.ravel())
        pending = np.unique(np.concatenate([self._pending, fresh]), axis=0) if len(fresh) else self._pending
        ready = pending[:, 1] < watermark
        self._pending = pending[~ready]
        slot, close = pending[ready, 0], pending[ready, 1]
        return tiles, _closed(slot, self._buckets.starts(close - 1), close)

    def snapshot(self) -> pa.Table:
        """Return the closes that wait."""
        return pa.table({"slot": self._pending[:, 0], "close": self._pending[:, 1]})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        self._pending = _pairs(table.column("slot").to_numpy(), table.column("close").to_numpy())


class SessionClosings:
    """Closes of a session window: last event + gap. A session's tile is the ts of its first event."""

    def __init__(self, window: Window) -> None:
        self._gap = window.gap or 0
        self._first: Instants = np.empty(0, np.int64)
        self._last: Instants = np.empty(0, np.int64)

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the session's first ts for each row, and the sessions with last + gap < ``watermark``."""
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        order = np.argsort(slots, kind="stable")
        slot, time = slots[order], times[order]
        same = np.concatenate([[False], slot[1:] == slot[:-1]]) if len(slot) else np.empty(0, bool)
        previous = np.where(same, np.concatenate([[0], time[:-1]]) if len(time) else time, self._last[slot])
        opens = (previous == NEVER) | (time - np.where(previous == NEVER, time, previous) > self._gap)
        first = self._first_of(slot, time, same, opens)
        ended = opens & (previous != NEVER)
        before = np.where(same, np.concatenate([[0], first[:-1]]) if len(first) else first, self._first[slot])
        closed = [(slot[ended], before[ended], previous[ended] + self._gap)]
        self._first[slot], self._last[slot] = first, time
        over = np.flatnonzero((self._last != NEVER) & (self._last < watermark - self._gap))
        closed.append((over, self._first[over], self._last[over] + self._gap))
        self._last[over] = NEVER
        tiles = np.empty(len(slots), np.int64)
        tiles[order] = first
        return tiles, _closed(*(np.concatenate(parts) for parts in zip(*closed, strict=True)))

    def _first_of(
        self, slot: Slots, time: Instants, same: npt.NDArray[np.bool_], opens: npt.NDArray[np.bool_]
    ) -> Instants:
        """The first ts of the session of each row, rows being sorted by slot, then total order."""
        starts = opens | ~same
        place = np.maximum.accumulate(np.where(starts, np.arange(len(slot)), 0))
        known = np.where(opens, time, self._first[slot])
        return known[place]

    def _grow(self, size: int) -> None:
        if size > len(self._first):
            fresh = np.full(size - len(self._first), NEVER, np.int64)
            self._first = np.concatenate([self._first, fresh])
            self._last = np.concatenate([self._last, fresh])

    def snapshot(self) -> pa.Table:
        """Return the open sessions."""
        slots = np.flatnonzero(self._last != NEVER)
        return pa.table({"slot": slots, "first": self._first[slots], "last": self._last[slots]})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        slots = table.column("slot").to_numpy()
        self._first, self._last = np.empty(0, np.int64), np.empty(0, np.int64)
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        self._first[slots] = table.column("first").to_numpy()
        self._last[slots] = table.column("last").to_numpy()


def closings(window: Window) -> BucketClosings | SessionClosings:
    """Return the closings of a tumbling, hopping or session window."""
    return SessionClosings(window) if window.kind == "session" else BucketClosings(window)


def _pairs(slots: Slots, instants: Instants) -> npt.NDArray[np.int64]:
    return np.unique(np.column_stack([slots, instants]), axis=0) if len(slots) else np.empty((0, 2), np.int64)


def _closed(slots: Slots, first: Instants, close: Instants) -> Closed:
    order = np.lexsort((slots, close))
    return Closed(slots[order], first[order], close[order])
