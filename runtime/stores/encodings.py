"""How the columns of a Parquet file are encoded: what is fast to write, and smaller than a dictionary of everything."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_LOOKED_AT = 1000
_REPEATED = 10
"""A value that comes so often, on average, pays for the dictionary that it is looked up in."""


def encodings(table: pa.Table) -> tuple[list[str], dict[str, str]]:
    """Return the paths of leaves that take a dictionary, and other columns with their encoding.

    Numbers and instants of which few are equal in the first 1,000 rows take none: doubles are plain, the others
    differences. Text, and whatever is inside of lists and structs, has one, as Parquet's writers do by default.
    """
    looked_up: list[str] = []
    encoded: dict[str, str] = {}
    for field in table.schema:
        floating = pa.types.is_floating(field.type)
        numbers = floating or pa.types.is_integer(field.type) or pa.types.is_temporal(field.type)
        if not numbers or _repeats(table.column(field.name)):
            looked_up += _leaves(field.name, field.type)
        else:
            encoded[field.name] = "PLAIN" if floating else "DELTA_BINARY_PACKED"
    return looked_up, encoded


def _repeats(column: pa.ChunkedArray) -> bool:
    looked_at = column.slice(0, _LOOKED_AT)
    return pc.count_distinct(looked_at).as_py() * _REPEATED <= len(looked_at)


def _leaves(path: str, type: pa.DataType) -> list[str]:
    """Return the paths of the columns that Parquet makes of one of Arrow's."""
    if pa.types.is_struct(type):
        return [leaf for field in type for leaf in _leaves(f"{path}.{field.name}", field.type)]
    if pa.types.is_map(type):
        return _leaves(f"{path}.key_value.key", type.key_type) + _leaves(f"{path}.key_value.value", type.item_type)
    if pa.types.is_nested(type):
        return _leaves(f"{path}.list.element", type.value_type)
    return [path]
