"""The sessions of entities as their events come in: where each began, and where a MAX cuts it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql.definitions import Window
from .keys import Slots

Moments = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Followed:
    """The events of a batch sorted by slot, ``order`` being their places in it.

    ``same``: the event before is of the same slot. ``last`` and ``began_before`` are the ts of the slot's event before
    and the beginning of its session, NEVER for none. ``began`` is that of the event's own session.
    """

    order: Slots
    slot: Slots
    time: Moments
    same: Flags
    last: Moments
    opens: Flags
    began: Moments
    began_before: Moments


class Sessions:
    """The newest session of each slot: when it began, and its last event."""

    def __init__(self, window: Window) -> None:
        self._gap, self._most = window.gap or 0, window.most
        self.began, self.last = np.empty(0, np.int64), np.empty(0, np.int64)

    def follow(self, slots: Slots, times: Moments) -> Followed:
        """Take in the next events, in total order."""
        self.grow(int(slots.max()) + 1 if len(slots) else 0)
        order = np.argsort(slots, kind="stable")
        slot, time = slots[order], times[order]
        same = np.concatenate([[False], slot[1:] == slot[:-1]]) if len(slot) else np.empty(0, bool)
        last = before(same, time, self.last[slot])
        opens = (last == NEVER) | (time - np.where(last == NEVER, time, last) > self._gap)
        began = carried(opens, same, time, self.began[slot])
        followed = Followed(order, slot, time, same, last, opens, began, before(same, began, self.began[slot]))
        self.began[slot], self.last[slot] = began, time
        return followed

    def cut(self, began: Moments, time: Moments) -> Moments:
        """Return how many times a session has been cut up to ``time``."""
        return (time - began) // self._most if self._most is not None else np.zeros(len(time), np.int64)

    def end(self, began: Moments, last: Moments) -> Moments:
        """Return when the piece of a session that holds ``last`` ends, if nothing comes after that: gap or MAX."""
        end = last + self._gap
        return end if self._most is None else np.minimum(end, began + (self.cut(began, last) + 1) * self._most)

    def grow(self, size: int) -> None:
        """Have room for this many slots."""
        fresh = np.full(max(size - len(self.last), 0), NEVER, np.int64)
        self.began, self.last = np.append(self.began, fresh), np.append(self.last, fresh)

    def snapshot(self) -> pa.Table:
        """Return the newest session of each slot that has one."""
        slots = np.flatnonzero(self.last != NEVER)
        return pa.table({"slot": slots, "began": self.began[slots], "last": self.last[slots]})

    def restore(self, table: pa.Table) -> None:
        """Take over a snapshot."""
        slots = table.column("slot").to_numpy()
        self.began, self.last = np.empty(0, np.int64), np.empty(0, np.int64)
        self.grow(int(slots.max()) + 1 if len(slots) else 0)
        self.began[slots], self.last[slots] = (table.column(name).to_numpy() for name in ("began", "last"))


def before(same: Flags, values: Moments, known: Moments) -> Moments:
    """Return the value of the event before, of the same slot, else what is ``known``; events are sorted by slot."""
    return np.where(same, np.concatenate([[0], values[:-1]]) if len(values) else values, known)


def carried(starts: Flags, same: Flags, values: Moments, known: Moments) -> Moments:
    """Return the value where the newest start was, which may lie before these events; they are sorted by slot."""
    place = np.maximum.accumulate(np.where(starts | ~same, np.arange(len(values)), 0))
    return np.where(starts, values, known)[place]
