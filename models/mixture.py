"""The served mixture: arms weighted by how well they did lately, by fixed share."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .operations import LEARN, SCORE
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]


class Mixture:
    """Fixed share (Herbster and Warmuth 1998) over the arms that are admitted; arm 0 always is.

    With each label: w_i = w_i exp(-eta loss_i), scaled to sum to 1, then w = (1 - alpha) w + alpha / n. An arm that is
    admitted enters with weight 1 / n; one that is muted leaves its weight to the others. The textbook's eta of 1 is
    best for labels without delay; late labels come in bursts, for which 0.1 was better on drifting streams.
    """

    def __init__(self, arms: int, eta: float, alpha: float) -> None:
        self._eta = eta
        self._alpha = alpha
        self.weights = np.zeros(arms)
        self.weights[0] = 1.0

    def run(
        self,
        kind: npt.NDArray[np.int8],
        slot: npt.NDArray[np.int64],
        losses: Floats,
        admitted: npt.NDArray[np.int8],
        frozen: npt.NDArray[np.bool_],
        predicted: Floats,
    ) -> Floats:
        """Go through operations in order: predict rows into the last arm of ``predicted``, learn from losses.

        ``losses`` and ``admitted`` are [arms, operations], ``predicted`` is [arms + 1, slots, classes]. Where
        ``frozen`` is set arm 0 alone is served and nothing is learned. Returns the weight of arm 0 after each
        operation.
        """
        first = np.empty(len(kind))
        _run(self._eta, self._alpha, self.weights, kind, slot, losses, admitted, frozen, predicted, first)
        return first

    def snapshot(self) -> Arrays:
        """Return the weights."""
        return {"weights": self.weights}

    def restore(self, held: Arrays) -> None:
        """Take over the weights of a snapshot."""
        self.weights[:] = held["weights"]


@compiled
def _run(
    eta: float,
    alpha: float,
    weights: Floats,
    kind: npt.NDArray[np.int8],
    slot: npt.NDArray[np.int64],
    losses: Floats,
    admitted: npt.NDArray[np.int8],
    frozen: npt.NDArray[np.bool_],
    predicted: Floats,
    first: Floats,
) -> None:
    arms, classes = len(weights), predicted.shape[2]
    for place in range(len(kind)):
        if kind[place] == SCORE:
            row = slot[place]
            for of in range(classes):
                total = 0.0
                for arm in range(arms):
                    if weights[arm] > 0.0:
                        total += weights[arm] * predicted[arm, row, of]
                # Alone, arm 0 is served to the bit.
                predicted[arms, row, of] = predicted[0, row, of] if frozen[place] or weights[0] == 1.0 else total
        elif kind[place] == LEARN and not frozen[place]:
            _share(eta, alpha, weights, losses[:, place])
            _admit(weights, admitted[:, place])
        first[place] = weights[0]


@compiled
def _share(eta: float, alpha: float, weights: Floats, losses: Floats) -> None:
    """Weight the arms by one label's losses."""
    least, count = math.inf, 0
    for arm in range(len(weights)):
        if weights[arm] > 0.0:
            least = min(least, losses[arm])
            count += 1
    if count < 2:
        return
    total = 0.0
    for arm in range(len(weights)):
        if weights[arm] > 0.0:
            weights[arm] *= math.exp(-eta * (losses[arm] - least))
            total += weights[arm]
    for arm in range(len(weights)):
        if weights[arm] > 0.0:
            weights[arm] = (1.0 - alpha) * weights[arm] / total + alpha / count


@compiled
def _admit(weights: Floats, admitted: npt.NDArray[np.int8]) -> None:
    """Let arms enter or leave as ``admitted`` says."""
    for arm in range(1, len(weights)):
        if (weights[arm] > 0.0) == (admitted[arm] > 0):
            continue
        if admitted[arm] > 0:
            count = 1
            for other in range(len(weights)):
                count += weights[other] > 0.0
            for other in range(len(weights)):
                weights[other] *= 1.0 - 1.0 / count
            weights[arm] = 1.0 / count
        else:
            left = 1.0 - weights[arm]
            weights[arm] = 0.0
            total = 0.0
            for other in range(1, len(weights)):
                weights[other] /= left
                total += weights[other]
            weights[0] = 1.0 - total
