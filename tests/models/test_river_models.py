"""River models by name: what can be written, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import LiveSettings
from headrace.models.live_model import LiveModel
from headrace.models.matrix import Fed, Input, Inputs, learn_inputs
from headrace.models.river_expert import RiverExpert
from headrace.models.river_models import kind_of, make

from .conftest import labelled
from .live import SECOND, drive, stream

FED = Fed(Inputs((Input("amount", "double"), Input("shop", "string", ("a", "b")))))


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("linear_model.LogisticRegression", "classifier"),
        ("LogisticRegression(l2=0.5)", "classifier"),
        ("preprocessing.StandardScaler() | linear_model.LinearRegression(optimizer=optim.SGD(0.1))", "regressor"),
        ("StandardScaler | tree.HoeffdingTreeClassifier(max_depth=3)", "classifier"),
        ("multiclass.OneVsRestClassifier(linear_model.LogisticRegression())", "classifier"),
        ("reco.BiasedMF(n_factors=3, seed=1)", "recommender"),
        ("ensemble.BaggingRegressor(model=tree.HoeffdingTreeRegressor(), n_models=2, seed=-1)", "regressor"),
    ],
)
def test_what_can_be_written(written: str, kind: str) -> None:
    assert kind_of(make(written)) == kind


def test_parameters_arrive() -> None:
    made = make("linear_model.LogisticRegression(optimizer=optim.SGD(0.25), l2=0.5)")
    assert made.l2 == 0.5
    assert made.optimizer.lr.learning_rate == 0.25


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("linear_model.LogisticRegresion", r"did you mean LogisticRegression\?"),
        ("LogisticRegresion", r"did you mean linear_model\.LogisticRegression\?"),
        ("linear_model.LogisticRegression(l3=1)", r"it takes|did you mean l2\?"),
        ("linear_model.LogisticRegression(", "must be a River model such as"),
        ("os.system('true')", "River has no os.system"),
        ("__import__('os')", "River has no __import__"),
        ("datasets.Phishing()", "River has no datasets.Phishing"),
        ("preprocessing.StandardScaler()", "no River model that learns|must be a classifier or a regressor"),
        ("[1, 2]", "no River model that learns"),
        ("lambda: 1", "cannot be made of"),
        ("linear_model.LogisticRegression().learn_one", "cannot be made of|River has no"),
        ("active.EntropySampler(linear_model.LogisticRegression())", "answers whether it wants a label"),
        ("tree.ISOUPTreeRegressor", "predicts several targets at once"),
    ],
)
def test_what_is_refused(written: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        kind_of(make(written))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"algorithm": "LinearRegression"}, "must be a classifier for the objective binary; it is a regressor"),
        ({"algorithm": "LogisticRegression", "objective": "regression"}, "must be a regressor"),
        (
            {"algorithm": "StandardScaler | Perceptron", "objective": "multiclass"},
            r"Perceptron tells two classes apart; write multiclass.OneVsRestClassifier\(Perceptron\(\)\) for several",
        ),
        ({"algorithm": "reco.BiasedMF"}, "name the columns of its 'user' and its 'item'"),
        (
            {"algorithm": "reco.BiasedMF", "user": "amout", "item": "shop"},
            "is fed no column amout; it is fed amount",
        ),
        ({"algorithm": "cluster.KMeans"}, "must be a classifier or a regressor"),
    ],
)
def test_models_that_do_not_fit(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        RiverExpert(LiveSettings(**changes), FED, [False, True], None)


def predictions(model: Any) -> list[dict[Any, float]]:
    rows = [dict(zip("abc", row, strict=True)) for row in np.random.default_rng(0).normal(size=(200, 3)).tolist()]
    found: list[dict[Any, float]] = []
    for row in rows:
        found.append(model.predict_proba_one(row))
        model.learn_one(row, row["a"] + row["b"] > 0)
    return found


@pytest.mark.parametrize(
    "algorithm",
    [
        "tree.HoeffdingAdaptiveTreeClassifier(grace_period=10)",
        "StandardScaler | forest.AMFClassifier(n_estimators=2)",
        "ensemble.BaggingClassifier(linear_model.LogisticRegression(), n_models=2)",
    ],
)
def test_what_is_drawn_at_random_is_drawn_again(algorithm: str) -> None:
    """A run that is killed before its first snapshot starts from a new model, which must be the same."""
    assert predictions(make(algorithm)) == predictions(make(algorithm))


def test_the_seed_is_the_models_option_unless_it_is_written() -> None:
    written = "ensemble.BaggingClassifier(linear_model.LogisticRegression(), n_models=2{})"
    one, two, three = (
        predictions(make(written.format(more), seed)) for more, seed in ((", seed=4", 1), ("", 4), ("", 5))
    )
    assert one == two != three


def test_rows_on_which_a_model_fails_do_not_end_a_run(caplog: pytest.LogCaptureFixture) -> None:
    """It counts, and a count below zero is an error of River's; such rows have the rate of the labels so far."""
    inputs = learn_inputs(labelled(0), ("amount", "ok"))
    settings = LiveSettings(algorithm="naive_bayes.MultinomialNB", quarantine=False)
    given: dict[str, Any] = {"within": 3600 * SECOND, "unlabelled": "drop", "key_types": (pa.int64(),)}
    life = drive(lambda: LiveModel(None, settings, inputs=inputs, **given), *stream(labelled(150, seed=3)))
    scored = life.scores.column("prediction").to_pylist()
    assert len(scored) == 150
    assert all(math.isfinite(one) for one in scored)
    assert len(set(scored)) > 1
    assert [record.message for record in caplog.records] == [
        "MultinomialNB fails on a row, which it passes over like all such rows: ValueError: math domain error"
    ]
