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
    made[rng.random(made.shape) < 0.01] = 1e300
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
