"""Labels that say nothing: an arm that tells them apart no better than their rate does takes no part."""

from __future__ import annotations

import numpy as np
import pytest
from headrace.models.informed import Informed
from headrace.models.leaf_kernel import BINARY, MULTICLASS, REGRESSION
from headrace.models.operations import LEARN, Operations


def labels(values: np.ndarray) -> Operations:
    at = np.arange(len(values))
    return Operations(np.full(len(at), LEARN, np.int8), at, values.astype(float), np.ones(len(at)), at, at)


def judge(informed: Informed, given: Operations, predicted: np.ndarray, pieces: int = 1) -> np.ndarray:
    found = []
    for some in np.array_split(np.arange(len(given)), pieces):
        part = given.part(some[0], some[-1] + 1)
        current = predicted[some].reshape(len(some), -1)
        found.append(informed.run("arm", part, informed.rates(part), current, np.zeros(len(some), np.bool_)))
    return np.concatenate(found)


def watch(objective: int = BINARY, rate: tuple[float, ...] = (0.5,), unproven: tuple[str, ...] = ()) -> Informed:
    return Informed(objective, 2.0, np.array(rate), ["arm"], unproven)


def knowing(count: int, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and predictions of 0.8 or 0.2 that are right for this share of them."""
    rng = np.random.default_rng(seed)
    true = rng.random(count) < 0.5
    right = rng.random(count) < share
    return true, np.where(true == right, 0.8, 0.2)


def test_an_arm_is_out_when_labels_become_noise_and_back_once_they_say_something() -> None:
    parts = [knowing(1000, 0.8, 1), knowing(1000, 0.5, 2), knowing(1000, 0.8, 3)]
    given = labels(np.concatenate([true for true, _ in parts]))
    found = judge(watch(), given, np.concatenate([predicted for _, predicted in parts]))
    assert found[:1000].all()
    assert 20 < found[1000:].argmin() < 500
    assert not found[1600:2000].any()
    assert 20 < found[2000:].argmax() < 300


def test_an_unproven_arm_that_guesses_stays_out() -> None:
    true, _ = knowing(20_000, 0.5)
    guess = np.random.default_rng(9).uniform(0.4, 0.6, len(true))
    assert not judge(watch(unproven=("arm",)), labels(true), guess).any()


def test_a_level_that_is_wrong_is_no_lack_of_knowledge() -> None:
    """Twice the odds of before: the arm still knows which labels are likelier, and the rate does not."""
    rng = np.random.default_rng(4)
    margin = rng.normal(0, 1.5, 3000)
    true = rng.random(3000) < 1 / (1 + np.exp(-margin - 2))
    assert judge(watch(), labels(true), 1 / (1 + np.exp(-margin))).all()


def test_a_few_unlucky_labels_put_no_arm_out() -> None:
    assert judge(watch(), labels(np.ones(10)), np.full(10, 0.1)).all()


@pytest.mark.parametrize(
    ("objective", "rate", "values", "at_last"),
    [
        (BINARY, (0.2,), np.ones(5000), (1.0,)),
        (MULTICLASS, (0.5, 0.25, 0.25), np.full(5000, 2), (0.0, 0.0, 1.0)),
        (REGRESSION, (10.0,), np.full(5000, 14.0), (14.0,)),
    ],
)
def test_the_rate_follows_the_labels(
    objective: int, rate: tuple[float, ...], values: np.ndarray, at_last: tuple[float, ...]
) -> None:
    found = watch(objective, rate).rates(labels(values))
    assert found[0].tolist() == list(rate)
    assert found[-1] == pytest.approx(at_last, abs=1e-5)


@pytest.mark.parametrize(("objective", "classes"), [(MULTICLASS, 3), (REGRESSION, 1)])
def test_classes_and_values(objective: int, classes: int) -> None:
    rng = np.random.default_rng(5)
    codes, values = rng.integers(0, 3, 2000), rng.normal(0, 3, 2000)
    true = codes if classes > 1 else values
    known = np.eye(3)[codes] * 0.7 + 0.1 if classes > 1 else values[:, None] + 1.0
    mixed = rng.permutation(known)
    rate = (1 / 3,) * 3 if classes > 1 else (0.0,)
    assert judge(watch(objective, rate), labels(true), known).all()
    assert not judge(watch(objective, rate), labels(true), mixed)[1000:].any()


def test_pieces_and_restarts_change_nothing() -> None:
    parts = [knowing(600, 0.8, 1), knowing(800, 0.5, 2), knowing(600, 0.8, 3)]
    given = labels(np.concatenate([true for true, _ in parts]))
    predicted = np.concatenate([predicted for _, predicted in parts])
    expected = judge(watch(), given, predicted)
    cut, other = watch(), watch()
    first = judge(cut, given.part(0, 900), predicted[:900], pieces=13)
    other.restore({name: array.copy() for name, array in cut.snapshot().items()})
    assert np.array_equal(np.concatenate([first, judge(other, given.part(900, 2000), predicted[900:])]), expected)
    assert expected.min() == 0
