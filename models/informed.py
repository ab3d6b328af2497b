"""Do labels say anything? An arm takes part only while it tells them apart better than their own rate does."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .e_process import BETS, DETECT, average
from .leaf_kernel import BINARY, REGRESSION, link
from .losses import loss
from .metrics import LEAST
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
    no better than a guess by the rate. No comparison of arms with the base can tell the two apart, this one does. The
    arm's margin is moved to the level of the labels lately, as the rate follows it: what counts is which label it
    expects where, not how many. What it would predict now shows that without the delay of the labels.

    An arm is out once the mean of loss(rate) - loss(moved arm) over about the last 300 labels, each clipped to
    [-1, 1], is two standard errors below 0; it is back after evidence of 1e4, by the bets of ``EProcess``, that it is
    above. ``rate`` [classes] is what the rate begins with: a value's mean, the shares of classes. The arms in
    ``unproven`` begin outside.
    """

    def __init__(
        self, objective: int, spread: float, rate: Floats, arms: Sequence[str], unproven: Collection[str]
    ) -> None:
        self._objective, self._spread = objective, spread
        self._rate = rate.astype(np.float64)
        self._arms = {arm: place for place, arm in enumerate(arms)}
        self._means = np.tile(_UNKNOWN, (len(arms), 1))  # of the differences, of their squares
        self._moves = np.zeros((len(arms), len(rate)))
        self._wealth = np.zeros((len(arms), len(BETS)))
        self._in = np.array([arm not in unproven for arm in arms], np.bool_)

    def holds(self, arm: str) -> bool:
        """Return whether an arm takes part."""
        return bool(self._in[self._arms[arm]])

    def rates(self, operations: Operations) -> Floats:
        """Return the rate [operations, classes] before each label, and take the labels in."""
        found = np.zeros((len(operations), len(self._rate)))
        _follow(self._rate, operations.kind, operations.label, found)
        return found

    def run(
        self, arm: str, operations: Operations, rates: Floats, current: Floats, skipped: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int8]:
        """Take in what an arm would predict of labels that are not ``skipped``; return if it is in after each.

        ``rates`` and ``current`` are [operations, classes].
        """
        place, found = self._arms[arm], np.empty(len(operations), np.int8)
        state = (self._means[place], self._moves[place], self._wealth[place], self._in[place : place + 1])
        given = (operations.kind, operations.label, rates, current, skipped)
        _judge(self._objective, self._spread, *state, *given, found)
        return found

    def restart(self, arm: str) -> None:
        """Forget the evidence on an arm that was replaced; the new one is in if the last one was."""
        place = self._arms[arm]
        self._means[place], self._moves[place], self._wealth[place] = _UNKNOWN, 0.0, 0.0

    def snapshot(self) -> Arrays:
        """Return the rate and the evidence."""
        held = {"rate": self._rate, "means": self._means, "moves": self._moves}
        return {**held, "wealth": self._wealth, "in": self._in}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._rate[:], self._means[:], self._moves[:] = held["rate"], held["means"], held["moves"]
        self._wealth[:], self._in[:] = held["wealth"], held["in"]


@compiled
def _target(classes: int, label: float, of: int) -> float:
    if classes == 1:
        return label
    return 1.0 if int(label) == of else 0.0


@compiled
def _follow(rate: Floats, kind: npt.NDArray[np.int8], label: Floats, found: Floats) -> None:
    for place in range(len(kind)):
        if kind[place] == LEARN:
            for of in range(len(rate)):
                found[place, of] = rate[of]
                rate[of] += _STEP * (_target(len(rate), label[place], of) - rate[of])


@compiled
def _move(objective: int, given: Floats, moves: Floats, out: Floats) -> None:
    """Fill in a prediction moved in margin space."""
    for of in range(len(given)):
        held = given[of]
        if objective == BINARY:
            held = min(max(held, LEAST), 1.0 - LEAST)
            held = math.log(held / (1.0 - held))
        elif objective != REGRESSION:
            held = math.log(max(held, LEAST))
        out[of] = held + moves[of]
    link(objective, out.copy(), out)


@compiled
def _judge(
    objective: int,
    spread: float,
    means: Floats,
    moves: Floats,
    wealth: Floats,
    part: npt.NDArray[np.bool_],
    kind: npt.NDArray[np.int8],
    label: Floats,
    rates: Floats,
    current: Floats,
    skipped: npt.NDArray[np.bool_],
    found: npt.NDArray[np.int8],
) -> None:
    moved = np.empty(len(moves))
    for place in range(len(kind)):
        if kind[place] == LEARN and not skipped[place]:
            _move(objective, current[place], moves, moved)
            lost = loss(objective, spread, moved, label[place])
            difference = min(max(loss(objective, spread, rates[place], label[place]) - lost, -1.0), 1.0)
            for of in range(len(moves)):
                # What moves the rate by as much moves a margin by that over the slope of the link.
                slope = 1.0 if objective == REGRESSION else max(rates[place, of] * (1.0 - rates[place, of]), LEAST)
                moves[of] += _STEP * (_target(len(moves), label[place], of) - moved[of]) / slope
            _decide(difference, means, wealth, part)
        found[place] = part[0]


@compiled
def _decide(difference: float, means: Floats, wealth: Floats, part: npt.NDArray[np.bool_]) -> None:
    means[0] += _STEP * (difference - means[0])
    means[1] += _STEP * (difference * difference - means[1])
    if part[0]:
        if means[0] < -_SURE * math.sqrt(means[1]):
            part[0] = False
            wealth[:] = 0.0
        return
    for bet in range(len(BETS)):
        wealth[bet] = max(wealth[bet], 0.0) + math.log1p(BETS[bet] * difference)
    if average(wealth) >= DETECT:
        part[0] = True
        means[:] = _UNKNOWN
