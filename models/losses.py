"""What a prediction costs once its label is known, bounded so that one mistake decides nothing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .leaf_kernel import BINARY, REGRESSION
from .metrics import LEAST
from .operations import LEARN

Floats = npt.NDArray[np.float64]

MOST = -math.log(LEAST)


@compiled
def loss(objective: int, spread: float, predicted: Floats, label: float) -> float:
    """Return the log-loss of one row's prediction [classes], or of a value half the squared error in spreads."""
    if objective == REGRESSION:
        error = (predicted[0] - label) / spread
        return min(0.5 * error * error, MOST)
    if objective == BINARY:
        given = predicted[0] if label > 0.5 else 1.0 - predicted[0]
    else:
        given = predicted[int(label)]
    return -math.log(min(max(given, LEAST), 1.0 - LEAST))


@compiled
def losses(
    objective: int,
    spread: float,
    kind: npt.NDArray[np.int8],
    slot: npt.NDArray[np.int64],
    label: Floats,
    predicted: Floats,
    out: Floats,
) -> None:
    """Fill the loss of each LEARN operation from what was predicted, by slot, when its row was scored."""
    for place in range(len(kind)):
        if kind[place] == LEARN:
            out[place] = loss(objective, spread, predicted[slot[place]], label[place])
