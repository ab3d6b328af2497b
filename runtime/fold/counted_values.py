"""Counted values: those of all history in order, each once with how often it came, of which quantiles are made.

The words of a slot are those of a ring, ``[offset, capacity, entries, promised]``, and an entry is ``[rank, count]`` by
the ranks of its values (``chains.rank``), least first. Nothing leaves again. Promised are the entries, and the rows
that may still become one.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .accumulators import enters
from .chains import rank
from .compiled import compiled
from .layout import A_STATE, RING_OFFSET, RING_PROMISED, RING_PUSHED, Memory, Plan, Words
from .sorted_values import leave_out, rank_in


@compiled
def entry_of(memory: Memory, at: int, value: int) -> int:
    """Return where in the arena the first entry of the slot at ``at`` lies that is not below ``value``, or would."""
    offset, low, high = memory.state[at + RING_OFFSET], 0, memory.state[at + RING_PUSHED]
    while low < high:
        middle = (low + high) >> 1
        if memory.arena[offset + 2 * middle] < value:
            low = middle + 1
        else:
            high = middle
    return int(offset + 2 * low)


@compiled
def count_in(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Count the value of a row that has been promised room, if it has one."""
    if not enters(plan.accumulators, a, store, body):
        leave_out(plan, memory, a, base, store, body)
        return
    at, value = base + plan.accumulators[a + A_STATE], rank_in(plan, a, store, body)
    entry = entry_of(memory, at, value)
    end = memory.state[at + RING_OFFSET] + 2 * memory.state[at + RING_PUSHED]
    if entry < end and memory.arena[entry] == value:
        memory.arena[entry + 1] += 1
        memory.state[at + RING_PROMISED] -= 1
        return
    for word in range(end + 1, entry + 1, -1):
        memory.arena[word] = memory.arena[word - 2]
    memory.arena[entry] = value
    memory.arena[entry + 1] = 1
    memory.state[at + RING_PUSHED] += 1


@compiled
def total(memory: Memory, at: int) -> int:
    """Return how many values were counted in the slot at ``at``."""
    found, offset = 0, memory.state[at + RING_OFFSET]
    for entry in range(memory.state[at + RING_PUSHED]):
        found += memory.arena[offset + 2 * entry + 1]
    return int(found)


@compiled
def counted_at(memory: Memory, at: int, place: int, float_mask: int) -> int:
    """Return the value at a place, from 0, in the order of all that were counted in the slot at ``at``."""
    entry, below = memory.state[at + RING_OFFSET], 0
    while below + memory.arena[entry + 1] <= place:
        below += memory.arena[entry + 1]
        entry += 2
    return rank(memory.arena[entry], float_mask, 0)
