"""Tallies and orders: aggregates of all values in a sliding hour on every event, beside DuckDB in one shot."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

from .agreement import check_same
from .cards import SOURCE, cards
from .figures import Figure
from .in_memory import batches, run, written_by
from .timing import rate

AGGREGATES = (
    "count(DISTINCT merchant_id)",
    "entropy(merchant_id)",
    "approx_count_distinct(merchant_id)",
    "median(amount)",
)
BATCH = 10_000


def tallies(events: int = 100_000, repeats: int = 3) -> Iterator[Figure]:
    """Yield the events a second of each aggregate."""
    stream = cards(events)
    parts = batches(stream, BATCH)
    for aggregate in AGGREGATES:
        features = _features(aggregate)
        few = cards(min(events, 5_000))
        check_same(written_by(features, batches(few, 1_000))["tallied"], _in_duckdb(aggregate, few))
        ours = rate(lambda features=features: run(features, parts), events, repeats)
        theirs = rate(lambda aggregate=aggregate: _in_duckdb(aggregate, stream), events, repeats)
        yield Figure(f"{aggregate} over 1 hour", ours, "events/s", "DuckDB, one shot", theirs)


def _features(aggregate: str) -> Definitions:
    view = f"""
CREATE FEATURE VIEW tallied ENTITY card_id AS
SELECT event_id, {aggregate} OVER w AS found FROM cards WINDOW w AS (SLIDING SIZE 1 HOUR);
"""
    return compile_project([SourceText("features.sql", SOURCE + view)])


def _in_duckdb(aggregate: str, events: pa.Table) -> pa.Table:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("cards", events)
        return connection.sql(f"""
SELECT card_id, event_id, {aggregate} OVER w AS found FROM cards
WINDOW w AS (PARTITION BY card_id ORDER BY ts RANGE BETWEEN INTERVAL '3599.999999 seconds' PRECEDING AND CURRENT ROW)
""").to_arrow_table()
