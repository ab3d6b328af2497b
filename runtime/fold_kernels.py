"""The kernels of a fold, compiled ahead for fixed types and cached on disk."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from . import fold_copies, fold_loop, fold_rings
from .fold_layout import Answers, Floats, Instants, Memory, Plan, Words

# The parts of the kernels, each of which is compiled into them.
PARTS = "compiled layout sums chains rings accumulators answers windows loop copies kernels".split()


@dataclass(frozen=True)
class Kernels:
    """The entry points; each does what the function of its name does."""

    ingest: Callable[[Plan, Memory, Words, Words, Words, Words], None]
    reserve: Callable[[Plan, Memory, Words, Words, int], int]
    run: Callable[[Plan, Memory, Answers, Instants, int], None]
    footprint: Callable[[Plan, Words, Words, bool], int]
    dump: Callable[[Plan, Memory, Words, Words, Words], None]
    load: Callable[[Plan, Memory, int, Words], None]
    collect: Callable[[Plan, Memory, Words, Words], int]
    trace: Callable[[Plan, Memory, Words, Words], int]


@functools.cache
def kernels() -> Kernels:
    """Return the kernels, from the cache on disk or compiled now (some seconds)."""
    words, table = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)
    plan, memory, answers, instants = (numba.typeof(sample) for sample in _samples(words, table))
    row, square, number, flag = numba.typeof(words), numba.typeof(table), numba.int64, numba.boolean
    none = numba.void
    signatures = {
        "ingest": none(plan, memory, row, row, square, square),
        "reserve": number(plan, memory, row, square, number),
        "run": none(plan, memory, answers, instants, number),
        "footprint": number(plan, row, row, flag),
        "dump": none(plan, memory, row, row, row),
        "load": none(plan, memory, number, row),
        "collect": number(plan, memory, row, row),
        "trace": number(plan, memory, square, row),
    }
    compiled = {
        name: numba.njit(signatures[name], cache=True, nogil=True)(entry) for name, entry in _entries(_stamp()).items()
    }
    return Kernels(**compiled)


def _stamp() -> int:
    """A number that changes with the text of any part: numba's cache looks at the file of the entry only."""
    here = Path(__file__).parent
    stamp = 0
    for part in PARTS:
        stamp = zlib.crc32((here / f"fold_{part}.py").read_bytes(), stamp)
    return stamp


def _samples(words: Words, table: Words) -> tuple[Plan, Memory, Answers, Instants]:
    floats: Floats = words.view(np.float64)
    valid = np.zeros((1, 1), np.uint8)
    return (
        Plan(table, table, table, table, table.view(np.float64), words, words),
        Memory(words, floats, words, floats, words, floats, words, words),
        Answers(table, table.view(np.float64), valid, words, valid[0], words),
        Instants(words, words, words, words),
    )


def _entries(stamp: int) -> dict[str, Callable[..., Any]]:
    # numba keys its cache by what an entry closes over, so each must mention the stamp.
    def ingest(plan, memory, slots, times, flags, columns):  # pyright: ignore[reportMissingParameterType]
        return fold_loop.ingest(plan, memory, slots, times, flags, columns) if stamp >= 0 else None

    def reserve(plan, memory, slots, flags, start):  # pyright: ignore[reportMissingParameterType]
        return fold_rings.reserve(plan, memory, slots, flags, start + 0 * stamp)

    def run(plan, memory, answers, instants, first):  # pyright: ignore[reportMissingParameterType]
        return fold_loop.run(plan, memory, answers, instants, first + 0 * stamp)

    def footprint(plan, state, slots, blocks):  # pyright: ignore[reportMissingParameterType]
        return fold_copies.footprint(plan, state, slots, blocks) + 0 * stamp

    def dump(plan, memory, slots, rows, entries):  # pyright: ignore[reportMissingParameterType]
        return fold_copies.dump(plan, memory, slots, rows, entries) if stamp >= 0 else None

    def load(plan, memory, slots, entries):  # pyright: ignore[reportMissingParameterType]
        return fold_copies.load(plan, memory, slots + 0 * stamp, entries)

    def collect(plan, memory, slots, found):  # pyright: ignore[reportMissingParameterType]
        return fold_copies.collect(plan, memory, slots, found) + 0 * stamp

    def trace(plan, memory, cells, numbers):  # pyright: ignore[reportMissingParameterType]
        return fold_copies.trace(plan, memory, cells, numbers) + 0 * stamp

    return {f.__name__: f for f in (ingest, reserve, run, footprint, dump, load, collect, trace)}
