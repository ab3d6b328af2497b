"""Rows that come a few at a time and are read seldom."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import pyarrow as pa

_MOST_FRESH = 64


class GrowingRows:
    """Rows in the order in which they came, held in few pieces however few came at a time.

    What many additions brought is joined once in a while, so a row is copied a logarithmic number of times.
    """

    def __init__(self, rows: pa.Table) -> None:
        self._pieces = [rows]
        self._whole: pa.Table | None = rows
        self._count, self._most = len(rows), _MOST_FRESH

    def __len__(self) -> int:
        return self._count

    def add(self, rows: pa.Table) -> None:
        """Take in rows of the same schema, after those that are held."""
        if not len(rows):
            return
        self._pieces.append(rows)
        self._whole = None
        self._count += len(rows)
        if len(self._pieces) > self._most:
            self._join()

    def _join(self) -> None:
        joined = [self._pieces.pop()]
        count = len(joined[0])
        while self._pieces and len(self._pieces[-1]) <= 2 * count:
            joined.append(self._pieces.pop())
            count += len(joined[-1])
        self._pieces.append(pa.concat_tables(joined[::-1]).combine_chunks())
        self._most = len(self._pieces) + _MOST_FRESH

    @property
    def table(self) -> pa.Table:
        """All rows that are held."""
        if self._whole is None:
            self._whole = pa.concat_tables(self._pieces)
        return self._whole
