"""Pushes: what one costs to hand in, to notice and to read, with so many before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from headrace.runtime.sources.event_log import EventLog
from headrace.runtime.sources.log_file import load

from .cards import cards
from .figures import Figure
from .timing import once

COUNTS = (1_000, 10_000, 100_000)
STRETCH = 200


def pushes(counts: Sequence[int] = COUNTS, stretch: int = STRETCH) -> Iterator[Figure]:
    """Yield the median time of a push of one event, synced to the disk, and of another process's look for it.

    Those last ones are then read, each by itself: their time is the mean.
    """
    events, least = cards(max(counts)), dict[str, float]()
    with TemporaryDirectory() as folder:
        log, reader = EventLog(Path(folder) / "log" / "events" / "0"), EventLog(Path(folder) / "log" / "events" / "0")
        for count in counts:
            pushed, looked = list[float](), list[float]()
            for event in range(log.end, count):
                part = events.slice(event, 1)
                pushed.append(once(lambda part=part: log.append(part), perf_counter))
                looked.append(once(reader.look, perf_counter))
            newest = reader.segments(count - stretch, count)
            read = once(lambda newest=newest: [load(one) for one in newest], perf_counter) / len(newest)
            for what, taken in (
                ("handing it in", median(pushed[-stretch:])),
                ("noticing it", median(looked[-stretch:])),
                ("reading it", read),
            ):
                name = f"a push of one event, {count:,} pushes, {what}"
                least.setdefault(what, taken)
                yield Figure(name, taken * 1e3, "ms", f"{counts[0]:,} pushes", least[what] * 1e3)
