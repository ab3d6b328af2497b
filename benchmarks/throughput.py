"""Throughput: Arrow in memory to rows, beside DuckDB, polars and, for Q1 and Q4, a bare loop over the whole stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .agreement import check_same
from .card_duckdb import in_duckdb, sql_of
from .card_peers import LOOPS, in_numba, in_polars
from .cards import QUERIES, cards, definitions
from .figures import Figure
from .in_memory import batches, run, written_by
from .timing import rate

BATCHES = (100_000, 10_000, 1_000)


def throughput(events: int = 1_000_000, sizes: Sequence[int] = BATCHES) -> Iterator[Figure]:
    """Yield each query's events a second at each size of batches; the first size stands beside the peers."""
    stream = cards(events)
    run(definitions("Q5"), batches(cards(10_000), 10_000))
    for query in LOOPS:
        in_numba(query, cards(10_000))
    for query in QUERIES:
        check_rows(query)
        yield from _of_query(query, stream, sizes)


def _of_query(query: str, stream: pa.Table, sizes: Sequence[int]) -> Iterator[Figure]:
    events = len(stream)
    cut = {size: batches(stream, size) for size in sizes}
    ours = {size: rate(lambda parts=parts: run(definitions(query), parts), events) for size, parts in cut.items()}
    largest = sizes[0]
    name, value = f"{query} in memory, batches of {largest:,}", ours[largest]
    duck = rate(lambda: in_duckdb(query, stream), events)
    yield Figure(name, value, "events/s", "DuckDB, one shot", duck)
    yield Figure(f"{name}, polars", value, "events/s", "polars", rate(lambda: in_polars(query, stream), events))
    for size in sizes[1:]:
        at = f"{query} in memory, batches of {size:,}"
        yield Figure(at, ours[size], "events/s", f"batches of {largest:,}", value)
    if query in LOOPS:
        loop = rate(lambda: in_numba(query, stream), events)
        yield Figure(f"{name}, loop", value, "events/s", "a bare numba loop", loop)


def check_rows(query: str, events: int = 20_000) -> None:
    """Raise AssertionError unless DuckDB writes the same rows, and the others as many."""
    stream = cards(events)
    ours, theirs = written_by(definitions(query), batches(stream, 5_000)), in_duckdb(query, stream)
    for view, table in zip(sql_of(query), theirs, strict=True):
        check_same(ours[view.lower()], table)
    assert sum(map(len, theirs)) == sum(map(len, in_polars(query, stream)))
    assert query not in LOOPS or len(theirs[0]) == len(in_numba(query, stream)[0])
