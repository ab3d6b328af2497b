"""Rows that wait until the watermark has passed them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..in_order import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_RUNS = 32
_KEPT_ALIVE = 4
"""A slice keeps at most so many times its rows in memory."""


@dataclass(frozen=True)
class _Run:
    """Waiting rows in total order, and their times."""

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
        self._fresh: list[pa.Table] = []
        self._runs: list[_Run] = []

    @property
    def rows(self) -> int:
        """How many rows wait."""
        return sum(len(run.times) for run in self._runs) + sum(map(len, self._fresh))

    def add(self, rows: pa.Table) -> None:
        """Take in rows in any order."""
        if not rows.schema.equals(self._schema):
            rows = rows.select(self._schema.names).cast(self._schema)
        if rows.num_rows:
            self._fresh.append(rows)

    def release(self, watermark: int) -> pa.Table:
        """Remove and return every row whose time is below ``watermark``, in total order."""
        self._put_in_order()
        ready: list[_Run] = []
        waiting: list[_Run] = []
        for run in self._runs:
            cut = int(np.searchsorted(run.times, watermark, side="left"))
            if cut:
                ready.append(_Run(run.rows.slice(0, cut), run.times[:cut]))
            if cut < len(run.times):
                waiting.append(_rest(run, cut))
        self._runs = waiting
        return self._together(ready)

    def beside(self, rows: pa.Table) -> pa.Table:
        """Return ``rows`` in total order, as if they had waited here."""
        return self._in_order(rows).rows

    def snapshot(self) -> pa.Table:
        """Return a copy of every waiting row, in total order."""
        self._put_in_order()
        return self._together(self._runs)

    def restore(self, rows: pa.Table) -> None:
        """Hold exactly ``rows``, as a snapshot gave them."""
        self._runs, self._fresh = [], []
        self.add(rows)

    def _put_in_order(self) -> None:
        """Make a run of the rows that have come since, and of the runs that are no longer than that."""
        if not self._fresh:
            return
        count = sum(map(len, self._fresh))
        short = [run.rows for run in self._runs if len(run.times) <= count]
        self._runs = [run for run in self._runs if len(run.times) > count]
        self._runs.append(self._in_order(pa.concat_tables([*short, *self._fresh])))
        self._fresh = []
        if len(self._runs) > _MOST_RUNS:
            self._merge()

    def _merge(self) -> None:
        # Only the shorter half is copied, so a row is copied a logarithmic number of times.
        self._runs.sort(key=lambda run: -len(run.times))
        short = self._runs[_MOST_RUNS // 2 :]
        self._runs[_MOST_RUNS // 2 :] = [self._in_order(pa.concat_tables([run.rows for run in short]))]

    def _together(self, runs: Sequence[_Run]) -> pa.Table:
        """The rows of all runs in total order; of the longest only those that others reach into are moved."""
        if not runs:
            return self._schema.empty_table()
        longest = max(runs, key=lambda run: len(run.times))
        others = [run for run in runs if run is not longest]
        if not others:
            return longest.rows.combine_chunks()
        cut = int(np.searchsorted(longest.times, max(run.times[-1] for run in others), side="right"))
        mixed = pa.concat_tables([longest.rows.slice(0, cut), *(run.rows for run in others)])
        return pa.concat_tables([self._in_order(mixed).rows, longest.rows.slice(cut)]).combine_chunks()

    def _in_order(self, rows: pa.Table) -> _Run:
        rows = rows.combine_chunks()
        times = integers(rows.column(self._time))
        order = in_order(times) if np.any(times[1:] < times[:-1]) else None
        if order is not None:
            times = times[order]
        same = times[1:] == times[:-1]
        if np.any(same):
            order = self._order_peers(rows, np.arange(len(times)) if order is None else order, times, same)
        return _Run(rows if order is None else rows.take(pa.array(order)), times)

    def _order_peers(
        self, rows: pa.Table, order: NDArray[np.int64], times: NDArray[np.int64], same: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Put rows of equal time, which stand together in ``order``, in the order of their keys and origin."""
        if not self._keys:
            offsets, partitions = (integers(rows.column(name)) for name in ("_offset", "_partition"))
            before, after = order[:-1][same], order[1:][same]
            steps = partitions[after] - partitions[before]
            risen = (steps > 0) | ((steps == 0) & (offsets[after] > offsets[before]))
            return order if np.all(risen) else order[in_order(times, partitions[order], offsets[order])]
        peers = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
        columns = [self._time, *self._keys, "_partition", "_offset"]
        by = [(name, "ascending", "at_end") for name in columns]
        chosen = rows.select(list(dict.fromkeys(columns))).take(pa.array(order[peers]))
        order[peers] = order[peers][pc.sort_indices(chosen, sort_keys=by).to_numpy()]
        return order


def _rest(run: _Run, cut: int) -> _Run:
    """Return the rows of a run from ``cut`` on; a copy where they are few, which would keep all others in memory."""
    rows, times = run.rows.slice(cut), run.times[cut:]
    if len(times) * _KEPT_ALIVE > len(run.times):
        return _Run(rows, times)
    return _Run(rows.take(pa.array(np.arange(len(times)))), times.copy())


def integers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return a column of words of 64 bits without NULLs, instants too, as numbers."""
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return array.view(pa.int64()).to_numpy()
