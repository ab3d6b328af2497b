"""Which values each key has had: the memory behind ``count(DISTINCT x)`` over all of history."""

# An element of an array is a plain number inside a kernel. pyarrow carries no types.
# pyright: reportArgumentType=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from .columns import Flags, array_of, plain_words
from .kernels import kernels
from .layout import Words
from .measures import Flag, is_one_word
from .values import Values

FEWEST = 64
SIGN_BIT = -(1 << 63)


class Seen:
    """The (slot, value) pairs of one ``fresh`` flag, in order of first sight.

    An open hash table gives the place of each pair; nothing is ever taken out. ``copy`` is cheap: it looks
    into the table of the original, up to the pairs that this had then, and keeps its own beside it.
    """

    def __init__(self, flag: Flag, type: str, arrow: pa.DataType) -> None:
        self._note = kernels().note
        self._flag, self._arrow = flag, arrow
        self._values = None if is_one_word(type) else Values(arrow)
        self._pairs = np.zeros(2 * FEWEST, np.int64)
        self._index = np.zeros(4 * FEWEST, np.int64)
        self._size = 0
        self._parent: tuple[Words, Words, int] = (np.zeros(2, np.int64), np.zeros(1, np.int64), 0)

    def fresh(self, slots: Words, arrays: Mapping[str, pa.Array]) -> Flags:
        """Tell which rows give their slot a value that it never had, in a row that meets the flag's condition."""
        array = arrays[self._flag.term or ""]
        counted = np.asarray(array.is_valid())
        if self._flag.among is not None:
            counted = counted & np.asarray(arrays[self._flag.among].fill_null(False))
        words = self._words(array)
        self._make_room(len(slots))
        found = np.zeros(len(slots), np.int64)
        self._size = self._note(
            slots, words, counted.astype(np.int64), self._pairs, self._index, self._size, *self._parent, found
        )
        return found != 0

    def _words(self, array: pa.Array) -> Words:
        if self._values is not None:
            return self._values.codes(array)
        words = plain_words(array)
        if pa.types.is_floating(array.type):
            # Zeros are equal whatever their sign.
            words = np.where(words == SIGN_BIT, 0, words)
        return np.ascontiguousarray(words)

    def _make_room(self, rows: int) -> None:
        needed = self._size + rows
        if 2 * needed > len(self._pairs):
            pairs = np.zeros(4 * needed, np.int64)
            pairs[: 2 * self._size] = self._pairs[: 2 * self._size]
            self._pairs = pairs
        if 2 * needed > len(self._index):
            self._reindex(1 << (4 * needed - 1).bit_length())

    def _reindex(self, capacity: int) -> None:
        pairs, size = self._pairs, self._size
        self._pairs, self._index = np.zeros_like(pairs), np.zeros(capacity, np.int64)
        slots, words = (np.ascontiguousarray(pairs[: 2 * size].reshape(-1, 2)[:, side]) for side in (0, 1))
        every, found = np.ones(size, np.int64), np.zeros(size, np.int64)
        nothing = (np.zeros(2, np.int64), np.zeros(1, np.int64), 0)
        self._size = self._note(slots, words, every, self._pairs, self._index, 0, *nothing, found)

    def copy(self) -> Seen:
        """Return an independent memory with the same pairs; a copy of a copy copies its own pairs."""
        other = object.__new__(Seen)
        other.__dict__.update(self.__dict__)
        if self._values is not None:
            other._values = self._values.copy()
        if self._parent[2] == 0:
            other._parent = (self._pairs, self._index, self._size)
            other._pairs, other._index = np.zeros(2 * FEWEST, np.int64), np.zeros(4 * FEWEST, np.int64)
            other._size = 0
        else:
            other._pairs, other._index = self._pairs.copy(), self._index.copy()
        return other

    def tables(self) -> dict[str, pa.Table]:
        """Return the pairs and values of a memory that is no copy."""
        tables = {"pairs": pa.table({"words": self._pairs[: 2 * self._size]})}
        return tables if self._values is None else {**tables, "values": pa.table({"value": self._values.all()})}

    def load(self, pairs: pa.Table, values: pa.Table | None) -> None:
        """Take over what ``tables`` gave."""
        words = np.array(pairs.column("words").to_numpy(), np.int64)
        self._size = len(words) // 2
        self._pairs = np.concatenate([words, np.zeros(2 * FEWEST, np.int64)])
        self._reindex(1 << (4 * (self._size + FEWEST) - 1).bit_length())
        if self._values is not None and values is not None:
            self._values.load(array_of(values, "value", self._arrow))
