"""Models at a service that is written on arrival score its rows as if a source had brought them in that order."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from headrace.runtime.project import Project
from headrace.runtime.stores import offline
from headrace.tests.meaning.folders import run_epochs

from .till import text

START = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENTS, TAUGHT = 160, 100
FILE = "WITH ('connector' = 'files', 'path' = '{}.csv', 'bounded' = 'true');\n"
AT_ONCE = f"""
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 MINUTES) {FILE.format("payments")}
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, count(*) OVER w AS n, avg(amount) OVER w AS mean
FROM payments WINDOW w AS (SLIDING SIZE 20 MINUTES) EMIT ON EVENT IMMEDIATELY;
"""
READY = f"""
CREATE SOURCE served (id BIGINT, card VARCHAR, amount DOUBLE, n BIGINT, mean DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts) {FILE.format("served")}
CREATE FEATURE VIEW activity ENTITY card AS SELECT id, amount, n, mean FROM served;
"""
MODELS = f"""
CREATE SOURCE verdicts (id BIGINT, fraud BOOLEAN, known_at TIMESTAMP, WATERMARK FOR known_at AS known_at)
  {FILE.format("verdicts")}
CREATE FEATURE SERVICE checks AS SELECT a.id, a.amount, a.n, a.mean FROM activity a;
CREATE MODEL fraud PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 1 HOUR
  WITH ('provider' = 'lightgbm', 'num_iterations' = '5', 'min_data_in_leaf' = '5', 'num_leaves' = '4');
CREATE MODEL leaves CORRECTS fraud WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector', 'quarantine' = 'off',
  'admission' = 'at once');
CREATE MODEL linear PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 1 HOUR
  WITH ('provider' = 'river', 'algorithm' = 'linear_model.LogisticRegression');
CREATE STREAM by_leaves AS SELECT id, prediction, model_version FROM ML_PREDICT(TABLE checks, MODEL leaves);
CREATE STREAM by_linear AS SELECT id, prediction, model_version FROM ML_PREDICT(TABLE checks, MODEL linear);
"""


def put(path: Path, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns.split(), *rows])


def put_till(folder: Path) -> None:
    """Payments half a minute apart, some up to four minutes late, and what becomes known of most within the hour."""
    chance, payments, verdicts = random.Random(3), list[Sequence[Any]](), list[Sequence[Any]]()
    for number in range(PAYMENTS):
        ts = START + timedelta(seconds=30 * number) - timedelta(minutes=chance.choice([0, 0, 1, 4]))
        amount = round(chance.lognormvariate(3, 1), 2)
        payments.append((number, f"c{chance.randrange(4)}", amount, text(ts)))
        if number % 7:
            known = START + timedelta(seconds=30 * number + chance.randrange(10, 900))
            verdicts.append((number, str(amount > 20).lower(), text(known)))
    put(folder / "payments.csv", "id card amount ts", payments)
    put(folder / "verdicts.csv", "id fraud known_at", sorted(verdicts, key=lambda row: row[2]))


def run_taught(folder: Path, sql: str, batch_rows: int, stops: int) -> Project:
    """Run up to an instant, train there, run for some epochs, and again to the end."""
    (folder / "features.sql").write_text(sql + MODELS)
    (folder / "headrace.toml").write_text(f"batch_rows = {batch_rows}\nsnapshot_epochs = 2\n")
    Project(folder).apply()
    Project(folder).run(until=START + timedelta(seconds=30 * TAUGHT))
    Project(folder).train("fraud")
    run_epochs(Project(folder), stops)
    Project(folder).run()
    return Project(folder)


def written(folder: Path, name: str) -> list[dict[str, Any]]:
    tables: list[pa.Table] = [
        offline.read_file(path)
        for path in sorted((folder / "offline" / name).glob("*/*.parquet"), key=lambda p: p.name)
    ]
    return [row for table in tables for row in table.to_pylist()]


def test_scores_are_those_of_the_rows_in_the_order_of_arrival(tmp_path: Path) -> None:
    at_once, ready = tmp_path / "at_once", tmp_path / "ready"
    at_once.mkdir()
    ready.mkdir()
    put_till(at_once)
    project = run_taught(at_once, AT_ONCE, batch_rows=9, stops=3)
    rows = written(at_once, "checks")
    assert [row["id"] for row in rows] == list(range(PAYMENTS))
    assert [row["as_of"] for row in rows] == sorted(row["as_of"] for row in rows)
    columns = ("id", "card", "amount", "n", "mean", "ts")
    lines = [[str(row[name]) for name in columns[:-1]] + [text(row["as_of"])] for row in rows]
    put(ready / "served.csv", " ".join(columns), lines)
    (ready / "verdicts.csv").write_bytes((at_once / "verdicts.csv").read_bytes())
    run_taught(ready, READY, batch_rows=40, stops=1)
    for stream in ("by_leaves", "by_linear"):
        found, meant = (
            [(row["id"], row[time], row["prediction"], row["model_version"]) for row in written(folder, stream)]
            for folder, time in ((at_once, "as_of"), (ready, "ts"))
        )
        assert found == meant
        assert len({row[2:] for row in found}) > 20
    assert project.verify("checks")["checks"].passed
