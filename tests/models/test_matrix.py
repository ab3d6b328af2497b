"""The matrix that a model is fed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.errors import ModelError
from headrace.models.matrix import MOST_CATEGORIES, Input, Inputs, grow, learn_inputs, matrix


def test_every_kind_of_value() -> None:
    rows = pa.table(
        {
            "whole": pa.array([1, None, 2**40], pa.int64()),
            "real": pa.array([0.5, float("nan"), float("inf")]),
            "truth": pa.array([True, False, None]),
            "money": pa.array([Decimal("1.25"), None, Decimal("-3.00")], pa.decimal128(12, 2)),
            "word": pa.array(["b", "a", None]),
        }
    )
    inputs = learn_inputs(rows, rows.column_names)
    assert inputs.columns[4] == Input("word", "string", ("a", "b"))
    assert inputs.categorical == (4,)
    found = matrix(rows, inputs)
    nan = np.nan
    expected = [[1, 0.5, 1, 1.25, 1], [nan, nan, 0, nan, 0], [2.0**40, nan, nan, -3, nan]]
    np.testing.assert_array_equal(found, expected)
    assert found.flags.c_contiguous
    assert found.dtype == np.float64


def test_the_order_is_the_inputs() -> None:
    rows = pa.table({"a": [1.0], "b": [2.0]})
    assert matrix(rows, learn_inputs(rows, ["b", "a"])).tolist() == [[2.0, 1.0]]


def test_a_value_never_seen_in_training_is_missing() -> None:
    inputs = Inputs((Input("w", "string", ("x",)),))
    np.testing.assert_array_equal(matrix(pa.table({"w": ["x", "y"]}), inputs), [[0.0], [np.nan]])


def test_categories_do_not_depend_on_the_order_of_rows() -> None:
    words = [f"w{number:04d}" for number in range(MOST_CATEGORIES + 5)]
    there, back = (learn_inputs(pa.table({"w": order}), ["w"]) for order in (words, words[::-1]))
    assert there == back
    assert len(there.columns[0].categories or ()) == MOST_CATEGORIES


def test_chunks_and_slices() -> None:
    rows = pa.concat_tables([pa.table({"a": [1, 2], "w": ["x", "y"]}), pa.table({"a": [3, 4], "w": ["y", "z"]})])
    inputs = learn_inputs(rows, ["a", "w"])
    assert matrix(rows.slice(1, 2), inputs).tolist() == [[2.0, 1.0], [3.0, 1.0]]


def test_no_rows() -> None:
    rows = pa.table({"a": pa.array([], pa.int32())})
    assert matrix(rows, learn_inputs(rows, ["a"])).shape == (0, 1)


def test_categories_grow_in_order_of_first_sight() -> None:
    inputs = learn_inputs(pa.table({"w": pa.array([], pa.string())}), ["w"])
    first = grow(inputs, pa.table({"w": ["b", None, "a"]}))
    assert grow(first, pa.table({"w": ["c", "a"]})).columns[0].categories == ("b", "a", "c")
    together = grow(inputs, pa.table({"w": ["b", None, "a", "c", "a"]}))
    assert together.columns[0].categories == ("b", "a", "c")


def test_only_whole_columns_keep_every_string() -> None:
    many = pa.table({"user": [f"u{place}" for place in range(MOST_CATEGORIES + 5)]})
    inputs = learn_inputs(many.slice(0, 0), ["user"])
    assert len(grow(inputs, many).columns[0].categories or ()) == MOST_CATEGORIES
    assert len(grow(inputs, many, {"user"}).columns[0].categories or ()) == MOST_CATEGORIES + 5


def test_refusals() -> None:
    rows = pa.table({"a": [1.0], "at": pa.array([0], pa.timestamp("us"))})
    inputs = learn_inputs(rows, ["a"])
    with pytest.raises(ModelError, match="no feature b; they have a, at"):
        learn_inputs(rows, ["b"])
    with pytest.raises(ModelError, match=r"at must be a number.*got timestamp\[us\]"):
        learn_inputs(rows, ["at"])
    with pytest.raises(ModelError, match="a must be double; got int64"):
        matrix(pa.table({"a": [1]}), inputs)
