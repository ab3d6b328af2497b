"""Rows in order of time, found in time that grows with their number alone; compiled ahead and cached on disk."""

# numba's own parts carry no types, and an element of an array is a plain number inside a kernel.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportArgumentType=false

from __future__ import annotations

import functools
from collections.abc import Callable

import numba
import numpy as np
import numpy.typing as npt

from .fold.compiled import ahead

Words = npt.NDArray[np.int64]
DIGIT_BITS = 11
"""So many bits are sorted by at a time: their counts fit the processor's nearest cache."""


@functools.cache
def order_kernel() -> Callable[[Words, int, int], Words]:
    """Return ``places_in_order`` as a kernel, from the cache on disk or compiled now."""
    size = numba.int64
    return ahead(places_in_order, numba.int64[::1](numba.int64[::1], size, size))


def places_in_order(numbers: Words, bits: int, place_bits: int) -> Words:
    """Return the places of ``numbers`` in order, those of equal ones as they stand.

    None is negative; ``bits`` are those of the greatest, ``place_bits`` those of a place. Together they fit one word.
    """
    count, digits = len(numbers), 1 << DIGIT_BITS
    words, other = np.empty(count, np.int64), np.empty(count, np.int64)
    for place in range(count):
        words[place] = (numbers[place] << place_bits) | place
    for shift in range(place_bits, place_bits + bits, DIGIT_BITS):
        starts = np.zeros(digits + 1, np.int64)
        for word in words:
            starts[((word >> shift) & (digits - 1)) + 1] += 1
        for digit in range(digits):
            starts[digit + 1] += starts[digit]
        for word in words:
            digit = (word >> shift) & (digits - 1)
            other[starts[digit]] = word
            starts[digit] += 1
        words, other = other, words
    for place in range(count):
        words[place] &= (1 << place_bits) - 1
    return words
