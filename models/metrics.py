"""How good predictions are: log-loss, area under the ROC curve, errors of values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST = 1e-3
"""Probabilities are clipped to [LEAST, 1 - LEAST] in every loss, so that one sure mistake decides no comparison."""


def log_loss(labels: Floats, probabilities: Floats, weights: Floats | None = None) -> float:
    """Return the mean of -log p(label): labels 0 or 1 against [n], or class codes against [n, classes]."""
    if probabilities.ndim == 2:
        given = probabilities[np.arange(len(labels)), labels.astype(np.int64)]
    else:
        given = np.where(labels > 0.5, probabilities, 1.0 - probabilities)
    return float(np.average(-np.log(np.clip(given, LEAST, 1.0 - LEAST)), weights=weights))


def auc(labels: Floats, scores: Floats, weights: Floats | None = None) -> float:
    """Return the chance that a positive scores above a negative, ties counting half; NaN with one class only."""
    weights = np.ones(len(labels)) if weights is None else weights
    _, place = np.unique(scores, return_inverse=True)
    positive: Floats = np.bincount(place, np.where(labels > 0.5, weights, 0.0)).astype(np.float64)
    negative: Floats = np.bincount(place, np.where(labels > 0.5, 0.0, weights)).astype(np.float64)
    return auc_of_counts(positive, negative)


def auc_of_counts(positive: Floats, negative: Floats) -> float:
    """Return the area under the curve from the weights of both classes at rising scores; NaN with one class only."""
    both = float(positive.sum()) * float(negative.sum())
    below = np.cumsum(negative) - negative
    return float((positive * (below + 0.5 * negative)).sum() / both) if both > 0 else float("nan")


def root_mean_square(errors: Floats, weights: Floats | None = None) -> float:
    """Return the root of the mean square of errors."""
    return float(np.sqrt(np.average(errors * errors, weights=weights)))
