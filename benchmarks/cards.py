"""The workload of ``make bench``: six hours of card payments from a seeded generator, and five feature queries."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

SECOND = 1_000_000
HOURS_6 = 6 * 3600 * SECOND
START = 1_767_225_600 * SECOND
"""2026-01-01T00:00Z in µs."""
DELAY = 5 * SECOND


def source(connector: str, delay: int = DELAY) -> str:
    """Return the statement that declares the payments, with these connector options and so many µs of delay."""
    return f"""
CREATE SOURCE cards (event_id BIGINT, card_id BIGINT, merchant_id BIGINT, amount DOUBLE, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL {delay // SECOND} SECONDS)
WITH ({connector});
"""


FILES = "'connector' = 'files', 'path' = 'cards/*.parquet'"
SOURCE = source(f"{FILES}, 'bounded' = 'true'")
QUERIES = {
    "Q1": """
CREATE FEATURE VIEW q1 ENTITY card_id AS
SELECT count(*) OVER w AS n, sum(amount) OVER w AS total, avg(amount) OVER w AS mean, min(amount) OVER w AS least,
  max(amount) OVER w AS most
FROM cards WINDOW w AS (TUMBLING SIZE 1 MINUTE) EMIT ON WINDOW CLOSE;
""",
    "Q2": """
CREATE FEATURE VIEW q2 ENTITY card_id AS
SELECT count(*) OVER w AS n, avg(amount) OVER w AS mean
FROM cards WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES) EMIT ON WINDOW CLOSE;
""",
    "Q3": """
CREATE FEATURE VIEW q3 ENTITY card_id AS
SELECT count(*) OVER w AS n, sum(amount) OVER w AS total, session_duration() OVER w AS seconds
FROM cards WINDOW w AS (SESSION GAP 10 MINUTES) EMIT ON WINDOW CLOSE;
""",
    "Q4": """
CREATE FEATURE VIEW q4 ENTITY card_id AS
SELECT count(*) OVER m AS n_5m, sum(amount) OVER m AS total_5m, avg(amount) OVER h AS mean_1h,
  stddev(amount) OVER h AS spread_1h, since_last() OVER l AS idle, count(*) FILTER (WHERE NOT ok) OVER h AS failures_1h
FROM cards WINDOW m AS (SLIDING SIZE 5 MINUTES), h AS (SLIDING SIZE 1 HOUR), l AS (GLOBAL);
""",
}
QUERIES["Q5"] = "".join(QUERIES.values())


@cache
def definitions(query: str) -> Definitions:
    """Return the compiled project of one of the queries."""
    return compile_project([SourceText("features.sql", SOURCE + QUERIES[query])])


@cache
def cards(rows: int, keys: int = 100_000, seed: int = 0) -> pa.Table:
    """Return so many payments in order of arrival: Zipf 1.1 over ``keys`` cards, up to 5 seconds out of order."""
    random = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, keys + 1) ** 1.1
    card = np.searchsorted(np.cumsum(weights) / weights.sum(), random.random(rows))
    arrival = np.sort(random.integers(0, HOURS_6, rows))
    times = START + DELAY + arrival - random.integers(0, DELAY, rows)
    return pa.table(
        {
            "event_id": np.arange(rows),
            "card_id": random.permutation(keys)[card],
            "merchant_id": random.integers(0, 5_000, rows),
            "amount": np.round(random.lognormal(3.0, 1.0, rows), 2),
            "ok": random.random(rows) < 0.97,
            "ts": pa.array(times, pa.timestamp("us")),
        }
    )
