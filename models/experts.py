"""The arms of a live model: what predicts each row, and how it learns from labels."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from . import leaf_kernel
from .leaf_kernel import OBJECTIVES, LeafSettings
from .operations import LEARN, SCORE, Operations
from .pending import Pending
from .scorer import Scorer
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]


class Expert(Protocol):
    """One arm: it predicts the rows of a batch and learns its labels, in the order of the operations."""

    name: str

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Fill ``predicted`` [slots, classes] of every SCORE operation; learn every LEARN operation.

        ``factor`` is by operation: 0 learns nothing, 2 learns twice as much. An expert on a base fills ``current``
        [operations, classes] of those that it learns: what it would predict now, before it does.
        """
        ...

    def snapshot(self) -> Arrays:
        """Return the state as arrays by name."""
        ...

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        ...


class FrozenExpert:
    """The base as it was trained."""

    name = "frozen"

    def __init__(self, objective: str) -> None:
        self._objective = OBJECTIVES[objective]

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Predict from the margins; there is nothing to learn, and ``current`` is not filled."""
        slots = operations.slot[operations.kind == SCORE]
        out = np.empty((len(slots), predicted.shape[1]))
        leaf_kernel.link_rows(self._objective, pending.margins[slots], out)
        predicted[slots] = out

    def snapshot(self) -> Arrays:
        """Return nothing: the base does not change."""
        return {}

    def restore(self, held: Arrays) -> None:
        """Take over nothing."""


class LeafExpert:
    """The base moved by deltas on the leaves that a row reaches, as ``LeafCorrector`` does one row at a time."""

    name = "corrected"

    def __init__(self, settings: LeafSettings, leaf_counts: npt.NDArray[np.int64]) -> None:
        self._settings = settings
        self._deltas = np.zeros((len(leaf_counts), int(leaf_counts.max(initial=1))))

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Predict and learn in one pass."""
        leaf_kernel.run(
            *(self._settings, self._deltas, operations.kind, operations.slot, operations.label, operations.weight),
            *(factor, pending.margins, pending.leaves, predicted, current),
        )

    def snapshot(self) -> Arrays:
        """Return the deltas, [trees, leaves]."""
        return {"deltas": self._deltas}

    def restore(self, held: Arrays) -> None:
        """Take over the deltas."""
        self._deltas[:] = held["deltas"]


class RunningRate:
    """The rate of the labels so far (a value's mean; a class's share): what a model without a base must beat."""

    name = "constant"

    def __init__(self, objective: str, classes: int) -> None:
        self._objective = objective
        self._sums = np.zeros(classes)
        self._weight = 0.0

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Predict the rate of now, count each label that is learned."""
        columns = zip(
            *(column.tolist() for column in (operations.kind, operations.slot, operations.label)), strict=True
        )
        for (kind, slot, label), learned in zip(columns, (factor > 0).tolist(), strict=True):
            if kind == SCORE:
                predicted[slot] = self._rate()
            elif kind == LEARN and learned:
                self._weight += 1.0
                if self._objective == "multiclass":
                    self._sums[int(label)] += 1.0
                else:
                    self._sums[0] += label

    def _rate(self) -> Floats:
        if self._objective == "binary":
            return (self._sums + 0.5) / (self._weight + 1.0)
        if self._weight == 0.0:
            return np.full(len(self._sums), 1.0 / len(self._sums) if self._objective == "multiclass" else 0.0)
        return self._sums / self._weight

    def snapshot(self) -> Arrays:
        """Return the sums."""
        return {"sums": self._sums, "weight": np.array([self._weight])}

    def restore(self, held: Arrays) -> None:
        """Take over the sums."""
        self._sums, self._weight = held["sums"].astype(np.float64), float(held["weight"][0])


class RefitExpert:
    """A base trained anew on recent rows; the first base until one has entered."""

    name = "refit"

    def __init__(self, objective: str) -> None:
        self._objective = OBJECTIVES[objective]
        self._text = ""
        self._scorer: Scorer | None = None
        self.entered = -1
        self.count = 0

    def enter(self, text: str, at: int) -> None:
        """Predict by another model from the instant ``at`` (µs) on."""
        self.close()
        self._text, self._scorer, self.entered, self.count = text, Scorer(text), at, self.count + 1

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Predict; there is nothing to learn."""
        slots, learned = operations.slot[operations.kind == SCORE], operations.kind == LEARN
        predicted[slots] = self._predicted(pending, slots)
        current[learned] = self._predicted(pending, operations.slot[learned])

    def _predicted(self, pending: Pending, slots: npt.NDArray[np.int64]) -> Floats:
        margins = self._scorer.margins(pending.features[slots]) if self._scorer else pending.margins[slots]
        out = np.empty(margins.shape)
        leaf_kernel.link_rows(self._objective, margins, out)
        return out

    def snapshot(self) -> Arrays:
        """Return the model's text and when it entered."""
        text = np.frombuffer(self._text.encode(), np.uint8)
        return {"text": text, "entered": np.array([self.entered, self.count], np.int64)}

    def restore(self, held: Arrays) -> None:
        """Take over a model."""
        entered, count = held["entered"].tolist()
        self.close()
        self._text = held["text"].tobytes().decode()
        self._scorer = Scorer(self._text) if self._text else None
        self.entered, self.count = entered, count

    def close(self) -> None:
        """Let go of the model."""
        if self._scorer is not None:
            self._scorer.close()
            self._scorer = None
