"""EMIT WHEN: the events at which an entity's condition turns true."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..in_order import in_order
from .keys import Slots

Flags = npt.NDArray[np.bool_]


class Turning:
    """Knows what each slot's condition was at its newest event; before the first one it was false."""

    def __init__(self) -> None:
        self._true: Flags = np.empty(0, bool)

    def turns(self, slots: Slots, times: npt.NDArray[np.int64], true: Flags) -> Flags:
        """Tell at which of a batch's events, in total order, the condition ``true`` turns true: once per slot and time.

        Events of one time must come in one batch.
        """
        if not len(slots):
            return np.empty(0, bool)
        self._grow(int(slots.max()) + 1)
        order = in_order(slots)
        slot, time, now = slots[order], times[order], true[order]
        first = np.append(True, slot[1:] != slot[:-1])
        before = np.where(first, self._true[slot], np.append(False, now[:-1]))
        self._true[slot] = now
        places = np.flatnonzero(now & ~before)
        again = np.append(False, (slot[places][1:] == slot[places][:-1]) & (time[places][1:] == time[places][:-1]))
        turned = np.zeros(len(slots), bool)
        turned[order[places[~again[: len(places)]]]] = True
        return turned

    def _grow(self, size: int) -> None:
        if size > len(self._true):
            self._true = np.append(self._true, np.zeros(size - len(self._true), bool))

    def snapshot(self) -> pa.Table:
        """Return what each slot's condition is, in slot order."""
        return pa.table({"true": self._true})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        self._true = table.column("true").to_numpy().copy()
