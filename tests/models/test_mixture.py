"""The mixture: weights by hand, arms that enter and leave."""

from __future__ import annotations

import numpy as np
import pytest
from headrace.models.mixture import Mixture
from headrace.models.operations import LEARN, SCORE


def run(mixture: Mixture, steps: list[tuple[int, tuple[float, float], bool]], frozen: bool = False) -> list[float]:
    """Go through (kind, losses of two arms, whether the second is in); predict from 0.2 and 0.8."""
    kind = np.array([step[0] for step in steps], np.int8)
    slot = np.arange(len(steps))
    losses = np.array([step[1] for step in steps]).T.copy()
    admitted = np.array([[1, step[2]] for step in steps], np.int8).T.copy()
    predicted = np.zeros((3, len(steps), 1))
    predicted[0], predicted[1] = 0.2, 0.8
    mixture.run(kind, slot, losses, admitted, np.full(len(steps), frozen), predicted)
    return [predicted[2, place, 0] for place, step in enumerate(steps) if step[0] == SCORE]


PREDICT = (SCORE, (0.0, 0.0), True)


def test_weights_by_hand() -> None:
    mixture = Mixture(2, eta=0.5, alpha=0.01)
    found = run(mixture, [PREDICT, (LEARN, (1.0, 3.0), True), PREDICT, (LEARN, (1.0, 3.0), True), PREDICT])
    # The first label lets the second arm in, at half; the second label weighs.
    share = np.exp(-0.5 * 2) / (1 + np.exp(-0.5 * 2)) * 0.99 + 0.005
    assert found == pytest.approx([0.2, 0.5, 0.2 * (1 - share) + 0.8 * share], rel=1e-12)
    assert mixture.weights.sum() == pytest.approx(1.0, rel=1e-12)


def test_a_muted_arm_leaves_the_base_to_the_bit() -> None:
    mixture = Mixture(2, eta=0.1, alpha=0.001)
    steps = [(LEARN, (1.0, 0.5), True), (LEARN, (1.0, 0.5), True), (LEARN, (1.0, 0.5), False), PREDICT]
    assert run(mixture, steps) == [0.2]
    assert mixture.weights.tolist() == [1.0, 0.0]


def test_in_quarantine_the_base_is_served_and_nothing_is_learned() -> None:
    mixture = Mixture(2, eta=0.1, alpha=0.001)
    run(mixture, [(LEARN, (1.0, 0.5), True)])
    before = mixture.weights.copy()
    assert run(mixture, [(LEARN, (1.0, 9.0), True), PREDICT], frozen=True) == [0.2]
    assert mixture.weights.tolist() == before.tolist()


def test_the_share_lets_a_bad_arm_come_back() -> None:
    mixture = Mixture(2, eta=0.1, alpha=0.001)
    run(mixture, [(LEARN, (0.1, 3.0), True)] * 500)
    assert 0.0005 <= mixture.weights[1] < 0.01
    run(mixture, [(LEARN, (3.0, 0.1), True)] * 100)
    assert mixture.weights[1] > 0.9
