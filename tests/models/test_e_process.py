"""Evidence: errors are rare, gains are found, cuts change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from headrace.models.e_process import BETS, Comparison, EProcess
from headrace.models.operations import LEARN, SCORE


def compare(differences: np.ndarray, cuts: tuple[int, ...] = (), test: EProcess | None = None) -> EProcess:
    """Take in differences of losses, a label a microsecond, in these cuts."""
    test = test or EProcess()
    for part in np.split(np.arange(len(differences)), cuts):
        kind, none = np.full(len(part), LEARN, np.int8), np.zeros(len(part), np.bool_)
        test.run(kind, part, differences[part], np.zeros(len(part)), none)
    return test


def test_wealth_by_hand() -> None:
    """Three gamblers' bets on 0.5, then -1: the average of what they then have."""
    found = compare(np.array([0.5, -1.0])).comparison()
    better = np.mean((1 + BETS * 0.5) * (1 - BETS))
    worse = np.mean((1 - BETS * 0.5) * (1 + BETS))
    assert found.evidence == pytest.approx(max(better, worse), rel=1e-12)
    assert (found.n, found.effect, found.verdict, found.since) == (2, -0.25, "undecided", -1)


def test_differences_are_clipped() -> None:
    assert compare(np.array([50.0, -50.0])).comparison() == compare(np.array([1.0, -1.0])).comparison()


def test_equal_arms_are_seldom_told_apart() -> None:
    """At most 2 of 200 runs of 10,000 labels at alpha 0.01; the true mean stays in the interval."""
    rng = np.random.default_rng(0)
    found = [compare(rng.normal(0, 0.3, 10_000)).comparison() for _ in range(200)]
    assert sum(one.verdict == "better" for one in found) <= 2
    assert sum(not one.low < 0 < one.high for one in found) <= 2


def test_a_gain_is_found() -> None:
    """0.05 nats at a deviation of 0.3, within 3,000 labels in at least 95 % of runs."""
    rng = np.random.default_rng(1)
    found = [compare(rng.normal(0.05, 0.3, 3000)).comparison() for _ in range(100)]
    assert sum(one.verdict == "better" for one in found) >= 95
    assert all(one.since < 3000 for one in found if one.verdict == "better")
    assert np.mean([one.effect for one in found]) == pytest.approx(0.05, abs=0.005)


def test_a_loss_is_found() -> None:
    rng = np.random.default_rng(2)
    assert compare(rng.normal(-0.05, 0.3, 3000)).comparison().verdict == "worse"


def test_cuts_change_nothing() -> None:
    differences = np.random.default_rng(3).normal(0.03, 0.3, 2000)
    whole, cut = compare(differences), compare(differences, (1, 2, 500, 1999))
    assert whole.comparison() == cut.comparison()
    assert all(np.array_equal(whole.snapshot()[name], cut.snapshot()[name]) for name in whole.snapshot())


def test_points_of_the_past() -> None:
    """At most POINTS of them, evenly spaced, each what was known then; cut or whole."""
    differences = np.random.default_rng(6).normal(0.03, 0.3, 1000)
    points = compare(differences).points()
    assert [point.n for point in points] == list(range(8, 1001, 8))
    for point in points[::31]:
        then = compare(differences[: point.n]).comparison()
        assert (point.effect, point.low, point.high) == (then.effect, then.low, then.high)
    assert points[-1].n == 1000
    assert compare(differences, (3, 128, 129, 700)).points() == points
    assert EProcess().points() == []


def test_a_snapshot_goes_on() -> None:
    differences = np.random.default_rng(4).normal(0.03, 0.3, 2000)
    half, other = compare(differences[:1000]), EProcess()
    other.restore({name: array.copy() for name, array in half.snapshot().items()})
    assert compare(differences[1000:], test=half).comparison() == compare(differences[1000:], test=other).comparison()


def test_an_arm_is_admitted_muted_and_admitted_again() -> None:
    rng = np.random.default_rng(5)
    test = EProcess()
    assert not test.admitted
    for mean, admitted in ((0.1, True), (-0.1, False), (0.1, True)):
        compare(rng.normal(mean, 0.3, 3000), test=test)
        assert test.admitted is admitted


def test_only_labels_that_count_do() -> None:
    test = EProcess()
    kind = np.array([SCORE, LEARN, LEARN], np.int8)
    test.run(kind, np.arange(3), np.ones(3), np.zeros(3), np.array([False, True, False]))
    assert test.comparison().n == 1


def test_before_any_label() -> None:
    assert EProcess().comparison() == Comparison(0, 0.0, -np.inf, np.inf, 1.0, "undecided", -1)
