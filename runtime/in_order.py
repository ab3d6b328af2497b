"""The order of rows by numbers: by comparing where they are few, by counting digits where they are many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
FEWEST_COUNTED = 2048
"""Fewer rows are sorted by comparing them."""


def in_order(numbers: Words, *ties: Words) -> Words:
    """Return the places of rows in order of ``numbers``, of equal ones in that of ``ties``, then as they stand."""
    if not ties:
        return _places(numbers)
    order = in_order(*ties)
    return order[_places(numbers[order])]


def _places(numbers: Words) -> Words:
    count = len(numbers)
    if count < FEWEST_COUNTED or numbers.dtype != np.int64:
        return np.argsort(numbers, kind="stable")
    low, place_bits = int(numbers.min()), count.bit_length()
    bits = (int(numbers.max()) - low).bit_length()
    if bits + place_bits > 63:
        return np.argsort(numbers, kind="stable")
    # numba takes a second to import.
    from .order_kernel import order_kernel

    return order_kernel()(numbers - low, bits, place_bits)
