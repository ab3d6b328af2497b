"""Quarantine and drift: what sets them off, what does not, and that cuts change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import DriftSettings
from headrace.models.drift import DriftWatch, detector
from headrace.models.events import Event
from headrace.models.label_sanity import LabelSanity
from headrace.models.operations import LEARN, UNMATCHED, Operations
from headrace.models.reference import Reference

DELAYS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 100.0)


def reference(rate: float, clumping: float = 1.0) -> Reference:
    return Reference(rate, (1 - rate, rate), 0.5, rate, clumping, 1.0, (0.0,) * 7, DELAYS, (), (), ())


def learned(labels: Any, kind: int = LEARN, delay: int = 5) -> Operations:
    count = len(labels)
    at = np.arange(count, dtype=np.int64)
    slot = np.zeros(count, np.int64) if kind == LEARN else np.full(count, -1)
    return Operations(
        np.full(count, kind, np.int8), slot, np.asarray(labels, float), np.ones(count), at, at * 0 + delay
    )


def watch(sanity: LabelSanity, operations: Operations, pieces: int = 1) -> tuple[list[bool], list[Event]]:
    frozen, events = list[bool](), list[Event]()
    for part in np.array_split(np.arange(len(operations)), pieces):
        still, found = sanity.watch(operations.part(part[0], part[-1] + 1), np.zeros(1, np.int64))
        frozen += still.tolist()
        events += found
    return frozen, events


def coins(rate: float, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(count) < rate


@pytest.mark.parametrize(
    ("objective", "label", "named"),
    [
        ("binary", 1.0, "the rate of positives left"),
        ("regression", 9.0, "the rate of labels above the mean left"),
        ("multiclass", 0.0, "the rate of the commonest class left"),
    ],
)
def test_a_rate_is_named_as_the_labels_are(objective: str, label: float, named: str) -> None:
    _, events = watch(LabelSanity(500, 0.1, reference(0.2), objective), learned(np.full(1_000, label)))
    assert events[0].detail.startswith(named)


@pytest.mark.parametrize("seed", range(10))
def test_a_rate_that_jumps_is_seen_within_1000_labels(seed: int) -> None:
    sanity = LabelSanity(500, 0.1, reference(0.3), "binary")
    assert watch(sanity, learned(coins(0.3, 5000, seed)))[1] == []
    frozen, events = watch(sanity, learned(coins(0.4, 1000, seed + 100)))
    assert events[0].kind == "quarantine"
    assert "rate of positives" in events[0].detail
    assert any(frozen)


def test_it_ends_when_the_rate_is_back() -> None:
    sanity = LabelSanity(500, 0.1, reference(0.3), "binary")
    labels = np.concatenate([coins(0.3, 1000, 1), coins(0.9, 200, 2), coins(0.3, 2000, 3)])
    frozen, events = watch(sanity, learned(labels))
    assert [event.kind for event in events] == ["quarantine", "released"]
    assert "is back" in events[1].detail
    assert sanity.trusted
    assert 1000 < frozen.index(True) < 1100


def test_a_rate_that_stays_becomes_the_reference() -> None:
    sanity = LabelSanity(500, 0.1, reference(0.3), "binary")
    frozen, events = watch(sanity, learned(coins(0.6, 5000, 1)))
    assert [event.kind for event in events] == ["quarantine", "released"]
    assert "now its reference" in events[1].detail
    assert sum(frozen) == 1000


def test_labels_that_always_came_in_clumps_may() -> None:
    """Days of 0.1 and 0.5: the variance of blocks says how much a rate may wander."""
    labels = np.concatenate([coins(0.1 if day % 2 else 0.5, 200, day) for day in range(40)])
    assert watch(LabelSanity(500, 0.1, reference(0.3), "binary"), learned(labels))[1] != []
    assert watch(LabelSanity(500, 0.1, reference(0.3, clumping=40.0), "binary"), learned(labels))[1] == []


def test_rare_positives_that_come_in_bursts_are_no_fault() -> None:
    """Seven frauds in a row, then none for hundreds of labels: a rate of 0.02 cannot fall by 0.1."""
    bursts = np.zeros(20_000, np.bool_)
    for begin in np.random.default_rng(3).integers(1000, 19_900, 57).tolist():
        bursts[begin : begin + 14 : 2] = True
    assert watch(LabelSanity(500, 0.1, reference(0.02, clumping=5.0), "binary"), learned(bursts))[1] == []
    assert watch(LabelSanity(500, 0.1, None, "binary"), learned(bursts))[1] == []


def test_labels_without_a_row_and_slow_ones() -> None:
    sanity = LabelSanity(100, 0.1, reference(0.5), "binary")
    assert watch(sanity, learned(coins(0.5, 500, 1)))[1] == []
    _, events = watch(sanity, learned(coins(0.5, 100, 2), UNMATCHED))
    assert "labels without a row" in events[0].detail
    sanity = LabelSanity(100, 0.1, reference(0.5), "binary")
    _, events = watch(sanity, learned(coins(0.5, 100, 3), delay=1000))
    assert "slow labels" in events[0].detail


def test_pieces_and_restarts_change_nothing() -> None:
    labels = learned(np.concatenate([coins(0.3, 700, 1), coins(0.7, 1500, 2), coins(0.3, 1500, 3)]))
    whole = watch(LabelSanity(200, 0.1, reference(0.3), "binary"), labels)
    assert watch(LabelSanity(200, 0.1, reference(0.3), "binary"), labels, pieces=37) == whole
    first, second = (LabelSanity(200, 0.1, reference(0.3), "binary") for _ in range(2))
    frozen, events = watch(first, labels.part(0, 1000))
    second.restore({name: array.copy() for name, array in first.snapshot().items()})
    rest = watch(second, labels.part(1000, len(labels)))
    assert (frozen + rest[0], events + rest[1]) == whole


SETTINGS = DriftSettings("ADWIN", {}, "loss", "accelerate", "retrain", accelerate_labels=50)


def losses(size: int = 3000) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.where(rng.random(size) < np.where(np.arange(size) < size // 2, 0.2, 0.5), 2.0, 0.1)


def test_a_drift_is_found_and_speeds_learning_up() -> None:
    given = losses()
    watching = DriftWatch(SETTINGS)
    everything = learned(np.zeros(len(given)))
    factor, drifts, events = watching.watch(everything, given, np.zeros(len(given), np.bool_))
    drift = next(event for event in events if event.kind == "drift")
    assert 1500 < drift.at < 1900
    assert drift.at == everything.at[drifts.argmax()]
    assert 50 <= factor.tolist().count(2.0) <= 200


@pytest.mark.parametrize("name", ["ADWIN", "PageHinkley", "DDM", "HDDMA", "HDDMW"])
def test_detectors_of_river_by_name(name: str) -> None:
    given = losses()
    watching = DriftWatch(DriftSettings(name))
    _, _, events = watching.watch(learned(np.zeros(len(given))), given, np.zeros(len(given), np.bool_))
    assert any(event.kind == "drift" and event.at > 1500 for event in events)


def test_detectors_that_are_refused() -> None:
    with pytest.raises(ModelError, match="unknown drift detector ADWN; did you mean ADWIN"):
        detector("ADWN", {})
    with pytest.raises(ModelError, match="ADWIN refuses its parameters"):
        detector("ADWIN", {"threshold": 3.0})
