"""A view at one key, read without a query and without Arrow, where what it says is in folds as it stands."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from ...features_sql.definitions import View
from ..fold.fold import Fold
from ..windows.keys import UNSEEN, KeyIndex
from ..windows.newest import Newest

MOST_AHEAD = 64
"""The states of so many keys with waiting events are kept, the newest."""

_EPOCH = datetime(1970, 1, 1)
_NO_INSTANTS = pa.table({name: pa.array([], pa.int64()) for name in ("_slot", "_m", "_t", "_row")})


@dataclass
class KeyAhead:
    """A copy of the state of one key, which takes in the key's waiting ``rows``, in total order, as far as asked."""

    slot: int
    fold: Fold | None
    rows: pa.Table
    times: list[int]
    taken: int = 0

    def reach(self, instant: int) -> bool:
        """Take in the rows with ts <= ``instant``; False where later ones have been taken in already."""
        upto = bisect_right(self.times, instant)
        if upto < self.taken:
            return False
        if upto > self.taken and self.fold is not None:
            self.fold.process(self.rows.slice(self.taken, upto - self.taken), _NO_INSTANTS)
        self.taken = upto
        return True


class DirectView:
    """One view at one key, while its state stays as it is: where each of its columns stands there.

    ``given`` says which key column, measure, term or instant (``_t``) each column of the view is. ``waiting`` are the
    prepared rows, in total order, that the state does not hold yet.
    """

    def __init__(
        self,
        view: View,
        state: tuple[KeyIndex, Fold | None, Newest | None],
        given: Mapping[str, str],
        waiting: pa.Table,
    ) -> None:
        self.columns = [column.name for column in view.columns]
        self._keys, self._fold, self._newest = state
        self._given = [given[name] for name in self.columns]
        self._rows, self._waiting = waiting, KeyIndex(self._keys.schema)
        slots = self._waiting.add(waiting.select(self._keys.schema.names))
        self._order = np.argsort(slots, kind="stable")
        self._starts = np.searchsorted(slots[self._order], np.arange(len(self._waiting) + 1))
        self._ahead: dict[int, KeyAhead] = {}

    def row(self, key: Sequence[object], instant: int) -> list[object] | None:
        """Return the view's columns for a key at ``instant`` (µs, at or past the watermark).

        None where it takes another way: the key's values would have to be converted first, or a later instant of a key
        with waiting events has been asked about before.
        """
        slot = self._keys.find_one(key)
        if slot is None:
            return None
        fold, ahead = self._fold, None
        place = self._waiting.find_one(key)
        if place is not None and place != UNSEEN:
            ahead = self._ahead.get(place) or self._look_ahead(place, slot)
            if not ahead.reach(instant):
                return None
            slot, fold = ahead.slot, ahead.fold
        values: dict[str, object] = {"_t": _EPOCH + timedelta(microseconds=instant)}
        values |= zip(self._keys.schema.names, key, strict=True)
        if fold is not None:
            values |= fold.glance(slot, instant)
        if self._newest is not None:
            newest = self._newest.schema.names
            if ahead is not None and ahead.taken:
                values |= {name: ahead.rows.column(name)[ahead.taken - 1].as_py() for name in newest}
            else:
                values |= zip(newest, self._newest.one(slot), strict=True)
        return [values[name] for name in self._given]

    def _look_ahead(self, place: int, slot: int) -> KeyAhead:
        """Begin to look ahead for a key by its place among those that wait."""
        rows = self._rows.take(pa.array(self._order[self._starts[place] : self._starts[place + 1]]))
        # A key that only waits has a number past all others.
        slot = len(self._keys) if slot == UNSEEN else slot
        numbered = rows.add_column(0, "_slot", pa.array(np.full(len(rows), slot)))
        copy = None if self._fold is None else self._fold.restrict(np.array([slot]))
        if len(self._ahead) >= MOST_AHEAD:
            self._ahead.pop(next(iter(self._ahead)))
        self._ahead[place] = KeyAhead(slot, copy, numbered, rows.column("_t").to_pylist())
        return self._ahead[place]


class DirectRows:
    """The newest written row of one key of a view that is read as stored, while the state stays as it is."""

    def __init__(self, view: View, keys: KeyIndex, newest: Newest) -> None:
        self.columns = [column.name for column in view.columns]
        self._keys, self._newest = keys, newest
        self._time, self._valid_for = self.columns.index(view.time), view.valid_for

    def row(self, key: Sequence[object], instant: int) -> list[object] | None:
        """Return the view's columns for a key at ``instant``, as ``DirectView.row`` does; each is None for no row."""
        slot = self._keys.find_one(key)
        if slot is None:
            return None
        values = self._newest.one(slot)
        written = values[self._time]
        if isinstance(written, datetime) and self._valid_for is not None:
            is_stale = _EPOCH + timedelta(microseconds=instant - self._valid_for) > written
            return self._newest.one(UNSEEN) if is_stale else values
        return values
