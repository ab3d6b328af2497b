"""Sums that can be taken back: exact integers of 128 bits, and floats of twice the precision.

An integer sum is the words ``[n, low, high]``, two's complement. A float sum is ``[n, nans, infs, -infs,
sum, sum's tail, magnitude, doubt]`` over n finite values: magnitude is the plain sum of ``|x|``, doubt bounds
its rounding error since the sum was last empty or settled. A square sum goes on with ``[squares, squares'
tail, squares' doubt]``. Taking away a value far above the rest wipes the rest out; then doubt shows it.
"""

from __future__ import annotations

import math

from .compiled import compiled, fma, inlined
from .layout import Floats, Words

SIGN = -(1 << 63)
LOW_HALF = (1 << 32) - 1
UNIT = 2.0**-53
SQUARE_UNIT = 2.0**-104
# A magnitude is trusted to a quarter, so that a sum is good to 2**-50 of it.
TRUSTED = 0.25
# The squares may be off by this much of (sum of |x|)**2 / n: a deviation of 0 then shows as 3e-10 of the mean |x|.
SQUARES_TRUSTED = 1e-19
# Squares are off by about so much of them for each value, now above and now below.
UNTOLD = 8 * SQUARE_UNIT
LARGEST_MAGNITUDE = 1e300

N, NANS, INFS, MINUS_INFS, SUM, TAIL, MAGNITUDE, DOUBT, SQUARES, SQUARES_TAIL, SQUARES_DOUBT = range(11)
LOW, HIGH = 1, 2


@inlined
def two_sum(a: float, b: float) -> tuple[float, float]:
    """Return a + b and what rounding took from it."""
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


@inlined
def two_product(a: float, b: float) -> tuple[float, float]:
    """Return a * b and what rounding took from it, for products up to 1e300."""
    product = a * b
    return product, fma(a, b, -product)


@inlined
def pair_plus(high: float, low: float, x: float) -> tuple[float, float]:
    """Return the pair (high, low) + x, good to 2**-105 of it."""
    total, error = two_sum(high, x)
    if not abs(total) < math.inf:
        return total, 0.0
    error += low
    result = total + error
    return result, error - (result - total)


@inlined
def pair_plus_pair(high: float, low: float, x: float, y: float) -> tuple[float, float]:
    """Return the pair (high, low) + (x, y), good to 2**-104 of it."""
    total, error = two_sum(high, x)
    if not abs(total) < math.inf:
        return total, 0.0
    tail, tail_error = two_sum(low, y)
    error += tail
    middle = total + error
    error = (error - (middle - total)) + tail_error
    result = middle + error
    return result, error - (result - middle)


@compiled
def pair_divided(high: float, low: float, divisor: float) -> tuple[float, float]:
    """Return the pair (high, low) / divisor."""
    quotient = high / divisor
    if not abs(quotient) < math.inf:
        return quotient, 0.0
    left = fma(-quotient, divisor, high) + low
    # Not divided, as that would wait for the quotient; the second step makes it as good, so that halves are told.
    inverse = 1.0 / divisor
    rest = left * inverse
    rest = fma(fma(-rest, divisor, left), inverse, rest)
    result = quotient + rest
    return result, rest - (result - quotient)


@inlined
def integer_add(state: Words, at: int, x: int, sign: int) -> None:
    """Add ``x``, or take it back where ``sign`` is -1."""
    low = state[at + LOW]
    if sign > 0:
        total = low + x
        # int64 wraps around; compared with the sign bit turned, it compares as unsigned.
        carry = 1 if (total ^ SIGN) < (low ^ SIGN) else 0
        state[at + HIGH] += (x >> 63) + carry
    else:
        total = low - x
        borrow = 1 if (low ^ SIGN) < (x ^ SIGN) else 0
        state[at + HIGH] -= (x >> 63) + borrow
    state[at + LOW] = total
    state[at] += sign


@inlined
def integer_merge(state: Words, at: int, other: int) -> None:
    """Add the sum at ``other`` to the one at ``at``."""
    low = state[at + LOW]
    total = low + state[other + LOW]
    carry = 1 if (total ^ SIGN) < (low ^ SIGN) else 0
    state[at + HIGH] += state[other + HIGH] + carry
    state[at + LOW] = total
    state[at] += state[other]


@compiled
def integer_ratio(low: int, high: int, divisor: float, per: float) -> float:
    """Return (high, low) / divisor / per, rounded once but for ``per``."""
    total, tail = float(high >> 32) * 2.0**96, 0.0
    total, tail = pair_plus(total, tail, float(high & LOW_HALF) * 2.0**64)
    total, tail = pair_plus(total, tail, float((low >> 32) & LOW_HALF) * 2.0**32)
    total, tail = pair_plus(total, tail, float(low & LOW_HALF))
    total, tail = pair_divided(total, tail, divisor)
    total, tail = pair_divided(total, tail, per)
    return total


