"""Tallies: how often each value of a window occurs there, by slot.

A tally is a ring (``[offset, capacity, entries, promised]``) whose entries are ``[value, count]``, each value once: a
value that is gone gives its place to the last one. Promised are the entries, and the rows that may still become one.
``memory.table``, an open hash table for all tallies, has a cell ``[tally, place]`` for each entry; a tally is named by
the place of its words in ``memory.state``, from 1, an empty cell by 0.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

import math

from .accumulators import enters
from .chains import rank
from .compiled import compiled, inlined, merged
from .hashing import home
from .layout import (
    A_COLUMN,
    A_FLOAT_MASK,
    A_PASS,
    A_PASS_WORD,
    A_RANKED,
    A_STATE,
    C_SLOTS,
    C_TABLE,
    C_TALLIED,
    R_STATE,
    R_TALLY,
    RING_COLUMNS,
    RING_OFFSET,
    RING_PROMISED,
    RING_PUSHED,
    S_RINGS,
    S_STATE,
    Memory,
    Plan,
    Words,
)


@inlined
def entry_at(memory: Memory, at: int, place: int) -> int:
    """Return where in the arena an entry of the tally at ``at`` lies."""
    return memory.state[at + RING_OFFSET] + 2 * place


@compiled
def find(memory: Memory, at: int, value: int) -> int:
    """Return the cell of a value of the tally at ``at``, or less the empty cell where it would be, less 1."""
    table, mask = memory.table, memory.cursors[C_TABLE]
    cell = home(at, value, mask)
    while table[2 * cell] != 0:
        if table[2 * cell] == at + 1 and memory.arena[entry_at(memory, at, table[2 * cell + 1])] == value:
            return int(cell)
        cell = (cell + 1) & mask
    return -1 - int(cell)


@compiled
def insert(memory: Memory, at: int, place: int) -> None:
    """Let the table know of an entry that it does not hold."""
    cell = -1 - find(memory, at, memory.arena[entry_at(memory, at, place)])
    memory.table[2 * cell] = at + 1
    memory.table[2 * cell + 1] = place


@compiled
def erase(memory: Memory, cell: int) -> None:
    """Empty a cell of the table; those behind it that could not be found any more move up."""
    table, mask = memory.table, memory.cursors[C_TABLE]
    ahead = (cell + 1) & mask
    while table[2 * ahead] != 0:
        at = table[2 * ahead] - 1
        wanted = home(at, memory.arena[entry_at(memory, at, table[2 * ahead + 1])], mask)
        if (ahead - wanted) & mask >= (ahead - cell) & mask:
            table[2 * cell] = table[2 * ahead]
            table[2 * cell + 1] = table[2 * ahead + 1]
            cell = ahead
        ahead = (ahead + 1) & mask
    table[2 * cell] = 0


@inlined
def release(memory: Memory, at: int, rows: int) -> None:
    """Take back what was promised for rows that become no entry, or whose entry is gone."""
    memory.state[at + RING_PROMISED] -= rows
    memory.cursors[C_TALLIED] -= rows


@inlined
def value_of(accumulators: Words, a: int, store: Words, body: int) -> int:
    """Return the value that a row gives a tally: zeros are equal whatever their sign."""
    value, float_mask = store[body + accumulators[a + A_COLUMN]], accumulators[a + A_FLOAT_MASK]
    if float_mask != 0 and value & float_mask == 0:
        return 0
    return int(value)


@compiled
def tally(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Count the value of a row that has been promised room, if it has one."""
    if not enters(plan.accumulators, a, store, body):
        pass_over(plan, memory, a, base, store, body)
        return
    at, value = base + plan.accumulators[a + A_STATE], value_of(plan.accumulators, a, store, body)
    cell = find(memory, at, value)
    if cell >= 0:
        memory.arena[entry_at(memory, at, memory.table[2 * cell + 1]) + 1] += 1
        release(memory, at, 1)
        return
    place = memory.state[at + RING_PUSHED]
    entry = entry_at(memory, at, place)
    memory.arena[entry] = value
    memory.arena[entry + 1] = 1
    memory.state[at + RING_PUSHED] = place + 1
    memory.table[2 * (-1 - cell)] = at + 1
    memory.table[2 * (-1 - cell) + 1] = place


