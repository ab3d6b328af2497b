"""The arrays of a fold: room for what comes, copies for reads, tables for snapshots."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ...features_sql.errors import StoreError
from .kernels import kernels
from .layout import (
    C_ARENA,
    C_BASE,
    C_END,
    C_MASK,
    C_SLOTS,
    C_TABLE,
    C_TALLIED,
    C_TOP,
    C_WINDOWS,
    CLASSES,
    E_SLOT,
    R_STATE,
    R_TALLY,
    RING_COLUMNS,
    RING_PROMISED,
    S_ENTRY,
    S_STATE,
    WINDOW_COLUMNS,
    Memory,
    Plan,
    Words,
)
from .plan import Layout

FORMAT = 3
FEWEST_SLOTS, FEWEST_ENTRIES, FEWEST_WORDS, FEWEST_CELLS = 64, 64, 1024, 64


def power_of_two(count: int) -> int:
    """Return the least power of two that is at least ``count``."""
    return 1 << max(count - 1, 0).bit_length()


def new_memory(plan: Plan, slots: int, entries: int, arena: int) -> Memory:
    """Return empty arrays with room for this many slots, log entries (a power of two) and words of rings."""
    windows, rings = len(plan.windows) // WINDOW_COLUMNS, len(plan.rings) // RING_COLUMNS
    cursors = np.ones(C_WINDOWS + 2 * windows, np.int64)
    cursors[[C_TOP, C_SLOTS, C_TALLIED]] = 0
    free = np.zeros(rings * CLASSES, np.int64)
    state = np.zeros(slots * int(plan.sizes[S_STATE]), np.int64)
    log = np.zeros(entries * int(plan.sizes[S_ENTRY]), np.int64)
    return memory_of(plan, state, log, np.zeros(arena, np.int64), free, empty_table(0), cursors)


def memory_of(plan: Plan, state: Words, log: Words, arena: Words, free: Words, table: Words, cursors: Words) -> Memory:
    """Return these arrays with their float views, their sizes noted in ``cursors``."""
    floats = np.float64
    cursors[C_ARENA], cursors[C_MASK] = arena.size, log.size // int(plan.sizes[S_ENTRY]) - 1
    cursors[C_TABLE] = table.size // 2 - 1
    return Memory(state, state.view(floats), log, log.view(floats), arena, arena.view(floats), free, table, cursors)


def with_room(plan: Plan, memory: Memory, slots: int, rows: int) -> Memory:
    """Return the memory with room for slots below ``slots`` and ``rows`` more entries in the log."""
    width, stride = int(plan.sizes[S_STATE]), int(plan.sizes[S_ENTRY])
    state, log, cursors = memory.state, memory.log, memory.cursors
    if slots * width > state.size:
        state = np.zeros(max(2 * state.size, slots * width), np.int64)
        state[: memory.state.size] = memory.state
    base, end = int(cursors[C_BASE]), int(cursors[C_END])
    needed, held = end - base + rows, log.size // stride
    if needed > held or needed < held // 8:
        capacity = max(power_of_two(needed), FEWEST_ENTRIES)
        if capacity != held:
            log = np.zeros(capacity * stride, np.int64)
            alive = np.arange(base, end)
            log.reshape(capacity, stride)[(alive - 1) & (capacity - 1)] = entries_at(plan, memory, alive)
    if state is memory.state and log is memory.log:
        return memory
    return memory_of(plan, state, log, memory.arena, memory.free, memory.table, cursors)


def with_arena(plan: Plan, memory: Memory, words: int) -> Memory:
    """Return the memory with an arena of at least ``words`` words, at least doubled."""
    arena = np.zeros(max(2 * memory.arena.size, words), np.int64)
    arena[: memory.arena.size] = memory.arena
    return memory_of(plan, memory.state, memory.log, arena, memory.free, memory.table, memory.cursors)


def empty_table(entries: int) -> Words:
    """Return a table with room for this many entries of tallies, half of it to stay empty at least."""
    return np.zeros(2 * max(power_of_two(2 * entries), FEWEST_CELLS), np.int64)


def with_table(plan: Plan, memory: Memory) -> Memory:
    """Return the memory with room in the table for all that is promised to tallies."""
    return memory if 4 * memory.cursors[C_TALLIED] <= memory.table.size else rehashed(plan, memory)


def rehashed(plan: Plan, memory: Memory) -> Memory:
    """Return the memory with a table made anew, with room for all that is promised to tallies."""
    table = empty_table(int(memory.cursors[C_TALLIED]))
    anew = memory_of(plan, memory.state, memory.log, memory.arena, memory.free, table, memory.cursors)
    kernels().rehash(plan, anew)
    return anew


def entries_at(plan: Plan, memory: Memory, numbers: Words) -> Words:
    """Return copies of the log's entries with these sequence numbers, (entry, word)."""
    stride = int(plan.sizes[S_ENTRY])
    capacity = memory.log.size // stride
    return memory.log.reshape(capacity, stride)[(numbers - 1) & (capacity - 1)]


