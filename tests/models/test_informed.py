"""Labels that say nothing: an arm that predicts them no better than their rate takes no part."""

from __future__ import annotations

import numpy as np
import pytest
from headrace.models.informed import Informed
from headrace.models.leaf_kernel import BINARY, MULTICLASS, REGRESSION
from headrace.models.operations import LEARN, Operations


def labels(values: np.ndarray) -> Operations:
    at = np.arange(len(values))
    return Operations(np.full(len(at), LEARN, np.int8), at, values.astype(float), np.ones(len(at)), at, at)


def judge(informed: Informed, given: Operations, lost: np.ndarray, pieces: int = 1) -> np.ndarray:
    found = []
    for some in np.array_split(np.arange(len(given)), pieces):
        part = given.part(some[0], some[-1] + 1)
        rate = informed.rate_losses(part)
        found.append(informed.run("arm", part, rate, lost[some], np.zeros(len(some), np.bool_)))
    return np.concatenate(found)


def coins(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(count) < 0.5


def test_an_arm_that_knows_less_than_the_rate_is_out_and_back_once_it_knows_more() -> None:
    given = labels(coins(3000))
    lost = np.concatenate([np.full(1000, 0.4), np.full(1000, 0.9), np.full(1000, 0.5)])
    found = judge(Informed(BINARY, 1.0, np.array([0.5]), ["arm"], ()), given, lost)
    assert found[:1000].all()
    assert 1050 < 1000 + found[1000:].argmin() < 1400
    assert not found[1500:2000].any()
    assert 2020 < 2000 + found[2000:].argmax() < 2150


def test_an_unproven_arm_that_guesses_stays_out() -> None:
    given = labels(coins(20_000))
    guess = np.random.default_rng(1).uniform(0.4, 0.6, len(given))
    lost = -np.log(np.where(given.label > 0.5, guess, 1 - guess))
    assert not judge(Informed(BINARY, 1.0, np.array([0.5]), ["arm"], ["arm"]), given, lost).any()


def test_a_few_unlucky_labels_put_no_arm_out() -> None:
    lost = np.full(10, 1.5)
    assert judge(Informed(BINARY, 1.0, np.array([0.5]), ["arm"], ()), labels(coins(10)), lost).all()


@pytest.mark.parametrize(
    ("objective", "rate", "values", "at_first", "at_last"),
    [
        (BINARY, [0.2], np.ones(5000), -np.log(0.2), 0.001),
        (MULTICLASS, [0.5, 0.25, 0.25], np.full(5000, 2), -np.log(0.25), 0.001),
        (REGRESSION, [10.0], np.full(5000, 14.0), 0.5 * 2**2, 0.0),
    ],
)
def test_the_rate_follows_the_labels(
    objective: int, rate: list[float], values: np.ndarray, at_first: float, at_last: float
) -> None:
    lost = Informed(objective, 2.0, np.array(rate), ["arm"], ()).rate_losses(labels(values))
    assert lost[0] == pytest.approx(at_first)
    assert lost[-1] == pytest.approx(at_last, abs=1e-5)


def test_pieces_and_restarts_change_nothing() -> None:
    given, rng = labels(coins(2000)), np.random.default_rng(2)
    lost = np.where(np.arange(2000) < 1000, rng.uniform(0.6, 1.0, 2000), rng.uniform(0.2, 0.7, 2000))
    whole, cut, other = (Informed(BINARY, 1.0, np.array([0.5]), ["arm"], ()) for _ in range(3))
    expected = judge(whole, given, lost)
    first = judge(cut, given.part(0, 700), lost[:700], pieces=13)
    other.restore({name: array.copy() for name, array in cut.snapshot().items()})
    assert np.array_equal(np.concatenate([first, judge(other, given.part(700, 2000), lost[700:])]), expected)
    assert expected.min() == 0
