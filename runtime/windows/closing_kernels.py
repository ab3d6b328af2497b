"""The passes that find closes, in time that grows with rows and closes alone; compiled ahead and cached on disk."""

# numba's own parts carry no types, and an element of an array is a plain number inside a kernel.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportArgumentType=false

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from ..fold.compiled import ahead, compiled, fetch, inlined
from .sessions import NEVER

Words = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LATEST = (1 << 63) - 1
# What a row looks at is asked for so many rows before.
AHEAD = 12
FEW = 32
"""So many numbers are sorted by insertion; more are, a byte at a time, by counting."""


@dataclass(frozen=True)
class ClosingKernels:
    """The entry points; each does what the function of its name does."""

    close_buckets: Callable[..., tuple[Words, Words, Words, int]]
    follow_sessions: Callable[..., tuple[Words, Words, Words, int]]
    close_sessions: Callable[..., tuple[Words, Words, Words, int]]


@functools.cache
def closing_kernels() -> ClosingKernels:
    """Return the kernels, from the cache on disk or compiled now (some seconds)."""
    words, flags, size = numba.int64[::1], numba.boolean[::1], numba.int64
    signatures: dict[Callable[..., Any], tuple[Any, ...]] = {
        close_buckets: (words, words, words, words, size, words, words, words, size),
        follow_sessions: (words, words, size, size, words, words, words, flags, words, words, size, words),
        close_sessions: (size, size, size, words, words, words, flags, words, words, size),
    }
    return ClosingKernels(**{entry.__name__: ahead(entry, signature) for entry, signature in signatures.items()})


def close_buckets(
    slots: Words, tiles: Words, lasts: Words, instants: Words, ready: int,
    until: Words, active: Words, joining: Words, joined: int,
) -> tuple[Words, Words, Words, int]:  # fmt: skip
    """Return the closes at the first ``ready`` of ``instants``: each one's place there, and its slot, sorted.

    Rows bring their tile, which never falls, and the last close of that. ``until`` is the last close of each slot's
    newest tile. A slot whose window is not empty is in ``active``, which is sorted, or, where it was empty at the
    newest close, among the first ``joined`` of ``joining``; this has room for all rows. Both are returned as they are
    now.
    """
    places, found = np.empty(FEW, np.int64), np.empty(FEW, np.int64)
    written, row = 0, 0
    for place in range(ready + 1):
        close = instants[place] if place < len(instants) else LATEST
        while row < len(slots) and tiles[row] < close:
            fetch_coming(slots, row, until)
            slot = slots[row]
            if until[slot] < close:
                joining[joined] = slot
                joined += 1
            until[slot] = lasts[row]
            row += 1
        if place == ready:
            break
        held = together(active, joining, joined)
        joined = 0
        places, found = with_room(places, written, len(held)), with_room(found, written, len(held))
        kept = 0
        for at, slot in enumerate(held):
            fetch_coming(held, at, until)
            places[written], found[written] = place, slot
            written += 1
            if until[slot] > close:
                held[kept] = slot
                kept += 1
        active = held[:kept]
    return places[:written].copy(), found[:written].copy(), active.copy(), joined


@inlined
def fetch_coming(slots: Words, row: int, held: Words | Flags) -> None:
    """Bring closer what ``held`` has of the slot of a row that comes soon after ``row``."""
    if row + AHEAD < len(slots):
        fetch(held, slots[row + AHEAD])


@compiled
def together(active: Words, joining: Words, joined: int) -> Words:
    """Return the numbers of ``active``, which is sorted, and the first ``joined`` of ``joining`` in order."""
    sort(joining, joined)
    held = np.empty(len(active) + joined, np.int64)
    left, right = 0, 0
    for place in range(len(held)):
        if right == joined or (left < len(active) and active[left] < joining[right]):
            held[place] = active[left]
            left += 1
        else:
            held[place] = joining[right]
            right += 1
    return held


@compiled
def sort(numbers: Words, count: int) -> None:
    """Sort the first ``count`` numbers, none of which is negative."""
    if count <= FEW:
        for end in range(1, count):
            number, place = numbers[end], end
            while place > 0 and numbers[place - 1] > number:
                numbers[place] = numbers[place - 1]
                place -= 1
            numbers[place] = number
        return
    most = numbers[:count].max()
    other, shift = np.empty(count, np.int64), 0
    while most >> shift > 0:
        starts = np.zeros(257, np.int64)
        for number in numbers[:count]:
            starts[((number >> shift) & 255) + 1] += 1
        for byte in range(256):
            starts[byte + 1] += starts[byte]
        for number in numbers[:count]:
            byte = (number >> shift) & 255
            other[starts[byte]] = number
            starts[byte] += 1
        numbers[:count] = other
        shift += 8


