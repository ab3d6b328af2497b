"""Rows expected and rows found, side by side."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from headrace.runtime.commands.row_differences import RowDifference, row_differences, same

COLUMNS = ("k", "n")


def _table(*rows: tuple[Any, ...]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})


def _differences(expected: pa.Table, found: pa.Table) -> list[tuple[Any, Any]]:
    return [(one.expected, one.found) for one in row_differences(expected, found, ("k", "t"))]


def test_rows_have_no_place() -> None:
    assert _differences(_table(("a", 1), ("b", 2)), _table(("b", 2), ("a", 1))) == []


def test_what_is_missing_differs_or_came_unexpected() -> None:
    found = _differences(_table(("a", 1), ("b", 2), ("c", 3)), _table(("d", 4), ("c", 5), ("a", 1)))
    assert found == [(("b", 2), None), (("c", 3), ("c", 5)), (None, ("d", 4))]


def test_equal_rows_meet_before_others_of_their_key() -> None:
    found = _differences(_table(("a", 1), ("a", 2), ("a", 2)), _table(("a", 2), ("a", 3), ("a", 1)))
    assert found == [(("a", 2), ("a", 3))]


def test_a_row_too_many_is_found() -> None:
    assert _differences(_table(("a", 1)), _table(("a", 1), ("a", 1))) == [(None, ("a", 1))]


def test_the_columns_that_differ() -> None:
    difference = RowDifference(("a", 1.0), ("a", 2.0))
    assert [difference.differs(place) for place in (0, 1)] == [False, True]
    assert not RowDifference(None, ("a", 2.0)).differs(1)


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.0 + 1e-6, False),
        (float("nan"), float("nan"), True),
        (0.0, float("nan"), False),
        ([1.0, None], [1.0 + 1e-12, None], True),
        ([1.0], [1.0, 2.0], False),
        ({"a": [0.1]}, {"a": [0.2]}, False),
        (None, 0, False),
    ],
)
def test_same(left: object, right: object, alike: bool) -> None:
    assert same(left, right) is alike
