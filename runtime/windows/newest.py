"""The newest row of each key: what a view's plain columns are at an instant without a row of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..growing_rows import GrowingRows
from ..in_order import in_order
from .keys import UNSEEN, Slots

Moments = npt.NDArray[np.int64]


class Newest:
    """Holds one row per slot and answers as-of questions in time order.

    ``schema`` names and types the columns held. Rows arrive in total order; questions of a call are
    answered from the rows of that call and earlier ones.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._held = GrowingRows(schema.empty_table())
        self._place: Slots = np.empty(0, np.int64)
        self._live = 0

    def ask(self, rows: pa.Table, times: Moments, slots: Slots, asked: Slots, moments: Moments) -> pa.Table:
        """Return, for each question (``asked`` slot, moment), the newest row of that slot with time <= moment.

        ``times`` and ``slots`` belong to ``rows``. A question that no row answers gets NULLs. The rows are
        held afterwards.
        """
        rows = rows.select(self.schema.names)
        if not rows.schema.equals(self.schema):
            rows = rows.cast(self.schema)
        answered = self.schema.empty_table()
        if len(asked):
            found = _last_at_or_before(slots, times, asked, moments)
            answers = np.where(found == UNSEEN, self._places(asked), found + len(self._held))
            combined = pa.concat_tables([self._held.table, rows]).combine_chunks()
            answered = combined.take(pa.array(answers, mask=answers == UNSEEN))
        self._hold(rows, slots)
        return answered

    def one(self, slot: int) -> list[object]:
        """Return the values of a slot's newest row, in the order of the schema; None for each where it has none."""
        place = self._place[slot] if 0 <= slot < len(self._place) else UNSEEN
        return [None if place == UNSEEN else column[place].as_py() for column in self._held.table.columns]

    def _places(self, slots: Slots) -> Slots:
        if not len(self._place):
            return np.full(len(slots), UNSEEN, np.int64)
        known = (slots != UNSEEN) & (slots < len(self._place))
        return np.where(known, self._place[np.where(known, slots, 0)], UNSEEN)

    def _hold(self, rows: pa.Table, slots: Slots) -> None:
        if not len(slots):
            return
        grown = int(slots.max()) + 1
        if grown > len(self._place):
            fresh = np.full(grown - len(self._place), UNSEEN, np.int64)
            self._place = np.concatenate([self._place, fresh])
        self._live += len(np.unique(slots[self._place[slots] == UNSEEN]))
        self._place[slots] = np.arange(len(self._held), len(self._held) + len(slots))
        self._held.add(rows)
        if len(self._held) > 2 * self._live:
            self.restore(self.snapshot())

    def snapshot(self) -> pa.Table:
        """Return the held row of each slot and its ``_slot``."""
        slots = np.flatnonzero(self._place != UNSEEN).astype(np.int64)
        held = self._held.table.take(pa.array(self._place[slots]))
        return held.append_column("_slot", pa.array(slots))

    def restore(self, held: pa.Table) -> None:
        """Take over the rows of a snapshot."""
        slots = held.column("_slot").to_numpy()
        self._held = GrowingRows(held.select(self.schema.names).combine_chunks())
        self._live = len(slots)
        self._place = np.full(int(slots.max()) + 1 if len(slots) else 0, UNSEEN, np.int64)
        self._place[slots] = np.arange(len(slots))

    def restrict(self, slots: Slots) -> Newest:
        """Return an independent copy that holds only the rows of ``slots``."""
        copy = Newest(self.schema)
        held = self._places(slots)
        kept = held != UNSEEN
        copy.restore(self._held.table.take(pa.array(held[kept])).append_column("_slot", pa.array(slots[kept])))
        return copy


def _last_at_or_before(slots: Slots, times: Moments, asked: Slots, moments: Moments) -> Slots:
    """For each question, the last row with its slot and time <= its moment; UNSEEN where there is none."""
    if not len(slots) or not len(asked):
        return np.full(len(asked), UNSEEN, np.int64)
    instants = np.unique(times)
    span = len(instants) + 1
    # Times become ranks so that (slot, time) fits one integer and one binary search answers.
    row_keys = slots * span + np.searchsorted(instants, times, side="right")
    order = in_order(row_keys)
    question_keys = asked * span + np.searchsorted(instants, moments, side="right")
    place = np.searchsorted(row_keys[order], question_keys, side="right") - 1
    row = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (slots[row] == asked), row, UNSEEN)
