"""Arrivals evaluated by the folds of their view: on a copy of their keys' state, which takes in what waits by then."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .fold.fold import Fold
from .live_view import LiveView
from .sources.lateness import BEGINNING
from .windows.keys import UNSEEN, Flags, KeyIndex, Slots

_UPTO = ("_slot", "_m", "_t", "_row")


class FoldedArrivals:
    """The measures at arriving events, by ``fold``, the running values that ``live`` has below the watermark.

    An arrival's instant counts all of its entity that has come, so one that lies before no instant of its entity is
    put on top of the arrivals before it; else the copy is made anew.
    """

    def __init__(self, live: LiveView, fold: Fold, schema: pa.Schema) -> None:
        self._live, self._fold = live, fold
        self._waiting = schema.empty_table()
        self._peers = [name for name in schema.names if name.startswith("_o") and name != "_offset"]
        self._order = [(name, "ascending") for name in ("_t", *self._peers, "_n")]
        windows = {window.name: window.kind for window in live.view.windows}
        measured = live.view.measures
        self._by_rows = any(windows[measure.window] == "last" for measure in measured)
        self._by_own = self._by_rows or any(measure.function == "since_last" for measure in measured)

    def measure(self, fresh: pa.Table) -> tuple[pa.Table, Flags]:
        """Return the measures at prepared ``fresh`` arrivals, in their order, and of which they do not hold.

        Those are events that are not at the end of their entity's, where a measure tells the current row from others.
        """
        local = KeyIndex(self._live.keys.schema)
        place = local.add(fresh.select(local.schema.names))
        known = self._live.keys.find(local.snapshot())
        # Keys that have only arrived get numbers past all others.
        slots = np.where(known == UNSEEN, len(self._live.keys) + np.arange(len(known)), known)
        near = local.find(self._waiting.select(local.schema.names))
        waiting = self._waiting.filter(pa.array(near != UNSEEN))
        near = near[near != UNSEEN]
        newest = np.full(len(known), BEGINNING)
        np.maximum.at(newest, near, waiting.column("_t").to_numpy())
        times, as_of = (fresh.column(name).to_numpy() for name in ("_t", "_as_of"))
        starts, behind = self._stretches(place, times, as_of, newest)
        aside = behind | (as_of > times) if self._by_rows else behind
        aside &= self._by_own
        rows = pa.concat_tables([waiting, fresh]).add_column(0, "_slot", pa.array(slots[np.concatenate([near, place])]))
        if self._peers or len(rows) > 1:
            rows = rows.sort_by(self._order)
        self._waiting = pa.concat_tables([self._waiting, fresh])
        parts = [
            self._measured(rows, fresh.slice(start, end - start), slots[place[start:end]], aside[start:end])
            for start, end in pairwise(starts)
        ]
        return pa.concat_tables(parts), aside

    def _stretches(
        self, place: Slots, times: npt.NDArray[np.int64], as_of: npt.NDArray[np.int64], newest: npt.NDArray[np.int64]
    ) -> tuple[list[int], Flags]:
        """Cut where an event is not past the last instant of its entity; and tell which are behind its ``newest``."""
        starts, asked, behind = [0], dict[int, int](), np.zeros(len(place), np.bool_)
        for row, (key, time, instant) in enumerate(zip(place.tolist(), times.tolist(), as_of.tolist(), strict=True)):
            # Which of two peers comes first, their primary keys say.
            behind[row] = time < newest[key] or (time == newest[key] and bool(self._peers))
            newest[key] = max(newest[key], time)
            if asked.get(key, BEGINNING) >= time:
                starts.append(row)
                asked.clear()
            asked[key] = instant
        return [*starts, len(place)], behind

    def _measured(self, rows: pa.Table, fresh: pa.Table, slots: Slots, aside: Flags) -> pa.Table:
        """The measures at some arrivals over those of ``rows``, in total order, there with the last of them."""
        numbers = fresh.column("_n").to_numpy()
        there = (rows.column("_n").to_numpy() <= numbers[-1]) & np.isin(rows.column("_slot").to_numpy(), slots)
        if not there.all():
            rows = rows.filter(pa.array(there))
        held = rows.column("_n").to_numpy()
        sorter = np.argsort(held)
        own = np.where(aside, UNSEEN, sorter[np.searchsorted(held, numbers, sorter=sorter)])
        as_of = fresh.column("_as_of").to_numpy()
        order = np.lexsort((own, as_of))
        columns = (slots[order], as_of[order], as_of[order], own[order])
        instants = pa.table(dict(zip(_UPTO, columns, strict=True)))
        values = self._fold.restrict(slots).process(rows, instants)
        return values if np.all(order[1:] > order[:-1]) else values.take(pa.array(np.argsort(order)))

    def release(self, watermark: int) -> None:
        """Let go of arrivals below ``watermark``: the folds take these in before the next ones come."""
        self._waiting = self._waiting.filter(pc.greater_equal(self._waiting.column("_t"), watermark)).combine_chunks()

    def restore(self, waiting: pa.Table) -> None:
        """Let these prepared rows wait, in any order."""
        self._waiting = waiting
