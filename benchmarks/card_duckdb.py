"""The same queries by DuckDB, each over the whole stream at once; their columns are those of the views, in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

DUCKDB = {
    "Q1": """
SELECT card_id, time_bucket(INTERVAL 1 MINUTE, ts) + INTERVAL 1 MINUTE AS as_of, count(*) AS n, sum(amount) AS total,
  avg(amount) AS mean, min(amount) AS least, max(amount) AS most
FROM cards GROUP BY ALL""",
    "Q2": """
WITH tiles AS (
  SELECT card_id, time_bucket(INTERVAL 5 MINUTES, ts) AS tile, count(*) AS n, sum(amount) AS total
  FROM cards GROUP BY ALL)
SELECT card_id, tile + to_minutes(5 * hop) AS as_of, sum(n)::BIGINT AS n, sum(total) / sum(n) AS mean
FROM tiles, range(1, 13) AS hops(hop) GROUP BY ALL""",
    "Q3": """
WITH gaps AS (
  SELECT *, ts - lag(ts) OVER (PARTITION BY card_id ORDER BY ts) > INTERVAL 10 MINUTES AS opens FROM cards),
visits AS (
  SELECT *, count(*) FILTER (WHERE opens) OVER (PARTITION BY card_id ORDER BY ts ROWS UNBOUNDED PRECEDING) AS visit
  FROM gaps)
SELECT card_id, max(ts) + INTERVAL 10 MINUTES AS as_of, count(*) AS n, sum(amount) AS total,
  (epoch_us(max(ts)) - epoch_us(min(ts))) / 1e6 AS seconds
FROM visits GROUP BY card_id, visit""",
    "Q4": """
SELECT card_id, ts, count(*) OVER m AS n_5m, sum(amount) OVER m AS total_5m, avg(amount) OVER h AS mean_1h,
  stddev(amount) OVER h AS spread_1h,
  (epoch_us(ts) - epoch_us(lag(ts) OVER (PARTITION BY card_id ORDER BY ts))) / 1e6 AS idle,
  count(*) FILTER (WHERE NOT ok) OVER h AS failures_1h
FROM cards WINDOW
  m AS (PARTITION BY card_id ORDER BY ts RANGE BETWEEN INTERVAL '299.999999 seconds' PRECEDING AND CURRENT ROW),
  h AS (PARTITION BY card_id ORDER BY ts RANGE BETWEEN INTERVAL '3599.999999 seconds' PRECEDING AND CURRENT ROW)""",
}


def sql_of(query: str) -> Mapping[str, str]:
    """Return the SQL of one query, or of Q5: all four, by name."""
    return {query: DUCKDB[query]} if query in DUCKDB else DUCKDB


def in_duckdb(query: str, events: pa.Table) -> list[pa.Table]:
    """Run one query, or Q5: all four."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("cards", events)
        return [connection.sql(sql).to_arrow_table() for sql in sql_of(query).values()]


def to_parquet(events: Path, folder: Path, query: str = "Q5") -> None:
    """Read events from a Parquet file and write each query's rows to one, in one shot."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"CREATE VIEW cards AS FROM read_parquet('{events}')")
        for name, sql in sql_of(query).items():
            connection.execute(f"COPY ({sql}) TO '{folder / name.lower()}.parquet' (COMPRESSION zstd)")
