"""Lists of values of a window: its newest ones, and its oldest ones."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .accumulators import is_valid
from .compiled import compiled, inlined, merged
from .layout import (
    A_COLUMN,
    A_LINK,
    A_RING,
    O_ACC,
    O_LIST,
    O_MOST,
    O_OP,
    O_PLACE,
    O_WORD,
    OUT_EARLY,
    OUT_RECENT,
    R_ROWS,
    RING_CAPACITY,
    RING_OFFSET,
    RING_PUSHED,
    S_OUTPUTS,
    S_WORDS,
    ZERO,
    Answers,
    Memory,
    Plan,
    Words,
)


@compiled
def answer_recent(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, low: int) -> None:
    """Write the newest values still in the window, oldest first; NULL where there is none."""
    state, arena = memory.state, memory.arena
    ring = plan.accumulators[plan.outputs[o + O_ACC] + A_RING]
    pushed, capacity = state[at + RING_PUSHED], state[at + RING_CAPACITY]
    first = pushed
    stop = max(pushed - plan.rings[ring + R_ROWS], 0)
    while first > stop and arena[state[at + RING_OFFSET] + ((first - 1) & (capacity - 1)) * 3] >= low:
        first -= 1
    if first == pushed:
        return
    write_list(plan, memory, answers, o, at, j, first, pushed)


@compiled
def answer_early(plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, low: int) -> None:
    """Write the oldest values of the bucket or session, oldest first; NULL where there is none."""
    state = memory.state
    pushed = state[at + RING_PUSHED]
    if pushed > 0 and memory.arena[state[at + RING_OFFSET]] >= low:
        write_list(plan, memory, answers, o, at, j, ZERO, pushed)


@compiled
def answer_chained(
    plan: Plan,
    memory: Memory,
    answers: Answers,
    o: int,
    at: int,
    j: int,
    store: Words,
    origin: int,
    mask: int,
    stride: int,
) -> None:
    """Write the first values of a chain that holds all, oldest first; NULL where there is none."""
    a, entry = plan.outputs[o + O_ACC], memory.state[at]
    if entry == 0:
        return
    place = answers.ends[plan.outputs[o + O_LIST]]
    end = place + plan.outputs[o + O_MOST]
    while entry != 0 and place < end:
        body = origin + ((entry - 1) & mask) * stride
        answers.items_valid[place] = is_valid(plan.accumulators, a, store, body)
        answers.items[place] = store[body + plan.accumulators[a + A_COLUMN]]
        entry = store[body + plan.accumulators[a + A_LINK] + 1]
        place += 1
    end_list(plan, answers, o, j, place)


@inlined
def write_list(
    plan: Plan, memory: Memory, answers: Answers, o: int, at: int, j: int, first: int, end: int
) -> None:  # fmt: skip
    """Write the entries [first, end) of a ring."""
    state, arena = memory.state, memory.arena
    capacity = state[at + RING_CAPACITY]
    place = answers.ends[plan.outputs[o + O_LIST]]
    for entry in range(first, end):
        source = state[at + RING_OFFSET] + (entry & (capacity - 1)) * 3
        answers.items_valid[place] = arena[source + 1]
        answers.items[place] = arena[source + 2]
        place += 1
    end_list(plan, answers, o, j, place)


@inlined
def end_list(plan: Plan, answers: Answers, o: int, j: int, end: int) -> None:
    """Write the list at instant ``j``: the items from the end of the one before up to ``end``."""
    start, word = answers.ends[plan.outputs[o + O_LIST]], j * plan.sizes[S_WORDS] + plan.outputs[o + O_WORD]
    answers.valid[j * plan.sizes[S_OUTPUTS] + plan.outputs[o + O_PLACE]] = 1
    answers.words[word] = start
    answers.words[word + 1] = end - start
    answers.ends[plan.outputs[o + O_LIST]] = end


@merged
def answer_list(
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
    """Write a list; ``low`` is the least key still in the window."""
    op = plan.outputs[o + O_OP]
    if op == OUT_RECENT:
        answer_recent(plan, memory, answers, o, at, j, low)
    elif op == OUT_EARLY:
        answer_early(plan, memory, answers, o, at, j, low)
    else:
        answer_chained(plan, memory, answers, o, at, j, store, origin, mask, stride)
