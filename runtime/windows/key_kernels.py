"""The hash table of an index of keys, compiled ahead and cached on disk: rows of words, each under a number from 0."""

# numba's own parts carry no types; an element of an array is a plain number inside a kernel.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportArgumentType=false

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from ..fold.compiled import ahead, fetch, inlined
from ..fold.hashing import MIXER

# So many rows ahead the cell that a row is looked up in is asked for, and then the key that is there.
NEAR, FAR = 8, 16
Words = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class KeyKernels:
    """The entry points; each does what the function of its name does."""

    number: Callable[[Words, Flags, bool, Words, Words, int, Words, int], tuple[int, int]]
    rebuild: Callable[[Words, int, int, Words], None]


@functools.cache
def key_kernels() -> KeyKernels:
    """Return the kernels, from the cache on disk or compiled now."""
    words, size, flag = numba.int64[::1], numba.int64, numba.boolean
    number_of = numba.types.UniTuple(size, 2)(words, numba.boolean[::1], flag, words, words, size, words, size)
    return KeyKernels(ahead(number, number_of), ahead(rebuild, numba.void(words, size, size, words)))


def number(
    words: Words, given: Flags, add: bool, keys: Words, index: Words, size: int, slots: Words, first: int
) -> tuple[int, int]:
    """Write the number of each row from ``first`` on into ``slots``, -1 for none; there is such a row.

    ``words`` lie column by column, ``keys`` (of ``size`` numbers) row by row. ``index`` holds numbers + 1, 0 for
    none; its length is a power of two. A row that is not ``given`` has no number; others get one if ``add``.
    Returned is how many numbers there are now, and the row to go on with: one that needs a number where ``keys`` are
    full, or half of ``index`` is.
    """
    rows = len(given)
    width, mask = len(words) // rows, len(index) - 1
    room = min(len(keys) // width, len(index) // 2)
    for row in range(first, rows):
        if row + FAR < rows:
            fetch(index, first_cell(words, row + FAR, rows, width, mask))
        if row + NEAR < rows:
            fetch(keys, (index[first_cell(words, row + NEAR, rows, width, mask)] - 1) * width)
        slots[row] = -1
        if not given[row]:
            continue
        cell = first_cell(words, row, rows, width, mask)
        while index[cell] != 0:
            place = (index[cell] - 1) * width
            same = True
            for column in range(width):
                same = same and keys[place + column] == words[column * rows + row]
            if same:
                slots[row] = index[cell] - 1
                break
            cell = (cell + 1) & mask
        if index[cell] == 0 and add:
            if size == room:
                return size, row
            for column in range(width):
                keys[size * width + column] = words[column * rows + row]
            slots[row] = size
            size += 1
            index[cell] = size
    return size, rows


def rebuild(keys: Words, width: int, size: int, index: Words) -> None:
    """Fill an empty ``index`` with the numbers of ``keys``."""
    mask = len(index) - 1
    for slot in range(size):
        if slot + FAR < size:
            fetch(index, first_cell(keys, (slot + FAR) * width, 1, width, mask))
        cell = first_cell(keys, slot * width, 1, width, mask)
        while index[cell] != 0:
            cell = (cell + 1) & mask
        index[cell] = slot + 1


@inlined
def first_cell(words: Words, first: int, step: int, width: int, mask: int) -> int:
    """Return where an index of ``mask`` + 1 cells is looked into first for a key: ``width`` words, ``step`` apart."""
    mixed = 0
    for column in range(width):
        mixed = (mixed * 31 + words[first + column * step]) * MIXER
        mixed ^= (mixed >> 32) & 0xFFFFFFFF
    return mixed & mask
