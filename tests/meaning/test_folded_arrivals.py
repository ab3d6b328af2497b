"""Rows on arrival by folds: the values of the batch program, and the same bits however the stream is cut."""

from __future__ import annotations

import numpy as np
import pytest
from headrace.features_sql.steps import folds_on_arrival
from headrace.tests.meaning.replay import Replay, Row, batch_program, definitions_of, records, table_of

SECOND = 1_000_000
SOURCE = """CREATE SOURCE taps (i BIGINT, k VARCHAR, x BIGINT, y DOUBLE, w VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS{key}) WITH ('connector' = 'files', 'path' = 'taps/*.parquet');
"""
# What tells the current row from others: nothing, a number of rows, the time since, which of some rows it is.
VIEWS = """CREATE FEATURE VIEW known ENTITY k WITH ('recompute' = 'allowed') AS
SELECT i, x, count(*) OVER (SLIDING SIZE 5 SECONDS) AS n, sum(y) OVER (SLIDING SIZE 9 SECONDS) AS y,
  stddev_samp(y) OVER (TUMBLING SIZE 20 SECONDS) AS spread, sum(x) OVER (GLOBAL) AS total,
  max(x) OVER (HOPPING SIZE 10 SECONDS ADVANCE BY 5 SECONDS) AS most, last(w) OVER (SLIDING SIZE 6 SECONDS) AS newest,
  count(*) FILTER (WHERE x > 2) OVER (SESSION GAP 4 SECONDS) AS visit, last_n(w, 3) OVER (SLIDING SIZE 1 MINUTE) AS ws,
  session_index() OVER (SESSION GAP 4 SECONDS) AS visits, ewma(y, '10 seconds') OVER (SLIDING SIZE 40 SECONDS) AS level
FROM taps WHERE x > 0 EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW own ENTITY k WITH ('recompute' = 'allowed') AS
SELECT i, sum(y) OVER (LAST 3 ROWS) AS y, last_n(w, 4) OVER (LAST 4 ROWS) AS ws, since_last() OVER (LAST 2 ROWS) AS idle
FROM taps EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW gaps ENTITY k WITH ('recompute' = 'allowed') AS
SELECT i, since_last() OVER (SLIDING SIZE 12 SECONDS) AS gap, since_last() OVER (GLOBAL) AS idle,
  since_last() OVER (SESSION GAP 3 SECONDS) AS pause, NOT (x > 1) AS few
FROM taps QUALIFY idle > 1 EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW some ENTITY k AS
SELECT i, since_last() FILTER (WHERE x > 2) OVER (SLIDING SIZE 12 SECONDS) AS gap FROM taps EMIT ON EVENT IMMEDIATELY;
"""


@pytest.mark.parametrize("key", ["", ", PRIMARY KEY (i) NOT ENFORCED"])
def test_rows_by_folds_are_those_of_the_batch_program(key: str) -> None:
    sql, rows = SOURCE.format(key=key) + VIEWS, _taps(len(key), 36)
    assert all(folds_on_arrival(view) for view in definitions_of(sql).views.values())
    replay = Replay(sql, {"taps": rows})
    written = replay.finish([1], frozenset({9, 30}))
    assert Replay(sql, {"taps": rows}).finish([17, 5]) == written
    events = table_of(replay.definitions, "taps", rows, replay.sources["taps"].accepted)
    for name, found in written.items():
        batch = records(batch_program(sql, name).run(taps=events).sort_by("_i"))
        assert [_told(row) for row in found] == [_told(row) for row in batch], name


def _taps(seed: int, count: int) -> list[Row]:
    """Taps out of order, some late, of few entities and many at one time, with primary keys as they come."""
    random = np.random.default_rng(seed)
    at = np.cumsum(random.choice([0, 0, 1, 1, 2], count)) - random.choice([0, 0, 0, 1, 3, 8, 12], count)
    keys = random.choice(["a", "b", "c", "d"], count)
    return [
        {
            "i": int(random.integers(40)) * 1000 + place,
            "k": None if key == "d" else key,
            "x": int(random.integers(6)) or None,
            "y": float(random.normal()),
            "w": "pqrs"[int(random.integers(4))],
            "ts": max(int(time), 0) * SECOND,
        }
        for place, (key, time) in enumerate(zip(keys.tolist(), at, strict=True))
    ]


def _told(row: Row) -> dict[str, object]:
    given = {name: value for name, value in row.items() if not name.startswith("_")}
    return {name: pytest.approx(value, rel=1e-9) if type(value) is float else value for name, value in given.items()}
