"""Measure the engine: ``python -m headrace.benchmarks.bench [part ...]`` writes ``out/bench.json``.

Every figure stands beside its baseline of the same run; the parts may be run one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from headrace.features_sql.groups import source_groups
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.project import Project

from .card_peers import DUCKDB, in_duckdb, in_numba, in_polars
from .cards import DELAY, QUERIES, SOURCE, cards, definitions
from .figures import Figure, measure

EVENTS = 1_000_000
REPEATS = 5
BATCHES = (100_000, 10_000, 1_000)
END = 1 << 62
AS_OF = datetime(2026, 1, 1, 3)
READ = """
WITH mine AS (SELECT * FROM cards WHERE card_id = $1 AND ts <= $2)
SELECT count(*) FILTER (WHERE ts > $2 - INTERVAL 5 MINUTES), sum(amount) FILTER (WHERE ts > $2 - INTERVAL 5 MINUTES),
  avg(amount) FILTER (WHERE ts > $2 - INTERVAL 1 HOUR), stddev(amount) FILTER (WHERE ts > $2 - INTERVAL 1 HOUR),
  epoch($2 - max(ts)), count(*) FILTER (WHERE NOT ok AND ts > $2 - INTERVAL 1 HOUR)
FROM mine"""


def rate(work: Callable[[], object], events: int, repeats: int = REPEATS) -> float:
    """Return the median events a second, by the wall clock."""
    found: list[float] = []
    for _ in range(repeats):
        before = perf_counter()
        work()
        found.append(events / (perf_counter() - before))
    return median(found)


class InMemory:
    """One query's group, fed as the engine feeds it: batches in order of arrival, each with its watermark."""

    def __init__(self, query: str, events: pa.Table, batch: int) -> None:
        held = definitions(query)
        self._definitions, self._spec = held, source_groups(held)[0]
        times = events.column("ts").cast(pa.int64()).to_numpy()
        origin = {"_partition": np.zeros(len(events), np.int64), "_offset": np.arange(len(events))}
        for name, values in origin.items():
            events = events.append_column(name, pa.array(values))
        self._parts = [
            (events.slice(first, batch).combine_chunks(), int(times[: first + batch].max()) - DELAY)
            for first in range(0, len(events), batch)
        ]

    def run(self) -> int:
        """Return how many rows are written."""
        with closing(connect()) as connection, closing(Group(self._definitions, self._spec, connection)) as group:
            written = 0
            for rows, watermark in self._parts:
                written += sum(map(len, group.advance({"cards": rows}, watermark).rows.values()))
            last = {"cards": self._parts[-1][1] + DELAY}
            return written + sum(map(len, group.advance({}, END, last).rows.values()))


def throughput() -> Iterator[Figure]:
    """Arrow in memory to rows, beside DuckDB and polars over the whole stream at once, and a bare loop for Q4."""
    events = cards(EVENTS)
    InMemory("Q5", cards(10_000), 10_000).run()
    in_numba(cards(10_000))
    for query in QUERIES:
        check_rows(query)
        ours = {size: rate(InMemory(query, events, size).run, EVENTS, _repeats(size)) for size in BATCHES}
        duck = rate(lambda query=query: in_duckdb(query, events), EVENTS)
        polars = rate(lambda query=query: in_polars(query, events), EVENTS)
        yield Figure(f"{query} in memory, batches of 100,000", ours[100_000], "events/s", "DuckDB, one shot", duck)
        yield Figure(f"{query} in memory, batches of 100,000, polars", ours[100_000], "events/s", "polars", polars)
        for size in BATCHES[1:]:
            name = f"{query} in memory, batches of {size:,}"
            yield Figure(name, ours[size], "events/s", "batches of 100,000", ours[100_000])
        if query == "Q4":
            loop = rate(lambda: in_numba(events), EVENTS)
            yield Figure("Q4 in memory, batches of 100,000, loop", ours[100_000], "events/s", "a bare numba loop", loop)


def check_rows(query: str) -> None:
    """Raise AssertionError unless all write as many rows as each other."""
    events = cards(20_000)
    ours = InMemory(query, events, 5_000).run()
    assert ours == sum(map(len, in_duckdb(query, events))) == sum(map(len, in_polars(query, events)))


def _repeats(size: int) -> int:
    return REPEATS if size > 1_000 else 1


def durable() -> Iterator[Figure]:
    """Parquet to the committed offline store, beside DuckDB writing the same columns to Parquet."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        files = root / "cards.parquet"
        pq.write_table(cards(EVENTS), files)

        def ours() -> None:
            with TemporaryDirectory(dir=folder) as made:
                project = make_project(Path(made), files)
                project.apply()
                project.run()

        def duck() -> None:
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.execute(f"CREATE VIEW cards AS FROM read_parquet('{files}')")
                for query, sql in DUCKDB.items():
                    connection.execute(f"COPY ({sql}) TO '{root / query}.parquet' (COMPRESSION zstd)")

        value, baseline = rate(ours, EVENTS, 3), rate(duck, EVENTS, 3)
        yield Figure("Q5 Parquet to committed store, durable", value, "events/s", "DuckDB to Parquet", baseline)


def make_project(folder: Path, files: Path) -> Project:
    """Make a project of Q5 over a file of cards."""
    (folder / "cards").mkdir()
    (folder / "cards" / "0.parquet").symlink_to(files)
    (folder / "headrace.toml").write_text("batch_rows = 100_000\nthreads = 2\n")
    service = "CREATE FEATURE SERVICE card AS SELECT q4.* FROM q4;\n"
    (folder / "features.sql").write_text(SOURCE + QUERIES["Q5"] + service)
    return Project(folder)


def reads() -> Iterator[Figure]:
    """One key's row of a service as of an instant, in process, beside the same read as a query over the events."""
    events = cards(100_000)
    with TemporaryDirectory() as folder:
        files = Path(folder) / "cards.parquet"
        pq.write_table(events, files)
        made = Path(folder) / "project"
        made.mkdir()
        project = make_project(made, files)
        project.apply()
        project.run()
        card = events.column("card_id")[0].as_py()

        def ours() -> None:
            project.get_online_features("card", [{"card_id": card}], as_of=AS_OF)

        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("cards", events)

            def duck() -> None:
                connection.execute(READ, [card, AS_OF]).fetchall()

            value, baseline = 1e3 / rate(ours, 1, 7), 1e3 / rate(duck, 1, 7)
    yield Figure("read of one key below the watermark", value, "ms", "DuckDB over the same events", baseline)


PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {"throughput": throughput, "durable": durable, "reads": reads}


if __name__ == "__main__":
    measure(PARTS, sys.argv[1:], "bench")
