"""Decayed sums, whose values weigh 2^(-(t - ts) / h), kept without drift over any length of event time.

Time is cut into blocks of 512 half-lives. A value comes weighed relative to the end of its own block, and a sum is
relative to the end of the newest block it has seen: when that moves, the sum is scaled by an exact 2^-512. The
words are those of a square sum with the weights in place of the squares, then the number of that block.
"""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

import math

from .compiled import compiled, inlined
from .layout import BLOCK_HALF_LIVES, ZERO, Floats, Words
from .sums import (
    DOUBT,
    INFS,
    LARGEST_MAGNITUDE,
    MAGNITUDE,
    MINUS_INFS,
    NANS,
    SQUARES,
    SQUARES_DOUBT,
    SQUARES_TAIL,
    SUM,
    TAIL,
    TRUSTED,
    UNIT,
    N,
    counted,
    float_clear,
    float_ratio,
    pair_plus,
)

BLOCK_SCALE = 2.0**-BLOCK_HALF_LIVES
NEGLIGIBLE = 1e-200
WEIGHTS, WEIGHTS_TAIL, WEIGHTS_DOUBT, BLOCK = SQUARES, SQUARES_TAIL, SQUARES_DOUBT, 11


@inlined
def scale_of(blocks: int) -> float:
    """Return 2^-512 to the power of ``blocks`` >= 0; it is 0 from 3 on."""
    scale = 1.0
    for _ in range(min(blocks, 3)):
        scale *= BLOCK_SCALE
    return scale


@compiled
def decayed_move(floats: Floats, at: int, blocks: int) -> None:
    """Make the sum relative to a block this many later."""
    scale = scale_of(blocks)
    for word in range(SUM, WEIGHTS_DOUBT + 1):
        floats[at + word] *= scale


@compiled
def decayed_add(state: Words, floats: Floats, at: int, x: float, weight: float, block: int, sign: int) -> None:
    """Add ``x``, weighed by ``weight`` relative to the end of ``block``, or take it back where ``sign`` is -1."""
    if not abs(x) < math.inf:
        which = NANS if x != x else INFS if x > 0 else MINUS_INFS
        state[at + which] += sign
        return
    state[at + N] += sign
    if state[at + N] == 0 or (state[at + N] == 1 and sign > 0):
        float_clear(floats, at, True)
        if sign < 0:
            return
        state[at + BLOCK] = block
    if block > state[at + BLOCK]:
        decayed_move(floats, at, block - state[at + BLOCK])
        state[at + BLOCK] = block
    scale = scale_of(max(state[at + BLOCK] - block, ZERO))
    value, held = x * scale, weight * scale
    if sign < 0:
        value, held = -value, -held
    floats[at + SUM], floats[at + TAIL] = pair_plus(floats[at + SUM], floats[at + TAIL], value)
    magnitude = floats[at + MAGNITUDE] + (abs(value) if sign > 0 else -abs(value))
    floats[at + MAGNITUDE] = magnitude
    floats[at + DOUBT] += UNIT * abs(magnitude)
    weights, tail = pair_plus(floats[at + WEIGHTS], floats[at + WEIGHTS_TAIL], held)
    floats[at + WEIGHTS], floats[at + WEIGHTS_TAIL] = weights, tail
    floats[at + WEIGHTS_DOUBT] += UNIT * abs(weights)


@inlined
def is_decayed_trusted(state: Words, floats: Floats, at: int) -> bool:
    """Tell whether a decayed sum is as good as promised; one near overflow never is."""
    magnitude = floats[at + MAGNITUDE]
    if not (floats[at + DOUBT] <= TRUSTED * magnitude and magnitude < LARGEST_MAGNITUDE):
        return state[at + N] == 0
    return floats[at + WEIGHTS_DOUBT] <= TRUSTED * floats[at + WEIGHTS]


@inlined
def decayed_value(state: Words, floats: Floats, at: int, half_life: float, clock: int, mean: bool) -> float:
    """Return the decayed sum at ``clock``, or the mean by weight, of at least one value."""
    if counted(state, at) != state[at + N]:
        return float_ratio(state, floats, at, 1.0)
    if mean:
        result = floats[at + SUM] / floats[at + WEIGHTS]
    else:
        end = (state[at + BLOCK] + 1) * BLOCK_HALF_LIVES * int(half_life)
        result = floats[at + SUM] * 2.0 ** (float(end - clock) / half_life)
    return 0.0 if abs(result) < NEGLIGIBLE else result
