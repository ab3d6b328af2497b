"""JSON texts of Arrow columns; those of numbers, instants and plain texts are made without a Python object a value."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

_ESCAPED = r'["\\\x00-\x1f]'


def json_of(value: object) -> str:
    """Return a value as JSON: instants and decimals as Python prints them, bytes as hexadecimal digits."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def json_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ``json_of`` each value, ``null`` where there is none."""
    type = column.type
    if pa.types.is_integer(type) or pa.types.is_boolean(type):
        texts = pc.cast(column, pa.string())
    elif pa.types.is_float64(type) and pc.all(pc.is_finite(column)).as_py() is not False:
        digits = pc.cast(column, pa.string())
        texts = _replaced(digits, pc.equal(column, pc.trunc(column)), r"^(-?\d+)$", r"\1.0")
    elif type == pa.timestamp("us"):
        digits = pc.cast(column, pa.string())
        texts = _quoted(_replaced(digits, pc.ends_with(digits, ".000000"), r"\.000000$", ""))
    elif pa.types.is_string(type) and not pc.any(pc.match_substring_regex(column, _ESCAPED)).as_py():
        texts = _quoted(column)
    else:
        texts = pa.chunked_array([[json_of(value) for value in column.to_pylist()]], pa.string())
    return pc.fill_null(texts, "null")


def json_lists(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return lists, row by row, of values in columns of JSON texts of one length."""
    parts = [part for texts in columns for part in (",", texts)]
    return pc.binary_join_element_wise("[", *parts[1:], "]", "")


def json_objects(columns: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return objects, row by row, of values in columns of JSON texts of one length, in their order."""
    parts = [part for name, texts in columns.items() for part in (f",{json_of(name)}:", texts)]
    return pc.binary_join_element_wise("{" + parts[0][1:], *parts[1:], "}", "")


def _replaced(texts: pa.ChunkedArray, where: pa.ChunkedArray, pattern: str, replacement: str) -> pa.ChunkedArray:
    """Replace what matches in the texts that are pointed out; few of them, as a rule."""
    changed = pc.replace_substring_regex(texts.filter(where), pattern, replacement)
    return pc.replace_with_mask(texts, where.combine_chunks(), changed.combine_chunks()) if len(changed) else texts


def _quoted(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise('"', texts, '"', "")