@compiled
def with_room(words: Words, used: int, more: int) -> Words:
    """Return ``words``, or a longer copy of its first ``used``, with room for ``more``."""
    if used + more <= len(words):
        return words
    longer = np.empty(2 * (used + more), np.int64)
    longer[:used] = words[:used]
    return longer


def follow_sessions(
    slots: Words, times: Words, gap: int, most: int,
    began: Words, last: Words, first: Words, is_open: Flags, queue: Words, due: Words, queued: int, tiles: Words,
) -> tuple[Words, Words, Words, int]:  # fmt: skip
    """Take in rows, and return the pieces of sessions that these ended, as (slot, first ts, end), in no order.

    Of each slot: where its newest session ``began``, its ``last`` event (NEVER: none), the ``first`` ts of its newest
    piece, and whether that is to be closed. The first ``queued`` of ``queue``, which has room for all rows, are the
    slots for which it is: a heap by ``due``, which lies at or before the end of the piece. Returned last is how many
    these are now. ``tiles`` takes the first ts of each row's piece. ``most`` is 0 for no MAX.
    """
    ended, firsts, ends = np.empty(len(slots), np.int64), np.empty(len(slots), np.int64), np.empty(len(slots), np.int64)
    count = 0
    for row in range(len(slots)):
        fetch_coming(slots, row, last)
        fetch_coming(slots, row, first)
        fetch_coming(slots, row, began)
        fetch_coming(slots, row, is_open)
        slot, time = slots[row], times[row]
        opens = last[slot] == NEVER or time - last[slot] > gap
        if opens or (most != 0 and (time - began[slot]) // most != (last[slot] - began[slot]) // most):
            if is_open[slot]:
                ended[count], firsts[count] = slot, first[slot]
                ends[count] = end_of(began[slot], last[slot], gap, most)
                count += 1
            first[slot] = time
        if opens:
            began[slot] = time
        last[slot] = time
        if not is_open[slot]:
            is_open[slot] = True
            rise(queue, due, queued, slot, end_of(began[slot], time, gap, most))
            queued += 1
        tiles[row] = first[slot]
    return ended[:count].copy(), firsts[:count].copy(), ends[:count].copy(), queued


def close_sessions(
    watermark: int, gap: int, most: int,
    began: Words, last: Words, first: Words, is_open: Flags, queue: Words, due: Words, queued: int,
) -> tuple[Words, Words, Words, int]:  # fmt: skip
    """Return the pieces that end before ``watermark``, as ``follow_sessions`` does, and how many slots are queued."""
    ended, firsts, ends = np.empty(FEW, np.int64), np.empty(FEW, np.int64), np.empty(FEW, np.int64)
    count = 0
    while queued > 0 and due[0] < watermark:
        # One of the two below is the first of the queue after this one.
        for held in (began, last, first):
            fetch(held, queue[min(1, queued - 1)])
            fetch(held, queue[min(2, queued - 1)])
        slot = queue[0]
        end = end_of(began[slot], last[slot], gap, most)
        if end == due[0]:
            ended, firsts, ends = with_room(ended, count, 1), with_room(firsts, count, 1), with_room(ends, count, 1)
            ended[count], firsts[count], ends[count] = slot, first[slot], end
            count += 1
            is_open[slot] = False
            if last[slot] < watermark - gap:
                last[slot] = NEVER
            queued -= 1
            slot, end = queue[queued], due[queued]
        sink(queue, due, queued, slot, end)
    return ended[:count].copy(), firsts[:count].copy(), ends[:count].copy(), queued


@compiled
def end_of(began: int, last: int, gap: int, most: int) -> int:
    """Return when the piece of a session that holds ``last`` ends, if nothing comes after that: gap or MAX."""
    end = last + gap
    return end if most == 0 else min(end, began + ((last - began) // most + 1) * most)


@compiled
def rise(queue: Words, due: Words, queued: int, slot: int, time: int) -> None:
    """Add ``slot`` to a heap of so many."""
    place = queued
    while place > 0 and due[(place - 1) // 2] > time:
        queue[place], due[place] = queue[(place - 1) // 2], due[(place - 1) // 2]
        place = (place - 1) // 2
    queue[place], due[place] = slot, time


@compiled
def sink(queue: Words, due: Words, queued: int, slot: int, time: int) -> None:
    """Put ``slot`` in the place of the first of a heap, and move it down to where it belongs."""
    place = 0
    while True:
        below = 2 * place + 1
        if below + 1 < queued and due[below + 1] < due[below]:
            below += 1
        if below >= queued or due[below] >= time:
            break
        queue[place], due[place] = queue[below], due[below]
        place = below
    if queued > 0:
        queue[place], due[place] = slot, time
