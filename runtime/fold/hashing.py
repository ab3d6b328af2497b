"""Where the search for a pair of words begins in an open hash table."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import inlined

MIXER = -7046029254386353131


@inlined
def home(slot: int, word: int, mask: int) -> int:
    """Return where in an index the search for a pair begins."""
    mixed = (slot * 31 + word) * MIXER
    mixed ^= (mixed >> 29) & ((1 << 35) - 1)
    mixed *= MIXER
    return ((mixed >> 32) & ((1 << 32) - 1)) & mask
