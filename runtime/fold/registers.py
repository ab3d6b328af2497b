"""Estimates of how many distinct values there are, from the registers of a HyperLogLog sketch.

A hash picks one of 1,024 registers by its last 10 bits, and its *run* is the place, from 1, of the first bit that is
set in the rest. A register holds the greatest run of its hashes. Rows leave windows, so a tally counts how often each
pair of register and run occurs, and the register is the greatest that is left. Registers and estimate are DuckDB's, to
the last digit: algorithms 4 to 6 of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
arXiv:1702.01284.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

import math

import numpy as np

from .compiled import compiled
from .layout import LONGEST_RUN, REGISTERS, RING_PUSHED, RUN_BITS, RUN_MASK, Memory
from .tallies import entry_at

ALPHA = 0.721347520444481703680


@compiled
def estimate(memory: Memory, at: int) -> int:
    """Return about how many distinct values the tally of pairs at ``at`` stands for."""
    registers, lengths = np.zeros(REGISTERS, np.int64), np.zeros(LONGEST_RUN + 2, np.int64)
    for place in range(memory.state[at + RING_PUSHED]):
        pair = memory.arena[entry_at(memory, at, place)]
        registers[pair >> RUN_BITS] = max(registers[pair >> RUN_BITS], pair & RUN_MASK)
    for register in range(REGISTERS):
        lengths[registers[register]] += 1
    spread = REGISTERS * tau((REGISTERS - lengths[LONGEST_RUN + 1]) / REGISTERS)
    for length in range(LONGEST_RUN, 0, -1):
        spread = (spread + lengths[length]) * 0.5
    spread += REGISTERS * sigma(lengths[0] / REGISTERS)
    return round_half_up(ALPHA * REGISTERS * REGISTERS / spread)


@compiled
def round_half_up(value: float) -> int:
    """Return the integer next to ``value`` >= 0, of two as near the greater."""
    whole = math.floor(value)
    return int(whole) + (1 if value - whole >= 0.5 else 0)


@compiled
def sigma(share: float) -> float:
    """Return what registers that are empty, this share of all, add to the spread."""
    if share == 1.0:
        return math.inf
    total, weight, before = share, 1.0, -1.0
    while total != before:
        share *= share
        before = total
        total += share * weight
        weight += weight
    return total


@compiled
def tau(share: float) -> float:
    """Return what registers that are not full, this share of all, add to the spread."""
    if share == 0.0 or share == 1.0:
        return 0.0
    total, weight, before = 1.0 - share, 1.0, -1.0
    while total != before:
        share = math.sqrt(share)
        before = total
        weight *= 0.5
        total -= (1.0 - share) ** 2 * weight
    return total / 3.0
