"""What steers the learning of a live model: quarantine, acceleration, and new bases that enter at their instant."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import LiveSettings
from .drift import DriftWatch
from .events import Event
from .label_sanity import LabelSanity
from .line_up import LineUp
from .manifest import Manifest
from .operations import LEARN, SCORE, Operations
from .refit import InlineRefit, Recent, Refitter, RetrainRequest
from .retraining import Retraining
from .state_tables import Arrays, part, under
from .trainer import Rows

Floats = npt.NDArray[np.float64]


class Control:
    """Runs operations through the arms under the guards that the settings ask for.

    A new base is asked for where ``Retraining`` says and enters at the first operation that is ``retrain_after`` later
    or more. Operations are therefore taken in pieces of at most that span: a base asked for in one enters in a later
    one.
    """

    def __init__(
        self, line_up: LineUp, manifest: Manifest | None, settings: LiveSettings | None, refitter: Refitter | None
    ) -> None:
        self._line_up = line_up
        self._manifest = manifest
        self._settings = settings or LiveSettings(quarantine=False)
        self._refitter = refitter or InlineRefit()
        self._request: RetrainRequest | None = None
        drift, rule = self._settings.drift, self._settings
        reference = manifest.reference if manifest else None
        self._sanity = (
            LabelSanity(rule.quarantine_labels, rule.quarantine_shift, reference, line_up.objective)
            if rule.quarantine
            else None
        )
        self._drift = DriftWatch(drift) if drift.detector else None
        self._retraining = Retraining(drift) if line_up.refit else None
        self._recent = Recent(len(line_up.fed.inputs.columns), drift.retrain_rows) if line_up.refit else None

    @property
    def trusted(self) -> bool:
        """Whether labels are learned now."""
        return self._sanity is None or self._sanity.trusted

    def enter(self, at: int) -> list[Event]:
        """Let a new base enter if its instant has come by ``at``."""
        request, refit = self._request, self._line_up.refit
        if request is None or refit is None or at < request.enters:
            return []
        self._request = None
        try:
            refit.enter(self._refitter.finish(request), request.enters)
        except ModelError as error:
            return [Event(request.enters, "refit", refit.name, f"not entered: {error}", 0.0)]
        self._line_up.arms.restart(refit.name)
        return [Event(request.enters, "refit", refit.name, "entered", float(len(request.rows.labels)))]

    def end(self, operations: Operations, begin: int) -> int:
        """Return where the piece that starts at ``begin`` ends."""
        if self._recent is None:
            return len(operations)
        span = max(self._settings.drift.retrain_after, 1)
        until = self._request.enters if self._request else int(operations.at[begin]) + span
        return max(int(np.searchsorted(operations.at, until)), begin + 1)

    def run(self, operations: Operations) -> tuple[npt.NDArray[np.bool_], list[Event]]:
        """Score and learn one piece; return where learning was in quarantine, and what happened."""
        arms, pending = self._line_up.arms, self._line_up.pending
        frozen, events = np.zeros(len(operations), np.bool_), list[Event]()
        if self._sanity is not None:
            frozen, events = self._sanity.watch(operations, pending.instant)
        factor = np.where(frozen, 0.0, 1.0)
        first = arms.begin(operations, factor, pending)
        drifts = np.zeros(len(operations), np.bool_)
        if self._line_up.scorer is not None:
            speed, drifts, found = self._watch(operations, first, frozen)
            factor, events = factor * speed, events + found
        lost, weights, found = arms.run(operations, factor, frozen, pending, first)
        events += found
        if self._line_up.scorer is None:
            events += self._watch(operations, lost[1], frozen)[2]
        if self._retraining is not None:
            asking = self._request is None
            asked, found = self._retraining.run(operations, pending.instant, drifts, weights, frozen, asking)
            events += found
            self._remember(operations, frozen, asked)
        return frozen, sorted(events, key=lambda event: event.at)

    def snapshot(self) -> Arrays:
        """Return the state of the guards, and the base that was asked for."""
        held: Arrays = {}
        for name, guard in self._parts().items():
            held = {**held, **(under(name, guard.snapshot()) if guard else {})}
        if self._request is not None:
            times = np.array([self._request.at, self._request.enters], np.int64)
            held = {**held, "request": times, **under("request.rows", vars(self._request.rows))}
        return held

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        for name, guard in self._parts().items():
            if guard is not None:
                guard.restore(part(name, held))
        if "request" in held:
            at, enters = held["request"].tolist()
            self._request = self._asked(at, enters, Rows(**part("request.rows", held)))
            self._refitter.start(self._request)

    def _parts(self) -> dict[str, LabelSanity | DriftWatch | Retraining | Recent | None]:
        return {"sanity": self._sanity, "drift": self._drift, "retraining": self._retraining, "recent": self._recent}

    def close(self) -> None:
        """Stop training a new base."""
        self._refitter.close()

    def _watch(
        self, operations: Operations, lost: Floats, frozen: npt.NDArray[np.bool_]
    ) -> tuple[Floats, npt.NDArray[np.bool_], list[Event]]:
        """Show the detector what it watches; return the speed of learning, where there was a drift, and events."""
        if self._drift is None:
            return np.ones(len(operations)), np.zeros(len(operations), np.bool_), []
        watched = self._settings.drift.watched
        values = np.full(len(operations), np.nan)
        scored = operations.kind == SCORE
        if watched == "loss":
            learned = operations.kind == LEARN
            values[learned] = lost[learned]
        elif watched == "score":
            arm = 0 if self._line_up.scorer is not None else 1
            values[scored] = self._line_up.pending.predicted[arm, operations.slot[scored], 0]
        else:
            place = self._line_up.fed.inputs.names.index(watched)
            values[scored] = self._line_up.pending.features[operations.slot[scored], place]
        return self._drift.watch(operations, values, frozen)

    def _remember(self, operations: Operations, frozen: npt.NDArray[np.bool_], asked: int) -> None:
        """Keep labelled rows; where a base was asked for, hand over those up to there."""
        assert self._recent is not None
        assert self._retraining is not None
        pending = self._line_up.pending
        until = asked + 1
        self._recent.add(operations.part(0, until), frozen[:until], pending)
        if asked >= 0:
            at = int(operations.at[asked])
            rows = self._recent.rows()
            if self._retraining.drifted >= 0:
                rows = rows.take(rows.instants >= self._retraining.drifted)
            self._request = self._asked(at, at + self._settings.drift.retrain_after, rows)
            self._refitter.start(self._request)
        self._recent.add(operations.part(until, len(operations)), frozen[until:], pending)

    def _asked(self, at: int, enters: int, rows: Rows) -> RetrainRequest:
        assert self._manifest is not None
        return RetrainRequest(at, enters, rows, self._manifest.inputs, self._manifest.settings, self._manifest.classes)
