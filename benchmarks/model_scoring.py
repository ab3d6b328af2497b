"""What scoring costs beside LightGBM's own calls, and learning beside River's models."""

from __future__ import annotations

from time import perf_counter_ns

import lightgbm
import numpy as np
import pyarrow as pa
from headrace.features_sql.model_settings import BaseSettings
from headrace.models.experts import LeafExpert
from headrace.models.leaf_kernel import OBJECTIVES, LeafSettings
from headrace.models.matrix import learn_inputs, matrix
from headrace.models.operations import LEARN, SCORE, Operations
from headrace.models.pending import Pending
from headrace.models.scorer import Scorer
from headrace.models.trainer import Trained, train
from river import linear_model, tree

from .figures import Figure
from .timing import cpu

ROWS, FEATURES, TREES, BATCH = 10_240, 30, 100, 256


def scoring() -> list[Figure]:
    """One row at a time, and 1,000 rows from Arrow, on one thread."""
    table, trained = _trained()
    features = matrix(table, trained.inputs)
    booster = lightgbm.Booster(model_str=trained.text)
    with Scorer(trained.text) as scorer:
        ours, theirs = [], []
        # By turns, so that both meet the same moments of a busy machine.
        for part in np.split(features, 40):
            ours += [_taken(lambda row=row: scorer.one(row)) for row in part]
            theirs += [_taken(lambda row=row: booster.predict(row, num_threads=1)) for row in part[:, None]]
        some = table.slice(0, 1000)
        ready = matrix(some, trained.inputs)
        many = cpu(lambda: scorer.predict(matrix(some, trained.inputs)), 100)
        call = cpu(lambda: booster.predict(ready, num_threads=1), 100)
    return [
        Figure("scorer, one row, p50", _p50(ours), "us", "Booster.predict, one row, p50", _p50(theirs)),
        Figure("scorer, 1,000 rows of Arrow, CPU", many * 1e6, "us", "Booster.predict of the matrix", call * 1e6),
    ]


def learning() -> list[Figure]:
    """A label learned and a row predicted by the leaf corrector, beside River's models on the same rows."""
    table, trained = _trained()
    features = matrix(table, trained.inputs)
    labels = table.column("_label").to_numpy().astype(float)
    learn, predict = _leaf(trained, features, labels)
    names = trained.inputs.names
    rows = [dict(zip(names, row, strict=True)) for row in np.nan_to_num(features).tolist()]
    found = []
    for name, model in (
        ("LogisticRegression", linear_model.LogisticRegression()),
        ("HoeffdingTreeClassifier", tree.HoeffdingTreeClassifier()),
    ):

        def teach(model=model) -> None:
            for row, label in zip(rows, labels > 0.5, strict=True):
                model.learn_one(row, bool(label))

        def ask(model=model) -> None:
            for row in rows:
                model.predict_proba_one(row)

        theirs = cpu(teach, 1) / ROWS * 1e6, cpu(ask, 1) / ROWS * 1e6
        found += [
            Figure(f"LeafCorrector learns a label, beside {name}", learn, "us", f"River's {name}", theirs[0]),
            Figure(f"LeafCorrector predicts a row, beside {name}", predict, "us", f"River's {name}", theirs[1]),
        ]
    bounds = (("learns a label", learn, 30.0), ("predicts a row", predict, 5.0))
    return [*found, *(Figure(f"LeafCorrector {what}", value, "us", "bound", most) for what, value, most in bounds)]


def _leaf(trained: Trained, features: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the CPU microseconds to learn and to predict: margins and leaves of a learned row included in learning."""
    with Scorer(trained.text) as scorer:
        pending = Pending(FEATURES, 1, scorer.trees, 2)
        slots = pending.place(range(ROWS), np.arange(ROWS))
        told = LeafSettings(OBJECTIVES["binary"], 0.3, 1e-5, 3.0, 1.0)
        expert = LeafExpert(told, scorer.leaf_counts())
        current = np.zeros((BATCH, 1))
        parts = [slots[begin : begin + BATCH] for begin in range(0, ROWS, BATCH)]

        def learn() -> None:
            for part in parts:
                some = features[part]
                pending.margins[part], pending.leaves[part] = scorer.margins(some), scorer.leaves(some)
                expert.run(_operations(LEARN, part, labels), np.ones(BATCH), pending, pending.predicted[1], current)

        def predict() -> None:
            for part in parts:
                expert.run(_operations(SCORE, part, labels), np.ones(BATCH), pending, pending.predicted[1], current)

        learn(), predict()
        return cpu(learn, 3) / ROWS * 1e6, cpu(predict, 3) / ROWS * 1e6


def _operations(kind: int, slots: np.ndarray, labels: np.ndarray) -> Operations:
    count = len(slots)
    at = np.arange(count)
    return Operations(np.full(count, kind, np.int8), slots, labels[slots], np.ones(count), at, at)


def _trained() -> tuple[pa.Table, Trained]:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(ROWS, FEATURES))
    label = values @ rng.normal(size=FEATURES) + values[:, 0] * values[:, 1] + rng.logistic(size=ROWS) * 2 > 0
    table = pa.table(
        {f"x{place}": pa.array(values[:, place], mask=rng.random(ROWS) < 0.05) for place in range(FEATURES)}
    )
    times = pa.array(np.arange(ROWS))
    table = table.append_column("_t", times).append_column("_known_at", times).append_column("_label", pa.array(label))
    settings = BaseSettings(num_iterations=TREES, early_stopping_round=0)
    return table, train(table, learn_inputs(table, [f"x{place}" for place in range(FEATURES)]), settings)


def _taken(work) -> int:
    before = perf_counter_ns()
    work()
    return perf_counter_ns() - before


def _p50(taken: list[int]) -> float:
    return float(np.median(taken)) / 1000
