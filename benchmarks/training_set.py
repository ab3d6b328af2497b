"""The training set: labels with two windows' features as of each of their instants, beside DuckDB's range join."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .agreement import check_same
from .card_project import run_project
from .cards import HOURS_6, SOURCE, START, cards
from .figures import Figure
from .timing import seconds

REPEATS = 3
VIEW = """
CREATE FEATURE VIEW spent ENTITY card_id AS
SELECT count(*) OVER m AS n_5m, sum(amount) OVER m AS total_5m, count(*) OVER h AS n_1h, avg(amount) OVER h AS mean_1h
FROM cards WINDOW m AS (SLIDING SIZE 5 MINUTES), h AS (SLIDING SIZE 1 HOUR) EMIT ON DEMAND;
CREATE FEATURE SERVICE card AS SELECT spent.* FROM spent;
"""
JOIN = """
SELECT spine.card_id, spine.as_of, count(amount) FILTER (WHERE ts > as_of - INTERVAL 5 MINUTES) AS n_5m,
  sum(amount) FILTER (WHERE ts > as_of - INTERVAL 5 MINUTES) AS total_5m, count(amount) AS n_1h, avg(amount) AS mean_1h
FROM spine LEFT JOIN read_parquet('{files}') cards
  ON spine.card_id = cards.card_id AND ts <= as_of AND ts > as_of - INTERVAL 1 HOUR
GROUP BY ALL"""


def training_set(events: int = 5_000_000, rows: int = 100_000, repeats: int = REPEATS) -> Iterator[Figure]:
    """Yield the seconds of a training set from Parquet events; the spine's cards are as the events' are."""
    with TemporaryDirectory() as folder:
        files = Path(folder) / "cards.parquet"
        stream = cards(events)
        pq.write_table(stream, files)
        spine = _spine(stream, rows)
        project = run_project(Path(folder) / "project", SOURCE + VIEW, files, "batch_rows = 100_000\n")

        def ours() -> pa.Table:
            return project.get_historical_features(spine, "card", time="as_of")

        def theirs() -> pa.Table:
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.register("spine", spine)
                return connection.sql(JOIN.format(files=files)).to_arrow_table()

        # Once, for it is minutes of billions of pairs.
        begun = perf_counter()
        joined = theirs()
        baseline = perf_counter() - begun
        check_same(ours(), joined)
        value = seconds(ours, repeats)
    yield Figure(f"training set, {rows:,} rows of {events:,} events", value, "s", "DuckDB's range join", baseline)


def _spine(stream: pa.Table, rows: int) -> pa.Table:
    random = np.random.default_rng(2)
    mine = stream.take(pa.array(np.sort(random.choice(len(stream), rows, replace=False))))
    instants = START + random.integers(0, HOURS_6, rows)
    return pa.table({"card_id": mine.column("card_id"), "as_of": pa.array(instants, pa.timestamp("us"))})
