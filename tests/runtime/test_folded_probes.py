"""Probes by folds: the batch program's answers, however rows are cut into calls; ``verify`` never takes them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.definitions import View
from headrace.runtime import batch, engine
from headrace.runtime.batch import Batch
from headrace.runtime.live_view import Probes
from headrace.runtime.project import Project
from headrace.runtime.reads import folded_probes
from headrace.runtime.workplace import Workplace

SQL = """
CREATE SOURCE taps (id BIGINT, card VARCHAR, shop BIGINT, amount DOUBLE, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'files', 'path' = 'taps.parquet', 'bounded' = 'true');
CREATE FEATURE VIEW sums ENTITY card AS
SELECT count(*) OVER s AS n, sum(amount) OVER s AS total, avg(amount) OVER t AS mean, max(amount) OVER l AS most,
  stddev(amount) OVER h AS spread, count(*) FILTER (WHERE NOT ok) OVER g AS failures, last_n(shop, 3) OVER e AS shops
FROM taps WINDOW s AS (SLIDING SIZE 20 SECONDS), t AS (TUMBLING SIZE 1 MINUTE), l AS (LAST 4 ROWS), g AS (GLOBAL),
  h AS (HOPPING SIZE 1 MINUTE ADVANCE BY 20 SECONDS), e AS (SESSION GAP 5 SECONDS) EMIT ON DEMAND;
CREATE FEATURE VIEW plain ENTITY (card, shop) AS
SELECT amount, id % 7 AS day, since_last() OVER g AS idle, count(*) OVER p AS others
FROM taps WHERE amount > 1 WINDOW g AS (GLOBAL), p AS (SLIDING SIZE 30 SECONDS EXCLUDE CURRENT GROUP);
CREATE FEATURE VIEW parts ENTITY card AS
SELECT count(*) OVER p AS n FROM taps WINDOW p AS (PARTITION BY (card, shop) GLOBAL);
CREATE FEATURE SERVICE all_of_them AS SELECT p.amount, p.idle, s.n, s.mean FROM plain p JOIN sums s USING (card);
"""
EVENTS = 400
SECONDS = 200


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder, drawn = tmp_path_factory.mktemp("folded"), random.Random(7)
    times = sorted(drawn.randrange(SECONDS) * 1_000_000 for _ in range(EVENTS))
    rows = {
        "id": list(range(EVENTS)),
        "card": [drawn.choice(["a", "b", "c", "d", None]) for _ in times],
        "shop": [drawn.randrange(3) for _ in times],
        "amount": [drawn.choice([None, drawn.uniform(0, 100)]) for _ in times],
        "ok": [drawn.random() < 0.8 for _ in times],
        "ts": pa.array(times, pa.timestamp("us")),
    }
    pq.write_table(pa.table(rows), folder / "taps.parquet")
    (folder / "headrace.toml").write_text("batch_rows = 60\n")
    (folder / "features.sql").write_text(SQL)
    made = Project(folder)
    made.apply()
    made.run()
    return made


@pytest.fixture
def place(project: Project) -> Iterator[Workplace]:
    with engine.workplace(project.layout, project.settings, project.definitions(), write=False) as opened:
        yield opened


def _probes(view: View) -> Probes:
    """Every third half second of the stream and a little before and after it; a card that never came, and none."""
    times = np.arange(-3, 2 * SECONDS + 20, 3) * 500_000
    drawn = random.Random(3)
    cards = [drawn.choice(["a", "b", "c", "d", "never", None]) for _ in times]
    keys = {"_k0": cards}
    if len(view.entity) > 1:
        keys["_k1"] = pa.array([drawn.randrange(4) for _ in times], pa.int64())
    # Out of order: a spine is in whatever order its rows are.
    order = np.random.default_rng(1).permutation(len(times))
    return Probes(pa.table(keys).take(pa.array(order)), times[order])


@pytest.mark.parametrize("rows", [1, 9, 100_000])
@pytest.mark.parametrize("name", ["sums", "plain"])
def test_folds_answer_as_the_batch_program_does(
    place: Workplace, name: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folded_probes, "CALL_ROWS", rows)
    view = place.definitions.views[name]
    assert folded_probes.has_folds(view)
    folded, queried = Batch(place, folded=True), Batch(place)
    monkeypatch.setattr(folded, "_queried_at", None)
    found, expected = (one.view_at(view, _probes(view)) for one in (folded, queried))
    assert found.schema.names == expected.schema.names
    for got, wanted in zip(found.to_pylist(), expected.to_pylist(), strict=True):
        inexact = {name: pytest.approx(value) for name, value in wanted.items() if isinstance(value, float)}
        assert got == wanted | inexact
    assert any(row["_i"] is not None for row in found.to_pylist())


def test_what_has_no_fold_is_left_to_the_batch_program(place: Workplace) -> None:
    view = place.definitions.views["parts"]
    assert not folded_probes.has_folds(view)
    probes = _probes(view)
    assert Batch(place, folded=True).view_at(view, probes).equals(Batch(place).view_at(view, probes))


def test_verify_asks_the_batch_program_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "evaluated_at", None)
    checks = project.verify()
    assert {"plain", "all_of_them"} <= checks.keys()
    assert all(check.passed for check in checks.values())
    spine = pa.table({"card": ["a"], "shop": [1], "ts": pa.array([5_000_000], pa.timestamp("us"))})
    with pytest.raises(TypeError):
        project.get_historical_features(spine, "all_of_them")


def test_an_empty_spine_makes_no_rows(project: Project) -> None:
    spine = pa.table({"card": pa.array([], pa.string()), "shop": pa.array([], pa.int64())})
    spine = spine.append_column("ts", pa.array([], pa.timestamp("us")))
    assert len(project.get_historical_features(spine, "all_of_them")) == 0
