"""Streams with drift, by River's generators, as tables of features and labels that become known later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from river.datasets import synth

ROWS, TRAINED, LATE = 24_000, 6_000, 500
SECOND = 1_000_000

Pairs = Iterable[tuple[Mapping[str, float], Any]]


def sea_none(seed: int) -> Pairs:
    """SEA concepts without a change."""
    return synth.SEA(variant=0, seed=seed, noise=0.1)


def sea(seed: int) -> Pairs:
    """SEA concepts: the threshold changes in the middle."""
    return _abrupt(synth.SEA(variant=0, seed=seed, noise=0.1), synth.SEA(variant=3, seed=seed + 1000, noise=0.1))


def agrawal_abrupt(seed: int) -> Pairs:
    """Agrawal's loans: function 1, from the middle on function 4."""
    return _abrupt(_agrawal(0, seed), _agrawal(3, seed + 1000))


def agrawal_gradual(seed: int) -> Pairs:
    """The same change, over a third of the stream."""
    rng = np.random.default_rng(seed)
    old, new = iter(_agrawal(0, seed)), iter(_agrawal(3, seed + 1000))
    for place in range(ROWS):
        share = min(max((place - ROWS / 3) / (ROWS / 3), 0.0), 1.0)
        yield next(new if rng.random() < share else old)


def agrawal_none(seed: int) -> Pairs:
    """Agrawal's loans without a change."""
    return _agrawal(0, seed)


def hyperplane(seed: int) -> Pairs:
    """A hyperplane that turns all the time."""
    return synth.Hyperplane(seed=seed, n_features=10, n_drift_features=4, mag_change=0.001, noise_percentage=0.05)


def rbf(seed: int) -> Pairs:
    """Moving centroids."""
    return synth.RandomRBFDrift(
        *(seed, seed + 1000), n_classes=2, n_features=10, n_centroids=30, change_speed=0.001, n_drift_centroids=15
    )


def segment_jump(seed: int) -> Pairs:
    """Ten segments; from the middle on the base rate of three of them jumps."""
    rng = np.random.default_rng(seed)
    weights, levels = rng.normal(size=6), rng.normal(scale=0.7, size=10)
    later = levels.copy()
    later[:3] += np.array([2.0, -2.0, 2.0])
    for place in range(ROWS):
        row, segment = rng.normal(size=6), int(rng.integers(10))
        margin = row @ weights * 0.5 + (levels if place < ROWS // 2 else later)[segment]
        features = {f"x{i}": float(value) for i, value in enumerate(row)} | {"segment": float(segment)}
        yield features, bool(rng.random() < 1 / (1 + np.exp(-margin)))


STREAMS: Mapping[str, Callable[[int], Pairs]] = {
    "SEA none": sea_none,
    "SEA abrupt": sea,
    "Agrawal abrupt": agrawal_abrupt,
    "Agrawal gradual": agrawal_gradual,
    "Agrawal none": agrawal_none,
    "Hyperplane": hyperplane,
    "RBF": rbf,
    "segment jump": segment_jump,
}


def table(pairs: Pairs, seed: int) -> pa.Table:
    """Return a stream as features, ``_t``, ``_key0``, ``_label`` and ``_known_at``: a row a second, labels late."""
    rows = list(islice(pairs, ROWS))
    names = list(rows[0][0])
    columns = {str(name): np.array([float(features[name]) for features, _ in rows]) for name in names}
    late = LATE + np.random.default_rng(seed + 77).exponential(LATE / 2, ROWS)
    at = np.arange(ROWS, dtype=np.int64) * SECOND
    return pa.table(
        {
            **columns,
            "_t": at,
            "_key0": np.arange(ROWS),
            "_label": np.array([bool(label) for _, label in rows]),
            "_known_at": at + (late * SECOND).astype(np.int64),
        }
    )


def _agrawal(function: int, seed: int) -> Pairs:
    return synth.Agrawal(classification_function=function, seed=seed, perturbation=0.05)


def _abrupt(old: Pairs, new: Pairs) -> Iterator[tuple[Mapping[str, float], Any]]:
    yield from islice(old, ROWS // 2)
    yield from new
