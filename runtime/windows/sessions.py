"""The sessions of entities as their events come in: where each began."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Window
from ..in_order import in_order
from .keys import Slots

Moments = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NEVER = np.iinfo(np.int64).min


class Sessions:
    """The newest session of each slot: when it began, and its last event."""

    def __init__(self, window: Window) -> None:
        self._gap = window.gap or 0
        self._began, self._last = np.empty(0, np.int64), np.empty(0, np.int64)

    def begins(self, slots: Slots, times: Moments) -> Moments:
        """Take in the next events, in total order, and return where the session of each began."""
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        order = in_order(slots)
        slot, time = slots[order], times[order]
        same = np.concatenate([[False], slot[1:] == slot[:-1]]) if len(slot) else np.empty(0, bool)
        last = np.where(same, np.concatenate([[0], time[:-1]]) if len(time) else time, self._last[slot])
        opens = (last == NEVER) | (time - np.where(last == NEVER, time, last) > self._gap)
        began = _carried(opens, same, time, self._began[slot])
        self._began[slot], self._last[slot] = began, time
        found = np.empty(len(slots), np.int64)
        found[order] = began
        return found

    def _grow(self, size: int) -> None:
        fresh = np.full(max(size - len(self._last), 0), NEVER, np.int64)
        self._began, self._last = np.append(self._began, fresh), np.append(self._last, fresh)

    def snapshot(self) -> pa.Table:
        """Return the newest session of each slot that has one."""
        slots = np.flatnonzero(self._last != NEVER)
        return pa.table({"slot": slots, "began": self._began[slots], "last": self._last[slots]})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        slots = table.column("slot").to_numpy()
        self._began, self._last = np.empty(0, np.int64), np.empty(0, np.int64)
        self._grow(int(slots.max()) + 1 if len(slots) else 0)
        self._began[slots], self._last[slots] = (table.column(name).to_numpy() for name in ("began", "last"))


def _carried(starts: Flags, same: Flags, values: Moments, known: Moments) -> Moments:
    """Return the value where the newest start was, which may lie before these events; they are sorted by slot."""
    place = np.maximum.accumulate(np.where(starts | ~same, np.arange(len(values)), 0))
    return np.where(starts, values, known)[place]
