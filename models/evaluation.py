"""Prequential evaluation: each row scored before its label is learned, summed up by month and arm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .compiled import compiled
from .leaf_kernel import BINARY, MULTICLASS, OBJECTIVES, REGRESSION
from .metrics import auc_of_counts
from .operations import LEARN, Operations
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]

BINS = 4096
_REACH = 10.0
"""Scores are counted in bins of equal width of their logit within +-_REACH: an area under the curve from counts."""


class Evaluation:
    """Counts, losses, and what an area under the curve needs, of ``arms`` by the month of the row's instant (UTC)."""

    def __init__(self, objective: str, arms: Sequence[str]) -> None:
        self._objective = OBJECTIVES[objective]
        self._arms = tuple(arms)
        self._months: dict[int, int] = {}
        self._sums = np.zeros((0, len(arms), 4))  # rows, losses, absolute errors or hits, squared errors
        bins = BINS if self._objective == BINARY else 0
        self._bins = np.zeros((0, len(arms), 2, bins), np.int64)

    def add(self, operations: Operations, instants: npt.NDArray[np.int64], losses: Floats, predicted: Floats) -> None:
        """Add LEARN operations: ``instants`` by slot, ``losses`` [arms, operations], ``predicted`` [arms, slots, K]."""
        learned = operations.kind == LEARN
        if not learned.any():
            return
        months = _months(instants[operations.slot])
        for month in np.unique(months[learned]).tolist():
            if month not in self._months:
                self._months[month] = len(self._months)
                self._sums = np.concatenate([self._sums, np.zeros((1, *self._sums.shape[1:]))])
                self._bins = np.concatenate([self._bins, np.zeros((1, *self._bins.shape[1:]), np.int64)])
        places = np.array([self._months.get(month, -1) for month in months.tolist()], np.int64)
        _add(
            *(self._objective, operations.kind, operations.slot, operations.label, places),
            *(losses, predicted, self._sums, self._bins),
        )

    def report(self) -> pa.Table:
        """Return month (its first day), arm, n and the measures: a row per month and arm, in order.

        Rows over all months follow, one an arm, with a month of NULL.
        """
        months: list[tuple[object, Floats, npt.NDArray[np.int64]]] = [
            (np.datetime64(month, "M").astype("datetime64[D]").item(), self._sums[place], self._bins[place])
            for month, place in sorted(self._months.items())
        ]
        if months:
            months.append((None, self._sums.sum(axis=0), self._bins.sum(axis=0)))
        rows = [
            {"month": month, "arm": name, **self._measures(sums[arm], bins[arm])}
            for month, sums, bins in months
            for arm, name in enumerate(self._arms)
        ]
        columns = [("arm", pa.string()), ("n", pa.int64()), *((name, pa.float64()) for name in self._names())]
        return pa.Table.from_pylist(rows, pa.schema([("month", pa.date32()), *columns]))

    def snapshot(self) -> Arrays:
        """Return the sums."""
        return {"months": np.array(list(self._months), np.int64), "sums": self._sums, "bins": self._bins}

    def restore(self, held: Arrays) -> None:
        """Take over the sums of a snapshot."""
        self._months = {month: place for place, month in enumerate(held["months"].tolist())}
        self._sums, self._bins = held["sums"].astype(np.float64), held["bins"].astype(np.int64)

    def _names(self) -> tuple[str, ...]:
        return {BINARY: ("log_loss", "auc"), MULTICLASS: ("log_loss", "accuracy"), REGRESSION: ("mae", "rmse")}[
            self._objective
        ]

    def _measures(self, sums: Floats, bins: npt.NDArray[np.int64]) -> dict[str, object]:
        n, loss, hits, squares = sums.tolist()
        if self._objective == REGRESSION:
            return {"n": int(n), "mae": hits / n, "rmse": math.sqrt(squares / n)}
        if self._objective == MULTICLASS:
            return {"n": int(n), "log_loss": loss / n, "accuracy": hits / n}
        negative, positive = bins.astype(np.float64)
        area = auc_of_counts(positive, negative)
        return {"n": int(n), "log_loss": loss / n, "auc": None if math.isnan(area) else area}


def _months(instants: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the months since 1970-01 of instants in µs."""
    return instants.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)


@compiled
def _add(
    objective: int,
    kind: npt.NDArray[np.int8],
    slot: npt.NDArray[np.int64],
    label: Floats,
    month: npt.NDArray[np.int64],
    losses: Floats,
    predicted: Floats,
    sums: Floats,
    bins: npt.NDArray[np.int64],
) -> None:
    for place in range(len(kind)):
        if kind[place] != LEARN:
            continue
        for arm in range(len(losses)):
            given = predicted[arm, slot[place]]
            total = sums[month[place], arm]
            total[0] += 1.0
            total[1] += losses[arm, place]
            if objective == BINARY:
                one = min(max(given[0], 1e-9), 1.0 - 1e-9)
                logit = math.log(one / (1.0 - one))
                at = int((logit + _REACH) / (2.0 * _REACH) * BINS)
                bins[month[place], arm, int(label[place] > 0.5), min(max(at, 0), BINS - 1)] += 1
            elif objective == MULTICLASS:
                best = 0
                for one_class in range(1, len(given)):
                    if given[one_class] > given[best]:
                        best = one_class
                total[2] += 1.0 if best == int(label[place]) else 0.0
            else:
                error = given[0] - label[place]
                total[2] += abs(error)
                total[3] += error * error
