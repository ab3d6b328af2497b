"""Windows: which rows of a slot each holds, as rows come, leave and are asked about."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .accumulators import add_content, add_place, evict_content
from .answers import answer
from .buckets import EARLIEST, earlier, later, window_end, window_start
from .chains import chain_pass
from .compiled import compiled, fetch, inlined, merged
from .decay import is_decayed_trusted
from .held_values import hold, let_go, let_go_all, spare
from .layout import (
    A_KIND,
    A_LINK,
    A_STATE,
    ACCUMULATOR_COLUMNS,
    ADDED,
    BEGAN,
    BUCKET,
    C_MASK,
    C_SLOTS,
    CHAIN,
    DECAYED_SUM,
    E_BODY,
    E_NEXT,
    E_SLOT,
    E_TIME,
    FIRST_TIME,
    FLOAT_SUM,
    HOPPING,
    LAST,
    LAST_TIME,
    LOG_ORIGIN,
    NUMBER,
    OPEN,
    OUTPUT_COLUMNS,
    R_STATE,
    R_STRIDE,
    RING_CAPACITY,
    RING_OFFSET,
    S_ENTRY,
    S_STATE,
    S_WINDOWS,
    SEEN,
    SESSION,
    SLIDING,
    SQUARE_SUM,
    TUMBLING,
    W_ACC,
    W_ACC_END,
    W_ACC_MID,
    W_ADDED,
    W_DEFER,
    W_EVICT,
    W_EVICTED,
    W_HEAD,
    W_HELD,
    W_KIND,
    W_KNOTS,
    W_MONTHS,
    W_OUT,
    W_OUT_END,
    W_OWN_FREE,
    W_RESET,
    W_RESET_END,
    W_RING,
    W_ROWS,
    W_SIZE,
    W_STEP,
    W_WORDS,
    WINDOW_COLUMNS,
    ZERO,
    Answers,
    Instants,
    Memory,
    Plan,
    Words,
)
from .rings import push_row
from .sums import float_clear, float_settled, is_trusted

# The state of a row is asked for so many rows before its turn; it comes a line of the cache at a time.
AHEAD, LINE = 8, 8


@inlined
def lowest(plan: Plan, w: int, time: int) -> int:
    """Return the least event time that a window of fixed bounds holds at ``time``."""
    kind, size = plan.windows[w + W_KIND], plan.windows[w + W_SIZE]
    if kind == SLIDING:
        return earlier(time, size - 1)
    if kind in (HOPPING, TUMBLING):
        return window_start(plan, w, time)
    return EARLIEST


@inlined
def entry_of(plan: Plan, memory: Memory, e: int) -> int:
    """Return where row ``e`` lies in the log."""
    stride = plan.sizes[S_ENTRY]
    return ((e - 1) & memory.cursors[C_MASK]) * stride


@compiled
def reset(plan: Plan, memory: Memory, w: int, base: int) -> None:
    """Empty the accumulators whose content must leave them."""
    for word in range(base + plan.windows[w + W_RESET], base + plan.windows[w + W_RESET_END]):
        memory.state[word] = 0
    for a in range(plan.windows[w + W_HELD], plan.windows[w + W_ACC_MID], ACCUMULATOR_COLUMNS):
        let_go_all(plan, memory, a, base)


@inlined
def is_cut(plan: Plan, w: int, state: Words, at: int, time: int) -> bool:
    """Tell whether a MAX cuts the session at ``at`` between its last event and ``time``."""
    most, began = plan.windows[w + W_STEP], state[at + BEGAN]
    return most > 0 and (time - began) // most != (state[at + LAST_TIME] - began) // most


@inlined
def open_window(plan: Plan, memory: Memory, w: int, base: int, time: int) -> None:
    """Start the bucket or session of a row at ``time`` afresh unless it is the current one."""
    state, at = memory.state, base + plan.windows[w + W_WORDS]
    if plan.windows[w + W_KIND] == TUMBLING:
        bucket = window_start(plan, w, time)
        if state[at + OPEN] == 0 or state[at + BUCKET] != bucket:
            reset(plan, memory, w, base)
            state[at + OPEN] = 1
            state[at + BUCKET] = bucket
        return
    new = state[at + OPEN] == 0 or time > later(state[at + LAST_TIME], plan.windows[w + W_SIZE])
    if new:
        state[at + BEGAN] = time
    if new or is_cut(plan, w, state, at, time):
        reset(plan, memory, w, base)
        state[at + OPEN] = 1
        state[at + FIRST_TIME] = time
        state[at + NUMBER] += 1
    state[at + LAST_TIME] = time


@merged
def add_row(plan: Plan, memory: Memory, w: int, e: int) -> None:
    """Add row ``e`` of the log to a window; rows come in total order."""
    here, kind = entry_of(plan, memory, e), plan.windows[w + W_KIND]
    time, base = memory.log[here + E_TIME], memory.log[here + E_SLOT] * plan.sizes[S_STATE]
    if plan.windows[w + W_DEFER] != 0 and plan.windows[w + W_EVICT] == 0:
        memory.state[base + plan.windows[w + W_HEAD]] = memory.log[here + E_NEXT]
    if kind == LAST:
        add_last(plan, memory, w, here, base, time)
        return
    low = EARLIEST
    if kind in (TUMBLING, SESSION):
        open_window(plan, memory, w, base, time)
        # Where a bucket or a session began: both words lie at the same place.
        low = memory.state[base + plan.windows[w + W_WORDS] + FIRST_TIME]
    stride = plan.sizes[S_ENTRY]
    mask = memory.cursors[C_MASK]
    for a in range(plan.windows[w + W_ACC], plan.windows[w + W_HELD], ACCUMULATOR_COLUMNS):
        add_content(
            plan.accumulators, a, memory.state, memory.state_floats, base,
            memory.log, memory.log_floats, LOG_ORIGIN, mask, stride, e,
        )  # fmt: skip
    for a in range(plan.windows[w + W_HELD], plan.windows[w + W_ACC_MID], ACCUMULATOR_COLUMNS):
        hold(plan, memory, a, base, memory.log, here + E_BODY)
    for a in range(plan.windows[w + W_ACC_MID], plan.windows[w + W_ACC_END], ACCUMULATOR_COLUMNS):
        add_place(plan, a, memory, base, here + E_BODY, time, time, low)


@compiled
def add_last(plan: Plan, memory: Memory, w: int, here: int, base: int, time: int) -> None:
    """Add the row at ``here`` in the log to a LAST window, which it has reached before."""
    state, at, ring = memory.state, base + plan.windows[w + W_WORDS], plan.windows[w + W_RING]
    state[at + ADDED] += 1
    number = state[at + ADDED]
    # Peers that arrived while this row waited may have pushed it out already.
    held = ring >= 0 and number > state[at + SEEN] - plan.windows[w + W_ROWS]
    if held:
        words = base + plan.rings[ring + R_STATE]
        for a in range(plan.windows[w + W_ACC], plan.windows[w + W_HELD], ACCUMULATOR_COLUMNS):
            add_content(
                plan.accumulators, a, state, memory.state_floats, base, memory.arena, memory.arena_floats,
                state[words + RING_OFFSET], state[words + RING_CAPACITY] - 1, plan.rings[ring + R_STRIDE], number,
            )  # fmt: skip
    for a in range(plan.windows[w + W_HELD], plan.windows[w + W_ACC_MID], ACCUMULATOR_COLUMNS):
        if held:
            hold(plan, memory, a, base, memory.arena, row_in(plan, memory, base, ring, number))
        else:
            spare(plan, memory, a, base, memory.log, here + E_BODY)
    for a in range(plan.windows[w + W_ACC_MID], plan.windows[w + W_ACC_END], ACCUMULATOR_COLUMNS):
        add_place(plan, a, memory, base, here + E_BODY, number, time, EARLIEST)


@inlined
def row_in(plan: Plan, memory: Memory, base: int, ring: int, number: int) -> int:
    """Return where a row of a slot's LAST window lies in the arena, by its number."""
    words = base + plan.rings[ring + R_STATE]
    mask = memory.state[words + RING_CAPACITY] - 1
    return memory.state[words + RING_OFFSET] + ((number - 1) & mask) * plan.rings[ring + R_STRIDE]


