"""Do labels say anything? An arm takes part only while it predicts them better than their own rate does."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .e_process import BETS, DETECT, average
from .losses import loss
from .operations import LEARN, Operations
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]

HALF_LIFE = 200
_STEP = 1.0 - 0.5 ** (1.0 / HALF_LIFE)
# A prior of the mean and of the mean square: a few unlucky labels put no arm out.
_UNKNOWN = np.array([0.0, 0.25])
_SURE = 2.0 * math.sqrt(_STEP / (2.0 - _STEP))


class Informed:
    """Compares each arm with the rate of the labels lately: the loss it would have now, before it learns a label.

    Labels that became noise look like a drift: whatever learns from them is soon better than the base, and both are
    no better than a guess by the rate. No comparison of arms with the base can tell the two apart, this one does. What
    an arm would predict now shows it without the delay of the labels. An arm is out once the mean of
    loss(rate) - loss(arm) over about the last 300 labels, each clipped to [-1, 1], is two standard errors below 0; it
    is back after evidence of 1e4, by the bets of ``EProcess``, that it is above. ``rate`` [classes] is what the rate
    begins with: a value's mean, the shares of classes. The arms in ``unproven`` begin outside.
    """

    def __init__(
        self, objective: int, spread: float, rate: Floats, arms: Sequence[str], unproven: Collection[str]
    ) -> None:
        self._objective, self._spread = objective, spread
        self._rate = rate.astype(np.float64)
        self._arms = {arm: place for place, arm in enumerate(arms)}
        self._means = np.tile(_UNKNOWN, (len(arms), 1))  # of the differences, of their squares
        self._wealth = np.zeros((len(arms), len(BETS)))
        self._in = np.array([arm not in unproven for arm in arms], np.bool_)

    def holds(self, arm: str) -> bool:
        """Return whether an arm takes part."""
        return bool(self._in[self._arms[arm]])

    def rate_losses(self, operations: Operations) -> Floats:
        """Return what the rate loses by each label, and take the labels in."""
        lost = np.zeros(len(operations))
        _follow(self._objective, self._spread, self._rate, operations.kind, operations.label, lost)
        return lost

    def run(
        self, arm: str, operations: Operations, rate: Floats, lost: Floats, skipped: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int8]:
        """Take in an arm's losses beside the rate's where labels are not ``skipped``; return if it is in after each."""
        place, found = self._arms[arm], np.empty(len(operations), np.int8)
        part = self._in[place : place + 1]
        _judge(self._means[place], self._wealth[place], part, operations.kind, rate, lost, skipped, found)
        return found

    def restart(self, arm: str) -> None:
        """Forget the evidence on an arm that was replaced; the new one is in if the last one was."""
        place = self._arms[arm]
        self._means[place], self._wealth[place] = _UNKNOWN, 0.0

    def snapshot(self) -> Arrays:
        """Return the rate and the evidence."""
        return {"rate": self._rate, "means": self._means, "wealth": self._wealth, "in": self._in}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._rate[:], self._means[:] = held["rate"], held["means"]
        self._wealth[:], self._in[:] = held["wealth"], held["in"]


@compiled
def _follow(
    objective: int, spread: float, rate: Floats, kind: npt.NDArray[np.int8], label: Floats, lost: Floats
) -> None:
    for place in range(len(kind)):
        if kind[place] != LEARN:
            continue
        lost[place] = loss(objective, spread, rate, label[place])
        for of in range(len(rate)):
            target = label[place] if len(rate) == 1 else (1.0 if int(label[place]) == of else 0.0)
            rate[of] += _STEP * (target - rate[of])


@compiled
def _judge(
    means: Floats,
    wealth: Floats,
    part: npt.NDArray[np.bool_],
    kind: npt.NDArray[np.int8],
    rate: Floats,
    lost: Floats,
    skipped: npt.NDArray[np.bool_],
    found: npt.NDArray[np.int8],
) -> None:
    for place in range(len(kind)):
        if kind[place] == LEARN and not skipped[place]:
            difference = min(max(rate[place] - lost[place], -1.0), 1.0)
            means[0] += _STEP * (difference - means[0])
            means[1] += _STEP * (difference * difference - means[1])
            if part[0]:
                if means[0] < -_SURE * math.sqrt(means[1]):
                    part[0] = False
                    wealth[:] = 0.0
            else:
                for bet in range(len(BETS)):
                    wealth[bet] = max(wealth[bet], 0.0) + math.log1p(BETS[bet] * difference)
                if average(wealth) >= DETECT:
                    part[0] = True
                    means[:] = _UNKNOWN
        found[place] = part[0]
