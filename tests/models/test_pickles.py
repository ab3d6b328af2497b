"""The state of River models comes back; anything else in a pickle is refused."""

from __future__ import annotations

import os
import pickle
from typing import Any

import numpy as np
import pytest
from headrace.features_sql.errors import ModelError
from headrace.models import pickles
from headrace.models.drift import detector
from headrace.models.river_models import make


class Harm:
    """Unpickling it would call whatever it names."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self._called = (call, arguments)

    def __reduce__(self) -> Any:
        return self._called


@pytest.mark.parametrize(
    "algorithm",
    [
        "linear_model.LogisticRegression(optimizer=optim.Adam(0.01), l2=0.1)",
        "StandardScaler() | linear_model.LogisticRegression()",
        "tree.HoeffdingAdaptiveTreeClassifier(seed=1)",
        "naive_bayes.GaussianNB",
        "forest.ARFClassifier(n_models=2, seed=1)",
        "ensemble.ADWINBaggingClassifier(model=tree.HoeffdingTreeClassifier(), n_models=2, seed=1)",
        "neighbors.KNNClassifier",
        "linear_model.SoftmaxRegression",
        "facto.FMClassifier",
    ],
)
def test_a_model_goes_on_as_it_was(algorithm: str) -> None:
    rng = np.random.default_rng(0)
    rows = [dict(zip("abc", row, strict=True)) for row in rng.normal(size=(300, 3)).tolist()]
    model = make(algorithm)
    for row in rows[:200]:
        model.learn_one(row, row["a"] > 0)
    copy = pickles.load(pickles.dump(model))
    for row in rows[200:]:
        assert copy.predict_proba_one(row) == model.predict_proba_one(row)
        for one in (model, copy):
            one.learn_one(row, row["a"] > 0)


@pytest.mark.parametrize("name", ["ADWIN", "PageHinkley", "KSWIN", "DDM", "HDDMW"])
def test_a_detector_goes_on_as_it_was(name: str) -> None:
    watching = detector(name, {"seed": 1} if name == "KSWIN" else {})
    for at in range(300):
        watching.update(at % 3 == 0)
    copy = pickles.load(pickles.dump(watching))
    for at in range(500):
        for one in (watching, copy):
            one.update(at % 2 == 0)
        assert copy.drift_detected == watching.drift_detected


@pytest.mark.parametrize(
    "harm",
    [
        Harm(os.system, "true"),
        Harm(eval, "1"),
        Harm(getattr, 1, "__class__"),
        Harm(np.lib.format.open_memmap, "x"),
        Harm(np.load, "x"),
        Harm(np.memmap, "x"),
    ],
)
def test_what_no_model_needs_is_refused(harm: Harm) -> None:
    data = np.frombuffer(pickle.dumps(harm), np.uint8)
    with pytest.raises(ModelError, match=r"which no model needs|it is not ours"):
        pickles.load(data)
