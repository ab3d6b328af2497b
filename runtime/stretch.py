"""The rows of a stretch of event time."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from .sources.lateness import END


def below(rows: pa.Table, time: str, end: int) -> pa.Table:
    """Return the rows of which the column ``time`` lies below ``end`` (µs), in order."""
    return rows.filter(pc.less(_instants(rows, time), end))


def between(rows: pa.Table, time: str, first: int, end: int = END) -> pa.Table:
    """Return the rows of which the column ``time`` lies in [first, end) (µs), in order."""
    times = _instants(rows, time)
    return rows.filter(pc.and_(pc.greater_equal(times, first), pc.less(times, end)))


def _instants(rows: pa.Table, time: str) -> pa.ChunkedArray:
    return pc.cast(rows.column(time), pa.int64())
