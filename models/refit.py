"""A new base on recent labelled rows, asked for after a drift."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..features_sql.model_settings import BaseSettings
from .matrix import Inputs
from .operations import LEARN, Operations
from .pending import Pending
from .state_tables import Arrays
from .trainer import Rows, refit

_PARTS = 256


@dataclass(frozen=True)
class RetrainRequest:
    """What a new base is trained on: labelled rows as they were scored, up to the instant ``at`` of the drift (µs)."""

    at: int
    enters: int
    rows: Rows = field(repr=False)
    inputs: Inputs
    settings: BaseSettings
    classes: tuple[Any, ...]

    def train(self, threads: int = 1) -> str:
        """Train it and return LightGBM's text; raises ModelError where the rows do not allow it."""
        return refit(self.rows, self.inputs, self.settings, len(self.classes), threads)


class Refitter(Protocol):
    """Where a new base is trained: in this process or in another one."""

    def start(self, request: RetrainRequest) -> None:
        """Begin to train; called at the drift, and again after a restart."""
        ...

    def finish(self, request: RetrainRequest) -> str:
        """Return LightGBM's text, waiting for it if need be; called when it is to enter.

        Raises ModelError where there is none.
        """
        ...

    def close(self) -> None:
        """Stop what is not finished."""
        ...


class InlineRefit:
    """Trains in this process, when the model is to enter."""

    def start(self, request: RetrainRequest) -> None:
        """Do nothing yet."""

    def finish(self, request: RetrainRequest) -> str:
        """Train."""
        return request.train()

    def close(self) -> None:
        """Do nothing: nothing runs."""


class Recent:
    """The last labelled rows, in the order in which they were learned."""

    def __init__(self, features: int, size: int) -> None:
        self._size = size
        none, never = np.empty(0), np.empty(0, np.int64)
        self._parts = [Rows(np.empty((0, features)), none, none, never, never)]

    def add(self, operations: Operations, frozen: npt.NDArray[np.bool_], pending: Pending) -> None:
        """Add the labels that were learned."""
        learned = (operations.kind == LEARN) & ~frozen
        if not learned.any():
            return
        slots = operations.slot[learned]
        labels, weights = operations.label[learned], operations.weight[learned]
        rows = Rows(pending.features[slots], labels, weights, pending.instant[slots], operations.known[learned])
        self._parts.append(rows)
        if len(self._parts) > _PARTS:
            self._merge()

    def rows(self) -> Rows:
        """Return the last rows, in order of their instants."""
        rows = self._merge()
        return rows.take(np.argsort(rows.instants, kind="stable"))

    def snapshot(self) -> Arrays:
        """Return the last rows."""
        return vars(self._merge())

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._parts = [Rows(**held)]

    def _merge(self) -> Rows:
        columns = zip(*(vars(part).values() for part in self._parts), strict=True)
        merged = Rows(*(np.concatenate(column)[-self._size :] for column in columns))
        self._parts = [merged]
        return merged
