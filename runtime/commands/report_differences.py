"""Rows that are not as expected, for people and for pipes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .row_differences import Differences, RowDifference
from .shown import Listing, cell, table


def differing(title: str, differences: Differences) -> Listing:
    """A line for each row: what was expected, what was got where that differs, and in which way the row is wrong."""
    columns = differences.columns
    rows = [(*_cells(one, len(columns)), _said(one)) for one in differences.rows]
    return table((*columns, ""), rows, title=title)


def differences_data(differences: Differences) -> list[Mapping[str, object]]:
    """Both sides of each row by column; one that has no such row is null."""
    columns = differences.columns
    return [
        {"expected": _named(columns, one.expected), "found": _named(columns, one.found)} for one in differences.rows
    ]


def _named(columns: Sequence[str], row: Sequence[object] | None) -> Mapping[str, object] | None:
    return None if row is None else dict(zip(columns, row, strict=True))


def _cells(difference: RowDifference, columns: int) -> Iterable[str]:
    row = difference.found if difference.expected is None else difference.expected
    assert row is not None
    for place in range(columns):
        if difference.differs(place):
            assert difference.found is not None
            yield f"{_exact(row[place])}, got {_exact(difference.found[place])}"
        else:
            yield cell(row[place])


def _exact(value: object) -> str:
    """A value with every digit, so that two that differ look different."""
    if value is None:
        return "NULL"
    return repr(value) if isinstance(value, float) else cell(value)


def _said(difference: RowDifference) -> str:
    if difference.found is None:
        return "no such row"
    return "not expected" if difference.expected is None else "differs"
