"""The pass of folded tiles: rows into the accumulators of their tile, closes out of those of their tiles."""

# numba's own parts carry no types, and an element of an array is a plain number inside a kernel.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false, reportMissingParameterType=false, reportArgumentType=false

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np

from .accumulators import add_best, add_content, add_place
from .answers import answer
from .buckets import EARLIEST
from .compiled import ahead, answers_pointers, compiled, fetch, inlined, memory_pointers, plan_pointers, pointer
from .kernels import samples, stamp
from .layout import (
    A_KIND,
    A_STATE,
    ACCUMULATOR_COLUMNS,
    BEST,
    COUNT,
    FIRST_TIME,
    INTEGER_SUM,
    LAST_TIME,
    NEWEST,
    OLDEST,
    OUTPUT_COLUMNS,
    PASSED,
    S_COLUMNS,
    S_FLAGS,
    S_STATE,
    SESSION,
    SQUARE_SUM,
    VISIT,
    W_ACC,
    W_ACC_END,
    W_ACC_MID,
    W_KIND,
    W_OUT,
    W_OUT_END,
    W_WORDS,
    ZERO,
    Answers,
    Memory,
    Plan,
    Words,
)
from .sums import float_merge, integer_merge
from .windows import LINE

WINDOW, SCRATCH, WHOLE = np.int64(0), np.int64(0), np.int64(-1)
# What a close reads of these accumulators.
OLDEST_WORDS, NEWEST_WORDS = 3, 4
E_TILE, E_BEFORE, ENTRY_WORDS = range(3)
T_TOP, T_FREE = range(2)
# So many rows or closes ahead is asked for what they look at: long enough to have come, short enough to be there still.
NEAR, MIDDLE, FAR = 6, 12, 24


class Tiled(NamedTuple):
    """Which tiles there are. A tile is an *entry*, whose number from 1 is that of its row of ``Memory.state``.

    ``newest`` is the entry of each slot's newest tile, 0 for none. ``entries`` holds, per entry, its tile (µs) and the
    entry of the slot's tile before (0: none), or, of a free one, the next that is free. ``tops`` holds the first entry
    never used, and the first free one (0: none).
    """

    newest: Words
    entries: Words
    tops: Words


class Batch(NamedTuple):
    """Rows in total order, and closes by (close, slot), whose window starts at ``first`` and whose slot keeps the
    tiles from ``keep`` on."""

    slot: Words
    tile: Words
    time: Words
    closed: Words
    first: Words
    close: Words
    keep: Words


@functools.cache
def tile_kernel() -> Callable[[Plan, Memory, Answers, Tiled, Batch, int, int], None]:
    """Return ``pass_through`` as a kernel, from the cache on disk or compiled now (some seconds)."""
    words = np.zeros(1, np.int64)
    plan, memory, answers, _ = (numba.typeof(sample) for sample in samples())
    tiled, batch = numba.typeof(Tiled(*[words] * 3)), numba.typeof(Batch(*[words] * 7))
    signature = numba.void(plan, memory, answers, tiled, batch, numba.int64, numba.int64)
    return ahead(_entry(zlib.crc32(Path(__file__).read_bytes(), stamp())), signature)


def _entry(stamp: int) -> Callable[..., None]:
    # numba keys its cache by what an entry closes over, so it must mention the stamp.
    def tile(plan, memory, answers, tiled, batch, rows, closes):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        known = Tiled(pointer(tiled.newest), pointer(tiled.entries), pointer(tiled.tops))
        asked = Batch(
            pointer(batch.slot), pointer(batch.tile), pointer(batch.time), pointer(batch.closed), pointer(batch.first),
            pointer(batch.close), pointer(batch.keep),
        )  # fmt: skip
        pass_through(fixed, held, answers_pointers(answers), known, asked, rows, closes + 0 * stamp)

    return tile


