"""Models of every kind in one project: classes, values, recommenders, pipelines, weights; trained and online."""

from __future__ import annotations

from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.catalog import models
from headrace.runtime.project import Project

DUCK = duckdb.connect()
RIDES = 900
SQL = """
CREATE SOURCE rides (ride_id BIGINT, rider VARCHAR, driver BIGINT, miles DOUBLE, sky VARCHAR, at TIMESTAMP,
  WATERMARK FOR at AS at) WITH ('connector' = 'files', 'path' = 'rides.parquet', 'bounded' = 'true');
CREATE SOURCE outcomes (ride_id BIGINT, way VARCHAR, fare DOUBLE, stars INTEGER, sure DOUBLE, known_at TIMESTAMP,
  WATERMARK FOR known_at AS known_at) WITH ('connector' = 'files', 'path' = 'outcomes.parquet', 'bounded' = 'true');
CREATE FEATURE VIEW rider_rides ENTITY rider AS
SELECT ride_id, driver, miles, sky, avg(miles) OVER (LAST 5 ROWS) AS miles_5 FROM rides EMIT ON EVENT;
CREATE FEATURE SERVICE ride AS SELECT r.* FROM rider_rides r;

CREATE MODEL ways PREDICT way FROM ride LABELS outcomes ON (ride_id) WITHIN 1 DAY
  WITH ('provider' = 'lightgbm', 'objective' = 'multiclass', 'class.weight' = 'balanced', 'num_iterations' = '10');
CREATE MODEL ways_live CORRECTS ways WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector');
CREATE MODEL ways_bayes PREDICT way FROM ride LABELS outcomes ON (ride_id) WITHIN 1 DAY
  WITH ('provider' = 'river', 'algorithm' = 'naive_bayes.GaussianNB', 'objective' = 'multiclass',
        'classes' = 'long, short', 'features' = 'miles, miles_5');

CREATE MODEL fares PREDICT fare FROM ride LABELS outcomes ON (ride_id) WITHIN 1 DAY
  WITH ('provider' = 'lightgbm', 'objective' = 'regression', 'weight' = 'sure', 'num_iterations' = '10');
CREATE MODEL fares_live CORRECTS fares
  WITH ('provider' = 'river', 'algorithm' = 'linear_model.LinearRegression(optimizer=optim.SGD(0.01))',
        'correction' = 'offset', 'drift.detector' = 'ADWIN', 'drift.on' = 'miles', 'on.warning' = 'accelerate');
CREATE MODEL fares_online PREDICT fare FROM ride LABELS outcomes ON (ride_id) WITHIN 1 DAY
  WITH ('provider' = 'river', 'objective' = 'regression', 'features' = 'miles',
        'update' = 'mini_batch', 'batch.size' = '10',
        'algorithm' = 'StandardScaler() | linear_model.LinearRegression(optimizer=optim.SGD(0.3), intercept_lr=0.3)');

CREATE MODEL tastes PREDICT stars FROM ride LABELS outcomes ON (ride_id) WITHIN 1 DAY
  WITH ('provider' = 'river', 'objective' = 'regression', 'user' = 'rider', 'item' = 'driver',
        'algorithm' = 'reco.BiasedMF(n_factors=2, bias_optimizer=optim.SGD(0.1), seed=1)');

CREATE STREAM s_ways AS SELECT * FROM ML_PREDICT(TABLE ride, MODEL ways_live);
CREATE STREAM s_bayes AS SELECT ride_id, prediction, probabilities FROM ML_PREDICT(TABLE ride, MODEL ways_bayes);
CREATE STREAM s_fares AS SELECT ride_id, prediction, prediction_frozen FROM ML_PREDICT(TABLE ride, MODEL fares_live);
CREATE STREAM s_online AS SELECT ride_id, prediction FROM ML_PREDICT(TABLE ride, MODEL fares_online);
CREATE STREAM s_tastes AS SELECT ride_id, prediction FROM ML_PREDICT(TABLE ride, MODEL tastes);
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Rides a minute apart whose outcome is known an hour later, run through with two models trained in the middle."""
    folder = tmp_path_factory.mktemp("rides")
    rng = np.random.default_rng(0)
    miles, rainy = rng.gamma(2.0, 3.0, RIDES), rng.random(RIDES) < 0.3
    rider, driver = rng.integers(0, 12, RIDES), rng.integers(0, 8, RIDES)
    at = np.datetime64("2026-03-01T00:00:00", "us") + np.arange(RIDES) * np.timedelta64(60, "s")
    likes = np.add.outer(rng.normal(size=12), rng.normal(size=8))
    rides = {"ride_id": np.arange(RIDES), "rider": [f"r{one}" for one in rider], "driver": driver, "miles": miles}
    outcomes = {
        "ride_id": np.arange(RIDES),
        "way": np.where(miles + rng.normal(size=RIDES) > 8, "long", "short"),
        "fare": 3 + 2 * miles + 4 * rainy + rng.normal(size=RIDES),
        "stars": np.clip(np.round(3 + likes[rider, driver]), 1, 5).astype(np.int32),
        "sure": rng.choice([0.5, 1.0], RIDES),
        "known_at": at + np.timedelta64(3600, "s"),
    }
    pq.write_table(pa.table(rides | {"sky": np.where(rainy, "rain", "sun"), "at": at}), folder / "rides.parquet")
    pq.write_table(pa.table(outcomes), folder / "outcomes.parquet")
    (folder / "features.sql").write_text(SQL)
    (folder / "headrace.toml").write_text('name = "rides"\n')
    made = Project(folder)
    made.apply()
    made.run(until=datetime(2026, 3, 1, 8))
    for name in ("ways", "fares"):
        made.train(name)
    made.run()
    return made


