"""The pass over a batch: rows into the log, then rows and instants together in time order."""

# An element of an array is a plain number inside a kernel.
# pyright: reportArgumentType=false

from __future__ import annotations

from .compiled import compiled, fetch, inlined, merged
from .layout import (
    C_BASE,
    C_END,
    C_SLOTS,
    E_BODY,
    E_NEXT,
    E_SLOT,
    E_TIME,
    LAST,
    PLUS,
    S_COLUMNS,
    S_ENTRY,
    S_FLAGS,
    S_STATE,
    S_WINDOWS,
    W_ADDED,
    W_DEFER,
    W_EVICT,
    W_EVICTED,
    W_HEAD,
    W_KIND,
    WINDOW_COLUMNS,
    ZERO,
    Answers,
    Instants,
    Memory,
    Plan,
    Words,
)
from .windows import AHEAD, LINE, add_row, arrive, entry_of, evict, write


@merged
def ingest(plan: Plan, memory: Memory, slots: Words, times: Words, flags: Words, columns: Words, rows: int) -> None:
    """Append a batch to the log, which has room for it; ``flags`` and ``columns`` are (word, row)."""
    log, state, cursors = memory.log, memory.state, memory.cursors
    stride, flag_words = plan.sizes[S_ENTRY], plan.sizes[S_FLAGS]
    column_words = plan.sizes[S_COLUMNS]
    for row in range(rows):
        if row + 2 * AHEAD < rows:
            fetch(state, slots[row + 2 * AHEAD] * plan.sizes[S_STATE])
        if row + AHEAD < rows:
            fetch(log, entry_of(plan, memory, state[slots[row + AHEAD] * plan.sizes[S_STATE]]) + E_NEXT)
        e = cursors[C_END] + row
        here, slot = entry_of(plan, memory, e), slots[row]
        log[here + E_SLOT] = slot
        log[here + E_TIME] = times[row]
        for word in range(flag_words):
            log[here + E_BODY + word] = flags[word * rows + row]
        after = here + E_BODY + flag_words
        for column in range(column_words):
            log[after + column] = columns[column * rows + row]
        for word in range(after + column_words, here + stride):
            log[word] = 0
        log[here + E_NEXT] = 0
        base = slot * plan.sizes[S_STATE]
        if state[base] >= cursors[C_BASE]:
            log[entry_of(plan, memory, state[base]) + E_NEXT] = e
        state[base] = e
        for w in range(0, plan.sizes[S_WINDOWS], WINDOW_COLUMNS):
            head = plan.windows[w + W_HEAD]
            if head >= 0 and state[base + head] == 0:
                state[base + head] = e
        cursors[C_SLOTS] = max(cursors[C_SLOTS], slot + 1)
    cursors[C_END] += rows


@compiled
def add_until(plan: Plan, memory: Memory, w: int, end: int) -> None:
    """Add every row below ``end`` that the window has not added yet."""
    cursor = plan.windows[w + W_ADDED]
    for e in range(memory.cursors[cursor], end):
        add_row(plan, memory, w, e)
    memory.cursors[cursor] = max(memory.cursors[cursor], end)


@compiled
def arrive_and_write(
    plan: Plan, memory: Memory, answers: Answers, instants: Instants,
    w: int, start: int, end: int, j: int, j_end: int, first: int,
) -> None:  # fmt: skip
    """Take the rows of one event time into a LAST window row by row, writing each row's own instants after it."""
    deferred = plan.windows[w + W_DEFER] != 0
    for e in range(start, end):
        arrive(plan, memory, w, e)
        if not deferred:
            add_until(plan, memory, w, e + 1)
        while j < j_end and instants.row[j] <= e - first:
            if instants.row[j] == e - first:
                write(plan, memory, answers, instants, w, j, ZERO if deferred else e)
            j += 1


