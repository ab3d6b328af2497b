"""The value dictionary: values that do not fit a word, each under a code."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .layout import Words


class Values:
    """The values of one term by code, from 1; code 0 is NULL.

    Equal strings and binaries share a code while it lives; a value of any other type has its own. ``codes``
    adds a batch, ``take`` reads values back, ``keep`` lets go of those that no code refers to any more.
    """

    def __init__(self, type: pa.DataType) -> None:
        self.type = type
        self._shared = pa.types.is_string(type) or pa.types.is_binary(type)
        self._chunks: list[pa.Array] = []
        self._size = 0
        self._known: dict[object, int] = {}
        self._inherited: dict[object, int] = {}
        self._inherited_size = 0
        self._kept = 0
        self._order = np.empty(0, np.int64)
        self._ranks = np.zeros(1, np.int64)

    def __len__(self) -> int:
        return self._size

    @property
    def garbage(self) -> int:
        """How many values came since ``keep`` last looked; no more than these can be unused."""
        return self._size - self._kept

    def codes(self, values: pa.Array) -> Words:
        """Return a code per value, adding those not yet known."""
        if not self._shared:
            given = np.asarray(values.is_valid())
            found = np.zeros(len(values), np.int64)
            found[given] = np.arange(self._size + 1, self._size + 1 + int(given.sum()))
            self._append(values.drop_null())
            return found
        encoded = values.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        codes = np.zeros(len(distinct) + 1, np.int64)
        fresh: list[int] = []
        for place, value in enumerate(distinct):
            code = self._known.get(value, 0) or self._inherited_code(value)
            if code == 0:
                fresh.append(place)
                code = self._size + len(fresh)
                self._known[value] = code
            codes[place] = code
        self._append(encoded.dictionary.take(pa.array(fresh, pa.int64())))
        # The last place of ``codes`` stands for NULL.
        indices = encoded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
        return codes[indices]

    def _inherited_code(self, value: object) -> int:
        code = self._inherited.get(value, 0)
        return code if code <= self._inherited_size else 0

    def _append(self, values: pa.Array) -> None:
        if len(values) == 0:
            return
        self._size += len(values)
        # Merging like sizes keeps the chunks few and copies each value a logarithmic number of times.
        while self._chunks and len(self._chunks[-1]) <= 2 * len(values):
            values = pa.concat_arrays([self._chunks.pop(), values])
        self._chunks.append(values)

    def take(self, codes: Words) -> pa.Array:
        """Return the value of each code, NULL for 0."""
        if not self._chunks:
            return pa.nulls(len(codes), self.type)
        used, places = np.unique(codes, return_inverse=True)
        ends = np.cumsum([len(chunk) for chunk in self._chunks])
        bounds = np.searchsorted(used, np.concatenate([[0], ends]), "right").tolist()
        parts = [pa.nulls(bounds[0], self.type)]
        for chunk, end, low, high in zip(self._chunks, ends.tolist(), bounds, bounds[1:], strict=False):
            if low < high:
                parts.append(chunk.take(pa.array(used[low:high] - 1 - (end - len(chunk)))))
        return pa.concat_arrays(parts).take(pa.array(places))

    def keep(self, numbers: Words) -> None:
        """Renumber the values: code c becomes ``numbers[c]``, and is let go where that is 0."""
        held = np.flatnonzero(numbers)
        order = held[np.argsort(numbers[held])]
        values = self.take(order)
        self.load(values)

    def load(self, values: pa.Array) -> None:
        """Hold just these values, under the codes 1, 2 ..."""
        self._chunks = [values] if len(values) else []
        self._size = self._kept = len(values)
        self._inherited, self._inherited_size = {}, 0
        self._order = np.empty(0, np.int64)
        self._known = {value: code for code, value in enumerate(values.to_pylist(), 1)} if self._shared else {}

    def ranks(self) -> Words:
        """Return the place of each value among all in order, by code; texts are ordered by their bytes."""
        placed = len(self._order)
        if placed < self._size:
            come = self.take(np.arange(placed + 1, self._size + 1))
            order = pc.sort_indices(come).to_numpy().astype(np.int64)
            values = come.take(pa.array(order)).to_pylist() if placed else ()
            at = [bisect_left(self._order, value, key=self._value) for value in values] or 0
            self._order = np.insert(self._order, at, order + placed + 1)
            self._ranks = np.zeros(self._size + 1, np.int64)
            self._ranks[self._order] = np.arange(self._size)
        return self._ranks

    def _value(self, code: int) -> object:
        """The value of a code."""
        for chunk in self._chunks:
            if code <= len(chunk):
                return chunk[code - 1].as_py()
            code -= len(chunk)
        raise IndexError(code)

    def all(self) -> pa.Array:
        """Return every value in the order of codes."""
        return pa.concat_arrays([pa.nulls(0, self.type), *self._chunks])

    def copy(self) -> Values:
        """Return an independent dictionary with the same codes, at a cost that does not depend on its size."""
        other = Values(self.type)
        other._chunks, other._size, other._kept = self._chunks.copy(), self._size, self._size
        other._order, other._ranks = self._order, self._ranks
        # The original only ever adds to ``_known``, or replaces it; what it adds has codes past this size.
        other._inherited, other._inherited_size = (
            (self._known, self._size) if not self._inherited else ({**self._inherited, **self._known}, self._size)
        )
        return other