@compiled
def arrive(plan: Plan, memory: Memory, w: int, e: int) -> None:
    """Let row ``e`` push the oldest one out of its slot's LAST window, before it is added."""
    here = entry_of(plan, memory, e)
    base = memory.log[here + E_SLOT] * plan.sizes[S_STATE]
    state, at, ring = memory.state, base + plan.windows[w + W_WORDS], plan.windows[w + W_RING]
    state[at + SEEN] += 1
    if ring < 0:
        return
    oldest = state[at + SEEN] - plan.windows[w + W_ROWS]
    words = base + plan.rings[ring + R_STATE]
    if oldest >= 1 and oldest <= state[at + ADDED]:
        for a in range(plan.windows[w + W_ACC], plan.windows[w + W_HELD], ACCUMULATOR_COLUMNS):
            evict_content(
                plan.accumulators, a, state, memory.state_floats, base, memory.arena, memory.arena_floats,
                state[words + RING_OFFSET], state[words + RING_CAPACITY] - 1, plan.rings[ring + R_STRIDE], oldest,
            )  # fmt: skip
        for a in range(plan.windows[w + W_HELD], plan.windows[w + W_ACC_MID], ACCUMULATOR_COLUMNS):
            let_go(plan, memory, a, base, memory.arena, row_in(plan, memory, base, ring, oldest))
    push_row(plan, memory, ring, words, here)


