"""The kernels of a fold, compiled ahead for fixed types and cached on disk."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false, reportMissingParameterType=false

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from . import copies, loop, rings, tallies, windows
from .compiled import ahead, answers_pointers, instants_pointers, memory_pointers, plan_pointers, pointer
from .layout import Answers, Floats, Instants, Memory, Plan, Words

# The parts of the kernels, each of which is compiled into them.
PARTS = [
    "compiled",
    "layout",
    "sums",
    "decay",
    "chains",
    "rings",
    "hashing",
    "tallies",
    "registers",
    "sorted_values",
    "held_values",
    "accumulators",
    "list_answers",
    "answers",
    "buckets",
    "windows",
    "loop",
    "copies",
    "kernels",
]


@dataclass(frozen=True)
class Kernels:
    """The entry points; each does what the function of its name does."""

    ingest: Callable[[Plan, Memory, Words, Words, Words, Words, int], None]
    reserve: Callable[[Plan, Memory, Words, Words, int, int], int]
    run: Callable[[Plan, Memory, Answers, Instants, int, int], None]
    peek: Callable[[Plan, Memory, Answers, Instants, int], None]
    footprint: Callable[[Plan, Words, Words, int, bool], int]
    dump: Callable[[Plan, Memory, Words, int, Words, Words], None]
    load: Callable[[Plan, Memory, int, Words], None]
    collect: Callable[[Plan, Memory, Words, int, Words], int]
    trace: Callable[[Plan, Memory, Words, int, Words], int]
    rehash: Callable[[Plan, Memory], None]


@functools.cache
def kernels() -> Kernels:
    """Return the kernels, from the cache on disk or compiled now (some seconds)."""
    words, table = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)
    plan, memory, answers, instants = (numba.typeof(sample) for sample in samples())
    row, square, number, none = numba.typeof(words), numba.typeof(table), numba.int64, numba.void
    signatures = {
        "ingest": none(plan, memory, row, row, square, square, number),
        "reserve": number(plan, memory, row, square, number, number),
        "run": none(plan, memory, answers, instants, number, number),
        "peek": none(plan, memory, answers, instants, number),
        "footprint": number(plan, row, row, number, numba.boolean),
        "dump": none(plan, memory, row, number, row, row),
        "load": none(plan, memory, number, row),
        "collect": number(plan, memory, row, number, row),
        "trace": number(plan, memory, row, number, row),
        "rehash": none(plan, memory),
    }
    return Kernels(**{name: ahead(entry, signatures[name]) for name, entry in _entries(stamp()).items()})


def stamp() -> int:
    """Return a number that changes with the text of any part: numba's cache looks at the file of the entry only."""
    here = Path(__file__).parent
    number = 0
    for part in PARTS:
        number = zlib.crc32((here / f"{part}.py").read_bytes(), number)
    return number


def samples() -> tuple[Plan, Memory, Answers, Instants]:
    """Return arrays of the types that kernels take."""
    words, table = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)
    floats: Floats = words.view(np.float64)
    valid = np.zeros((1, 1), np.uint8)
    return (
        Plan(words, words, words, words, floats, words, words, words),
        Memory(words, floats, words, floats, words, floats, words, words, words),
        Answers(table, table.view(np.float64), valid, words, valid[0], words, words),
        Instants(words, words, words, words),
    )


def _entries(stamp: int) -> dict[str, Callable[..., Any]]:
    # numba keys its cache by what an entry closes over, so each must mention the stamp.
    def ingest(plan, memory, slots, times, flags, columns, rows):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        rows += 0 * stamp
        loop.ingest(fixed, held, pointer(slots), pointer(times), pointer(flags), pointer(columns), rows)

    def reserve(plan, memory, slots, flags, rows, start):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        return rings.reserve(fixed, held, pointer(slots), pointer(flags), rows, start + 0 * stamp)

    def run(plan, memory, answers, instants, count, first):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        loop.run(fixed, held, answers_pointers(answers), instants_pointers(instants), count, first + 0 * stamp)

    def peek(plan, memory, answers, instants, count):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        windows.peek(fixed, held, answers_pointers(answers), instants_pointers(instants), count + 0 * stamp)

    def footprint(plan, state, slots, count, blocks):
        return copies.footprint(plan_pointers(plan), pointer(state), pointer(slots), count + 0 * stamp, blocks)

    def dump(plan, memory, slots, count, rows, entries):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        copies.dump(fixed, held, pointer(slots), count + 0 * stamp, pointer(rows), pointer(entries))

    def load(plan, memory, slots, entries):
        copies.load(plan_pointers(plan), memory_pointers(memory), slots + 0 * stamp, pointer(entries))

    def collect(plan, memory, slots, count, found):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        return copies.collect(fixed, held, pointer(slots), count + 0 * stamp, pointer(found))

    def trace(plan, memory, cells, count, numbers):
        fixed, held = plan_pointers(plan), memory_pointers(memory)
        return copies.trace(fixed, held, pointer(cells), count + 0 * stamp, pointer(numbers))

    functions = (ingest, reserve, run, peek, footprint, dump, load, collect, trace, _rehash(stamp))
    return {f.__name__: f for f in functions}


def _rehash(stamp: int) -> Callable[..., Any]:
    def rehash(plan, memory):
        if stamp >= 0:
            tallies.rehash(plan_pointers(plan), memory_pointers(memory))

    return rehash
