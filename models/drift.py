"""Watching for drift with River's detectors: a warning speeds learning up, a drift asks for a new base."""

from __future__ import annotations

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
    try:
        return known[name](**given)
    except (TypeError, ValueError) as error:
        raise ModelError(f"the drift detector {name} refuses its parameters: {error}") from error


Floats = npt.NDArray[np.float64]


class DriftWatch:
    """One watched value, its detector, and what is left of an acceleration.

    A detector of errors (DDM, EDDM, FHDDM, HDDM) is fed whether the loss exceeds that of an even guess. At a drift most
    labelled rows are still of the time before it, so a new base is asked for again when an eighth, a quarter, a half
    and all of ``retrain_rows`` rows since have their labels; those are trained on these rows alone. A drift that is
    found again before an eighth is there is the same one.
    """

    def __init__(self, settings: DriftSettings) -> None:
        self._settings = settings
        self._detector = detector(settings.detector, settings.parameters)
        self._quicker = _quicker(settings)
        self._of_errors = type(self._detector).__module__.startswith("river.drift.binary")
        self._left = 0
        self._asked = -(2**62)
        self._drifted = -1
        self._since = 0
        self._next = 0

    def watch(
        self,
        operations: Operations,
        instants: npt.NDArray[np.int64],
        values: Floats,
        frozen: npt.NDArray[np.bool_],
        asking: bool,
    ) -> tuple[Floats, int, list[Event]]:
        """Take in ``values`` by operation, NaN for nothing, and none that is ``frozen``; ``instants`` are by slot.

        Returns the speed of learning by operation, where a new base was asked for (-1: nowhere; once at most, and not
        unless ``asking``), and what was found.
        """
        factor = np.ones(len(operations))
        events: list[Event] = []
        asked = -1
        columns = (operations.kind, operations.at, instants[operations.slot], values, frozen)
        steps = enumerate(zip(*(column.tolist() for column in columns), strict=True))
        for place, (kind, at, scored, value, still) in steps:
            if still:
                continue
            if kind == LEARN and self._left > 0:
                factor[place] = self._settings.accelerate_factor
                self._left -= 1
            wanted = self._follow_up(kind == LEARN and scored >= self._drifted)
            wanted = (not math.isnan(value) and self._update(value, at, events)) or wanted
            if wanted and asking and asked < 0 and at >= self._asked + self._settings.retrain_cooldown:
                asked, self._asked = place, at
                if self._since >= self._next:
                    self._next *= 2
                events.append(Event(at, "retrain", "refit", "a new base is asked for", float(self._since)))
        return factor, asked, events

    @property
    def drifted(self) -> int:
        """The instant (µs) of the drift since which rows enter a new base; -1 before enough have their labels."""
        return self._drifted if self._next > self._first else -1

    @property
    def _first(self) -> int:
        return max(self._settings.retrain_rows // 8, 1)

    def _follow_up(self, learned: bool) -> bool:
        """Count a labelled row since a drift; return whether enough came since the last new base for another one."""
        if self._drifted < 0 or self._next > self._settings.retrain_rows:
            return False
        self._since += learned
        return self._since >= self._next

    def _update(self, value: float, at: int, events: list[Event]) -> bool:
        """Show a value to the detectors; return whether a new base is wanted."""
        settings = self._settings
        self._detector.update(value > math.log(2) if self._of_errors else value)
        drifted = bool(self._detector.drift_detected)
        if self._quicker is not None:
            self._quicker.update(value)
            warned = bool(self._quicker.drift_detected)
        else:
            warned = bool(getattr(self._detector, "warning_detected", False))
        what = f"{settings.detector} on {settings.watched}"
        if drifted and settings.on_drift == "retrain" and (self._drifted < 0 or self._next > self._first):
            self._drifted, self._since, self._next = at, 0, self._first
        if drifted:
            events.append(Event(at, "drift", "", what, value))
        elif warned and self._left == 0:
            events.append(Event(at, "warning", "", what, value))
        if (warned or drifted) and settings.on_warning == "accelerate":
            self._left = self._left or settings.accelerate_labels
        return drifted and settings.on_drift == "retrain"

    def snapshot(self) -> Arrays:
        """Return the detectors and counters."""
        held = pickles.dump((self._detector, self._quicker))
        return {
            "detectors": held,
            "counters": np.array([self._left, self._asked, self._drifted, self._since, self._next], np.int64),
        }

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._detector, self._quicker = pickles.load(held["detectors"])
        self._left, self._asked, self._drifted, self._since, self._next = held["counters"].tolist()


def _quicker(settings: DriftSettings) -> Any:
    if settings.detector not in _QUICKER:
        return None
    key, default, times = _QUICKER[settings.detector]
    value = min(settings.parameters.get(key, default) * times, 0.5 if key != "threshold" else math.inf)
    return detector(settings.detector, {**settings.parameters, key: value})
