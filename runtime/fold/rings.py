"""Rings: the newest n entries of each slot, in blocks of an arena that grow as a slot fills them.

A slot's ring is the words ``[offset, capacity, pushed, promised]``. Capacity is 0 or a power of two, pushed
counts all entries ever, promised those that will have been pushed once the log is worked off. Entry ``e``,
counted from 1, lies at ``offset + ((e - 1) & (capacity - 1)) * stride``; the last n of them are live.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import compiled, inlined, merged
from .layout import (
    C_ARENA,
    C_TALLIED,
    C_TOP,
    E_BODY,
    R_COPY,
    R_COPY_END,
    R_FREE,
    R_PASS,
    R_PASS_WORD,
    R_ROWS,
    R_STATE,
    R_STRIDE,
    R_TALLY,
    RING_CAPACITY,
    RING_COLUMNS,
    RING_OFFSET,
    RING_PROMISED,
    RING_PUSHED,
    S_FLAGS,
    S_RINGS,
    S_STATE,
    SMALLEST_BLOCK,
    Memory,
    Plan,
    Words,
)


@compiled
def room_for(entries: int) -> int:
    """Return the capacity of a block for this many entries."""
    capacity = SMALLEST_BLOCK
    while capacity < entries:
        capacity *= 2
    return capacity


@compiled
def size_class(capacity: int) -> int:
    """Return the base 2 logarithm of a capacity."""
    size = 0
    while (1 << size) < capacity:
        size += 1
    return size


@compiled
def allot(plan: Plan, memory: Memory, ring: int, capacity: int) -> int:
    """Return the offset of a block, or -1 where the arena is too small."""
    free = plan.rings[ring + R_FREE] + size_class(capacity)
    offset = memory.free[free] - 1
    if offset >= 0:
        memory.free[free] = memory.arena[offset]
        return int(offset)
    offset = memory.cursors[C_TOP]
    end = offset + capacity * plan.rings[ring + R_STRIDE]
    if end > memory.cursors[C_ARENA]:
        return -1
    memory.cursors[C_TOP] = end
    return int(offset)


@compiled
def widen(plan: Plan, memory: Memory, ring: int, at: int, capacity: int) -> bool:
    """Move a slot's ring to a block of this capacity; False, with nothing done, where the arena is too small."""
    offset = allot(plan, memory, ring, capacity)
    if offset < 0:
        return False
    state, arena = memory.state, memory.arena
    old = state[at + RING_CAPACITY]
    # A block is outgrown before its first entry is overwritten, so entries keep their places.
    if old > 0:
        start = state[at + RING_OFFSET]
        for word in range(old * plan.rings[ring + R_STRIDE]):
            arena[offset + word] = arena[start + word]
        free = plan.rings[ring + R_FREE] + size_class(old)
        arena[start] = memory.free[free]
        memory.free[free] = start + 1
    state[at + RING_OFFSET] = offset
    state[at + RING_CAPACITY] = capacity
    return True


@merged
def reserve(plan: Plan, memory: Memory, slots: Words, flags: Words, rows: int, start: int) -> int:
    """Promise every ring the batch's rows that will enter it, and widen the rings for them.

    ``flags`` is (flag word, row). Steps count rows times rings from ``start``; returns the step at which the
    arena was too small, to be resumed there, or the number of steps.
    """
    rings = plan.sizes[S_RINGS] // RING_COLUMNS
    state = memory.state
    for step in range(start, rows * rings):
        row, ring = step // rings, step % rings * RING_COLUMNS
        if flags[plan.rings[ring + R_PASS_WORD] * rows + row] & plan.rings[ring + R_PASS] == 0:
            continue
        at = slots[row] * plan.sizes[S_STATE] + plan.rings[ring + R_STATE]
        needed = min(state[at + RING_PROMISED] + 1, plan.rings[ring + R_ROWS])
        if needed > state[at + RING_CAPACITY] and not widen(plan, memory, ring, at, room_for(needed)):
            return step
        state[at + RING_PROMISED] += 1
        memory.cursors[C_TALLIED] += plan.rings[ring + R_TALLY]
    return rows * rings


@inlined
def push_value(memory: Memory, at: int, key: int, valid: int, value: int) -> None:
    """Add ``[key, valid, value]`` to a slot's ring."""
    state, arena = memory.state, memory.arena
    place = state[at + RING_PUSHED] & (state[at + RING_CAPACITY] - 1)
    entry = state[at + RING_OFFSET] + place * 3
    arena[entry] = key
    arena[entry + 1] = valid
    arena[entry + 2] = value
    state[at + RING_PUSHED] += 1


@compiled
def push_unique(plan: Plan, memory: Memory, ring: int, at: int, key: int, value: int, float_mask: int) -> None:
    """Add ``[key, 1, value]`` to a slot's ring, or move the entry of that value to its newest end."""
    state, arena = memory.state, memory.arena
    start, mask = state[at + RING_OFFSET], state[at + RING_CAPACITY] - 1
    pushed = state[at + RING_PUSHED]
    found = False
    for entry in range(max(pushed - plan.rings[ring + R_ROWS], 0), pushed):
        here = start + (entry & mask) * 3
        if found:
            before = start + ((entry - 1) & mask) * 3
            arena[before] = arena[here]
            arena[before + 2] = arena[here + 2]
        else:
            other = arena[here + 2]
            # Zeros are equal whatever their sign.
            found = other == value or (float_mask != 0 and (other | value) & float_mask == 0)
    if found:
        newest = start + ((pushed - 1) & mask) * 3
        arena[newest] = key
        arena[newest + 2] = value
    else:
        push_value(memory, at, key, 1, value)


@compiled
def push_early(
    plan: Plan, memory: Memory, ring: int, at: int, key: int, valid: int, value: int, low: int
) -> None:  # fmt: skip
    """Add ``[key, valid, value]`` to a slot's ring unless it is full of entries with keys from ``low`` on."""
    state = memory.state
    pushed = state[at + RING_PUSHED]
    if pushed > 0:
        newest = state[at + RING_OFFSET] + ((pushed - 1) & (state[at + RING_CAPACITY] - 1)) * 3
        if memory.arena[newest] < low:
            state[at + RING_PUSHED] = 0
    if state[at + RING_PUSHED] < plan.rings[ring + R_ROWS]:
        push_value(memory, at, key, valid, value)


@compiled
def push_row(plan: Plan, memory: Memory, ring: int, at: int, log_entry: int) -> None:
    """Copy what a row ring keeps of a log entry into a slot's ring, its links cleared."""
    state, arena, log = memory.state, memory.arena, memory.log
    stride = plan.rings[ring + R_STRIDE]
    place = state[at + RING_PUSHED] & (state[at + RING_CAPACITY] - 1)
    entry = state[at + RING_OFFSET] + place * stride
    flags = plan.sizes[S_FLAGS]
    for word in range(flags):
        arena[entry + word] = log[log_entry + E_BODY + word]
    word = entry + flags
    for copy in range(plan.rings[ring + R_COPY], plan.rings[ring + R_COPY_END]):
        arena[word] = log[log_entry + E_BODY + plan.copied[copy]]
        word += 1
    while word < entry + stride:
        arena[word] = 0
        word += 1
    state[at + RING_PUSHED] += 1
