"""The number of each event among those of its entity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..in_order import in_order
from .keys import Slots


class EventCounts:
    """Counts the events of each slot, batch after batch."""

    def __init__(self) -> None:
        self._counts = np.empty(0, np.int64)

    def number(self, slots: Slots) -> npt.NDArray[np.int64]:
        """Return the number of each event of a batch in total order: 1 for the first of its slot."""
        if not len(slots):
            return np.empty(0, np.int64)
        self._grow(int(slots.max()) + 1)
        order = in_order(slots)
        ordered = slots[order]
        first = np.append(True, ordered[1:] != ordered[:-1])
        starts = np.maximum.accumulate(np.where(first, np.arange(len(slots)), 0))
        numbers = np.empty(len(slots), np.int64)
        numbers[order] = self._counts[ordered] + np.arange(len(slots)) - starts + 1
        # Of the events of a slot the last one stands.
        self._counts[ordered] = numbers[order]
        return numbers

    def _grow(self, size: int) -> None:
        if size > len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(size - len(self._counts), np.int64)])

    def snapshot(self) -> pa.Table:
        """Return the count of each slot, in slot order."""
        return pa.table({"events": self._counts.copy()})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        self._counts = table.column("events").to_numpy().copy()
