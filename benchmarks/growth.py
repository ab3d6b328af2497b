"""Growth: what an event costs with more keys held, more history behind it, more views over it. CPU, medians of 3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np
import pyarrow as pa
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

from .cards import HOURS_6, QUERIES, SOURCE, cards, definitions
from .figures import Figure
from .in_memory import Batch, InMemory, batches
from .roll_call import roll_call
from .timing import once

STRETCHES = 3
BATCH = 10_000
KEYS = (10_000, 100_000, 1_000_000, 5_000_000)
HISTORY = (1_000_000, 10_000_000, 30_000_000)
VIEWS = (1, 10, 50)


def keys(counts: Sequence[int] = KEYS, events: int = 600_000, batch: int = BATCH) -> Iterator[Figure]:
    """Yield the cost of an event while so many keys are held, all of them paying (Zipf 1.1) or always the same few.

    Where all pay, their state is read from further away, and windows that close write more rows an event.
    """
    few = counts[0]
    for query in ("Q4", "Q5"):
        for who in ("all", f"the same {few:,}"):
            least = fewest = 0.0
            for count in counts:
                cost, rows = _cost_with_keys(
                    query, count, batches(cards(events, count if who == "all" else few), batch, count)
                )
                least, fewest = least or cost, fewest or rows
                held = f"{query}, {count:,} keys, {who} paying"
                yield _grown(held, cost, f"{few:,} keys", least)
                yield Figure(f"rows of an event, {held}", rows, "rows", f"{few:,} keys", fewest)


def _cost_with_keys(query: str, count: int, parts: Sequence[Batch]) -> tuple[float, float]:
    """Hold every key, let the windows of those events end, take in an hour and a half, and measure what follows.

    Returned are the CPU µs and the rows of an event.
    """
    warm = len(parts) // 4
    with InMemory(definitions(query)) as engine:
        engine.feed(roll_call(count))
        engine.feed(parts[:warm])
        before, events = engine.written, sum(len(part.rows) for part in parts[warm:])
        return _cost(engine, parts[warm:]), (engine.written - before) / events


def history(counts: Sequence[int] = HISTORY, day: int = 1_000_000, batch: int = BATCH) -> Iterator[Figure]:
    """Yield the cost of an event with so many before it: the same six hours again and again.

    Each count is a multiple of ``day``, the events of six hours; the last third of them is measured.
    """
    for query in ("Q4", "Q5"):
        least, written = 0.0, set[int]()
        with InMemory(definitions(query)) as engine:
            for number in range(max(counts) // day):
                parts = batches(shifted(cards(day), number), batch, number * day)
                measured = len(parts) * 2 // 3
                engine.feed(parts[:measured])
                before = engine.written
                cost = _cost(engine, parts[measured:])
                written.add(engine.written - before)
                if (number + 1) * day in counts:
                    least = least or cost
                    name = f"{query}, {(number + 1) * day:,} events of history"
                    yield _grown(name, cost, f"{counts[0]:,} events", least)
        assert len(written) == 1, f"the same events wrote {written} rows"


def views(counts: Sequence[int] = VIEWS, events: int = 100_000, batch: int = BATCH) -> Iterator[Figure]:
    """Yield the cost of an event with so many views like Q4, each with windows of its own, beside as many times one."""
    one = 0.0
    for count in counts:
        parts = batches(cards(events), batch)
        with InMemory(many_views(count)) as engine:
            cost = _cost(engine, parts)
            engine.finish()
            assert engine.written == events * count, f"{engine.written} rows of {events} events in {count} views"
        one = one or cost / count
        yield _grown(f"{count} views", cost, f"{count} times one view", one * count)


def _cost(engine: InMemory, parts: Sequence[Batch]) -> float:
    """Return the CPU µs an event over three stretches of batches, the median of them."""
    cuts = np.array_split(np.arange(len(parts)), STRETCHES)
    costs: list[float] = []
    for cut in cuts:
        mine = [parts[at] for at in cut]
        costs.append(once(lambda mine=mine: engine.feed(mine)) * 1e6 / sum(len(part.rows) for part in mine))
    return median(costs)


def _grown(what: str, cost: float, beside: str, baseline: float) -> Figure:
    return Figure(f"CPU of an event, {what}", cost, "us", beside, baseline)


def shifted(events: pa.Table, times: int) -> pa.Table:
    """Return events so many times six hours later."""
    later = pa.array(events.column("ts").cast(pa.int64()).to_numpy() + times * HOURS_6, pa.timestamp("us"))
    return events.set_column(events.column_names.index("ts"), "ts", later)


def many_views(count: int) -> Definitions:
    """Compile views like Q4, no two with a window in common."""
    texts = [
        QUERIES["Q4"]
        .replace("VIEW q4", f"VIEW v{n}")
        .replace("5 MINUTES", f"{300 + n} SECONDS")
        .replace("1 HOUR", f"{3600 + n} SECONDS")
        for n in range(count)
    ]
    return compile_project([SourceText("features.sql", SOURCE + "".join(texts))])