@compiled
def pass_over(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Do without a row that has been promised room."""
    if store[body + plan.accumulators[a + A_PASS_WORD]] & plan.accumulators[a + A_PASS] != 0:
        release(memory, base + plan.accumulators[a + A_STATE], 1)


@compiled
def untally(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Take back the value of a row that was counted."""
    if not enters(plan.accumulators, a, store, body):
        return
    at = base + plan.accumulators[a + A_STATE]
    cell = find(memory, at, value_of(plan.accumulators, a, store, body))
    place = memory.table[2 * cell + 1]
    entry = entry_at(memory, at, place)
    memory.arena[entry + 1] -= 1
    if memory.arena[entry + 1] == 0:
        drop(memory, at, cell, place)


@compiled
def drop(memory: Memory, at: int, cell: int, place: int) -> None:
    """Let go of an entry, whose cell of the table is given; the last one takes its place."""
    erase(memory, cell)
    last = memory.state[at + RING_PUSHED] - 1
    if place != last:
        source, target = entry_at(memory, at, last), entry_at(memory, at, place)
        moved = find(memory, at, memory.arena[source])
        memory.table[2 * moved + 1] = place
        memory.arena[target] = memory.arena[source]
        memory.arena[target + 1] = memory.arena[source + 1]
    memory.state[at + RING_PUSHED] = last
    release(memory, at, 1)


@compiled
def clear(memory: Memory, at: int) -> None:
    """Let go of every entry of a tally."""
    entries = memory.state[at + RING_PUSHED]
    for place in range(entries):
        erase(memory, find(memory, at, memory.arena[entry_at(memory, at, place)]))
    memory.state[at + RING_PUSHED] = 0
    release(memory, at, entries)


@compiled
def entropy(memory: Memory, at: int) -> float:
    """Return the entropy in bits of the values of a tally, 0 for none: the sum of p * log2(1 / p) over them."""
    entries, total = memory.state[at + RING_PUSHED], 0
    for place in range(entries):
        total += memory.arena[entry_at(memory, at, place) + 1]
    bits = 0.0
    for place in range(entries):
        share = float(memory.arena[entry_at(memory, at, place) + 1]) / float(total)
        bits -= share * math.log2(share)
    return max(bits, 0.0)


@inlined
def rank_of(plan: Plan, ranks: Words, a: int, value: int) -> int:
    """Return an integer that orders the values of a tally."""
    ranked = plan.accumulators[a + A_RANKED]
    if ranked >= 0:
        return int(ranks[ranks[ranked] + value])
    return rank(value, plan.accumulators[a + A_FLOAT_MASK], 0)


@compiled
def most_frequent(plan: Plan, memory: Memory, ranks: Words, a: int, at: int, after: int) -> int:
    """Return the place of a tally's most frequent value, of those as frequent the least; with a place, the next one."""
    found = -1
    best, best_rank, last, last_rank = 0, 0, 0, 0
    if after >= 0:
        entry = entry_at(memory, at, after)
        last, last_rank = memory.arena[entry + 1], rank_of(plan, ranks, a, memory.arena[entry])
    for place in range(memory.state[at + RING_PUSHED]):
        entry = entry_at(memory, at, place)
        count, value_rank = memory.arena[entry + 1], rank_of(plan, ranks, a, memory.arena[entry])
        if after >= 0 and (count > last or (count == last and value_rank <= last_rank)):
            continue
        if found < 0 or count > best or (count == best and value_rank < best_rank):
            found, best, best_rank = place, count, value_rank
    return found


@merged
def rehash(plan: Plan, memory: Memory) -> None:
    """Fill the table, which is empty, with every entry of every tally."""
    for slot in range(memory.cursors[C_SLOTS]):
        for ring in range(0, plan.sizes[S_RINGS], RING_COLUMNS):
            if plan.rings[ring + R_TALLY] != 0:
                at = slot * plan.sizes[S_STATE] + plan.rings[ring + R_STATE]
                for place in range(memory.state[at + RING_PUSHED]):
                    insert(memory, at, place)