def dumped(plan: Plan, memory: Memory, slots: Words) -> tuple[Words, Words]:
    """Return the state rows of these slots, flat, and their live ring entries."""
    rows = np.empty(len(slots) * int(plan.sizes[S_STATE]), np.int64)
    entries = np.empty(kernels().footprint(plan, memory.state, slots, len(slots), False), np.int64)
    kernels().dump(plan, memory, slots, len(slots), rows, entries)
    return rows, entries


def loaded(plan: Plan, rows: Words, entries: Words, log: Words, cursors: Words) -> Memory:
    """Return memory that holds dumped state rows and ring entries, and the log's entries from ``cursors`` on."""
    width, stride = int(plan.sizes[S_STATE]), int(plan.sizes[S_ENTRY])
    slots = len(rows) // width
    capacity = max(power_of_two(len(log)), FEWEST_ENTRIES)
    words = kernels().footprint(plan, rows, np.arange(slots), slots, True)
    memory = new_memory(plan, max(slots, 1), capacity, max(words, FEWEST_WORDS))
    memory.state[: len(rows)] = rows
    numbers = np.arange(cursors[C_BASE], cursors[C_END])
    memory.log.reshape(capacity, stride)[(numbers - 1) & (capacity - 1)] = log
    for cursor in (C_BASE, C_END, C_SLOTS, *range(C_WINDOWS, len(cursors))):
        memory.cursors[cursor] = cursors[cursor]
    memory.cursors[C_TALLIED] = rows.reshape(-1, width)[:, _tallies(plan) + RING_PROMISED].sum()
    kernels().load(plan, memory, slots, entries)
    return rehashed(plan, memory) if memory.cursors[C_TALLIED] else memory


def _tallies(plan: Plan) -> Words:
    """Where the words of each tally are in the state of a slot."""
    rings = plan.rings.reshape(-1, RING_COLUMNS)
    return rings[rings[:, R_TALLY] != 0, R_STATE]


def restricted(layout: Layout, memory: Memory, slots: Words) -> Memory:
    """Return a copy that holds only these slots, known and sorted, as slots 0, 1 ...; sequence numbers start anew."""
    plan = layout.plan
    found = np.empty(int(memory.cursors[C_END] - memory.cursors[C_BASE]), np.int64)
    numbers = np.sort(found[: kernels().collect(plan, memory, slots, len(slots), found)])
    rows, entries = dumped(plan, memory, slots)
    log = entries_at(plan, memory, numbers)
    log[:, E_SLOT] = np.searchsorted(slots, log[:, E_SLOT])
    for word in layout.link_words:
        log[:, word] = _renumbered(log[:, word], numbers)
    table = rows.reshape(len(slots), int(plan.sizes[S_STATE]))
    for word in layout.sequence_words:
        table[:, word] = _renumbered(table[:, word], numbers)
    cursors = memory.cursors.copy()
    cursors[C_WINDOWS:] = np.searchsorted(numbers, cursors[C_WINDOWS:]) + 1
    cursors[C_BASE], cursors[C_END], cursors[C_SLOTS] = 1, len(numbers) + 1, len(slots)
    return loaded(plan, rows, entries, log, cursors)


def _renumbered(words: Words, numbers: Words) -> Words:
    """Return the place from 1 of each word among ``numbers``, 0 for one that is not there."""
    if not len(numbers):
        return np.zeros_like(words)
    places = np.minimum(np.searchsorted(numbers, words), len(numbers) - 1)
    return np.where(numbers[places] == words, places + 1, 0)


def tables_of(plan: Plan, memory: Memory) -> dict[str, pa.Table]:
    """Return the whole memory, the same for the same content however it came to be."""
    cursors = memory.cursors.copy()
    cursors[[C_TOP, C_ARENA, C_MASK, C_TABLE, C_TALLIED]] = 0
    rows, entries = dumped(plan, memory, np.arange(cursors[C_SLOTS]))
    log = entries_at(plan, memory, np.arange(cursors[C_BASE], cursors[C_END]))
    head = np.concatenate([_signature(plan), cursors])
    parts = {"cursors": head, "state": rows, "rings": entries, "log": log.reshape(-1)}
    return {name: pa.table({"words": words}) for name, words in parts.items()}


def memory_from(plan: Plan, tables: Mapping[str, pa.Table]) -> Memory:
    """Return the memory that ``tables_of`` gave; raises StoreError where it is that of another plan."""
    head, rows, entries, log = (
        np.array(tables[name].column("words").to_numpy(), np.int64) for name in ("cursors", "state", "rings", "log")
    )
    signature = _signature(plan)
    if not np.array_equal(head[: len(signature)], signature):
        raise StoreError("The snapshot of a fold must be of the same windows and measures; got another plan's")
    stride = int(plan.sizes[S_ENTRY])
    return loaded(plan, rows, entries, log.reshape(-1, stride), head[len(signature) :])


def _signature(plan: Plan) -> Words:
    parts = [table.view(np.int64) for table in plan]
    return np.concatenate([[FORMAT], *parts])
