"""Entities as dense numbers: one index per view, a hash table of their keys."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Column, View
from ..duck import arrow_schema

Slots = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
UNSEEN = -1
FEWEST = 64


class KeyIndex:
    """Numbers entities from 0 in order of first sight.

    ``schema`` names and types the key columns (``_k0`` ...). A NULL in any key column is never numbered.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._size = 0
        self._codes = {name: _Codes(schema.field(name).type) for name in schema.names if not _is_word(schema, name)}
        self._keys = np.zeros(FEWEST * len(schema), np.int64)
        self._index = np.zeros(2 * FEWEST, np.int64)

    def __len__(self) -> int:
        return self._size

    def add(self, keys: pa.Table) -> Slots:
        """Return the slot of each row of ``keys``, numbering those seen for the first time."""
        return self._number(keys, add=True)

    def find(self, keys: pa.Table) -> Slots:
        """Return the slot of each row of ``keys``, UNSEEN where there is none."""
        return self._number(keys, add=False)

    def find_one(self, key: Sequence[object]) -> int | None:
        """Return the slot of one key, UNSEEN where there is none.

        None where a value is not of its column's own kind, an ``int`` or a ``str``, and must be converted first.
        """
        from .key_kernels import key_kernels

        words: list[int] = []
        for field, value in zip(self.schema, key, strict=True):
            if type(value) is str and pa.types.is_string(field.type):
                words.append(self._codes[field.name].code(value))
            elif type(value) is int and pa.types.is_signed_integer(field.type):
                if value.bit_length() >= field.type.bit_width:
                    return None
                words.append(value)
            else:
                return None
        slot = np.empty(1, np.int64)
        one = np.array(words, np.int64), np.ones(1, bool), False
        key_kernels().number(*one, self._keys, self._index, self._size, slot, 0)
        return int(slot[0])

    def _number(self, keys: pa.Table, *, add: bool) -> Slots:
        # numba takes a second to import.
        from .key_kernels import key_kernels

        rows, given = len(keys), np.ones(len(keys), bool)
        words = np.empty((len(self.schema), rows), np.int64)
        for place, field in enumerate(self.schema):
            array = _one_array(keys.column(field.name), field.type)
            if array.null_count:
                given &= np.asarray(array.is_valid())
            words[place] = self._words(field.name, array, add=add)
        slots = np.empty(rows, np.int64)
        asked, done = (words.reshape(-1), given, add), 0
        while done < rows:
            self._size, done = key_kernels().number(*asked, self._keys, self._index, self._size, slots, done)
            if done < rows:
                self._make_room(2 * self._size)
        return slots

    def _words(self, name: str, array: pa.Array, *, add: bool) -> Slots:
        if name in self._codes:
            return self._codes[name].of(array, add=add)
        if pa.types.is_boolean(array.type):
            return np.asarray(array.fill_null(False)).astype(np.int64)
        return _integers(array).astype(np.int64)

    def _make_room(self, keys: int) -> None:
        from .key_kernels import key_kernels

        width = len(self.schema)
        grown = np.zeros(keys * width, np.int64)
        grown[: self._size * width] = self._keys[: self._size * width]
        self._keys = grown
        self._index = np.zeros(1 << (2 * keys - 1).bit_length(), np.int64)
        key_kernels().rebuild(self._keys, width, self._size, self._index)

    def take(self, slots: Slots) -> pa.Table:
        """Return the keys of ``slots`` (all numbered), row for row."""
        words = self._keys[: self._size * len(self.schema)].reshape(self._size, len(self.schema))[slots]
        columns = [self._column(field, words[:, place]) for place, field in enumerate(self.schema)]
        return pa.table(columns, schema=self.schema)

    def _column(self, field: pa.Field, words: Slots) -> pa.Array:
        """The values that words of a column stand for."""
        if field.name in self._codes:
            return self._codes[field.name].take(words)
        if pa.types.is_boolean(field.type):
            return pa.array(words != 0)
        width = np.dtype(f"{'u' if pa.types.is_unsigned_integer(field.type) else ''}int{field.type.bit_width}")
        return pa.array(words.astype(width)).view(field.type)

    def snapshot(self) -> pa.Table:
        """Return every key in slot order."""
        return self.take(np.arange(self._size))

    def restore(self, keys: pa.Table) -> None:
        """Take over the keys of a snapshot."""
        fresh = KeyIndex(self.schema)
        fresh._make_room(max(len(keys), FEWEST))
        fresh.add(keys)
        self.__dict__.update(fresh.__dict__)


def complete(keys: pa.Table) -> Flags:
    """Tell which keys have no NULL."""
    given = np.ones(len(keys), bool)
    for column in keys.columns:
        if column.null_count:
            given &= np.asarray(column.is_valid())
    return given


def typed_keys(view: View, columns: list[pa.ChunkedArray]) -> pa.Table:
    """Return columns as the keys of a view, under their key names and in its types."""
    names = program.key_columns(view)
    schema = arrow_schema([Column(name, key.type) for name, key in zip(names, view.entity, strict=True)])
    return pa.table({field.name: column.cast(field.type) for field, column in zip(schema, columns, strict=True)})


class _Codes:
    """The values of a column that are no words, each under a number from 0 in order of first sight."""

    def __init__(self, type: pa.DataType) -> None:
        self._type = type
        self._known: dict[object, int] = {}
        self._chunks: list[pa.Array] = []

    def of(self, array: pa.Array, *, add: bool) -> Slots:
        """Return the number of each value, adding those not known yet if ``add``; UNSEEN for one without."""
        encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        fresh = [place for place, value in enumerate(distinct) if value not in self._known] if add else []
        for place in fresh:
            self._known[distinct[place]] = len(self._known)
        if fresh:
            self._append(encoded.dictionary.take(pa.array(fresh, pa.int64())).cast(self._value_type))
        known = self._known
        # The last place stands for NULL.
        codes = np.fromiter((known.get(value, UNSEEN) for value in (*distinct, None)), np.int64, len(distinct) + 1)
        return codes[_integers(encoded.indices.fill_null(len(distinct)))]

    def code(self, value: object) -> int:
        """Return the number of one value, UNSEEN where it has none."""
        return self._known.get(value, UNSEEN)

    @property
    def _value_type(self) -> pa.DataType:
        return self._type.value_type if pa.types.is_dictionary(self._type) else self._type

    def _append(self, values: pa.Array) -> None:
        # Merging like sizes keeps the chunks few and copies each value a logarithmic number of times.
        while self._chunks and len(self._chunks[-1]) <= 2 * len(values):
            values = pa.concat_arrays([self._chunks.pop(), values])
        self._chunks.append(values)

    def take(self, codes: Slots) -> pa.Array:
        """Return the value under each number."""
        taken = pa.chunked_array(self._chunks, self._value_type).take(pa.array(codes)).combine_chunks()
        return _one_array(pa.chunked_array([taken]), self._type)


def _is_word(schema: pa.Schema, name: str) -> bool:
    """Tell whether a column's values are words: whole numbers of at most 64 bits."""
    type = schema.field(name).type
    kinds = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_date32, pa.types.is_timestamp)
    return any(kind(type) for kind in kinds)


def _one_array(column: pa.ChunkedArray, type: pa.DataType) -> pa.Array:
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return array if array.type == type else array.cast(type)


def _integers(array: pa.Array) -> npt.NDArray[np.integer]:
    """Whole numbers, dates or instants as numbers of their own width; NULL is 0."""
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    elif pa.types.is_timestamp(array.type):
        array = array.view(pa.int64())
    return np.asarray(array.fill_null(0) if array.null_count else array)
