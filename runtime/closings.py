"""When a view's window closes: the instants of an EMIT ON WINDOW CLOSE view, and the tile of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql.definitions import Window
from .buckets import Buckets, Instants
from .keys import Slots
from .sessions import NEVER, Followed, Sessions, before, carried


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

    Beside the newest session of each slot it keeps the first ts of its newest piece, and whether that is to be closed.
    """

    def __init__(self, window: Window) -> None:
        self._gap, self._sessions = window.gap or 0, Sessions(window)
        self._first, self._open = np.empty(0, np.int64), np.empty(0, bool)

    def process(self, slots: Slots, times: Instants, watermark: int) -> tuple[Instants, Closed]:
        """Return the first ts of the piece of each row, and the pieces that end before ``watermark``."""
        sessions = self._sessions
        rows = sessions.follow(slots, times)
        self._grow(len(sessions.last))
        slot, last, same = rows.slot, rows.last, rows.same
        starts = rows.opens | (sessions.cut(rows.began, rows.time) != sessions.cut(rows.began_before, last))
        first = carried(starts, same, rows.time, self._first[slot])
        ended = starts & (same | self._open[slot])
        closed = [(slot[ended], before(same, first, self._first[slot])[ended], self._ends(rows)[ended])]
        self._first[slot] = first
        self._open[slot] = True
        waiting = np.flatnonzero(self._open)
        over = waiting[sessions.end(sessions.began[waiting], sessions.last[waiting]) < watermark]
        closed.append((over, self._first[over], sessions.end(sessions.began[over], sessions.last[over])))
        self._open[over] = False
        sessions.last[over[sessions.last[over] < watermark - self._gap]] = NEVER
        tiles = np.empty(len(slots), np.int64)
        tiles[rows.order] = first
        return tiles, _closed(*(np.concatenate(parts) for parts in zip(*closed, strict=True)))

    def _ends(self, rows: Followed) -> Instants:
        return self._sessions.end(rows.began_before, rows.last)

    def _grow(self, size: int) -> None:
        more = size - len(self._first)
        self._first = np.append(self._first, np.full(more, NEVER, np.int64))
        self._open = np.append(self._open, np.zeros(more, bool))

    def snapshot(self) -> pa.Table:
        """Return the newest session of each slot."""
        table = self._sessions.snapshot()
        slots = table.column("slot").to_numpy()
        return table.append_column("first", pa.array(self._first[slots])).append_column(
            "open", pa.array(self._open[slots])
        )

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        self._sessions.restore(table)
        self._first, self._open = np.empty(0, np.int64), np.empty(0, bool)
        self._grow(len(self._sessions.last))
        slots = table.column("slot").to_numpy()
        self._first[slots] = table.column("first").to_numpy()
        self._open[slots] = table.column("open").to_numpy()


def closings(window: Window) -> BucketClosings | SessionClosings:
    """Return the closings of a tumbling, hopping or session window."""
    return SessionClosings(window) if window.kind == "session" else BucketClosings(window)


def _pairs(slots: Slots, instants: Instants) -> npt.NDArray[np.int64]:
    return np.unique(np.column_stack([slots, instants]), axis=0) if len(slots) else np.empty((0, 2), np.int64)


def _closed(slots: Slots, first: Instants, close: Instants) -> Closed:
    order = np.lexsort((slots, close))
    return Closed(slots[order], first[order], close[order])
