"""River models by name: what can be written, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import LiveSettings
from headrace.models.matrix import Fed, Input, Inputs
from headrace.models.river_expert import RiverExpert
from headrace.models.river_models import kind_of, make

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
