"""What a model saw when it was trained: the rates and spreads that later rows are judged against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import metrics
from .matrix import Matrix

Floats = npt.NDArray[np.float64]

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True)
class Reference:
    """Statistics of the training rows.

    ``base_rate`` is the mean label (multiclass: the share of each class in ``rates``). ``positive_rate`` is the share
    of positives: a value above the mean, the commonest class; ``clumping`` is by what factor its variance over blocks
    of labels, in the order in which they became known, exceeds that of independent ones (1 at least). ``spread`` is
    the standard deviation of the residual (regression; 1 otherwise). ``margin_quantiles`` and ``delay_quantiles`` (µs
    from an instant to its label) stand at QUANTILES. ``means``, ``deviations`` and ``missing`` are per feature, of the
    values that are not missing; a feature that never varies has deviation 1.
    """

    base_rate: float
    rates: tuple[float, ...]
    loss: float
    positive_rate: float
    clumping: float
    spread: float
    margin_quantiles: tuple[float, ...]
    delay_quantiles: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    missing: tuple[float, ...]


@dataclass(frozen=True)
class Everything:
    """All training rows: what they were fed, their labels, instants, and when each label became known (µs)."""

    features: Matrix
    labels: Floats
    instants: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]


def reference(everything: Everything, labels: Floats, predicted: Floats, margins: Floats, classes: int) -> Reference:
    """Measure the reference; ``labels``, ``predicted`` and ``margins`` are of the rows that judged the model."""
    features, delays = everything.features, everything.known - everything.instants
    spread = metrics.root_mean_square(predicted - labels) if classes == 0 else 1.0
    loss = metrics.root_mean_square(predicted - labels) ** 2 if classes == 0 else metrics.log_loss(labels, predicted)
    rates = np.bincount(labels.astype(np.int64), minlength=classes) / len(labels) if classes else np.empty(0)
    present = np.isfinite(features)
    counts = np.maximum(present.sum(axis=0), 1)
    means = np.where(present, features, 0.0).sum(axis=0) / counts
    deviations = np.sqrt((np.where(present, features - means, 0.0) ** 2).sum(axis=0) / counts)
    # A constant column is 0 in floating point only nearly: what varies less than its own rounding does not vary.
    still = deviations <= 1e-9 * np.maximum(np.abs(means), 1e-300)
    positive = _positive(everything.labels, classes, rates)
    return Reference(
        base_rate=float(labels.mean()),
        rates=tuple(rates.tolist()),
        loss=loss,
        positive_rate=float(positive.mean()),
        clumping=_clumping(positive[np.argsort(everything.known, kind="stable")]),
        spread=max(spread, 1e-12),
        margin_quantiles=tuple(np.quantile(margins[:, 0], QUANTILES).tolist()),
        delay_quantiles=tuple(np.quantile(delays, QUANTILES).tolist()),
        means=tuple(means.tolist()),
        deviations=tuple(np.where(still, 1.0, deviations).tolist()),
        missing=tuple((1.0 - present.mean(axis=0)).tolist()),
    )


def _positive(labels: Floats, classes: int, rates: Floats) -> Floats:
    if classes > 2:
        return (labels == np.argmax(rates)).astype(np.float64)
    return (labels > (0.5 if classes else labels.mean())).astype(np.float64)


def _clumping(positive: Floats) -> float:
    size = max(20, min(500, len(positive) // 20))
    blocks = positive[: len(positive) // size * size].reshape(-1, size).mean(axis=1)
    rate = float(positive.mean())
    expected = rate * (1.0 - rate) / size
    return max(1.0, float(blocks.var(ddof=1)) / expected) if len(blocks) > 1 and expected > 0 else 1.0
