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
    """Closes of a session window: last event + gap, or where a MAX cuts it. A tile is the ts of a piece's first event.

    Of each slot it keeps when its newest session began, the first ts of its newest piece, the last ts, and whether
    that piece is still to be closed.
    """

    def __init__(self, window: Window) -> None:
        self._gap, self._most = window.gap or 0, window.most
        self._began, self._first, self._last = (np.empty(0, np.int64) for _ in range(3))
        self._open = np.empty(0, bool)

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the first ts of the piece of each row, and the pieces that end before ``watermark``."""
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        order = np.argsort(slots, kind="stable")
        slot, time = slots[order], times[order]
        same = np.concatenate([[False], slot[1:] == slot[:-1]]) if len(slot) else np.empty(0, bool)
        last = _before(same, time, self._last[slot])
        opens = (last == NEVER) | (time - np.where(last == NEVER, time, last) > self._gap)
        began = _carried(opens, same, time, self._began[slot])
        began_before = _before(same, began, self._began[slot])
        starts = opens | (self._cut(began, time) != self._cut(began_before, last))
        first = _carried(starts, same, time, self._first[slot])
        ended = starts & (same | self._open[slot])
        closed = [(slot[ended], _before(same, first, self._first[slot])[ended], self._end(began_before, last)[ended])]
        self._began[slot], self._first[slot], self._last[slot] = began, first, time
        self._open[slot] = True
        waiting = np.flatnonzero(self._open)
        over = waiting[self._end(self._began[waiting], self._last[waiting]) < watermark]
        closed.append((over, self._first[over], self._end(self._began[over], self._last[over])))
        self._open[over] = False
        self._last[over[self._last[over] < watermark - self._gap]] = NEVER
        tiles = np.empty(len(slots), np.int64)
        tiles[order] = first
        return tiles, _closed(*(np.concatenate(parts) for parts in zip(*closed, strict=True)))

    def _cut(self, began: Instants, time: Instants) -> Instants:
        """How many times a session has been cut up to ``time``."""
        return (time - began) // self._most if self._most is not None else np.zeros(len(time), np.int64)

    def _end(self, began: Instants, last: Instants) -> Instants:
        """When the piece of a session that holds ``last`` closes, if nothing comes after that."""
        end = last + self._gap
        return end if self._most is None else np.minimum(end, began + (self._cut(began, last) + 1) * self._most)

    def _grow(self, size: int) -> None:
        more = size - len(self._last)
        if more > 0:
            fresh = np.full(more, NEVER, np.int64)
            self._began, self._first = np.append(self._began, fresh), np.append(self._first, fresh)
            self._last, self._open = np.append(self._last, fresh), np.append(self._open, np.zeros(more, bool))

    def snapshot(self) -> pa.Table:
        """Return the newest session of each slot."""
        slots = np.flatnonzero(self._last != NEVER)
        state = {"began": self._began, "first": self._first, "last": self._last, "open": self._open}
        return pa.table({"slot": slots} | {name: held[slots] for name, held in state.items()})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        slots = table.column("slot").to_numpy()
        self._began, self._first, self._last = (np.empty(0, np.int64) for _ in range(3))
        self._open = np.empty(0, bool)
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        self._began[slots], self._first[slots] = (table.column(name).to_numpy() for name in ("began", "first"))
        self._last[slots] = table.column("last").to_numpy()
        self._open[slots] = table.column("open").to_numpy()


def _before(same: npt.NDArray[np.bool_], values: Instants, known: Instants) -> Instants:
    """The value of the row before, of the same slot, else what is ``known``; rows are sorted by slot."""
    return np.where(same, np.concatenate([[0], values[:-1]]) if len(values) else values, known)


def _carried(starts: npt.NDArray[np.bool_], same: npt.NDArray[np.bool_], values: Instants, known: Instants) -> Instants:
    """The value where the newest start was, which may lie before these rows; rows are sorted by slot."""
    place = np.maximum.accumulate(np.where(starts | ~same, np.arange(len(values)), 0))
    return np.where(starts, values, known)[place]


def closings(window: Window) -> BucketClosings | SessionClosings:
    """Return the closings of a tumbling, hopping or session window."""
    return SessionClosings(window) if window.kind == "session" else BucketClosings(window)


def _pairs(slots: Slots, instants: Instants) -> npt.NDArray[np.int64]:
    return np.unique(np.column_stack([slots, instants]), axis=0) if len(slots) else np.empty((0, 2), np.int64)


def _closed(slots: Slots, first: Instants, close: Instants) -> Closed:
    order = np.lexsort((slots, close))
    return Closed(slots[order], first[order], close[order])
