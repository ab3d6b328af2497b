"""Chains of values still in a window, threaded through the entries that hold them, oldest first.

A chain is the words ``[first, last]``, each the number of an entry or 0; an entry links to the one before it
and the one after it. For min and max a value that a newer one beats leaves the chain at once, so that
the first is the answer. A chain that keeps all answers ``first``. Entry ``e`` of a block starts its body at
``origin + ((e - 1) & mask) * stride``.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import inlined
from .layout import A_COLUMN, A_FLOAT_MASK, A_KEEP, A_LINK, A_REVERSE, Words


@inlined
def rank(word: int, float_mask: int, reverse: int) -> int:
    """Return an integer that orders words as their values, NaN above all; reversed where ``reverse`` is -1."""
    return (word ^ ((word >> 63) & float_mask)) ^ reverse


@inlined
def chain_add(
    accumulators: Words, a: int, state: Words, at: int, store: Words, origin: int, mask: int, stride: int, entry: int
) -> None:
    """Add entry ``entry`` of a block at the end, after dropping those that it beats."""
    here = origin + ((entry - 1) & mask) * stride
    link = accumulators[a + A_LINK]
    last = state[at + 1]
    if accumulators[a + A_KEEP] == 0:
        column = accumulators[a + A_COLUMN]
        float_mask, reverse = accumulators[a + A_FLOAT_MASK], accumulators[a + A_REVERSE]
        new = rank(store[here + column], float_mask, reverse)
        while last != 0:
            there = origin + ((last - 1) & mask) * stride
            if rank(store[there + column], float_mask, reverse) < new:
                break
            last = store[there + link]
    store[here + link] = last
    store[here + link + 1] = 0
    if last == 0:
        state[at] = entry
    else:
        store[origin + ((last - 1) & mask) * stride + link + 1] = entry
    state[at + 1] = entry


@inlined
def chain_evict(
    link: int, state: Words, at: int, store: Words, origin: int, mask: int, stride: int, entry: int
) -> None:
    """Take entry ``entry``, the oldest in its window, out of the chain if it is still there."""
    if state[at] != entry:
        return
    following = chain_pass(link, state, at, store, origin, mask, stride, entry)
    if following != 0:
        store[origin + ((following - 1) & mask) * stride + link] = 0


@inlined
def chain_pass(link: int, state: Words, at: int, store: Words, origin: int, mask: int, stride: int, entry: int) -> int:
    """Let the chain begin after entry ``entry``, its first, and return where; no block is written to."""
    following = store[origin + ((entry - 1) & mask) * stride + link + 1]
    state[at] = following
    if following == 0:
        state[at + 1] = 0
    return following
