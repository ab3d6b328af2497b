"""Watching for drift with River's detectors; a warning speeds learning up."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import DriftSettings
from ..features_sql.names import did_you_mean
from . import pickles
from .events import Event
from .operations import LEARN, Operations
from .state_tables import Arrays

# What makes a second, quicker detector of those that give no warning of their own.
_QUICKER = {
    "ADWIN": ("delta", 0.002, 10.0),
    "PageHinkley": ("threshold", 50.0, 0.5),
    "KSWIN": ("alpha", 0.005, 10.0),
}


def detector(name: str, parameters: Mapping[str, float]) -> Any:
    """Make a River drift detector; raises ModelError naming what is unknown."""
    from river import base, drift

    kinds = (base.DriftDetector, base.BinaryDriftDetector)
    found = {**vars(drift), **vars(drift.binary)}
    known = {one: made for one, made in found.items() if isinstance(made, type) and issubclass(made, kinds)}
    if name not in known:
        raise ModelError(f"unknown drift detector {name}; {did_you_mean(name, known) or ', '.join(sorted(known))}")
    given = {key: int(value) if value == int(value) else value for key, value in parameters.items()}
    if "seed" in inspect.signature(known[name]).parameters:
        # A run that is computed again must draw the same.
        given = {"seed": 0, **given}
    try:
        return known[name](**given)
    except (TypeError, ValueError) as error:
        raise ModelError(f"the drift detector {name} refuses its parameters: {error}") from error


Floats = npt.NDArray[np.float64]


class DriftWatch:
    """One watched value, its detector, and what is left of an acceleration.

    A detector of errors (DDM, EDDM, FHDDM, HDDM) is fed whether the loss exceeds that of an even guess.
    """

    def __init__(self, settings: DriftSettings) -> None:
        self._settings = settings
        self._detector = detector(settings.detector, settings.parameters)
        self._quicker = _quicker(settings)
        self._of_errors = type(self._detector).__module__.startswith("river.drift.binary")
        self._left = 0

    def watch(
        self, operations: Operations, values: Floats, frozen: npt.NDArray[np.bool_]
    ) -> tuple[Floats, npt.NDArray[np.bool_], list[Event]]:
        """Take in ``values`` by operation, NaN for nothing, and none that is ``frozen``.

        Returns by operation the speed of learning and whether there was a drift; and what was found.
        """
        factor, drifts = np.ones(len(operations)), np.zeros(len(operations), np.bool_)
        events: list[Event] = []
        columns = (operations.kind, operations.at, values, frozen)
        for place, (kind, at, value, still) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            if still:
                continue
            if kind == LEARN and self._left > 0:
                factor[place] = self._settings.accelerate_factor
                self._left -= 1
            drifts[place] = not math.isnan(value) and self._update(value, at, events)
        return factor, drifts, events

    def _update(self, value: float, at: int, events: list[Event]) -> bool:
        """Show a value to the detectors; return whether there was a drift."""
        settings = self._settings
        self._detector.update(value > math.log(2) if self._of_errors else value)
        drifted = bool(self._detector.drift_detected)
        if self._quicker is not None:
            self._quicker.update(value)
            warned = bool(self._quicker.drift_detected)
        else:
            warned = bool(getattr(self._detector, "warning_detected", False))
        what = f"{settings.detector} on {settings.watched}"
        if drifted:
            events.append(Event(at, "drift", "", what, value))
        elif warned and self._left == 0:
            events.append(Event(at, "warning", "", what, value))
        if (warned or drifted) and settings.on_warning == "accelerate":
            self._left = self._left or settings.accelerate_labels
        return drifted

    def snapshot(self) -> Arrays:
        """Return the detectors and what is left of an acceleration."""
        return {"detectors": pickles.dump((self._detector, self._quicker)), "left": np.array([self._left], np.int64)}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._detector, self._quicker = pickles.load(held["detectors"])
        self._left = int(held["left"][0])


def _quicker(settings: DriftSettings) -> Any:
    if settings.detector not in _QUICKER:
        return None
    key, default, times = _QUICKER[settings.detector]
    value = min(settings.parameters.get(key, default) * times, 0.5 if key != "threshold" else math.inf)
    return detector(settings.detector, {**settings.parameters, key: value})
