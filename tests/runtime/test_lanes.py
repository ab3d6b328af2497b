"""Partitions of a topic: each row is judged by its own partition, whatever the cuts."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from headrace.runtime.sources.lanes import Lanes, Placed, awake, from_text, judge, to_text, watermark
from headrace.runtime.sources.lateness import BEGINNING

DELAY = 10


Row = tuple[int, int, int]


def _slowly(rows: list[Row], floor: int) -> list[bool]:
    """Each row, of (fetch, partition, time), by itself: late below the mark of its partition.

    Partitions that are new in a fetch begin at the least mark of the others.
    """
    marks: dict[int, int] = {}
    late: list[bool] = []
    for place, (fetch, partition, time) in enumerate(rows):
        if place == 0 or rows[place - 1][0] != fetch:
            begin = max(floor, min(marks.values(), default=BEGINNING))
            marks = {one[1]: begin for one in rows if one[0] == fetch} | marks
        late.append(time < max(marks[partition], floor))
        marks[partition] = max(marks[partition], time - DELAY)
    return late


@pytest.mark.parametrize("seed", range(20))
def test_rows_are_judged_one_by_one_however_they_are_cut(seed: int) -> None:
    random = Random(seed)
    rows = [(0, random.choice([0, 1]), at + random.randint(-25, 5)) for at in range(0, 60, 2)]
    # A partition that comes later, and is some way behind.
    rows += [(1 + at // 30, random.choice([0, 1, 2]), at + 60 + random.randint(-50, 5)) for at in range(0, 60, 2)]
    fetched = {first: [row[1] for row in rows if row[0] == fetch] for fetch, first in ((0, 0), (1, 30), (2, 45))}
    floor = random.choice([BEGINNING, -5])
    lanes: Lanes = ()
    late: list[bool] = []
    while len(late) < len(rows):
        begin, end = len(late), min(len(rows), len(late) + random.randint(1, 20))
        _, partitions, times = (np.array(column, np.int64) for column in zip(*rows[begin:end], strict=True))
        some = {first: held for first, held in fetched.items() if first < end}
        placed = Placed(np.arange(begin, end), partitions, np.full(end - begin, 7), some)
        found, lag, lanes = judge(times, placed, from_text(to_text(lanes)), DELAY, floor)
        late += found.tolist()
        assert ((lag > 0) == found).all()
    assert late == _slowly(rows, floor)
    assert watermark(lanes, BEGINNING) == min(lane.mark for lane in lanes)
    assert awake(lanes, 6) == lanes
    assert awake(lanes, 7) == ()
