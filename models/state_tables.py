"""State as Arrow tables: arrays by name, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Arrays = Mapping[str, npt.NDArray[Any]]

_SCHEMA = pa.schema(
    [("name", pa.string()), ("type", pa.string()), ("shape", pa.list_(pa.int64())), ("data", pa.large_binary())]
)


def arrays_table(arrays: Arrays) -> pa.Table:
    """Return a row per array."""
    rows: list[dict[str, Any]] = [
        {"name": name, "type": array.dtype.str, "shape": list(array.shape), "data": array.tobytes()}
        for name, array in arrays.items()
    ]
    return pa.Table.from_pylist(rows, _SCHEMA)


def arrays_of(table: pa.Table) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of ``arrays_table``, free to be written to."""
    return {
        row["name"]: np.frombuffer(row["data"], row["type"]).reshape(row["shape"]).copy() for row in table.to_pylist()
    }


def under(prefix: str, arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays with ``prefix.`` before their names."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def part(prefix: str, arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays whose names start with ``prefix.``, without it."""
    begins = f"{prefix}."
    return {name.removeprefix(begins): array for name, array in arrays.items() if name.startswith(begins)}
