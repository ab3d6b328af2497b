"""Rows that wait until the watermark has passed them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_RUNS = 32


@dataclass(frozen=True)
class _Run:
    """Waiting rows by time, and their times."""

    rows: pa.Table
    times: NDArray[np.int64]


class ReorderBuffer:
    """Holds accepted rows back until they are ready, then lets them go in total order.

    ``schema`` is that of every table in and out; it has ``_partition`` and ``_offset``, whose pairs are
    unique, and ``time_column``, a timestamp[us] without NULLs. The total order is (time, ``keys`` with
    NULLs last, ``_partition``, ``_offset``).
    """

    def __init__(self, schema: pa.Schema, time_column: str, keys: Sequence[str] = ()) -> None:
        self._schema = schema
        self._time = time_column
        self._keys = tuple(key for key in keys if key != time_column)
        self._runs: list[_Run] = []

    @property
    def rows(self) -> int:
        """How many rows wait."""
        return sum(len(run.times) for run in self._runs)

    def add(self, rows: pa.Table) -> None:
        """Take in rows in any order."""
        if not rows.schema.equals(self._schema):
            rows = rows.select(self._schema.names).cast(self._schema)
        if rows.num_rows == 0:
            return
        times = self._times(rows)
        if np.any(times[1:] < times[:-1]):
            order = np.argsort(times, kind="stable")
            rows, times = rows.take(pa.array(order)), times[order]
        self._runs.append(_Run(rows, times))
        if len(self._runs) > _MOST_RUNS:
            self._merge()

    def release(self, watermark: int) -> pa.Table:
        """Remove and return every row whose time is below ``watermark``, in total order."""
        ready: list[pa.Table] = []
        waiting: list[_Run] = []
        for run in self._runs:
            cut = int(np.searchsorted(run.times, watermark, side="left"))
            if cut:
                ready.append(run.rows.slice(0, cut))
            if cut < len(run.times):
                waiting.append(_Run(run.rows.slice(cut), run.times[cut:]))
        self._runs = waiting
        if not ready:
            return self._schema.empty_table()
        return self._ordered(pa.concat_tables(ready))

    def beside(self, rows: pa.Table) -> pa.Table:
        """Return ``rows`` in total order, as if they had waited here."""
        return self._ordered(rows)

    def snapshot(self) -> pa.Table:
        """Return a copy of every waiting row, in total order."""
        return self._ordered(pa.concat_tables([self._schema.empty_table(), *(run.rows for run in self._runs)]))

    def restore(self, rows: pa.Table) -> None:
        """Hold exactly ``rows``, as a snapshot gave them."""
        self._runs = []
        self.add(rows)

    def _merge(self) -> None:
        # Only the shorter half is copied, so a row is copied a logarithmic number of times.
        self._runs.sort(key=lambda run: -len(run.times))
        short = self._runs[_MOST_RUNS // 2 :]
        times = np.concatenate([run.times for run in short])
        order = np.argsort(times, kind="stable")
        rows = pa.concat_tables([run.rows for run in short]).combine_chunks()
        self._runs[_MOST_RUNS // 2 :] = [_Run(rows.take(pa.array(order)), times[order])]

    def _times(self, rows: pa.Table) -> NDArray[np.int64]:
        return _integers(rows.column(self._time))

    def _ordered(self, rows: pa.Table) -> pa.Table:
        rows = rows.combine_chunks()
        times = self._times(rows)
        partitions, offsets = _integers(rows.column("_partition")), _integers(rows.column("_offset"))
        order = np.lexsort((offsets, partitions, times))
        if self._keys:
            self._order_peers(rows, order, times[order])
        if np.array_equal(order, np.arange(len(order))):
            return rows
        return rows.take(pa.array(order))

    def _order_peers(self, rows: pa.Table, order: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Put rows of equal time, which stand together in ``order``, in the order of their keys."""
        same = times[1:] == times[:-1]
        peers = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
        if len(peers) == 0:
            return
        columns = [self._time, *self._keys]
        chosen = rows.select(columns).take(pa.array(order[peers]))
        chosen = chosen.append_column("_peer", pa.array(peers))
        by = [(name, "ascending", "at_end") for name in [*columns, "_peer"]]
        order[peers] = order[peers][pc.sort_indices(chosen, sort_keys=by).to_numpy()]


def _integers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return column.cast(pa.int64()).to_numpy()
