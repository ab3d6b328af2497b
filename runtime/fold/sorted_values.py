"""Sorted values: those of a window in order, of which quantiles are made.

The words of a slot are those of a ring, ``[offset, capacity, held, promised]``, and its entries the ranks of its values
(``chains.rank``), least first. A value that comes or leaves moves those above it, one word each: for windows of
thousands of rows that is less than anything that finds its way through a tree. Promised are the entries, and the rows
that may still become one.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .accumulators import enters
from .chains import rank
from .compiled import compiled, inlined
from .layout import (
    A_COLUMN,
    A_FLOAT_MASK,
    A_PASS,
    A_PASS_WORD,
    A_STATE,
    RING_OFFSET,
    RING_PROMISED,
    RING_PUSHED,
    Memory,
    Plan,
    Words,
)


@compiled
def place_of(memory: Memory, at: int, value: int) -> int:
    """Return where in the arena the first entry of the slot at ``at`` lies that is not below ``value``, or would."""
    low = memory.state[at + RING_OFFSET]
    high = low + memory.state[at + RING_PUSHED]
    while low < high:
        middle = (low + high) >> 1
        if memory.arena[middle] < value:
            low = middle + 1
        else:
            high = middle
    return int(low)


@inlined
def rank_in(plan: Plan, a: int, store: Words, body: int) -> int:
    """Return an integer that orders a row's value among those of accumulator ``a``."""
    return rank(store[body + plan.accumulators[a + A_COLUMN]], plan.accumulators[a + A_FLOAT_MASK], 0)


@compiled
def sort_in(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Put the value of a row that has been promised room in its place, if it has one."""
    if not enters(plan.accumulators, a, store, body):
        leave_out(plan, memory, a, base, store, body)
        return
    at, value = base + plan.accumulators[a + A_STATE], rank_in(plan, a, store, body)
    end = memory.state[at + RING_OFFSET] + memory.state[at + RING_PUSHED]
    place = place_of(memory, at, value)
    for entry in range(end, place, -1):
        memory.arena[entry] = memory.arena[entry - 1]
    memory.arena[place] = value
    memory.state[at + RING_PUSHED] += 1


@compiled
def leave_out(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Do without a row that has been promised room."""
    if store[body + plan.accumulators[a + A_PASS_WORD]] & plan.accumulators[a + A_PASS] != 0:
        memory.state[base + plan.accumulators[a + A_STATE] + RING_PROMISED] -= 1


@compiled
def take_out(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Take back the value of a row that was put in its place."""
    if not enters(plan.accumulators, a, store, body):
        return
    at = base + plan.accumulators[a + A_STATE]
    end = memory.state[at + RING_OFFSET] + memory.state[at + RING_PUSHED] - 1
    for entry in range(place_of(memory, at, rank_in(plan, a, store, body)), end):
        memory.arena[entry] = memory.arena[entry + 1]
    memory.state[at + RING_PUSHED] -= 1
    memory.state[at + RING_PROMISED] -= 1


@compiled
def empty(memory: Memory, at: int) -> None:
    """Let go of every value of the slot at ``at``."""
    memory.state[at + RING_PROMISED] -= memory.state[at + RING_PUSHED]
    memory.state[at + RING_PUSHED] = 0


@inlined
def value_at(memory: Memory, at: int, place: int, float_mask: int) -> int:
    """Return the value at a place, from 0, in the order of the values of the slot at ``at``."""
    return rank(memory.arena[memory.state[at + RING_OFFSET] + place], float_mask, 0)


@inlined
def nearest(held: int, part: int, whole: int) -> int:
    """Return the first place of ``held`` up to which there are at least ``part / whole`` of all."""
    # In whole numbers: no float is 0.9.
    above = (held * whole - held * part) // whole
    return max(held - above, 1) - 1