@merged
def evict(plan: Plan, memory: Memory, w: int, time: int) -> None:
    """Take every row that a sliding or hopping window no longer holds at ``time`` out of it, whatever its slot."""
    low = lowest(plan, w, time)
    windows, log, cursors = plan.windows, memory.log, memory.cursors
    stride = plan.sizes[S_ENTRY]
    mask = cursors[C_MASK]
    e, added = cursors[windows[w + W_EVICTED]], cursors[windows[w + W_ADDED]]
    while e < added:
        here = ((e - 1) & mask) * stride
        if log[here + E_TIME] >= low:
            break
        # Past the last row there is another slot, or none: it is brought for nothing.
        ahead = log[((e - 1 + AHEAD) & mask) * stride + E_SLOT] * plan.sizes[S_STATE]
        for word in range(windows[w + W_WORDS], windows[w + W_RESET_END], LINE):
            fetch(memory.state, ahead + word)
        base = log[here + E_SLOT] * plan.sizes[S_STATE]
        for a in range(windows[w + W_ACC], windows[w + W_HELD], ACCUMULATOR_COLUMNS):
            evict_content(
                plan.accumulators, a, memory.state, memory.state_floats, base,
                log, memory.log_floats, LOG_ORIGIN, mask, stride, e,
            )  # fmt: skip
        for a in range(windows[w + W_HELD], windows[w + W_ACC_MID], ACCUMULATOR_COLUMNS):
            let_go(plan, memory, a, base, log, here + E_BODY)
        memory.state[base + windows[w + W_HEAD]] = log[here + E_NEXT]
        e += 1
    cursors[windows[w + W_EVICTED]] = e


@compiled
def settle(plan: Plan, memory: Memory, w: int, base: int) -> None:
    """Make every float sum of the window that is in doubt afresh from the rows that the window holds."""
    for a in range(plan.windows[w + W_ACC], plan.windows[w + W_HELD], ACCUMULATOR_COLUMNS):
        kind, at = plan.accumulators[a + A_KIND], base + plan.accumulators[a + A_STATE]
        if kind != FLOAT_SUM and kind != SQUARE_SUM and kind != DECAYED_SUM:
            continue
        squares = kind != FLOAT_SUM
        if kind == DECAYED_SUM and is_decayed_trusted(memory.state, memory.state_floats, at):
            continue
        if kind != DECAYED_SUM and is_trusted(memory.state, memory.state_floats, at, squares):
            continue
        for word in range(4):
            memory.state[at + word] = 0
        float_clear(memory.state_floats, at, squares)
        if plan.windows[w + W_KIND] == LAST:
            gather_last(plan, memory, w, base, a)
        else:
            gather(plan, memory, w, base, a)
        float_settled(memory.state_floats, at, squares)


@compiled
def gather(plan: Plan, memory: Memory, w: int, base: int, a: int) -> None:
    """Add every row that a sliding or hopping window holds of a slot to accumulator ``a``."""
    stride, e = plan.sizes[S_ENTRY], memory.state[base + plan.windows[w + W_HEAD]]
    mask = memory.cursors[C_MASK]
    while e != 0 and e < memory.cursors[plan.windows[w + W_ADDED]]:
        add_content(
            plan.accumulators, a, memory.state, memory.state_floats, base,
            memory.log, memory.log_floats, LOG_ORIGIN, mask, stride, e,
        )  # fmt: skip
        e = memory.log[((e - 1) & mask) * stride + E_NEXT]


