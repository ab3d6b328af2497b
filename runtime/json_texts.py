"""JSON texts of Arrow columns; those of numbers, instants and plain texts are made without a Python object a value."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

_ESCAPED = r'["\\\x00-\x1f]'


def json_of(value: object) -> str:
    """Return a value as JSON: instants and decimals as Python prints them, bytes as hexadecimal digits."""
    return _JSON.encode(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


_JSON = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))


def json_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ``json_of`` each value, ``null`` where there is none."""
    type = column.type
    if pa.types.is_integer(type) or pa.types.is_boolean(type):
        texts = pc.cast(column, pa.string())
    elif pa.types.is_float64(type) and pc.all(pc.is_finite(column)).as_py() is not False:
        texts = _doubles(column)
    elif type == pa.timestamp("us"):
        texts = _quoted(_instants(column))
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


def _doubles(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return doubles as Python prints them: where Arrow sets exponents differently, by Python."""
    texts, size = pc.cast(column, pa.string()), pc.abs(column)
    plain = pc.or_(pc.equal(size, 0.0), pc.and_(pc.greater_equal(size, 1e-4), pc.less(size, 1e10)))
    whole = pc.and_(plain, pc.equal(column, pc.trunc(column)))
    texts = _changed(texts, whole, lambda digits: pc.binary_join_element_wise(digits, ".0", ""))
    other = column.filter(pc.invert(plain)).to_pylist()
    return _changed(
        texts, pc.invert(plain), lambda _: pa.chunked_array([[repr(value) for value in other]], pa.string())
    )


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return instants as Python prints them: those of whole seconds end there."""
    texts = pc.cast(column, pa.string())
    return _changed(texts, pc.ends_with(texts, ".000000"), lambda whole: pc.utf8_slice_codeunits(whole, 0, -7))


def _changed(
    texts: pa.ChunkedArray, where: pa.ChunkedArray, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]
) -> pa.ChunkedArray:  # fmt: skip
    """Return the texts with those changed that are pointed out."""
    changed = change(texts.filter(where))
    return pc.replace_with_mask(texts, where.combine_chunks(), changed.combine_chunks()) if len(changed) else texts


def _quoted(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise('"', texts, '"', "")
