"""The partitions of a topic, in the order in which its one log has their rows: each has a watermark of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import lateness
from .lateness import BEGINNING

Numbers = NDArray[np.int64]


class Lane(NamedTuple):
    """How far a partition is: ``mark``, the watermark that its rows have set, and when the newest came (both µs)."""

    partition: int
    mark: int
    clock: int


Lanes = tuple[Lane, ...]


@dataclass(frozen=True)
class Placed:
    """Rows of a topic in offset order: the partition and arrival (µs) of each.

    ``fetched`` holds, by the offset from which on records were fetched together, the partitions among them.
    """

    offsets: Numbers
    partitions: Numbers
    arrived: Numbers
    fetched: Mapping[int, Sequence[int]]

    def only(self, places: Numbers) -> Placed:
        """Return the rows at these places."""
        return replace(
            self,
            offsets=self.offsets[places],
            partitions=self.partitions[places],
            arrived=self.arrived[places],
        )


def judge(
    times: Numbers, rows: Placed, before: Lanes, delay: int, floor: int
) -> tuple[NDArray[np.bool_], Numbers, Lanes]:
    """Decide for each row, in offset order, whether it is late: see ``lateness.judge``, here by the row's partition.

    A partition is known from the first record on that was fetched together with its first one; it begins at the
    source's watermark of that place, the least over those that were known before. Returns the late rows as a mask, how
    far each lies below the watermark at its place, and the lanes after the last row.
    """
    late, lag = np.zeros(len(times), np.bool_), np.zeros(len(times), np.int64)
    lanes = {lane.partition: lane for lane in before}
    for first, numbers in sorted(rows.fetched.items()):
        at = int(np.searchsorted(rows.offsets, first))
        if at == len(times):
            continue
        known = [_mark_at(lane, times[:at][rows.partitions[:at] == one], delay) for one, lane in lanes.items()]
        begin = max(floor, min(known, default=BEGINNING))
        lanes |= {one: Lane(one, begin, int(rows.arrived[at])) for one in numbers if one not in lanes}
    for number in np.unique(rows.partitions).tolist():
        mine, lane = rows.partitions == number, lanes[number]
        high = None if lane.mark <= BEGINNING else lane.mark + delay
        late[mine], lag[mine], reached = lateness.judge(times[mine], high, delay, floor)
        mark = lateness.watermark(reached, delay, ended=False, floor=lane.mark)
        lanes[number] = Lane(number, mark, max(lane.clock, int(rows.arrived[mine].max())))
    return late, lag, tuple(lanes[number] for number in sorted(lanes))


def watermark(lanes: Lanes, floor: int) -> int:
    """Return the least mark, or ``floor``, which a source has reached while partitions of it were idle."""
    return max(min(lane.mark for lane in lanes), floor)


def awake(lanes: Lanes, since: int) -> Lanes:
    """Return the partitions of which a row has come after ``since`` (µs)."""
    return tuple(lane for lane in lanes if lane.clock > since)


def to_text(lanes: Lanes) -> str:
    """Return lanes as JSON."""
    return json.dumps(lanes)


def from_text(text: str) -> Lanes:
    """Return the lanes that JSON holds."""
    held: Sequence[Sequence[int]] = json.loads(text)
    return tuple(Lane(*lane) for lane in held)


def _mark_at(lane: Lane, times: Numbers, delay: int) -> int:
    return max(lane.mark, int(times.max()) - delay) if len(times) else lane.mark
