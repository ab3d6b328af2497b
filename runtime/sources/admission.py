"""Which rows of a source become events: not those from the future, nor late ones, nor repeats."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Source
from ..stores.ledger import SourceProgress
from . import lanes, lateness
from .lanes import Lanes, Placed
from .reorder import integers
from .repeats import Repeats

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Verdict:
    """What becomes of each row of a read: at most one mask holds it, and the rows in none are accepted.

    Late rows that the source lets in are in none. ``lag``: µs by which each row lies below the watermark at its
    place. ``high``: the greatest time after the last row; rows from the future move nothing.
    ``lanes``: how far the partitions of a topic are then.
    """

    future: Mask
    late: Mask
    repeated: Mask
    lag: Times
    high: int | None
    lanes: Lanes

    @property
    def accepted(self) -> Mask:
        """The rows that become events."""
        return ~(self.future | self.late | self.repeated)


class Admission:
    """Judges the rows of one partition of a source, in offset order; never depends on how they are cut into reads."""

    def __init__(self, source: Source, schema: pa.Schema) -> None:
        self._source = source
        self._within = source.late.within or 0
        self._keys = list(source.primary_key)
        keys = pa.schema([schema.field(name) for name in self._keys])
        self._repeats = None if source.dedupe is None else Repeats(keys, source.dedupe)

    def judge(self, rows: pa.Table, arrived: Times, before: SourceProgress, placed: Placed | None = None) -> Verdict:
        """Judge the rows that follow those judged so far.

        ``arrived``: when each row came (µs); ``before``: how far the source is; ``placed``: of a topic, where each
        row came from.
        """
        times = integers(rows.column(self._source.time))
        future = np.zeros(len(times), np.bool_)
        if self._source.max_future is not None:
            future = times > arrived + self._source.max_future
        present = np.flatnonzero(~future)
        late, lag = np.zeros(len(times), np.bool_), np.zeros(len(times), np.int64)
        delay, held = self._source.delay, before.lanes
        late[present], lag[present], high = lateness.judge(times[present], before.high, delay, before.floor)
        if placed is not None:
            mine = placed.only(present)
            late[present], lag[present], held = lanes.judge(times[present], mine, held, delay, before.floor)
        late &= lag > self._within
        reached = replace(before, high=high, lanes=held)
        repeated = self._repeated(rows, times, ~(future | late), reached.watermark(delay))
        return Verdict(future, late, repeated, lag, high, held)

    def _repeated(self, rows: pa.Table, times: Times, timely: Mask, mark: int) -> Mask:
        repeated = np.zeros(len(times), np.bool_)
        if self._repeats is not None:
            keys = rows.select(self._keys).filter(pa.array(timely))
            repeated[timely] = self._repeats.find(keys, times[timely], mark - self._within)
        return repeated

    def snapshot(self) -> pa.Table | None:
        """Return what must be known of earlier rows, if anything."""
        return None if self._repeats is None else self._repeats.snapshot()

    def restore(self, rows: pa.Table) -> None:
        """Take over a snapshot."""
        if self._repeats is not None:
            self._repeats.restore(rows)
