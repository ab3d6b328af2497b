"""Two small sets of rows, compared row by row for a reader."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

Row = tuple[Any, ...]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class RowDifference:
    """A row that is not as expected: both sides of it, None where a side has no such row."""

    expected: Row | None
    found: Row | None

    def differs(self, place: int) -> bool:
        """Tell whether the rows stand side by side and differ in the column at ``place``."""
        if self.expected is None or self.found is None:
            return False
        return not same(self.expected[place], self.found[place])


@dataclass(frozen=True)
class Differences:
    """Rows that differ, each a value for each of the columns."""

    columns: tuple[str, ...]
    rows: tuple[RowDifference, ...]


def row_differences(expected: pa.Table, found: pa.Table, identity: Sequence[str]) -> list[RowDifference]:
    """Return the rows that differ, in the order of the expected ones, then those that nobody expected.

    Both tables have the same columns. A row has no place of its own: rows that are equal meet first (doubles to
    1e-9), then those that have the ``identity`` columns in common, whatever else differs.
    """
    places = [expected.column_names.index(name) for name in identity if name in expected.column_names]
    held = dict[Row, list[Row]]()
    for row in _rows(found):
        held.setdefault(_key(row, places), []).append(row)
    left = list[Row]()
    for row in _rows(expected):
        alike = held.get(_key(row, places), [])
        equal = next((place for place, other in enumerate(alike) if _equal(row, other)), None)
        if equal is None:
            left.append(row)
        else:
            del alike[equal]
    result = list[RowDifference]()
    for row in left:
        alike = held.get(_key(row, places))
        result.append(RowDifference(row, alike.pop(0) if alike else None))
    return result + [RowDifference(None, row) for rows in held.values() for row in rows]


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are one: doubles to 1e-9 of their size, NaN as NaN, lists and maps by their parts."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=TOLERANCE) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        ours, theirs = cast("Sequence[Any]", left), cast("Sequence[Any]", right)
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(left, dict) and isinstance(right, dict):
        return same(list(cast("dict[Any, Any]", left).items()), list(cast("dict[Any, Any]", right).items()))
    return left == right


def _rows(table: pa.Table) -> list[Row]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True)) if columns else []


def _key(row: Row, places: Sequence[int]) -> Row:
    return tuple(row[place] for place in places)


def _equal(left: Row, right: Row) -> bool:
    return all(map(same, left, right))
