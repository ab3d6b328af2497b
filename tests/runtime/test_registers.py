"""Estimates of distinct values from registers, beside DuckDB's own over the same values."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Measure, Window
from headrace.runtime.fold.fold import Fold

VALUES = {
    "whole numbers": "i",
    "few numbers": "i % 7",
    "texts": "'card ' || i",
    "floats": "CASE WHEN i % 5 = 0 THEN -0.0 WHEN i % 7 = 0 THEN 'nan'::DOUBLE ELSE i / 3 END",
    "instants": "make_timestamp(i * 1000000007)",
    "lists": "[i, NULL]",
    "some": "CASE WHEN i % 3 = 0 THEN i END",
    "none": "NULL::INTEGER",
}


def estimated(window: Window, hashes: pa.Array, cuts: int) -> list[int]:
    """The estimate at each of as many events, one a µs."""
    fold = Fold([window], [Measure("m0", "approx_count_distinct", ("x0", "x1"), False, None, "w", "BIGINT")],
                {"x1": "UBIGINT"})  # fmt: skip
    found: list[int] = []
    for places in np.array_split(np.arange(len(hashes)), cuts):
        times, slots = pa.array(places), pa.array(np.zeros(len(places), np.int64))
        rows = pa.table({"_slot": slots, "_t": times, "x1": hashes.take(times)})
        asked = pa.table({"_slot": slots, "_m": times, "_t": times, "_row": pa.array(np.arange(len(places)))})
        found += fold.process(rows, asked).column("m0").to_pylist()
    return found


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize(
    ("window", "frame"),
    [
        (Window("w", "global"), "UNBOUNDED PRECEDING"),
        (Window("w", "sliding", size=300), "299 PRECEDING"),
        (Window("w", "last", rows=40), "39 PRECEDING"),
    ],
    ids=["global", "sliding", "last"],
)
def test_estimates_are_those_of_duckdb_to_the_last_digit(values: str, window: Window, frame: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE held AS SELECT i, {values} AS x FROM range(1200) AS numbers(i)")
        over = f"OVER (ORDER BY i ROWS BETWEEN {frame} AND CURRENT ROW)"
        rows = connection.execute(
            f"SELECT approx_count_distinct(x) {over}, CASE WHEN x IS NOT NULL THEN hash(x) END FROM held ORDER BY i"
        ).fetchall()
    hashes = pa.array([row[1] for row in rows], pa.uint64())
    assert estimated(window, hashes, 7) == [row[0] for row in rows]


def test_estimates_of_many_values() -> None:
    counts = [1, 10, 1_000, 30_000]
    with duckdb.connect() as connection:
        for count in counts:
            sql = f"SELECT approx_count_distinct(i), list(hash(i)) FROM range({count}) AS numbers(i)"
            told, hashes = connection.execute(sql).fetchall()[0]
            assert estimated(Window("w", "global"), pa.array(hashes, pa.uint64()), 1)[-1] == told
