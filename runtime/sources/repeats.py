"""Repeats of a primary key within a length of event time, found row by row in offset order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Key = tuple[object, ...]
TIME = "_t"
_FEWEST = 1024


class Repeats:
    """Remembers the keys of a partition's rows for as long as a row may repeat them.

    ``schema`` names and types the key columns. A row is a repeat iff a row with its key that was kept before
    it lies at most ``within`` µs of event time away, in either direction. A key with a NULL repeats nothing.
    """

    def __init__(self, schema: pa.Schema, within: int) -> None:
        self._schema = schema
        self._within = within
        self._kept: dict[Key, list[int]] = {}
        self._most = _FEWEST

    def find(self, keys: pa.Table, times: npt.NDArray[np.int64], floor: int) -> npt.NDArray[np.bool_]:
        """Decide for each row, in offset order, whether it repeats a kept one; the others are kept from now on.

        No later row has a time below ``floor``.
        """
        repeated = np.zeros(len(times), np.bool_)
        columns = [keys.column(name).to_pylist() for name in self._schema.names]
        for place, (key, time) in enumerate(zip(zip(*columns, strict=True), times.tolist(), strict=True)):
            if None in key:
                continue
            kept = self._kept.setdefault(key, [])
            if any(abs(time - other) <= self._within for other in kept):
                repeated[place] = True
            else:
                kept.append(time)
        if len(self._kept) > self._most:
            self._forget(floor - self._within)
        return repeated

    def _forget(self, before: int) -> None:
        """Let go of keys that nothing can repeat any more: seldom enough that a row costs the same at any size."""
        self._kept = {key: times for key, times in self._kept.items() if max(times) >= before}
        self._most = max(_FEWEST, 2 * len(self._kept))

    def snapshot(self) -> pa.Table:
        """Return what is remembered: the key columns and ``_t``, a row for each kept row."""
        rows = [(*key, time) for key, times in self._kept.items() for time in times]
        columns = list(zip(*rows, strict=True)) if rows else [()] * (len(self._schema) + 1)
        schema = self._schema.append(pa.field(TIME, pa.int64()))
        return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)

    def restore(self, rows: pa.Table) -> None:
        """Remember exactly what a snapshot holds."""
        self._kept = {}
        columns = [rows.column(name).to_pylist() for name in self._schema.names]
        for key, time in zip(zip(*columns, strict=True), rows.column(TIME).to_pylist(), strict=True):
            self._kept.setdefault(key, []).append(time)
        self._most = max(_FEWEST, 2 * len(self._kept))
