"""Scored rows that wait for their label, as they were when they were scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .matrix import Matrix
from .operations import UNMATCHED, Operations
from .state_tables import Arrays

Slots = npt.NDArray[np.int64]

_FIRST = 1024


class Pending:
    """Arrays by slot: what a row was fed, what it reached, what every arm predicted for it.

    ``features`` [slots, F], ``margins`` [slots, classes], ``leaves`` [slots, trees], ``predicted``
    [arms, slots, classes], ``instant`` (µs) and ``number`` [slots]. A slot is used again once its row is done, so
    memory follows the rows that wait.
    """

    def __init__(self, features: int, classes: int, trees: int, arms: int) -> None:
        self.features: Matrix = np.empty((0, features))
        self.margins: Matrix = np.empty((0, classes))
        self.leaves: npt.NDArray[np.int32] = np.empty((0, trees), np.int32)
        self.predicted: npt.NDArray[np.float64] = np.empty((arms, 0, classes))
        self.instant: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.number: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._slots: dict[int, int] = {}
        self._free: list[int] = []

    def place(self, numbers: Sequence[int], instants: npt.NDArray[np.int64]) -> Slots:
        """Return a slot for each new row."""
        if len(numbers) > len(self._free):
            self._grow(len(numbers) - len(self._free))
        given = [self._free.pop() for _ in numbers]
        self._slots.update(zip(numbers, given, strict=True))
        slots = np.array(given, np.int64)
        self.instant[slots] = instants
        self.number[slots] = numbers
        # Nothing of the slot's last row may show, in a snapshot least of all.
        self.predicted[:, slots] = 0.0
        return slots

    def located(self, operations: Operations) -> Operations:
        """Return the operations with the rows' slots in place of their numbers."""
        slots = [self._slots.get(number, -1) for number in operations.slot.tolist()]
        return Operations(**{**vars(operations), "slot": np.array(slots, np.int64)})

    def release(self, slots: Slots) -> None:
        """Give back the slots of rows that are done."""
        for number in self.number[slots].tolist():
            self._free.append(self._slots.pop(number))

    def waiting(self) -> Slots:
        """Return the slots in use, in order of their rows' numbers."""
        return np.array([slot for _, slot in sorted(self._slots.items())], np.int64)

    def snapshot(self) -> Arrays:
        """Return the rows that wait; what a base model says of them is computed again when they come back."""
        slots = self.waiting()
        held = {"features": self.features, "instant": self.instant, "number": self.number}
        return {name: values[slots] for name, values in held.items()} | {"predicted": self.predicted[:, slots]}

    def restore(self, held: Arrays) -> Slots:
        """Take over the rows of a snapshot into an empty store and return their slots."""
        slots = self.place(held["number"].tolist(), held["instant"].astype(np.int64))
        self.features[slots] = held["features"]
        self.predicted[:, slots] = held["predicted"]
        return slots

    def _grow(self, more: int) -> None:
        size = len(self.number)
        added = max(more, size, _FIRST)
        for name in ("features", "margins", "leaves", "instant", "number"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((added, *old.shape[1:]), old.dtype)]))
        arms, _, classes = self.predicted.shape
        self.predicted = np.concatenate([self.predicted, np.zeros((arms, added, classes))], axis=1)
        self._free = list(range(size + added - 1, size - 1, -1)) + self._free


def done(operations: Operations) -> Slots:
    """Return the slots of rows that need nothing more: they were learned or they expired."""
    return operations.slot[(operations.kind != 0) & (operations.kind != UNMATCHED)]
