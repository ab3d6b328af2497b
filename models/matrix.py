"""The matrix that a model is fed: float64, one row per instant, columns in a fixed order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.errors import ModelError

Matrix = npt.NDArray[np.float64]

MOST_CATEGORIES = 1000


@dataclass(frozen=True)
class Input:
    """One column that is fed: its Arrow type as text, and for strings the values that have a code, in code order."""

    name: str
    type: str
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Inputs:
    """The columns that a model is fed, in order."""

    columns: tuple[Input, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the matrix."""
        return tuple(column.name for column in self.columns)

    @property
    def categorical(self) -> tuple[int, ...]:
        """The places of the columns whose numbers are codes of categories."""
        return tuple(place for place, column in enumerate(self.columns) if column.categories is not None)


def inputs_from(columns: Sequence[Mapping[str, Any]]) -> Inputs:
    """Return the inputs that ``dataclasses.asdict`` wrote and JSON has brought back."""
    told = ((one["name"], one["type"], one["categories"]) for one in columns)
    return Inputs(tuple(Input(name, type, None if held is None else tuple(held)) for name, type, held in told))


@dataclass
class Fed:
    """What a model is fed now: without a base its categories grow as rows come; those of ``whole`` without end."""

    inputs: Inputs
    whole: frozenset[str] = frozenset()


def learn_inputs(rows: pa.Table, names: Iterable[str]) -> Inputs:
    """Return the inputs of the named columns; a string column's categories are its most frequent values, sorted.

    Raises ModelError for a column that is missing or that no model can be fed.
    """
    columns: list[Input] = []
    for name in names:
        column = _column(rows, name)
        if _kind(column.type) == "other":
            raise ModelError(f"the feature {name} must be a number, a boolean or a string; got {column.type}")
        columns.append(Input(name, str(column.type), _categories(column) if _kind(column.type) == "text" else None))
    return Inputs(tuple(columns))


def matrix(rows: pa.Table, inputs: Inputs) -> Matrix:
    """Return the inputs' columns as C-contiguous float64 [rows, columns].

    NULL, NaN and the infinities are missing (NaN), true is 1, a string is the code of its category (missing when it
    has none). Raises ModelError where a column is missing or has another type than the inputs say.
    """
    filled = np.empty((len(rows), len(inputs.columns)), np.float64)
    for place, wanted in enumerate(inputs.columns):
        column = _column(rows, wanted.name)
        if str(column.type) != wanted.type:
            raise ModelError(f"the feature {wanted.name} must be {wanted.type}; got {column.type}")
        filled[:, place] = _numbers(column, wanted)
    filled[~np.isfinite(filled)] = np.nan
    return filled


def grow(inputs: Inputs, rows: pa.Table, whole: Collection[str] = ()) -> Inputs:
    """Return the inputs with categories for the strings of ``rows`` too, in order of first sight, up to the most.

    The columns in ``whole`` keep every string.
    """
    columns = inputs.columns
    return Inputs(tuple(_grown(one, rows, whole) if one.categories is not None else one for one in columns))


def _grown(wanted: Input, rows: pa.Table, whole: Collection[str]) -> Input:
    known = dict.fromkeys(wanted.categories or ())
    values = pc.unique(pc.drop_null(pc.cast(_column(rows, wanted.name), pa.string()))).to_pylist()
    known.update(dict.fromkeys(values))
    most = None if wanted.name in whole else MOST_CATEGORIES
    return Input(wanted.name, wanted.type, tuple(known)[:most])


def _column(rows: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in rows.column_names:
        raise ModelError(f"the rows have no feature {name}; they have {', '.join(rows.column_names)}")
    return rows.column(name)


def _kind(type: pa.DataType) -> str:
    if pa.types.is_dictionary(type):
        type = type.value_type
    if pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_string_view(type):
        return "text"
    number = pa.types.is_integer(type) or pa.types.is_floating(type) or pa.types.is_decimal(type)
    return "number" if number or pa.types.is_boolean(type) else "other"


def _numbers(column: pa.ChunkedArray, wanted: Input) -> npt.NDArray[np.float64]:
    if wanted.categories is not None:
        values = pa.array(wanted.categories, pa.string())
        column = pc.index_in(pc.cast(column, pa.string()), value_set=values)
    elif pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.uint8())
    if not pa.types.is_float64(column.type):
        # An integer past 2^53 goes to the nearest double, as in any model of doubles.
        column = pc.cast(column, pa.float64(), safe=False)
    return column.to_numpy()


def _categories(column: pa.ChunkedArray) -> tuple[str, ...]:
    """The most frequent values, ties by the value, then sorted: codes do not depend on the order of rows."""
    counted = pc.value_counts(pc.drop_null(pc.cast(column, pa.string())))
    found = [(-entry["counts"], entry["values"]) for entry in counted.to_pylist()]
    return tuple(sorted(value for _, value in sorted(found)[:MOST_CATEGORIES]))