@compiled
def pass_through(
    plan: Plan, memory: Memory, answers: Answers, tiled: Tiled, batch: Batch, rows: int, closes: int
) -> None:
    """Add ``rows`` rows, whose bodies are in ``memory.log``, and write ``closes`` closes, each before rows at it."""
    row = 0
    for j in range(closes):
        fetch_close(plan, memory, tiled, batch, j, closes)
        while row < rows and batch.time[row] < batch.close[j]:
            fetch_row(plan, memory, tiled, batch, row, rows)
            add_row(plan, memory, tiled, batch, row)
            row += 1
        write(plan, memory, answers, tiled, batch, j)
        forget(tiled, batch.closed[j], batch.keep[j])
    while row < rows:
        fetch_row(plan, memory, tiled, batch, row, rows)
        add_row(plan, memory, tiled, batch, row)
        row += 1


@inlined
def fetch_row(plan: Plan, memory: Memory, tiled: Tiled, batch: Batch, row: int, rows: int) -> None:
    """Bring closer what rows that come soon after ``row`` look at: the newest tile of their slots."""
    if row + FAR < rows:
        fetch(tiled.newest, batch.slot[row + FAR])
    if row + NEAR < rows:
        fetch_tile(plan, memory, tiled, tiled.newest[batch.slot[row + NEAR]])


@inlined
def fetch_close(plan: Plan, memory: Memory, tiled: Tiled, batch: Batch, j: int, closes: int) -> None:
    """Bring closer what closes soon after ``j`` look at: the tiles of their slots."""
    if j + FAR < closes:
        fetch(tiled.newest, batch.closed[j + FAR])
    if j + MIDDLE < closes:
        fetch_tile(plan, memory, tiled, tiled.newest[batch.closed[j + MIDDLE]])
    if j + NEAR < closes:
        newest = tiled.newest[batch.closed[j + NEAR]]
        fetch_tile(plan, memory, tiled, tiled.entries[newest * ENTRY_WORDS + E_BEFORE])


@inlined
def fetch_tile(plan: Plan, memory: Memory, tiled: Tiled, entry: int) -> None:
    """Bring an entry and its row of state closer."""
    width = plan.sizes[S_STATE]
    fetch(tiled.entries, entry * ENTRY_WORDS)
    for word in range(0, width, LINE):
        fetch(memory.state, entry * width + word)


@compiled
def new_entry(plan: Plan, memory: Memory, tiled: Tiled, slot: int, tile: int) -> int:
    """Return an empty entry, the newest of ``slot``."""
    tops, entries, width = tiled.tops, tiled.entries, plan.sizes[S_STATE]
    entry = tops[T_FREE]
    if entry != 0:
        tops[T_FREE] = entries[entry * ENTRY_WORDS + E_BEFORE]
    else:
        entry = tops[T_TOP]
        tops[T_TOP] += 1
    entries[entry * ENTRY_WORDS + E_TILE] = tile
    entries[entry * ENTRY_WORDS + E_BEFORE] = tiled.newest[slot]
    tiled.newest[slot] = entry
    for word in range(entry * width, (entry + 1) * width):
        memory.state[word] = 0
    return entry


@inlined
def add_row(plan: Plan, memory: Memory, tiled: Tiled, batch: Batch, row: int) -> None:
    """Add a row to its tile."""
    slot, tile, time = batch.slot[row], batch.tile[row], batch.time[row]
    entry = tiled.newest[slot]
    if entry == 0 or tiled.entries[entry * ENTRY_WORDS + E_TILE] != tile:
        entry = new_entry(plan, memory, tiled, slot, tile)
    base, stride = entry * plan.sizes[S_STATE], plan.sizes[S_FLAGS] + plan.sizes[S_COLUMNS]
    if plan.windows[WINDOW + W_KIND] == SESSION:
        memory.state[base + plan.windows[WINDOW + W_WORDS] + FIRST_TIME] = tile
        memory.state[base + plan.windows[WINDOW + W_WORDS] + LAST_TIME] = time
    for a in range(plan.windows[WINDOW + W_ACC], plan.windows[WINDOW + W_ACC_MID], ACCUMULATOR_COLUMNS):
        add_content(
            plan.accumulators, a, memory.state, memory.state_floats, base,
            memory.log, memory.log_floats, ZERO, WHOLE, stride, row + 1,
        )  # fmt: skip
    for a in range(plan.windows[WINDOW + W_ACC_MID], plan.windows[WINDOW + W_ACC_END], ACCUMULATOR_COLUMNS):
        add_place(plan, a, memory, base, row * stride, time, time, EARLIEST)


