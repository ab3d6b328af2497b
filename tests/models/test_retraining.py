"""When a new base is asked for: at a drift, as labels follow it, and when the trained model has lost its weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from headrace.features_sql.model_settings import DriftSettings
from headrace.models.events import Event
from headrace.models.operations import LEARN, Operations
from headrace.models.retraining import Retraining

SETTINGS = DriftSettings("ADWIN", on_drift="retrain", retrain_rows=800, retrain_cooldown=0)
# Labels come this many labels after their rows.
LATE = 30


def ask(
    retraining: Retraining, weights: np.ndarray, drifts: tuple[int, ...] = (), pieces: int = 1, frozen: int = 0
) -> list[tuple[int, str, int]]:
    """Learn a label a microsecond; return where a base was asked for, why, and since when rows would enter it.

    The labels of the first ``frozen`` are in quarantine.
    """
    found: list[tuple[int, str, int]] = []
    at = np.arange(len(weights))
    for part in np.array_split(at, pieces):
        count = len(part)
        kind, ones = np.full(count, LEARN, np.int8), np.ones(count)
        operations = Operations(kind, np.arange(count), ones, ones, part, part)
        drifted, still = np.isin(part, drifts), part < frozen
        place, events = retraining.run(operations, part - LATE, drifted, weights[part], still, True)
        if place >= 0:
            assert events == [Event(int(part[place]), "retrain", "refit", events[0].detail, events[0].value)]
            found.append((int(part[place]), events[0].detail, retraining.drifted))
    return found


def test_a_drift_asks_and_asks_again_as_labels_of_rows_since_follow() -> None:
    found = ask(Retraining(SETTINGS), np.ones(2000), drifts=(1000, 1050), pieces=2000)
    # The second drift is the first one, found again; it asks, as it may, and counts nothing anew.
    assert [at - 1000 for at, *_ in found] == [0, 50, 129, 229, 429, 829]
    assert [drifted for *_, drifted in found] == [-1, -1, 1000, 1000, 1000, 1000]
    assert {why for _, why, _ in found} == {"a new base is asked for"}


def test_the_cooldown_holds() -> None:
    once = Retraining(replace(SETTINGS, retrain_cooldown=10**9))
    assert [at for at, *_ in ask(once, np.ones(2000), drifts=(1000, 1500), pieces=2000)] == [1000]


def test_a_weight_near_zero_asks_once_until_it_is_back() -> None:
    weights = np.ones(900)
    weights[200:400] = 0.005
    weights[250:300] = 0.05  # Not back.
    weights[400:600] = 0.2  # Back.
    weights[700:] = 0.009
    for pieces in (1, 7, 900):
        found = ask(Retraining(SETTINGS), weights, pieces=pieces)
        assert [at for at, *_ in found] == ([200] if pieces == 1 else [200, 700])
        assert {why for _, why, _ in found} == {
            "a new base is asked for: the trained model's weight is below 0.01",
        }
    assert ask(Retraining(replace(SETTINGS, retrain_weight=0.0)), weights, pieces=900) == []


@pytest.mark.parametrize(("back", "asked"), [(2000, [100, 600]), (500, [100])])
def test_a_weight_that_falls_in_the_cooldown_asks_at_its_end(back: int, asked: list[int]) -> None:
    weights = np.ones(1000)
    weights[300:back] = 0.001
    cooled = Retraining(replace(SETTINGS, retrain_cooldown=500, retrain_rows=10**6))
    assert [at for at, *_ in ask(cooled, weights, drifts=(100,), pieces=1000)] == asked


def test_nothing_is_asked_in_quarantine() -> None:
    weights = np.full(300, 0.001)
    assert [at for at, *_ in ask(Retraining(SETTINGS), weights, drifts=(50,), pieces=300, frozen=200)] == [200]


def test_a_snapshot_goes_on() -> None:
    weights = np.ones(1500)
    weights[200:] = 0.001
    whole = ask(Retraining(SETTINGS), weights, drifts=(100,), pieces=1500)
    first, second = Retraining(SETTINGS), Retraining(SETTINGS)
    before = ask(first, weights[:260], drifts=(100,), pieces=260)
    second.restore({name: array.copy() for name, array in first.snapshot().items()})
    assert second.snapshot()["counters"].tolist() == first.snapshot()["counters"].tolist()
    assert [at for at, *_ in before] == [at for at, *_ in whole if at < 260] == [100, 200, 229]
    assert second.drifted == first.drifted == 100
