"""Accumulators: what one row does to each when it enters a window, and when it leaves."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .chains import chain_add, chain_evict, rank
from .compiled import inlined
from .decay import decayed_add
from .layout import (
    A_BLOCK,
    A_COLUMN,
    A_FLOAT_MASK,
    A_GIVEN,
    A_GIVEN_WORD,
    A_KIND,
    A_LINK,
    A_PASS,
    A_PASS_WORD,
    A_REVERSE,
    A_RING,
    A_STATE,
    A_VALID,
    A_VALID_WORD,
    A_WEIGHT,
    BEST,
    CHAIN,
    COUNT,
    DECAYED_SUM,
    EARLY,
    INTEGER_SUM,
    MINUS,
    NEWEST,
    OLDEST,
    PASSED,
    PLUS,
    SQUARE_SUM,
    UNIQUE,
    Floats,
    Memory,
    Plan,
    Words,
)
from .rings import push_early, push_unique, push_value
from .sums import float_add, integer_add


@inlined
def enters(accumulators: Words, a: int, store: Words, body: int) -> bool:
    """Tell whether a row meets the accumulator's filter and gives it an argument it does not ignore."""
    if store[body + accumulators[a + A_PASS_WORD]] & accumulators[a + A_PASS] == 0:
        return False
    return store[body + accumulators[a + A_GIVEN_WORD]] & accumulators[a + A_GIVEN] != 0


@inlined
def add_content(
    accumulators: Words,
    a: int,
    state: Words,
    state_floats: Floats,
    base: int,
    store: Words,
    store_floats: Floats,
    origin: int,
    mask: int,
    stride: int,
    entry: int,
) -> None:
    """Add entry ``entry`` of a block to accumulator ``a``, one whose content must leave it again."""
    body = origin + ((entry - 1) & mask) * stride
    if not enters(accumulators, a, store, body):
        return
    kind, at = accumulators[a + A_KIND], base + accumulators[a + A_STATE]
    column = body + accumulators[a + A_COLUMN]
    if kind == COUNT:
        state[at] += 1
    elif kind == INTEGER_SUM:
        integer_add(state, at, store[column], PLUS)
    elif kind == CHAIN:
        chain_add(accumulators, a, state, at, store, origin, mask, stride, entry)
    elif kind == BEST:
        add_best(accumulators, a, state, at, store[column])
    elif kind == OLDEST:
        if state[at] == 0:
            state[at] = 1
            state[at + 1] = is_valid(accumulators, a, store, body)
            state[at + 2] = store[column]
    elif kind == DECAYED_SUM:
        add_decayed(accumulators, a, state, state_floats, at, store, store_floats, body, PLUS)
    else:
        float_add(state, state_floats, at, store_floats[column], PLUS, kind == SQUARE_SUM)


@inlined
def add_decayed(
    accumulators: Words,
    a: int,
    state: Words,
    state_floats: Floats,
    at: int,
    store: Words,
    store_floats: Floats,
    body: int,
    sign: int,
) -> None:
    """Add a row to a decayed sum, or take it back."""
    value, weight = store_floats[body + accumulators[a + A_COLUMN]], store_floats[body + accumulators[a + A_WEIGHT]]
    decayed_add(state, state_floats, at, value, weight, store[body + accumulators[a + A_BLOCK]], sign)


@inlined
def add_best(accumulators: Words, a: int, state: Words, at: int, word: int) -> None:
    """Take ``word`` as the min or max ``[held, value]`` if it beats the present one."""
    float_mask, reverse = accumulators[a + A_FLOAT_MASK], accumulators[a + A_REVERSE]
    if state[at] == 0 or rank(word, float_mask, reverse) < rank(state[at + 1], float_mask, reverse):
        state[at] = 1
        state[at + 1] = word


@inlined
def is_valid(accumulators: Words, a: int, store: Words, body: int) -> int:
    """Return 1 where the row gives the accumulator a value, 0 where it gives it NULL."""
    return 1 if store[body + accumulators[a + A_VALID_WORD]] & accumulators[a + A_VALID] != 0 else 0


@inlined
def evict_content(
    accumulators: Words,
    a: int,
    state: Words,
    state_floats: Floats,
    base: int,
    store: Words,
    store_floats: Floats,
    origin: int,
    mask: int,
    stride: int,
    entry: int,
) -> None:
    """Take entry ``entry`` of a block, the oldest one still in it, back out of accumulator ``a``."""
    body = origin + ((entry - 1) & mask) * stride
    kind, at = accumulators[a + A_KIND], base + accumulators[a + A_STATE]
    if kind == CHAIN:
        chain_evict(accumulators[a + A_LINK], state, at, store, origin, mask, stride, entry)
        return
    if not enters(accumulators, a, store, body):
        return
    column = body + accumulators[a + A_COLUMN]
    if kind == COUNT:
        state[at] -= 1
    elif kind == INTEGER_SUM:
        integer_add(state, at, store[column], MINUS)
    elif kind == DECAYED_SUM:
        add_decayed(accumulators, a, state, state_floats, at, store, store_floats, body, MINUS)
    else:
        float_add(state, state_floats, at, store_floats[column], MINUS, kind == SQUARE_SUM)


@inlined
def add_place(
    plan: Plan, a: int, memory: Memory, base: int, body: int, key: int, time: int, low: int
) -> None:  # fmt: skip
    """Add a row of the log to accumulator ``a``, one that holds the place of its values.

    ``key`` says when the value leaves a window: the row's time, or its number among its slot's rows. ``low`` is the
    least key of the row's own bucket or session.
    """
    accumulators = plan.accumulators
    log, state = memory.log, memory.state
    if not enters(accumulators, a, log, body):
        return
    kind, at = accumulators[a + A_KIND], base + accumulators[a + A_STATE]
    value = log[body + accumulators[a + A_COLUMN]]
    if kind == PASSED:
        state[at] += 1
        state[at + 3] = state[at + 1]
        state[at + 4] = state[at + 2]
        state[at + 1] = key
        state[at + 2] = time
    elif kind == NEWEST:
        state[at] = 1
        state[at + 1] = key
        state[at + 2] = is_valid(accumulators, a, log, body)
        state[at + 3] = value
    elif kind == UNIQUE:
        push_unique(plan, memory, accumulators[a + A_RING], at, key, value, accumulators[a + A_FLOAT_MASK])
    elif kind == EARLY:
        push_early(plan, memory, accumulators[a + A_RING], at, key, is_valid(accumulators, a, log, body), value, low)
    else:
        push_value(memory, at, key, is_valid(accumulators, a, log, body), value)