@inlined
def write(plan: Plan, memory: Memory, answers: Answers, tiled: Tiled, batch: Batch, j: int) -> None:
    """Write the outputs of close ``j`` from the tiles that its window holds, of which there is at least one."""
    width, entries = plan.sizes[S_STATE], tiled.entries
    newest = tiled.newest[batch.closed[j]]
    entry, base = entries[newest * ENTRY_WORDS + E_BEFORE], newest * width
    if entry != 0 and entries[entry * ENTRY_WORDS + E_TILE] >= batch.first[j]:
        copy_words(memory.state, SCRATCH, base, width)
        base = SCRATCH
        while entry != 0 and entries[entry * ENTRY_WORDS + E_TILE] >= batch.first[j]:
            put_together(plan, memory, entry * width)
            entry = entries[entry * ENTRY_WORDS + E_BEFORE]
    length = batch.close[j] - batch.first[j]
    for o in range(plan.windows[WINDOW + W_OUT], plan.windows[WINDOW + W_OUT_END], OUTPUT_COLUMNS):
        answer(
            plan, memory, answers, o, base, j, EARLIEST, length, batch.close[j], WHOLE, memory.log, ZERO, WHOLE, ZERO
        )


@compiled
def put_together(plan: Plan, memory: Memory, base: int) -> None:
    """Add the tile whose row of state is at ``base`` to the first row, which holds newer ones."""
    state, floats = memory.state, memory.state_floats
    for a in range(plan.windows[WINDOW + W_ACC], plan.windows[WINDOW + W_ACC_END], ACCUMULATOR_COLUMNS):
        kind, word = plan.accumulators[a + A_KIND], plan.accumulators[a + A_STATE]
        at, older = SCRATCH + word, base + word
        if kind == COUNT:
            state[at] += state[older]
        elif kind == INTEGER_SUM:
            integer_merge(state, at, older)
        elif kind == BEST:
            if state[older] != 0:
                add_best(plan.accumulators, a, state, at, state[older + 1])
        elif kind == OLDEST:
            if state[older] != 0:
                copy_words(state, at, older, OLDEST_WORDS)
        elif kind in (NEWEST, PASSED):
            if state[at] == 0:
                copy_words(state, at, older, NEWEST_WORDS)
        elif kind != VISIT:
            float_merge(state, floats, at, older, kind == SQUARE_SUM)


@inlined
def copy_words(state: Words, at: int, source: int, count: int) -> None:
    """Copy ``count`` words of state."""
    for word in range(count):
        state[at + word] = state[source + word]


@inlined
def forget(tiled: Tiled, slot: int, keep: int) -> None:
    """Free the tiles of ``slot`` before ``keep``."""
    entries, tops = tiled.entries, tiled.tops
    newer, entry = ZERO, tiled.newest[slot]
    while entry != 0 and entries[entry * ENTRY_WORDS + E_TILE] >= keep:
        newer = entry
        entry = entries[entry * ENTRY_WORDS + E_BEFORE]
    if newer == 0:
        tiled.newest[slot] = 0
    else:
        entries[newer * ENTRY_WORDS + E_BEFORE] = 0
    while entry != 0:
        before = entries[entry * ENTRY_WORDS + E_BEFORE]
        entries[entry * ENTRY_WORDS + E_BEFORE] = tops[T_FREE]
        tops[T_FREE] = entry
        entry = before