def _rows(project: Project, stream: str) -> duckdb.DuckDBPyRelation:
    files = f"'{project.layout.root}/offline/{stream}/**/*.parquet'"
    return DUCK.from_query(f"FROM {files} JOIN '{project.layout.root}/outcomes.parquet' USING (ride_id)")


def test_classes_and_their_probabilities(project: Project) -> None:
    for stream, later in (("s_ways", "ride_id > 500"), ("s_bayes", "ride_id > 500")):
        rows = _rows(project, stream)
        assert len(rows) == RIDES
        total, right, likeliest = (
            rows.filter(later)
            .aggregate(
                "max(abs(list_sum(probabilities) - 1)), avg((prediction = way)::INT), "
                "avg((prediction = ['long', 'short'][list_position(probabilities, list_max(probabilities))])::INT)"
            )
            .fetchall()[0]
        )
        assert total < 1e-9
        assert right > 0.85
        assert likeliest == 1.0
    untrained = _rows(project, "s_ways").filter("prediction IS NULL")
    assert 470 < len(untrained) < 490
    assert {"prediction_frozen", "prediction_corrected"} <= set(untrained.columns)


def test_values_with_weights_and_offsets_and_pipelines(project: Project) -> None:
    spread = _rows(project, "s_fares").aggregate("stddev(fare)").fetchall()[0][0]
    for stream in ("s_fares", "s_online"):
        error = _rows(project, stream).filter("ride_id > 600").aggregate("sqrt(avg((prediction - fare) ** 2))")
        assert error.fetchall()[0][0] < 0.6 * spread
    moved = _rows(project, "s_fares").filter("ride_id > 700").aggregate("avg((prediction_frozen IS NULL)::INT)")
    assert moved.fetchall() == [(0.0,)]


def test_a_recommender_is_fed_its_user_and_its_item(project: Project) -> None:
    later = _rows(project, "s_tastes").filter("ride_id > 400")
    assert later.aggregate("corr(prediction, stars)").fetchall()[0][0] > 0.6


def test_every_label_is_accounted_for_and_importances_are_kept(project: Project) -> None:
    with project.catalog() as store:
        cards = {entry.name: models.show(store, entry.name) for entry in models.entries(store)}
    for card in cards.values():
        learning = card.entry.learning
        assert learning is not None
        assert learning.scored == learning.learned + learning.withheld + learning.expired + learning.pending
        assert learning.scored > 400
    assert next(name for name, *_ in cards["fares"].versions[0].importances) == "miles"
    assert cards["tastes"].features == ("driver", "miles", "sky", "miles_5", "rider")
