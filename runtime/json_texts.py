"""JSON texts of Arrow columns; those of most numbers, instants and texts are made without a Python object a value."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

_ESCAPED = r'["\\\x00-\x1f]'


def json_of(value: object) -> str:
    """Return a value as JSON: instants, times, decimals as Python prints them, bytes as hexadecimal digits."""
    return _JSON.encode(value)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


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
    elif type == pa.timestamp("us", "UTC"):
        texts = _quoted(pc.binary_join_element_wise(_instants(column.cast(pa.timestamp("us"))), "+00:00", ""))
    elif pa.types.is_date32(type):
        texts = _quoted(pc.cast(column, pa.string()))
    elif pa.types.is_string(type) and not pc.any(pc.match_substring_regex(column, _ESCAPED)).as_py():
        texts = _quoted(column)
    else:
        texts = pa.chunked_array([[json_of(value) for value in _values(column)]], pa.string())
    return pc.fill_null(texts, "null")


def records_of(rows: pa.Table) -> list[dict[str, object]]:
    """Return rows as Python's objects, instants and days beyond its years as texts."""
    columns = [_values(column) for column in rows.columns]
    return [dict(zip(rows.column_names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[object]:
    """Return values as Python's objects, instants and days inside of others beyond its years as texts."""
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        return column.cast(_printed(column.type)).to_pylist()


def _printed(type: pa.DataType) -> pa.DataType:
    """Return the type of values whose instants and days are texts."""
    if pa.types.is_list(type):
        return pa.list_(_printed(type.value_type))
    if pa.types.is_struct(type):
        return pa.struct([(field.name, _printed(field.type)) for field in type])
    if pa.types.is_map(type):
        return pa.map_(_printed(type.key_type), _printed(type.item_type))
    return pa.string() if pa.types.is_timestamp(type) or pa.types.is_date(type) else type


def json_lists(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return lists, row by row, of values in columns of JSON texts of one length."""
    parts = [part for texts in columns for part in (",", texts)]
    return pc.binary_join_element_wise("[", *parts[1:], "]", "")


def json_objects(columns: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return objects, row by row, of values in columns of JSON texts of one length, in their order."""
    parts = [part for name, texts in columns.items() for part in (f",{json_of(name)}:", texts)]
    return pc.binary_join_element_wise("{" + parts[0][1:], *parts[1:], "}", "")


def _doubles(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return doubles as Python prints them: where Arrow sets exponents differently, by other means."""
    texts, size = pc.cast(column, pa.string()), pc.abs(column)
    whole = pc.and_(pc.equal(column, pc.trunc(column)), pc.less(size, 1e16))
    large = pc.and_(whole, pc.greater_equal(size, 1e10))
    texts = _changed(texts, large, lambda _: pc.cast(column.filter(large).cast(pa.int64()), pa.string()))
    texts = _changed(texts, whole, lambda digits: pc.binary_join_element_wise(digits, ".0", ""))
    small = pc.and_(pc.greater_equal(size, 1e-9), pc.less(size, 1e-4))
    broken = pc.and_(pc.and_(pc.greater_equal(size, 1e10), pc.less(size, 1e16)), pc.invert(whole))
    rest = pc.or_(small, broken)
    return _changed(
        texts, rest, lambda _: pa.chunked_array([list(map(repr, column.filter(rest).to_pylist()))], pa.string())
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
