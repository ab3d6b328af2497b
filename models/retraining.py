"""When a new base is asked for: at a drift, as labels since come in, and when the trained model's weight nears zero."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..features_sql.model_settings import DriftSettings
from .events import Event
from .operations import LEARN, Operations
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A weight wavers with each label: it must be back at so many times the threshold before it can fall again.
_BACK = 10.0


class Retraining:
    """Decides where a new base is asked for; never within ``retrain_cooldown`` of the last one.

    At a drift most labelled rows are still of the time before it, so a new base is asked for again when an eighth, a
    quarter, a half and all of ``retrain_rows`` rows since have their labels; those are trained on these rows alone. A
    drift that is found again before an eighth is there is the same one. A slow drift may be found by no detector: a
    new base is also asked for once each time that the trained model's weight in the mixture falls below
    ``retrain_weight``, or as soon as the cool-down allows if it is still below then.
    """

    def __init__(self, settings: DriftSettings) -> None:
        self._settings = settings
        self._first = max(settings.retrain_rows // 8, 1)
        self._asked = -(2**62)
        self._drifted = -1
        self._since = 0
        self._next = 0
        self._fallen = False

    def run(
        self,
        operations: Operations,
        instants: npt.NDArray[np.int64],
        drifts: Flags,
        weights: Floats,
        frozen: Flags,
        asking: bool,
    ) -> tuple[int, list[Event]]:
        """Return where a new base is asked for (-1: nowhere; once at most, not unless ``asking``), and the event.

        By operation: ``drifts`` says where one was found, ``weights`` is the trained model's after it; where
        ``frozen`` is set neither counts. ``instants`` are by slot.
        """
        asked, events = -1, list[Event]()
        columns = (operations.kind, operations.at, instants[operations.slot], drifts, weights, frozen)
        steps = enumerate(zip(*(column.tolist() for column in columns), strict=True))
        for place, (kind, at, scored, drift, weight, still) in steps:
            if still:
                continue
            wanted = self._follow_up(kind == LEARN and scored >= self._drifted)
            if drift:
                self._begin(at)
            self._fallen = self._fallen and weight < _BACK * self._settings.retrain_weight
            low = weight < self._settings.retrain_weight and not self._fallen
            if not (drift or wanted or low):
                continue
            if asking and asked < 0 and at >= self._asked + self._settings.retrain_cooldown:
                asked, self._asked, self._fallen = place, at, self._fallen or low
                if self._since >= self._next:
                    self._next *= 2
                events.append(Event(at, "retrain", "refit", self._reason(drift or wanted), float(self._since)))
        return asked, events

    @property
    def drifted(self) -> int:
        """The instant (µs) of the drift since which rows enter a new base; -1 before enough have their labels."""
        return self._drifted if self._next > self._first else -1

    def _begin(self, at: int) -> None:
        """Count rows from a drift on, unless it is the one that they are counted from."""
        if self._drifted < 0 or self._next > self._first:
            self._drifted, self._since, self._next = at, 0, self._first

    def _follow_up(self, learned: bool) -> bool:
        """Count a labelled row since a drift; return whether enough came since the last new base for another one."""
        if self._drifted < 0 or self._next > self._settings.retrain_rows:
            return False
        self._since += learned
        return self._since >= self._next

    def _reason(self, drifted: bool) -> str:
        asked = "a new base is asked for"
        return asked if drifted else f"{asked}: the trained model's weight is below {self._settings.retrain_weight:g}"

    def snapshot(self) -> Arrays:
        """Return the counters."""
        counters = (self._asked, self._drifted, self._since, self._next, int(self._fallen))
        return {"counters": np.array(counters, np.int64)}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._asked, self._drifted, self._since, self._next, fallen = held["counters"].tolist()
        self._fallen = bool(fallen)
