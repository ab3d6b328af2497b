"""Labels that are learned in mini-batches: by River's ``learn_many`` where a whole model has it, else one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from headrace.features_sql.model_settings import LiveSettings
from headrace.models import river_expert
from headrace.models.live_model import LiveModel
from headrace.models.matrix import learn_inputs
from headrace.models.mini_batches import learn_many
from headrace.models.river_models import make
from headrace.models.river_rows import Row

from .conftest import labelled
from .live import SECOND, drive, stream


def test_a_mini_batch_by_hand() -> None:
    """The gradients of squares at (0, 0) are -2 and -12: their mean, each by its row, times the rate."""
    model = make("linear_model.LinearRegression(optimizer=optim.SGD(0.1), intercept_lr=0.1)")
    learn_many(model, [{"a": 1.0, "b": 1.0}, {"a": 2.0}], [1.0, 3.0], [1.0, 2.0])
    assert dict(model.weights) == pytest.approx({"a": 1.3, "b": 0.1})
    assert model.intercept == pytest.approx(0.7)


def test_a_model_without_weights_learns_a_row_as_often_as_it_weighs() -> None:
    model, other = make("naive_bayes.GaussianNB"), make("naive_bayes.GaussianNB")
    rows, targets = [{"a": 1.0}, {"a": 2.0}, {"a": 5.0}, {"a": 7.0}], ["low", "low", "high", "high"]
    learn_many(model, rows, targets, [3.0, 1.0, 1.0, 0.2])
    for place in (0, 0, 0, 1, 2):
        other.learn_one(rows[place], targets[place])
    assert model.predict_proba_one({"a": 2.0}) == pytest.approx(other.predict_proba_one({"a": 2.0}))
    assert model.class_counts == {"low": 4, "high": 1}
    learn_many(model, rows, targets, [0.1] * 4)
    assert model.class_counts == {"low": 4, "high": 1}


@pytest.mark.parametrize(
    ("algorithm", "many"),
    [
        ("linear_model.LogisticRegression", True),
        ("linear_model.Perceptron", True),
        ("StandardScaler | linear_model.LogisticRegression(l2=0.01)", True),
        ("multiclass.OneVsRestClassifier(linear_model.LogisticRegression())", True),
        ("naive_bayes.GaussianNB", True),
        ("naive_bayes.BernoulliNB", False),
        ("StandardScaler | tree.HoeffdingTreeClassifier(grace_period=50)", False),
        ("preprocessing.MinMaxScaler | linear_model.LogisticRegression", False),
        ("multiclass.OneVsRestClassifier(tree.HoeffdingTreeClassifier())", False),
    ],
)
def test_every_model_learns_in_mini_batches(
    algorithm: str, many: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the model, the number of labels decides when it learns, and not how the stream is cut."""
    settings = LiveSettings(algorithm=algorithm, update="mini_batch", batch_size=20, quarantine=False)
    inputs = learn_inputs(labelled(0), ("amount", "ok", "kind"))
    given: dict[str, Any] = {"within": 3600 * SECOND, "unlabelled": "drop", "key_types": (pa.int64(),)}
    sizes: list[int] = []

    def learned(model: Any, rows: Sequence[Row], *rest: Any) -> None:
        sizes.append(len(rows))
        learn_many(model, rows, *rest)

    monkeypatch.setattr(river_expert, "learn_many", learned)
    whole, cut = (
        drive(lambda: LiveModel(None, settings, inputs=inputs, **given), *stream(labelled(230, seed=3)), cuts, cuts[1:])
        for cuts in ([], [150 * SECOND, 151 * SECOND, 260 * SECOND])
    )
    assert cut.scores.equals(whole.scores)
    # Eleven batches are full, in each of two lives.
    assert sizes == [20] * (22 if many else 0)
    assert len(set(whole.scores.column("prediction").to_pylist())) > 1
    assert caplog.records == []