@inlined
def float_add(state: Words, floats: Floats, at: int, x: float, sign: int, squares: bool) -> None:
    """Add ``x``, or take it back where ``sign`` is -1."""
    if not abs(x) < math.inf:
        which = NANS if x != x else INFS if x > 0 else MINUS_INFS
        state[at + which] += sign
        return
    state[at + N] += sign
    if state[at + N] == 0:
        float_clear(floats, at, squares)
        return
    signed = x if sign > 0 else -x
    floats[at + SUM], floats[at + TAIL] = pair_plus(floats[at + SUM], floats[at + TAIL], signed)
    magnitude = floats[at + MAGNITUDE] + (abs(x) if sign > 0 else -abs(x))
    floats[at + MAGNITUDE] = magnitude
    floats[at + DOUBT] += UNIT * abs(magnitude)
    if squares:
        square, error = two_product(x, signed)
        total, tail = pair_plus_pair(floats[at + SQUARES], floats[at + SQUARES_TAIL], square, error)
        floats[at + SQUARES], floats[at + SQUARES_TAIL] = total, tail
        floats[at + SQUARES_DOUBT] += SQUARE_UNIT * abs(total)


@inlined
def float_merge(state: Words, floats: Floats, at: int, other: int, squares: bool) -> None:
    """Add the sum at ``other``, from which nothing was ever taken, to such a one at ``at``."""
    for word in range(N, MINUS_INFS + 1):
        state[at + word] += state[other + word]
    floats[at + SUM], floats[at + TAIL] = pair_plus_pair(
        floats[at + SUM], floats[at + TAIL], floats[other + SUM], floats[other + TAIL]
    )
    floats[at + MAGNITUDE] += floats[other + MAGNITUDE]
    if squares:
        floats[at + SQUARES], floats[at + SQUARES_TAIL] = pair_plus_pair(
            floats[at + SQUARES], floats[at + SQUARES_TAIL], floats[other + SQUARES], floats[other + SQUARES_TAIL]
        )


@inlined
def float_clear(floats: Floats, at: int, squares: bool) -> None:
    """Make the sum that of no values; their counts stay."""
    for word in range(SUM, (SQUARES_DOUBT if squares else DOUBT) + 1):
        floats[at + word] = 0.0


@inlined
def is_trusted(state: Words, floats: Floats, at: int, squares: bool) -> bool:
    """Tell whether the sum is as good as promised; one near overflow never is."""
    magnitude = floats[at + MAGNITUDE]
    if not (floats[at + DOUBT] <= TRUSTED * magnitude and magnitude < LARGEST_MAGNITUDE):
        return state[at + N] == 0
    if not squares:
        return True
    return floats[at + SQUARES_DOUBT] * state[at + N] <= SQUARES_TRUSTED * magnitude * magnitude


@compiled
def float_settled(floats: Floats, at: int, squares: bool) -> None:
    """Forget the doubt: the sum has just been made of nothing but its content."""
    floats[at + DOUBT] = 0.0
    if squares:
        floats[at + SQUARES_DOUBT] = 0.0


@inlined
def counted(state: Words, at: int) -> int:
    """Return how many values are in a float sum, NaN and infinities too."""
    return state[at + N] + state[at + NANS] + state[at + INFS] + state[at + MINUS_INFS]


@inlined
def float_ratio(state: Words, floats: Floats, at: int, divisor: float) -> float:
    """Return the sum over ``divisor`` > 0; NaN and infinities decide where there are any."""
    up, down = state[at + INFS], state[at + MINUS_INFS]
    if state[at + NANS] > 0 or (up > 0 and down > 0):
        return math.nan
    if up > 0:
        return math.inf
    if down > 0:
        return -math.inf
    result, _ = pair_divided(floats[at + SUM], floats[at + TAIL], divisor)
    return result


@compiled
def deviation(state: Words, floats: Floats, at: int, degrees: int) -> float:
    """Return the sum of squared distances from the mean over ``degrees`` > 0, never negative.

    It is 0 where the sums cannot tell it from 0, as they cannot for three equal values: they hold twice the digits of
    a value, and three squares take more.
    """
    n, values = state[at + N], counted(state, at)
    if values == 1:
        # One value lies on its mean, be it infinite: DuckDB says so too.
        return 0.0
    if values != n:
        return math.nan
    total, tail = floats[at + SUM], floats[at + TAIL]
    square, error = two_product(total, total)
    error += 2.0 * total * tail
    square, error = pair_divided(square, error, float(n))
    rest, rest_tail = pair_plus_pair(floats[at + SQUARES], floats[at + SQUARES_TAIL], -square, -error)
    if rest < UNTOLD * math.sqrt(float(n)) * floats[at + SQUARES]:
        return 0.0
    rest, rest_tail = pair_divided(rest, rest_tail, float(degrees))
    return rest
