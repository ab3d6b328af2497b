"""Values that a slot holds in the arena and that must leave it again: what becomes of each as rows come and go."""

from __future__ import annotations

from .compiled import inlined
from .counted_values import count_in
from .layout import A_KIND, A_STATE, COUNTED, TALLY, Memory, Plan, Words
from .sorted_values import empty, leave_out, sort_in, take_out
from .tallies import clear, pass_over, tally, untally


@inlined
def hold(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Add a row, which has been promised room, to accumulator ``a``."""
    if plan.accumulators[a + A_KIND] == TALLY:
        tally(plan, memory, a, base, store, body)
    elif plan.accumulators[a + A_KIND] == COUNTED:
        count_in(plan, memory, a, base, store, body)
    else:
        sort_in(plan, memory, a, base, store, body)


@inlined
def spare(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Take back what was promised to a row that is never added to accumulator ``a``."""
    if plan.accumulators[a + A_KIND] == TALLY:
        pass_over(plan, memory, a, base, store, body)
    else:
        leave_out(plan, memory, a, base, store, body)


@inlined
def let_go(plan: Plan, memory: Memory, a: int, base: int, store: Words, body: int) -> None:
    """Take a row back out of accumulator ``a``."""
    if plan.accumulators[a + A_KIND] == TALLY:
        untally(plan, memory, a, base, store, body)
    else:
        take_out(plan, memory, a, base, store, body)


@inlined
def let_go_all(plan: Plan, memory: Memory, a: int, base: int) -> None:
    """Take every row back out of accumulator ``a``."""
    if plan.accumulators[a + A_KIND] == TALLY:
        clear(memory, base + plan.accumulators[a + A_STATE])
    else:
        empty(memory, base + plan.accumulators[a + A_STATE])
