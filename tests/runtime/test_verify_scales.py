"""Verify judges a double by what it is made of, also where a service reads it from rows that a view wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from headrace.runtime.project import Project

SQL = """
CREATE SOURCE asks (k VARCHAR, at TIMESTAMP, WATERMARK FOR at AS at)
  WITH ('connector' = 'files', 'path' = 'asks.csv', 'bounded' = 'true');
CREATE SOURCE events (k VARCHAR, d DOUBLE, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'events.csv', 'bounded' = 'true');
CREATE FEATURE VIEW sums ENTITY k AS SELECT avg(d) OVER w AS mean, sum(d) OVER w AS total
FROM events WINDOW w AS (GLOBAL) EMIT EVERY 5 SECONDS REPEAT;
CREATE FEATURE VIEW asked ENTITY k AS SELECT last(k) OVER w AS who FROM asks WINDOW w AS (LAST 1 ROWS) EMIT {emit};
CREATE FEATURE SERVICE answers AS SELECT a.who, s.mean, s.total FROM asked a JOIN sums s USING (k);
"""
EVENTS = ["1e16", "1.0", "123456.789", "1.0", "-1e16"]


@pytest.mark.parametrize("emit", ["ON EVENT", "ON EVENT IMMEDIATELY", "EVERY 5 SECONDS REPEAT"])
def test_digits_that_cancel_out_are_no_difference(tmp_path: Path, emit: str) -> None:
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL.format(emit=emit))
    rows = [f"a,{value},2026-01-01 00:00:0{second}" for second, value in enumerate(EVENTS)]
    (tmp_path / "events.csv").write_text("\n".join(["k,d,ts", *rows, "a,0,2026-01-01 00:01:00"]))
    (tmp_path / "asks.csv").write_text("k,at\na,2026-01-01 00:00:07\na,2026-01-01 00:00:30\n")
    project = Project(tmp_path)
    project.apply()
    project.run()
    checks = project.verify()
    assert {name: check.mismatches for name, check in checks.items()} == dict.fromkeys(checks, 0)
    assert checks["answers"].rows > 0
