"""A hash table of (slot, word) pairs: flat pairs in order of first sight, and an index of places from 1, 0 for none."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import compiled, inlined, merged
from .layout import ZERO, Words

MIXER = -7046029254386353131


@inlined
def home(slot: int, word: int, mask: int) -> int:
    """Return where in an index the search for a pair begins."""
    mixed = (slot * 31 + word) * MIXER
    mixed ^= (mixed >> 29) & ((1 << 35) - 1)
    mixed *= MIXER
    return ((mixed >> 32) & ((1 << 32) - 1)) & mask


@compiled
def find(pairs: Words, index: Words, mask: int, limit: int, slot: int, word: int) -> int:
    """Return the place of a pair among the first ``limit``, from 1, or less the index's empty cell, less 1."""
    cell = home(slot, word, mask)
    while index[cell] != 0:
        place = index[cell]
        if place <= limit and pairs[2 * (place - 1)] == slot and pairs[2 * (place - 1) + 1] == word:
            return int(place)
        cell = (cell + 1) & mask
    return -1 - int(cell)


@merged
def note(
    slots: Words, words: Words, counted: Words, rows: int, pairs: Words, index: Words, mask: int, size: int,
    others: Words, other_index: Words, other_mask: int, other_size: int, fresh: Words,
) -> int:  # fmt: skip
    """Add the pairs of the rows that count and are in neither table; mark these rows; return the new size."""
    for row in range(rows):
        if counted[row] == 0:
            continue
        slot, word = slots[row], words[row]
        if other_size > ZERO and find(others, other_index, other_mask, other_size, slot, word) > 0:
            continue
        cell = find(pairs, index, mask, size, slot, word)
        if cell < 0:
            pairs[2 * size] = slot
            pairs[2 * size + 1] = word
            size += 1
            index[-1 - cell] = size
            fresh[row] = 1
    return size
