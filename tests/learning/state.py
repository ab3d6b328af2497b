"""What models hold, compared to the last bit: River's objects too, whose pickles differ though nothing in them does."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
import pyarrow as pa
from headrace.models import pickles
from headrace.models.state_tables import arrays_of

_COMPARABLE = (bool, int, str, bytes, type, set, frozenset, FunctionType, BuiltinFunctionType)


def plain(table: pa.Table) -> Any:
    """A table of a model's snapshot as arrays, values, and the objects that were pickled."""
    if table.column_names != ["name", "type", "shape", "data"]:
        return table.to_pylist()
    arrays = arrays_of(table)
    return {
        name: pickles.load(held) if name.endswith(("model", "detectors")) else held for name, held in arrays.items()
    }


def alike(left: Any, right: Any, seen: dict[tuple[int, int], tuple[Any, Any]] | None = None) -> bool:
    """Whether two values hold the same: floats by their bits, objects by what pickling would take of them."""
    # Pairs that are being compared, kept alive so that no other object takes over an id.
    seen = {} if seen is None else seen
    if type(left) is not type(right):
        return False
    if (id(left), id(right)) in seen:
        return True
    if isinstance(left, float):
        return left.hex() == right.hex()
    if isinstance(left, np.ndarray):
        return left.shape == right.shape and left.tobytes() == right.tobytes()
    if left is None or isinstance(left, _COMPARABLE):
        return left == right
    seen[id(left), id(right)] = left, right
    parts = [_parts(one) for one in (left, right)]
    return len(parts[0]) == len(parts[1]) and all(alike(a, b, seen) for a, b in zip(*parts, strict=True))


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    if type(value) is dict:
        return [*value, *value.values()]
    if type(value).__module__.startswith("river.proba."):
        # Its own source of random numbers is seeded by the clock; nothing but ``sample`` draws from it.
        return [[name, held] for name, held in vars(value).items() if not isinstance(held, Random)]
    return [list(part) if isinstance(part, Iterator) else part for part in value.__reduce_ex__(4)]
