"""Arrivals evaluated by the folds of their view: on a copy of their keys' state, which takes in what waits by then."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.aggregates import condition
from .fold.fold import Fold
from .growing_rows import GrowingRows
from .live_view import LiveView
from .sources.lateness import BEGINNING
from .sources.reorder import integers
from .windows.keys import UNSEEN, Flags, KeyIndex, Slots

_UPTO = ("_slot", "_m", "_t", "_row")
_NONE = np.empty(0, np.int64)
_NO_INSTANTS = pa.table({name: pa.array([], pa.int64()) for name in _UPTO})


class FoldedArrivals:
    """The measures at arriving events, by ``fold``, the running values that ``live`` has below the watermark.

    An arrival's instant counts all of its entity that has come. So an event past the last instant of its entity is put
    on top of the arrivals before it; for one that is not the copy is made anew.
    """

    def __init__(self, live: LiveView, fold: Fold, schema: pa.Schema) -> None:
        self._live, self._fold = live, fold
        self._waiting, self._kept, self._released = GrowingRows(schema.empty_table()), 0, BEGINNING
        self._peers = [name for name in schema.names if name.startswith("_o") and name != "_offset"]
        self._order = [(name, "ascending") for name in ("_t", *self._peers, "_n")]
        windows = {window.name: window.kind for window in live.view.windows}
        measured = live.view.measures
        self._by_rows = any(windows[measure.window] == "last" for measure in measured)
        # Of all events that pass a filter the current row may be the newest, and behind others all the same.
        self._by_own = self._by_rows or any(one.function == "since_last" and condition(one) for one in measured)

    def measure(self, fresh: pa.Table) -> tuple[pa.Table, Flags]:
        """Return the measures at prepared ``fresh`` arrivals, in their order, but for those that the flags set aside.

        These are events that are not at the end of their entity's, where it matters to more than ``since_last`` which
        is the current row: with a newer one there, the time since that is asked for.
        """
        local = KeyIndex(self._live.keys.schema)
        entities = fresh.select(local.schema.names)
        place = local.add(entities)
        known = np.empty(len(local), np.int64)
        known[place] = self._live.keys.find(entities)
        # Keys that have only arrived get numbers past all others.
        slots = np.where(known == UNSEEN, len(self._live.keys) + np.arange(len(known)), known)
        waiting, near = self._waiting_of(local)
        newest = np.full(len(known), BEGINNING)
        np.maximum.at(newest, near, waiting.column("_t").to_numpy())
        behind, aside, layers = self._layers(fresh, place, newest)
        keys = np.concatenate([near, place])
        rows = pa.concat_tables([waiting, fresh]).add_column(0, "_slot", pa.array(slots[keys]))
        self._waiting.add(fresh)
        if len(rows) > 1:
            order = pc.sort_indices(rows, sort_keys=self._order).to_numpy()
            rows, keys = rows.take(pa.array(order)), keys[order]
        numbers, come = rows.column("_n").to_numpy(), fresh.column("_n").to_numpy()
        done, parts = list[Slots](), list[pa.Table]()
        for layer in np.unique(layers[~aside]):
            mine = np.flatnonzero((layers == layer) & ~aside)
            upto = np.full(len(known), BEGINNING)
            np.maximum.at(upto, place[mine], come[mine])
            there = numbers <= upto[keys]
            held = rows if there.all() else rows.filter(pa.array(there))
            asked = fresh if len(mine) == len(fresh) else fresh.take(pa.array(mine))
            parts.append(self._measured(held, asked, slots[place[mine]], behind[mine]))
            done.append(mine)
        if len(parts) == 1:
            return parts[0], aside
        parts.append(self._fold.peek(_NO_INSTANTS))
        return pa.concat_tables(parts).take(pa.array(np.argsort(np.concatenate([*done, _NONE])))), aside

    def _waiting_of(self, entities: KeyIndex) -> tuple[pa.Table, Slots]:
        """Return the arrivals of some entities that wait, and the number of each one's."""
        held = self._waiting.table
        numbers = entities.find(held.select(entities.schema.names))
        numbers[integers(held.column("_t")) < self._released] = UNSEEN
        seen = numbers != UNSEEN
        return (held.filter(pa.array(seen)) if seen.any() else held.slice(0, 0)), numbers[seen]

    def _layers(self, fresh: pa.Table, place: Slots, newest: Slots) -> tuple[Flags, Flags, Slots]:
        """Tell which arrivals have newer ones, which to set aside, and the copy of its entity's state for each.

        A copy is anew where an event is not past the last instant that was asked of the one before.
        """
        behind, aside = np.zeros(len(place), np.bool_), np.zeros(len(place), np.bool_)
        asked, layers = dict[int, int](), np.zeros(len(place), np.int64)
        reached = np.zeros(len(newest), np.int64)
        columns = (place.tolist(), *(integers(fresh.column(name)).tolist() for name in ("_t", "_as_of")))
        for row, (key, time, instant) in enumerate(zip(*columns, strict=True)):
            # Which of two peers comes first, their primary keys say.
            behind[row] = time < newest[key] or (time == newest[key] and bool(self._peers))
            newest[key] = max(newest[key], time)
            aside[row] = self._by_own and (behind[row] or (self._by_rows and instant > time))
            if asked.get(key, BEGINNING) >= time:
                reached[key] += 1
                del asked[key]
            if not aside[row]:
                asked[key] = instant
            layers[row] = reached[key]
        return behind, aside, layers

    def _measured(self, rows: pa.Table, fresh: pa.Table, slots: Slots, behind: Flags) -> pa.Table:
        """The measures at some arrivals over ``rows``, in total order, which hold these too."""
        held = rows.column("_n").to_numpy()
        sorter = np.argsort(held)
        own = sorter[np.searchsorted(held, fresh.column("_n").to_numpy(), sorter=sorter)]
        own[behind] = UNSEEN
        as_of = fresh.column("_as_of").to_numpy()
        order = np.lexsort((own, as_of))
        columns = (slots[order], as_of[order], as_of[order], own[order])
        instants = pa.table(dict(zip(_UPTO, columns, strict=True)))
        values = self._fold.restrict(slots).process(rows, instants)
        return values if np.all(order[1:] > order[:-1]) else values.take(pa.array(np.argsort(order)))

    def release(self, watermark: int) -> None:
        """Let go of arrivals below ``watermark``: the folds take these in before the next ones come."""
        self._released = watermark
        # Once in a while, for what goes must be told from what stays.
        if len(self._waiting) > 2 * self._kept:
            held = self._waiting.table
            self._hold(held.filter(pa.array(integers(held.column("_t")) >= watermark)).combine_chunks())

    def restore(self, waiting: pa.Table) -> None:
        """Let these prepared rows wait, in any order, and no others."""
        self._released = BEGINNING
        self._hold(waiting)

    def _hold(self, waiting: pa.Table) -> None:
        self._waiting, self._kept = GrowingRows(waiting), len(waiting)
