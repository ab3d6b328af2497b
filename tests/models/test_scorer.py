"""The scorer equals LightGBM's own prediction to the last bit."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from headrace.features_sql.errors import ModelError
from headrace.models.matrix import Inputs
from headrace.models.scorer import Scorer
from headrace.models.trainer import Trained


def features(inputs: Inputs, rows: int = 10_000) -> np.ndarray:
    """Rows with missing values, categories without a code, zeros and extremes."""
    rng = np.random.default_rng(7)
    made = rng.normal(size=(rows, len(inputs.columns))) * 3
    made[:, -1] = rng.integers(-1, 5, rows)
    made[rng.random(made.shape) < 0.2] = np.nan
    made[rng.random(made.shape) < 0.05] = 0.0
    for value in (1e300, np.inf, -np.inf, -0.0, 1e-35, -1e-35, float(np.float32(1e-35)), 5e-324):
        made[rng.random(made.shape) < 0.01] = value
    return made


@pytest.mark.parametrize("model", ["trained", "classes_model", "values_model"])
def test_parity(model: str, inputs: Inputs, request: pytest.FixtureRequest) -> None:
    text = request.getfixturevalue(model).text
    booster, given = lightgbm.Booster(model_str=text), features(inputs)
    with Scorer(text) as scorer:
        predicted = scorer.predict(given)
        np.testing.assert_array_equal(predicted, booster.predict(given, num_threads=1))
        margins = np.asarray(booster.predict(given, raw_score=True)).reshape(len(given), -1)
        np.testing.assert_array_equal(scorer.margins(given), margins)
        np.testing.assert_array_equal(scorer.leaves(given), booster.predict(given, pred_leaf=True))
        np.testing.assert_array_equal(np.array([scorer.one(row) for row in given]), predicted)


MISSING = {"missing none": {"use_missing": False}, "missing NaN": {}, "missing zero": {"zero_as_missing": True}}
WALKED = {
    **{name: {"objective": "binary", **told} for name, told in MISSING.items()},
    **{f"classes, {name}": {"objective": "multiclass", "num_class": 3, **told} for name, told in MISSING.items()},
    "values": {"objective": "regression"},
    "stumps": {"objective": "binary", "min_data_in_leaf": 2000},
}
LEFT_TO_LIGHTGBM = {
    "average of trees": {"objective": "binary", "boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1},
    "linear leaves": {"objective": "regression", "linear_tree": True},
    "another slope": {"objective": "binary", "sigmoid": 0.7},
    "another link": {"objective": "poisson"},
    "one against all": {"objective": "multiclassova", "num_class": 3},
}


@pytest.mark.parametrize("name", [*WALKED, *LEFT_TO_LIGHTGBM])
def test_parity_of_models_trained_elsewhere(name: str) -> None:
    """By what is missing, categories beyond 32, trees of one leaf and values on thresholds; 10,000 rows each."""
    rng = np.random.default_rng(3)
    given, told = extremes(rng), {**WALKED, **LEFT_TO_LIGHTGBM}[name]
    categories = () if "linear_tree" in told else (3, 4) if name == "values" else (4,)
    score = np.where(np.isfinite(given), np.clip(given, -3, 3), 0.5) @ [1, 1, -1, 0.1, 0]
    score += np.nan_to_num(given[:, 4], posinf=0, neginf=0) % 3
    target = np.digitize(score, np.nanquantile(score, (0.4, 0.7))) if "num_class" in told else score > 1
    options = {"num_leaves": 31, "verbosity": -1, "num_threads": 1, **told}
    learned = np.clip(given, -1e30, 1e30) if "linear_tree" in told else given
    data = lightgbm.Dataset(learned, target, categorical_feature=list(categories))
    text = lightgbm.train(options, data, 12).model_to_string()
    booster = lightgbm.Booster(model_str=text)
    with Scorer(text) as scorer:
        assert scorer.walks == (name in WALKED)
        expected = np.asarray(booster.predict(given, num_threads=1))
        assert scorer.predict(given).tobytes() == expected.tobytes()
        assert np.array([scorer.one(row) for row in given]).tobytes() == expected.tobytes()
        margins = np.asarray(booster.predict(given, num_threads=1, raw_score=True))
        assert scorer.margins(given).tobytes() == margins.tobytes()
        np.testing.assert_array_equal(scorer.leaves(given), booster.predict(given, num_threads=1, pred_leaf=True))


def extremes(rng: np.random.Generator) -> np.ndarray:
    """Rows of values about 0 and of 300 categories, some unheard of."""
    made = rng.normal(size=(10_000, 5))
    made[:, 1] = rng.integers(-3, 4, len(made))
    made[:, 2] = rng.choice([0.0, -0.0, 1e-35, -1e-35, float(np.float32(1e-35)), 1e-30, -1e-30, 1.0], len(made))
    made[:, 3], made[:, 4] = rng.integers(0, 12, len(made)), rng.integers(0, 300, len(made))
    for value in (np.nan, np.inf, -np.inf, -0.0, 0.0):
        made[rng.random(made.shape) < 0.03] = value
    made[rng.random(len(made)) < 0.05, 4] = -0.5
    return made


def test_leaves_are_counted(trained: Trained, inputs: Inputs) -> None:
    with Scorer(trained.text) as scorer:
        reached = scorer.leaves(features(inputs))
        assert reached.shape[1] == scorer.trees == len(scorer.leaf_counts())
        assert (reached.max(axis=0) < scorer.leaf_counts()).all()


def test_one_row_leaves_no_trace_in_the_next(trained: Trained, inputs: Inputs) -> None:
    given = features(inputs, 2)
    with Scorer(trained.text) as scorer:
        first = scorer.one(given[0])
        scorer.one(given[1])
        assert scorer.one(given[0]) == first


def test_any_layout_and_no_rows(trained: Trained, inputs: Inputs) -> None:
    given = features(inputs, 100)
    with Scorer(trained.text) as scorer:
        np.testing.assert_array_equal(scorer.predict(np.asfortranarray(given)), scorer.predict(given))
        assert scorer.predict(given[:0]).shape == (0,)


def test_refusals(trained: Trained) -> None:
    with Scorer(trained.text) as scorer:
        with pytest.raises(ModelError, match=r"fed 5 features a row; got an array of shape \(2, 4\)"):
            scorer.predict(np.zeros((2, 4)))
        with pytest.raises(ValueError, match="different structures"):
            scorer.one(np.zeros(4))
    with pytest.raises(ModelError, match="LightGBM: "):
        Scorer("no model at all")


def test_closing_twice_is_allowed(trained: Trained) -> None:
    scorer = Scorer(trained.text)
    scorer.close()
    scorer.close()
