"""Rows as River wants them: dicts without what is missing, scaled as the base's training rows say."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import numpy.typing as npt

from .leaf_corrector import MARGIN
from .matrix import Fed
from .pending import Pending
from .reference import Reference

Row = dict[Any, Any]

MOST_DEVIATIONS = 4.0


class RowMaker:
    """Makes the dict of a row that waits.

    With a ``reference`` numbers are scaled by the mean and deviation of the training rows, once and for all, and
    clipped to 4 deviations: a scaler that learns online makes a column that first stands still and then moves blow
    a model up. The margins are added, as ``margin`` or ``margin:<class>``. Without one numbers stay as they are.
    What is missing or not finite is left out; a string is the key ``name=value`` with 1. Columns named in ``whole``
    stay as they are.
    """

    def __init__(
        self, fed: Fed, reference: Reference | None, center: float, spread: float, whole: Collection[str] = ()
    ) -> None:
        self._fed = fed
        self._whole = frozenset(whole)
        inputs = fed.inputs
        self._reference = reference
        self._center, self._spread = center, spread
        numbers = [place for place, column in enumerate(inputs.columns) if column.categories is None]
        self._numbers = np.array(numbers, np.int64)
        self._names = [inputs.columns[place].name for place in numbers]
        self._as_they_are = np.array([name in self._whole for name in self._names], np.bool_)

    def rows(self, pending: Pending, slots: npt.NDArray[np.int64]) -> Callable[[int], Row]:
        """Return what gives the dict of the row in the slot at a place of ``slots``."""
        features = pending.features[slots]
        numbers = features[:, self._numbers]
        margins: list[list[float]] = []
        if self._reference is not None:
            learned = (self._reference.means, self._reference.deviations)
            means, deviations = (np.array(part)[self._numbers] for part in learned)
            scaled = np.clip((numbers - means) / deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS)
            numbers = np.where(self._as_they_are, numbers, scaled)
            margins = ((pending.margins[slots] - self._center) / self._spread).tolist()
        values, categories = numbers.tolist(), self._categories(features)

        def row(place: int) -> Row:
            made = {name: v for name, v in zip(self._names, values[place], strict=True) if math.isfinite(v)}
            made.update(categories[place])
            if margins:
                several = len(margins[place]) > 1
                for of, margin in enumerate(margins[place]):
                    made[f"{MARGIN}:{of}" if several else MARGIN] = margin
            return made

        return row

    def _categories(self, features: npt.NDArray[np.float64]) -> list[Row]:
        found: list[Row] = [{} for _ in range(len(features))]
        for place in self._fed.inputs.categorical:
            column = self._fed.inputs.columns[place]
            for row, code in zip(found, features[:, place].tolist(), strict=True):
                if math.isfinite(code):
                    value = (column.categories or ())[int(code)]
                    if column.name in self._whole:
                        row[column.name] = value
                    else:
                        row[f"{column.name}={value}"] = 1.0
        return found
