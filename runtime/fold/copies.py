"""Passes over the whole state of chosen slots: copying it out and in, and renumbering codes."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import compiled, merged
from .layout import (
    C_BASE,
    C_END,
    C_SLOTS,
    CELL_COLUMNS,
    E_NEXT,
    IN_LOG,
    IN_RING,
    IN_STATE,
    R_ROWS,
    R_STATE,
    R_STRIDE,
    RING_CAPACITY,
    RING_COLUMNS,
    RING_OFFSET,
    RING_PROMISED,
    RING_PUSHED,
    S_RINGS,
    S_STATE,
    S_WINDOWS,
    W_HEAD,
    WINDOW_COLUMNS,
    Memory,
    Plan,
    Words,
)
from .rings import room_for, widen
from .windows import entry_of


@merged
def footprint(plan: Plan, state: Words, slots: Words, count: int, blocks: bool) -> int:
    """Return the words that the live ring entries of these slots take, or the blocks that would hold them."""
    total = 0
    for k in range(count):
        slot = slots[k]
        for ring in range(0, plan.sizes[S_RINGS], RING_COLUMNS):
            at = slot * plan.sizes[S_STATE] + plan.rings[ring + R_STATE]
            limit = plan.rings[ring + R_ROWS]
            entries = min(state[at + RING_PUSHED], limit)
            if blocks:
                promised = min(state[at + RING_PROMISED], limit)
                entries = room_for(promised) if promised > 0 else 0
            total += entries * plan.rings[ring + R_STRIDE]
    return total


@merged
def dump(plan: Plan, memory: Memory, slots: Words, count: int, rows: Words, entries: Words) -> None:
    """Copy the state of these slots to ``rows``, less where blocks lie, and their live ring entries to ``entries``."""
    width, state, arena = plan.sizes[S_STATE], memory.state, memory.arena
    word = 0
    for k in range(count):
        source, target = slots[k] * width, k * width
        for i in range(width):
            rows[target + i] = state[source + i]
        for ring in range(0, plan.sizes[S_RINGS], RING_COLUMNS):
            at, stride = plan.rings[ring + R_STATE], plan.rings[ring + R_STRIDE]
            rows[target + at + RING_OFFSET] = 0
            rows[target + at + RING_CAPACITY] = 0
            pushed, mask = state[source + at + RING_PUSHED], state[source + at + RING_CAPACITY] - 1
            for entry in range(max(pushed - plan.rings[ring + R_ROWS], 0), pushed):
                start = state[source + at + RING_OFFSET] + (entry & mask) * stride
                for i in range(stride):
                    entries[word] = arena[start + i]
                    word += 1


@merged
def load(plan: Plan, memory: Memory, slots: int, entries: Words) -> None:
    """Give the rings of the first ``slots`` slots blocks and fill them with dumped entries."""
    state, arena = memory.state, memory.arena
    word = 0
    for slot in range(slots):
        for ring in range(0, plan.sizes[S_RINGS], RING_COLUMNS):
            at, stride = slot * plan.sizes[S_STATE] + plan.rings[ring + R_STATE], plan.rings[ring + R_STRIDE]
            promised = min(state[at + RING_PROMISED], plan.rings[ring + R_ROWS])
            if promised > 0:
                widen(plan, memory, ring, at, room_for(promised))
            pushed, mask = state[at + RING_PUSHED], state[at + RING_CAPACITY] - 1
            for entry in range(max(pushed - plan.rings[ring + R_ROWS], 0), pushed):
                start = state[at + RING_OFFSET] + (entry & mask) * stride
                for i in range(stride):
                    arena[start + i] = entries[word]
                    word += 1


@merged
def collect(plan: Plan, memory: Memory, slots: Words, slot_count: int, found: Words) -> int:
    """Write the sequence numbers of the log rows that the windows of these slots still need; return how many."""
    count = 0
    for k in range(slot_count):
        slot = slots[k]
        e = memory.cursors[C_END]
        for w in range(0, plan.sizes[S_WINDOWS], WINDOW_COLUMNS):
            if plan.windows[w + W_HEAD] >= 0:
                head = memory.state[slot * plan.sizes[S_STATE] + plan.windows[w + W_HEAD]]
                if head != 0:
                    e = min(e, head)
        while e != 0 and e < memory.cursors[C_END]:
            found[count] = e
            count += 1
            e = memory.log[entry_of(plan, memory, e) + E_NEXT]
    return count


@compiled
def renumber(words: Words, place: int, numbers: Words, count: int) -> int:
    """Replace a code by its new number, giving it the next one at its first sight; return the count of numbers."""
    code = words[place]
    if code == 0:
        return count
    if numbers[code] == 0:
        count += 1
        numbers[code] = count
    words[place] = numbers[code]
    return count


@merged
def trace(plan: Plan, memory: Memory, cells: Words, cell_words: int, numbers: Words) -> int:
    """Renumber the codes in these cells, rows of [place, offset, ring], from 1 in order of first sight.

    ``numbers`` has a zero for every code; afterwards its new number, or 0 where nothing holds it. Returns how
    many are held. The order, slots and then the log, depends on the content of the state, not on where blocks lie.
    """
    width, slots, count = plan.sizes[S_STATE], memory.cursors[C_SLOTS], 0
    for slot in range(slots):
        for c in range(0, cell_words, CELL_COLUMNS):
            if cells[c] == IN_STATE:
                count = renumber(memory.state, slot * width + cells[c + 1], numbers, count)
            elif cells[c] == IN_RING:
                count = trace_ring(plan, memory, slot * width, cells[c + 1], cells[c + 2], numbers, count)
    for e in range(memory.cursors[C_BASE], memory.cursors[C_END]):
        for c in range(0, cell_words, CELL_COLUMNS):
            if cells[c] == IN_LOG:
                count = renumber(memory.log, entry_of(plan, memory, e) + cells[c + 1], numbers, count)
    return count


@compiled
def trace_ring(plan: Plan, memory: Memory, base: int, offset: int, ring: int, numbers: Words, count: int) -> int:
    """Renumber the codes at ``offset`` in the live entries of a slot's ring."""
    at = base + plan.rings[ring + R_STATE]
    pushed, mask = memory.state[at + RING_PUSHED], memory.state[at + RING_CAPACITY] - 1
    for entry in range(max(pushed - plan.rings[ring + R_ROWS], 0), pushed):
        place = memory.state[at + RING_OFFSET] + (entry & mask) * plan.rings[ring + R_STRIDE] + offset
        count = renumber(memory.arena, place, numbers, count)
    return count
