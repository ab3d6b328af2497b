"""The leaf corrector: a River estimator, equal to the kernel that runs in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from headrace.models import leaf_kernel
from headrace.models.leaf_corrector import LeafCorrector, LeafRegressor, leaf_features
from headrace.models.leaf_kernel import OBJECTIVES, LeafSettings
from headrace.models.matrix import Inputs
from headrace.models.operations import LEARN, SCORE
from headrace.models.scorer import Scorer
from headrace.models.trainer import Trained

from .test_scorer import features

MODELS = [LeafCorrector(), LeafCorrector(classes=[0, 1, 2]), LeafRegressor()]


@pytest.mark.parametrize("model", MODELS, ids=["binary", "multiclass", "regression"])
def test_river_takes_it_for_one_of_its_own(model: Any) -> None:
    pytest.importorskip("sklearn", reason="River's checks take their data sets from scikit-learn")
    from river import checks

    checks.check_estimator(model)


@pytest.mark.parametrize("objective", ["binary", "multiclass", "regression"])
def test_the_kernel_and_the_estimator_agree_to_the_bit(
    objective: str, inputs: Inputs, request: pytest.FixtureRequest
) -> None:
    fixture = {"binary": "trained", "multiclass": "classes_model", "regression": "values_model"}[objective]
    trained: Trained = request.getfixturevalue(fixture)
    given = features(inputs, 400)
    with Scorer(trained.text) as scorer:
        margins, leaves, counts = scorer.margins(given), scorer.leaves(given), scorer.leaf_counts()
    rng = np.random.default_rng(4)
    labels = rng.normal(10, 3, 400) if objective == "regression" else rng.integers(0, 3, 400) * 1.0
    labels = np.minimum(labels, 1.0) if objective == "binary" else labels
    weights = rng.choice([0.5, 1.0, 2.0], 400)
    spread = trained.reference.spread
    settings = LeafSettings(OBJECTIVES[objective], 0.3, 1e-3, 1.0, spread)
    kernel = _kernel(settings, margins, leaves, counts, labels, weights)
    estimator = {
        "binary": lambda: LeafCorrector(decay=1e-3, clip=1.0),
        "multiclass": lambda: LeafCorrector(classes=[0, 1, 2], decay=1e-3, clip=1.0),
        "regression": lambda: LeafRegressor(decay=1e-3, clip=1.0, spread=spread),
    }[objective]
    np.testing.assert_array_equal(kernel, _estimator(estimator, margins, leaves, labels, weights))


def _kernel(settings: LeafSettings, margins: Any, leaves: Any, counts: Any, labels: Any, weights: Any) -> Any:
    """Predict each row, learn it ten rows later."""
    kind, slot = _order(len(margins))
    predicted = np.zeros_like(margins)
    deltas = np.zeros((len(counts), counts.max()))
    ones = np.ones(len(kind))
    now = np.zeros((len(kind), margins.shape[1]))
    leaf_kernel.run(settings, deltas, kind, slot, labels[slot], weights[slot], ones, margins, leaves, predicted, now)
    assert np.abs(deltas).max() > 0
    return predicted


def _estimator(make: Callable[[], Any], margins: Any, leaves: Any, labels: Any, weights: Any) -> Any:
    model, predicted = make(), np.zeros_like(margins)
    rows = [leaf_features(m, reached) for m, reached in zip(margins.tolist(), leaves.tolist(), strict=True)]
    for kind, slot in zip(*(part.tolist() for part in _order(len(margins))), strict=True):
        if kind == LEARN:
            label = labels[slot] if isinstance(model, LeafRegressor) else int(labels[slot])
            model.learn_one(rows[slot], label, w=weights[slot])
        elif isinstance(model, LeafRegressor):
            predicted[slot] = model.predict_one(rows[slot])
        else:
            shares = model.predict_proba_one(rows[slot])
            predicted[slot] = shares[True] if model.classes is None else list(shares.values())
    return predicted


def _order(rows: int) -> tuple[Any, Any]:
    steps = [(SCORE, at) for at in range(10)]
    for at in range(10, rows):
        steps += [(SCORE, at), (LEARN, at - 10)]
    kind, slot = zip(*steps, strict=True)
    return np.array(kind, np.int8), np.array(slot, np.int64)


@pytest.mark.parametrize("fixture", ["trained", "classes_model", "values_model"])
def test_before_the_first_label_it_is_the_base(fixture: str, inputs: Inputs, request: pytest.FixtureRequest) -> None:
    trained: Trained = request.getfixturevalue(fixture)
    given = features(inputs, 2000)
    with Scorer(trained.text) as scorer:
        margins, leaves, counts = scorer.margins(given), scorer.leaves(given), scorer.leaf_counts()
        expected = scorer.predict(given).reshape(len(given), -1)
    settings = LeafSettings(OBJECTIVES[trained.settings.objective], 0.3, 1e-5, 3.0, trained.reference.spread)
    rows = np.arange(len(given), dtype=np.int64)
    predicted, zeros = np.empty_like(margins), np.zeros(len(given))
    kind = np.zeros(len(given), np.int8)
    deltas = np.zeros((len(counts), counts.max()))
    leaf_kernel.run(settings, deltas, kind, rows, zeros, zeros, zeros, margins, leaves, predicted, zeros[:, None])
    np.testing.assert_array_equal(predicted, expected)


def test_one_label_by_hand() -> None:
    """Two leaves, p = 1/2, y = 1: each moves by 0.3 / 2 * 1/2, the margin by 0.15."""
    model = LeafCorrector()
    row = leaf_features([0.0], [3, 5])
    model.learn_one(row, True)
    assert model.predict_proba_one(row)[True] == pytest.approx(1 / (1 + np.exp(-0.15)), rel=1e-12)
    other = leaf_features([0.0], [3, 6])
    assert model.predict_proba_one(other)[True] == pytest.approx(1 / (1 + np.exp(-0.075)), rel=1e-12)


def test_the_margin_moves_by_the_clip_at_most() -> None:
    model = LeafCorrector(clip=1.0)
    row = leaf_features([0.0], [0])
    for _ in range(1000):
        model.learn_one(row, True)
    assert model.predict_proba_one(row)[True] == pytest.approx(1 / (1 + np.exp(-1.0)), rel=1e-12)


def test_rate_and_decay_by_hand() -> None:
    """What a leaf has learned shrinks by the decay with each label that reaches it, and by none that does not."""
    model = LeafCorrector(rate=0.5, decay=0.25)
    row, other = leaf_features([0.0], [0]), leaf_features([0.0], [1])
    model.learn_one(row, True)
    model.learn_one(other, False)
    assert model.predict_proba_one(row)[True] == pytest.approx(1 / (1 + np.exp(-0.25)), rel=1e-12)
    model.learn_one(row, True, w=0.0)
    assert model.predict_proba_one(row)[True] == pytest.approx(1 / (1 + np.exp(-0.1875)), rel=1e-12)
