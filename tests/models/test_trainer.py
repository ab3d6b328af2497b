"""Training: the split in time, determinism, labels, weights and what is measured."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import BaseSettings
from headrace.models import metrics
from headrace.models.matrix import Inputs, matrix
from headrace.models.scorer import Scorer
from headrace.models.trainer import Trained, train

from .conftest import relabel

SHORT = BaseSettings(num_iterations=5)


def test_a_model_is_better_than_a_constant(trained: Trained) -> None:
    assert trained.metrics["log_loss"] < 0.9 * trained.metrics["constant_log_loss"]
    assert trained.metrics["auc"] > 0.7
    assert {trained.importances[0][0], trained.importances[1][0]} == {"amount", "kind"}
    assert trained.classes == (False, True)


def test_the_validation_part_is_the_latest(trained: Trained, rows: pa.Table, inputs: Inputs) -> None:
    """Labels come 100 rows late, so the 99 rows before the last fifth are labelled after it begins."""
    assert trained.counts == {"fit": 2301, "valid": 600, "dropped": 99}
    assert (trained.first, trained.last) == (0, 2_999_000_000)
    late = rows.slice(2400)
    with Scorer(trained.text) as scorer:
        predicted = scorer.predict(matrix(late, inputs))
    labels = late.column("_label").to_numpy(zero_copy_only=False).astype(float)
    assert trained.metrics["log_loss"] == pytest.approx(metrics.log_loss(labels, predicted), rel=1e-12)
    assert trained.reference.base_rate == labels.mean()


def test_labels_of_the_future_are_not_fitted(rows: pa.Table, inputs: Inputs) -> None:
    """Rows dropped from the fit can hold any label without changing a byte of the model."""
    labels = rows.column("_label").to_pylist()
    labels[2350:2400] = [not label for label in labels[2350:2400]]
    assert train(relabel(rows, pa.array(labels)), inputs, SHORT).text == train(rows, inputs, SHORT).text


def test_the_order_of_rows_and_repeats_change_nothing(rows: pa.Table, inputs: Inputs) -> None:
    shuffled = rows.take(pa.array(np.random.default_rng(1).permutation(len(rows))))
    assert train(rows, inputs, SHORT) == train(shuffled, inputs, SHORT)


def test_early_stopping_keeps_the_best_round(rows: pa.Table, inputs: Inputs) -> None:
    noise = relabel(rows, pa.array(np.random.default_rng(2).random(len(rows)) < 0.5))
    assert train(noise, inputs, BaseSettings(num_iterations=200)).metrics["rounds"] < 50
    everything = train(noise, inputs, BaseSettings(num_iterations=50, valid_fraction=0.0))
    assert everything.metrics["rounds"] == 50
    assert everything.counts == {"fit": 3000, "valid": 0, "dropped": 0}


def test_a_weight_of_zero_takes_a_row_out(rows: pa.Table, inputs: Inputs) -> None:
    weights = np.ones(len(rows))
    weights[:1000] = 0.0
    labels = rows.column("_label").to_pylist()
    settings = BaseSettings(num_iterations=5, parameters={"min_data_in_leaf": 0})
    texts = {
        train(relabel(rows, pa.array(values)).append_column("_weight", pa.array(weights)), inputs, settings).text
        for values in (labels, [not label for label in labels[:1000]] + labels[1000:])
    }
    assert len(texts) == 1


def test_balanced_classes_raise_the_rare_one(rows: pa.Table, inputs: Inputs) -> None:
    rare = relabel(rows, pa.array(np.random.default_rng(3).random(len(rows)) < 0.05))
    plain = train(rare, inputs, SHORT)
    balanced = train(rare, inputs, dataclasses.replace(SHORT, class_weight="balanced"))
    means = []
    for model in (plain, balanced):
        with Scorer(model.text) as scorer:
            means.append(scorer.predict(matrix(rare, inputs)).mean())
    assert means[0] < 0.1 < 0.3 < means[1] < 0.7


def test_values_and_classes(values_model: Trained, classes_model: Trained) -> None:
    assert values_model.metrics["rmse"] < 0.6 * values_model.metrics["constant_rmse"]
    assert values_model.reference.spread == pytest.approx(values_model.metrics["rmse"])
    assert classes_model.metrics["accuracy"] > 0.9
    assert classes_model.classes == ("low", "mid", "top")
    assert sum(classes_model.reference.rates) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("labels", "objective", "message"),
    [
        (pa.array([None, True, False] * 1000), "binary", "2000 of 3000|1000 of 3000 have none"),
        (pa.array([2, 1, 0] * 1000), "binary", "must be true or false, 1 or 0; got 2"),
        (pa.array(["x"] * 3000), "binary", "label of a binary model must be a number; got string"),
        (pa.array([True] * 3000), "binary", "every label is True"),
        (pa.array([1.0, float("nan"), 2.0] * 1000), "regression", "must be finite"),
        (pa.array(["x"] * 3000), "multiclass", "needs two classes"),
        (pa.array([0.5] * 3000), "multiclass", "a string or an integer; got double"),
    ],
)
def test_labels_that_are_refused(
    rows: pa.Table, inputs: Inputs, labels: pa.Array, objective: str, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        train(relabel(rows, labels), inputs, BaseSettings(objective))  # pyright: ignore[reportArgumentType]


def test_rows_that_are_refused(rows: pa.Table, inputs: Inputs) -> None:
    with pytest.raises(ModelError, match="no labelled row"):
        train(rows.slice(0, 0), inputs, SHORT)
    late = rows.set_column(rows.column_names.index("_known_at"), "_known_at", pa.array([10**12] * len(rows)))
    with pytest.raises(ModelError, match="no row is left to fit: 2400 of 3000"):
        train(late, inputs, SHORT)
    with pytest.raises(ModelError, match="every weight must be"):
        train(rows.append_column("_weight", pa.array([-1.0] * len(rows))), inputs, SHORT)
    with pytest.raises(ModelError, match="LightGBM refuses to train"):
        train(rows, inputs, BaseSettings(parameters={"num_leaves": -5}))