@inlined
def write_all(
    plan: Plan, memory: Memory, answers: Answers, instants: Instants,
    w: int, j: int, j_end: int, first: int, before: int,
) -> None:  # fmt: skip
    """Write a window at the instants [j, j_end) that are still to be written there.

    With EXCLUDE CURRENT GROUP these are, by turns, those whose clock shows that the newest peers are left out
    (``before`` 1, while the peers are not added yet), then the others. A LAST window has written the own rows.
    """
    deferred, own_done = plan.windows[w + W_DEFER] != 0, plan.windows[w + W_KIND] == LAST
    for k in range(j, j_end):
        row = instants.row[k]
        if own_done and row >= 0:
            continue
        if deferred and (instants.clock[k] <= instants.member[k]) != (before > 0):
            continue
        write(plan, memory, answers, instants, w, k, first + row if row >= 0 and not deferred else ZERO)


@inlined
def any_after(instants: Instants, j: int, j_end: int) -> bool:
    """Tell whether any of the instants lies past the rows that it may count, as a close does."""
    found = False
    for k in range(j, j_end):
        found = found or instants.clock[k] > instants.member[k]
    return found


@merged
def step(
    plan: Plan, memory: Memory, answers: Answers, instants: Instants,
    w: int, now: int, start: int, end: int, j: int, j_end: int, first: int,
) -> None:  # fmt: skip
    """Take a window through one point in time: the rows [start, end) and the instants [j, j_end) at ``now``."""
    deferred = plan.windows[w + W_DEFER] != 0
    if deferred and memory.cursors[plan.windows[w + W_ADDED]] < start:
        # A new point in time: the rows that waited are peers of its instants no longer.
        oldest = entry_of(plan, memory, start - 1)
        if memory.log[oldest + E_TIME] < now:
            add_until(plan, memory, w, start)
    if plan.windows[w + W_EVICT] != 0:
        evict(plan, memory, w, now)
    if plan.windows[w + W_KIND] == LAST:
        arrive_and_write(plan, memory, answers, instants, w, start, end, j, j_end, first)
    if deferred:
        write_all(plan, memory, answers, instants, w, j, j_end, first, PLUS)
        if not any_after(instants, j, j_end):
            return
    add_until(plan, memory, w, end)
    write_all(plan, memory, answers, instants, w, j, j_end, first, ZERO)


@inlined
def fetch_state(plan: Plan, memory: Memory, e: int) -> None:
    """Bring the state that row ``e`` of the log changes closer, if there is such a row."""
    if e < memory.cursors[C_END]:
        words = plan.sizes[S_STATE]
        base = memory.log[entry_of(plan, memory, e) + E_SLOT] * words
        for word in range(0, words, LINE):
            fetch(memory.state, base + word)


@merged
def run(plan: Plan, memory: Memory, answers: Answers, instants: Instants, count: int, first: int) -> None:
    """Take all windows through the rows from sequence number ``first`` on and through all ``count`` instants."""
    cursors = memory.cursors
    e, j = first, int(ZERO)
    while e < cursors[C_END] or j < count:
        now = instants.member[j] if j < count else (1 << 63) - 1
        if e < cursors[C_END]:
            now = min(now, memory.log[entry_of(plan, memory, e) + E_TIME])
        e_end, j_end = e, j
        while e_end < cursors[C_END] and memory.log[entry_of(plan, memory, e_end) + E_TIME] == now:
            fetch_state(plan, memory, e_end + AHEAD)
            e_end += 1
        while j_end < count and instants.member[j_end] == now:
            j_end += 1
        for w in range(0, plan.sizes[S_WINDOWS], WINDOW_COLUMNS):
            step(plan, memory, answers, instants, w, now, e, e_end, j, j_end, first)
        e, j = e_end, j_end
    base = cursors[C_END]
    for w in range(0, plan.sizes[S_WINDOWS], WINDOW_COLUMNS):
        evicts = plan.windows[w + W_EVICT] != 0
        base = min(base, cursors[plan.windows[w + W_EVICTED if evicts else w + W_ADDED]])
    cursors[C_BASE] = base