@compiled
def gather_last(plan: Plan, memory: Memory, w: int, base: int, a: int) -> None:
    """Add every row that a LAST window holds of a slot to accumulator ``a``."""
    state, at, ring = memory.state, base + plan.windows[w + W_WORDS], plan.windows[w + W_RING]
    words = base + plan.rings[ring + R_STATE]
    for number in range(max(1, state[at + SEEN] - plan.windows[w + W_ROWS] + 1), state[at + ADDED] + 1):
        add_content(
            plan.accumulators, a, state, memory.state_floats, base, memory.arena, memory.arena_floats,
            state[words + RING_OFFSET], state[words + RING_CAPACITY] - 1, plan.rings[ring + R_STRIDE], number,
        )  # fmt: skip


@compiled
def write(plan: Plan, memory: Memory, answers: Answers, instants: Instants, w: int, j: int, own: int) -> None:
    """Write the outputs of a window at instant ``j``; ``own`` is its own row in the log if it was added, else 0."""
    slot, windows, state = instants.slot[j], plan.windows, memory.state
    if slot < 0 or slot >= memory.cursors[C_SLOTS]:
        return
    base, kind = slot * plan.sizes[S_STATE], windows[w + W_KIND]
    at, clock, length = base + windows[w + W_WORDS], instants.clock[j], windows[w + W_SIZE]
    store, origin, stride = memory.log, LOG_ORIGIN, plan.sizes[S_ENTRY]
    mask = memory.cursors[C_MASK]
    if kind == SESSION:
        member = instants.member[j]
        if state[at + OPEN] == 0 or member > later(state[at + LAST_TIME], length) or is_cut(plan, w, state, at, member):
            return
        low = state[at + FIRST_TIME]
        length = clock - low
    elif kind == LAST:
        free = 1 if instants.row[j] >= 0 and windows[w + W_OWN_FREE] != 0 else 0
        low = state[at + SEEN] - windows[w + W_ROWS] + 1 - free
        ring = windows[w + W_RING]
        if ring >= 0:
            words = base + plan.rings[ring + R_STATE]
            store, origin = memory.arena, state[words + RING_OFFSET]
            mask, stride = state[words + RING_CAPACITY] - 1, plan.rings[ring + R_STRIDE]
    else:
        low = lowest(plan, w, instants.member[j])
        if kind == TUMBLING and (state[at + OPEN] == 0 or state[at + BUCKET] != low):
            return
        if windows[w + W_KNOTS] > 0 or windows[w + W_MONTHS] > 0:
            length = window_end(plan, w, instants.member[j]) - low
    if kind <= HOPPING or kind == LAST:
        settle(plan, memory, w, base)
    own_body = entry_of(plan, memory, own) + E_BODY if own > 0 else -1
    for o in range(windows[w + W_OUT], windows[w + W_OUT_END], OUTPUT_COLUMNS):
        answer(plan, memory, answers, o, base, j, low, length, clock, own_body, store, origin, mask, stride)


@compiled
def leave(plan: Plan, memory: Memory, w: int, base: int, time: int) -> None:
    """Take every row that a sliding or hopping window no longer holds at ``time`` out of it, of one slot."""
    windows, log = plan.windows, memory.log
    stride, mask, low = plan.sizes[S_ENTRY], memory.cursors[C_MASK], lowest(plan, w, time)
    e = memory.state[base + windows[w + W_HEAD]]
    while e != 0 and log[((e - 1) & mask) * stride + E_TIME] < low:
        for a in range(windows[w + W_ACC], windows[w + W_HELD], ACCUMULATOR_COLUMNS):
            at = base + plan.accumulators[a + A_STATE]
            if plan.accumulators[a + A_KIND] != CHAIN:
                evict_content(
                    plan.accumulators, a, memory.state, memory.state_floats, base,
                    log, memory.log_floats, LOG_ORIGIN, mask, stride, e,
                )  # fmt: skip
            elif memory.state[at] == e:
                chain_pass(plan.accumulators[a + A_LINK], memory.state, at, log, LOG_ORIGIN, mask, stride, e)
        e = log[((e - 1) & mask) * stride + E_NEXT]
    memory.state[base + windows[w + W_HEAD]] = e


@merged
def peek(plan: Plan, memory: Memory, answers: Answers, instants: Instants, count: int) -> None:
    """Write all windows at ``count`` instants past every row, in order of time; only ``memory.state`` is written to."""
    for j in range(count):
        base = instants.slot[j] * plan.sizes[S_STATE]
        for w in range(0, plan.sizes[S_WINDOWS], WINDOW_COLUMNS):
            if base >= 0 and plan.windows[w + W_EVICT] != 0:
                leave(plan, memory, w, base, instants.member[j])
            write(plan, memory, answers, instants, w, j, ZERO)
