"""Answers: what each output says of its window at an instant."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

import math

from .accumulators import is_valid
from .compiled import compiled, inlined, merged
from .counted_values import counted_at, total
from .decay import decayed_value
from .layout import (
    A_COLUMN,
    A_FLOAT_MASK,
    A_KIND,
    A_PASS,
    A_PASS_WORD,
    A_STATE,
    COUNTED,
    F_DIVISOR,
    F_PER,
    FIRST_TIME,
    LAST_TIME,
    MINUS,
    NUMBER,
    O_ACC,
    O_FACTORS,
    O_LIST,
    O_MOST,
    O_OP,
    O_PLACE,
    O_WORD,
    OUT_BEST,
    OUT_BETWEEN,
    OUT_CHAIN,
    OUT_COUNT,
    OUT_COUNT_RATE,
    OUT_DECAYED_SUM,
    OUT_DISTINCT,
    OUT_ENTROPY,
    OUT_ESTIMATE,
    OUT_EWMA,
    OUT_FLOAT_AVG,
    OUT_FLOAT_RATE,
    OUT_FLOAT_SUM,
    OUT_INTEGER_RATE,
    OUT_INTEGER_SUM,
    OUT_MODE,
    OUT_NEAREST,
    OUT_NEWEST,
    OUT_OLDEST,
    OUT_PASSED,
    OUT_RECENT,
    OUT_SESSION_INDEX,
    OUT_STDDEV_POP,
    OUT_STDDEV_SAMP,
    OUT_VAR_POP,
    RING_PUSHED,
    S_OUTPUTS,
    S_WORDS,
    Answers,
    Memory,
    Plan,
    Words,
)
from .list_answers import answer_list, end_list
from .registers import estimate
from .sorted_values import nearest, value_at
from .sums import HIGH, LOW, counted, deviation, float_ratio, integer_ratio
from .tallies import entropy, entry_at, most_frequent

MICROSECONDS = 1e6


@merged
def answer_count(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, length: int) -> None:
    """Write a count, or its rate."""
    n, word = memory.state[at], j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    if plan.outputs[o + O_OP] == OUT_COUNT:
        answers.words[word] = n
        return
    answer_rate(plan, answers, o, j, length, float(n), n)


@inlined
def answer_rate(plan: Plan, answers: Answers, o: int, j: int, length: int, total: float, n: int) -> None:
    """Write ``total`` per unit of time; 0 where nothing was counted, else NULL where the window has no length."""
    if n > 0 and length == 0:
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 0
    elif n > 0:
        rate = total * plan.factors[plan.outputs[o + O_FACTORS] + F_PER] / float(length)
        answers.floats[j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]] = rate


@merged
def answer_integers(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, length: int) -> None:
    """Write what is made of an integer sum; a decimal is an integer to be divided by a power of ten."""
    state, op, word = memory.state, plan.outputs[o + O_OP], j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    n, low, high = state[at], state[at + LOW], state[at + HIGH]
    divisor = plan.factors[plan.outputs[o + O_FACTORS] + F_DIVISOR]
    if op == OUT_INTEGER_RATE:
        answer_rate(plan, answers, o, j, length, integer_ratio(low, high, divisor, 1.0), n)
    elif n > 0:
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
        if op == OUT_INTEGER_SUM:
            answers.words[word] = low
            answers.words[word + 1] = high
        else:
            answers.floats[word] = integer_ratio(low, high, float(n), divisor)


@merged
def answer_floats(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, length: int) -> None:
    """Write what is made of a float sum or a square sum."""
    state, floats = memory.state, memory.state_floats
    op, word = plan.outputs[o + O_OP], j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    n = counted(state, at)
    if op == OUT_FLOAT_RATE:
        answer_rate(plan, answers, o, j, length, float_ratio(state, floats, at, 1.0), n)
    elif op in (OUT_FLOAT_SUM, OUT_FLOAT_AVG):
        if n > 0:
            answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
            answers.floats[word] = float_ratio(state, floats, at, 1.0 if op == OUT_FLOAT_SUM else float(n))
    else:
        degrees = n if op in (OUT_VAR_POP, OUT_STDDEV_POP) else n - 1
        if degrees > 0:
            answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
            spread = deviation(state, floats, at, degrees)
            rooted = op in (OUT_STDDEV_SAMP, OUT_STDDEV_POP)
            answers.floats[word] = math.sqrt(spread) if rooted else spread


@merged
def answer_value(
    plan: Plan,
    memory: Memory,
    answers: Answers,
    o: int,
    at: int,
    j: int,
    low: int,
    store: Words,
    origin: int,
    mask: int,
    stride: int,
) -> None:
    """Write min, max, first or last; ``low`` is the least key still in the window."""
    state, op, word = memory.state, plan.outputs[o + O_OP], j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    if op == OUT_BEST:
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = state[at]
        answers.words[word] = state[at + 1]
    elif op == OUT_OLDEST:
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = state[at + 1]
        answers.words[word] = state[at + 2]
    elif op == OUT_NEWEST:
        if state[at] != 0 and state[at + 1] >= low:
            answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = state[at + 2]
            answers.words[word] = state[at + 3]
    elif op == OUT_CHAIN and state[at] != 0:
        a = plan.outputs[o + O_ACC]
        body = origin + ((state[at] - 1) & mask) * stride
        valid = is_valid(plan.accumulators, a, store, body)
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = valid
        answers.words[word] = store[body + plan.accumulators[a + A_COLUMN]]


@merged
def answer_passed(
    plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, low: int, clock: int, own_body: int
) -> None:
    """Write the seconds since the newest row that passed; ``own_body`` is the body of a row to skip, or -1."""
    state, a = memory.state, plan.outputs[o + O_ACC]
    skipped = 0
    if own_body >= 0:
        word = memory.log[own_body + plan.accumulators[a + A_PASS_WORD]]
        skipped = 1 if word & plan.accumulators[a + A_PASS] != 0 else 0
    # The own row is one of the newest two wherever it counts: none is newer, only peers are as new.
    place = at + 1 + 2 * skipped
    if state[at] > skipped and state[place] >= low:
        answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
        answers.floats[j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]] = (
            float(clock - state[place + 1]) / MICROSECONDS
        )


@merged
def answer_tally(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int) -> None:
    """Write what is made of how often each value occurs."""
    entries, op = memory.state[at + RING_PUSHED], plan.outputs[o + O_OP]
    word, valid = j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD], j * plan.sizes[S_OUTPUTS]
    if op == OUT_DISTINCT:
        answers.words[word] = entries
    elif op == OUT_ENTROPY:
        answers.floats[word] = entropy(memory, at)
    elif op == OUT_ESTIMATE:
        answers.words[word] = estimate(memory, at)
    elif entries > 0:
        answers.valid[valid + plan.outputs[o + O_PLACE]] = 1
        if op == OUT_MODE:
            first = most_frequent(plan, memory, answers.ranks, plan.outputs[o + O_ACC], at, MINUS)
            answers.words[word] = memory.arena[entry_at(memory, at, first)]
        else:
            answer_most_frequent(plan, memory, answers, o, at, j)


@compiled
def answer_most_frequent(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int) -> None:
    """Write the most frequent values, as many as there are to be."""
    a, start, entry = plan.outputs[o + O_ACC], answers.ends[plan.outputs[o + O_LIST]], MINUS
    end = start + min(memory.state[at + RING_PUSHED], plan.outputs[o + O_MOST])
    for place in range(start, end):
        entry = most_frequent(plan, memory, answers.ranks, a, at, entry)
        answers.items_valid[place] = 1
        answers.items[place] = memory.arena[entry_at(memory, at, entry)]
    end_list(plan, answers, o, j, end)


@compiled
def answer_quantile(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int) -> None:
    """Write the value at a share of the way through those in order, or between the two beside it; NULL of none."""
    a, op, word = plan.outputs[o + O_ACC], plan.outputs[o + O_OP], j * plan.sizes[S_WORDS]
    is_counted = plan.accumulators[a + A_KIND] == COUNTED
    held = total(memory, at) if is_counted else memory.state[at + RING_PUSHED]
    if held == 0:
        return
    word += plan.outputs[o + O_WORD]
    answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
    mask = plan.accumulators[a + A_FLOAT_MASK]
    part, whole = plan.outputs[o + O_MOST], plan.factors[plan.outputs[o + O_FACTORS] + F_PER]
    if op == OUT_NEAREST:
        answers.words[word] = in_order(memory, at, nearest(held, part, int(whole)), mask, is_counted)
        return
    place = float(held - 1) * (float(part) / whole)
    below = math.floor(place)
    low = in_order(memory, at, below, mask, is_counted)
    high = in_order(memory, at, math.ceil(place), mask, is_counted)
    if op == OUT_BETWEEN:
        answers.floats[word] = between(answers, word, low, high, place - below, mask)
    else:
        # As DuckDB does: cut off towards 0.
        answers.words[word] = int(float(low) + float(high - low) * (place - below))


@inlined
def in_order(memory: Memory, at: int, place: int, float_mask: int, is_counted: bool) -> int:
    """Return the value at a place, from 0, in the order of all."""
    return counted_at(memory, at, place, float_mask) if is_counted else value_at(memory, at, place, float_mask)


@inlined
def between(answers: Answers, word: int, low: int, high: int, share: float, float_mask: int) -> float:
    """Return the float ``share`` of the way between two values; ``word`` of the answers is free for their bits."""
    least, most = float(low), float(high)
    if float_mask != 0:
        answers.words[word] = low
        least = answers.floats[word]
        answers.words[word] = high
        most = answers.floats[word]
    # Infinities would make NaN of a share of 0.
    return least if share == 0.0 else least * (1.0 - share) + most * share


@inlined
def answer_decayed(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, clock: int) -> None:
    """Write a decayed sum, or a mean by decayed weight; 0 or NULL where nothing was counted."""
    if counted(memory.state, at) == 0:
        return
    answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
    half_life = plan.factors[plan.outputs[o + O_FACTORS] + F_PER]
    mean = plan.outputs[o + O_OP] == OUT_EWMA
    value = decayed_value(memory.state, memory.state_floats, at, half_life, clock, mean)
    answers.floats[j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]] = value


@merged
def answer_session(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int) -> None:
    """Write what is known of the session whose words are at ``at``."""
    word = j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
    if plan.outputs[o + O_OP] == OUT_SESSION_INDEX:
        answers.words[word] = memory.state[at + NUMBER]
    else:
        answers.floats[word] = float(memory.state[at + LAST_TIME] - memory.state[at + FIRST_TIME]) / MICROSECONDS


@merged
def answer(
    plan: Plan,
    memory: Memory,
    answers: Answers,
    o: int,
    base: int,
    j: int,
    low: int,
    length: int,
    clock: int,
    own_body: int,
    store: Words,
    origin: int,
    mask: int,
    stride: int,
) -> None:
    """Write output ``o`` at instant ``j`` from what the window holds; a rate is divided by ``length`` (µs)."""
    op = plan.outputs[o + O_OP]
    at = base + plan.accumulators[plan.outputs[o + O_ACC] + A_STATE]
    if op <= OUT_COUNT_RATE:
        answer_count(plan, memory, answers, o, at, j, length)
    elif op <= OUT_INTEGER_RATE:
        answer_integers(plan, memory, answers, o, at, j, length)
    elif op <= OUT_STDDEV_POP:
        answer_floats(plan, memory, answers, o, at, j, length)
    elif op == OUT_PASSED:
        answer_passed(plan, memory, answers, o, at, j, low, clock, own_body)
    elif op >= OUT_NEAREST:
        answer_quantile(plan, memory, answers, o, at, j)
    elif op >= OUT_DISTINCT:
        answer_tally(plan, memory, answers, o, at, j)
    elif op >= OUT_SESSION_INDEX:
        answer_session(plan, memory, answers, o, at, j)
    elif op >= OUT_DECAYED_SUM:
        answer_decayed(plan, memory, answers, o, at, j, clock)
    elif op >= OUT_RECENT:
        answer_list(plan, memory, answers, o, at, j, low, store, origin, mask, stride)
    else:
        answer_value(plan, memory, answers, o, at, j, low, store, origin, mask, stride)
