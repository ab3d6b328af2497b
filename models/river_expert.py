"""A River model as an arm: fed the margin and the features, or moving the margin, or on its own."""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import LiveSettings
from . import pickles
from .manifest import Manifest
from .matrix import Fed
from .mini_batches import learn_many, learns_many
from .operations import LEARN, SCORE, Operations
from .pending import Pending
from .river_models import kind_of, last_step, make
from .river_rows import Row, RowMaker
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]

LOG = logging.getLogger(__name__)
_LEAST = 1e-9
# What River's models raise on rows that are not to their liking, such as a count below zero.
_FAILURES = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class RiverExpert:
    """Predicts and learns one row at a time, in the order of the operations.

    ``stacked``: the model is fed the base's margin beside the features. ``offset``: a regressor whose answer is added
    to the margin; it learns its answer plus the base's error, so that a linear one descends the loss itself. Either
    way the margin moves by at most the clip. Without a base the model's answer is the prediction, and the rate of the
    labels so far while it has none. ``mini_batch`` gathers labels and learns ``batch_size`` of them at once, by
    ``learn_many`` where River has it: their number counts, not how the stream is cut.
    """

    def __init__(self, settings: LiveSettings, fed: Fed, classes: Sequence[Any], manifest: Manifest | None) -> None:
        self._settings = settings
        self._objective = manifest.settings.objective if manifest else settings.objective
        self._classes = classes
        self.name = "corrected" if manifest else "online"
        self._based = manifest is not None
        self._offset = self._based and settings.correction == "offset"
        reference = manifest.reference if manifest else None
        value = self._objective == "regression"
        self._center, self._spread = (reference.base_rate, reference.spread) if reference and value else (0.0, 1.0)
        told = replace(settings, objective=self._objective)
        self._model, self._recommends = fitting(told, fed.inputs.names, based=self._based)
        self._user, self._item = settings.user, settings.item
        self._rows = RowMaker(fed, reference, self._center, self._spread, (self._user, self._item))
        self._weighs = "w" in inspect.signature(last_step(self._model).learn_one).parameters
        self._learns_many = not self._recommends and learns_many(self._model)
        self._failed = False
        self._waiting: list[tuple[Row, float, Any, float]] = []
        self._seen = np.zeros(2)  # labels and their sum

    def run(self, operations: Operations, factor: Floats, pending: Pending, predicted: Floats, current: Floats) -> None:
        """Predict and learn row by row."""
        rows = self._rows.rows(pending, operations.slot)
        margins = pending.margins[operations.slot].tolist()
        columns = (operations.kind, operations.slot, operations.label, operations.weight, factor)
        for place, (kind, slot, label, weight, speed) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            if kind == SCORE:
                predicted[slot] = self._predict(rows(place), margins[place], predicted.shape[1])
            elif kind == LEARN and speed > 0.0 and weight > 0.0:
                self._seen += (1.0, label)
                row = rows(place)
                if self._based:
                    current[place] = self._predict(row, margins[place], predicted.shape[1])
                self._waiting.append((row, label, margins[place], weight * speed))
                if self._settings.update == "each" or len(self._waiting) == self._settings.batch_size:
                    self._learn()

    def snapshot(self) -> Arrays:
        """Return the model's pickle, the labels that wait, and the counts."""
        return {"model": pickles.dump((self._model, self._waiting)), "seen": self._seen}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot; raises ModelError if its pickle names what no River model needs."""
        self._model, self._waiting = pickles.load(held["model"])
        self._seen = held["seen"].astype(np.float64)

    def _predict(self, row: Row, margin: list[float], width: int) -> Any:
        """Return what is predicted, a number or [classes]."""
        if self._objective == "multiclass":
            return self._class_shares(row, margin, width)
        answer = self._answer(row)
        if self._offset:
            most = self._settings.clip * self._spread
            moved = margin[0] + min(max((answer or 0.0) * self._spread, -most), most)
            return moved if self._objective == "regression" else _sigmoid(moved)
        if self._objective == "binary":
            return self._clipped_probability(answer, margin)
        value = None if answer is None else answer * self._spread + self._center
        if not self._based:
            return value if value is not None else self._seen[1] / max(self._seen[0], 1.0)
        most = self._settings.clip * self._spread
        return margin[0] if value is None else min(max(value, margin[0] - most), margin[0] + most)

    def _answer(self, row: Row) -> float | None:
        """Return the model's number or probability of true, None where it gives none."""
        answer = self._tried(lambda: self._ask(row))
        if answer is None or not math.isfinite(answer):
            return None
        return min(max(answer, 0.0), 1.0) if self._objective == "binary" and not self._offset else float(answer)

    def _ask(self, row: Row) -> float | None:
        if self._recommends:
            return self._model.predict_one(*self._pair(row))
        if self._offset or self._objective == "regression":
            return self._model.predict_one(row)
        return _shares(self._model, row).get(True)

    def _clipped_probability(self, answer: float | None, margin: list[float]) -> float:
        if not self._based:
            return answer if answer is not None else float((self._seen[1] + 0.5) / (self._seen[0] + 1.0))
        if answer is None:
            return _sigmoid(margin[0])
        bounded = min(max(answer, _LEAST), 1.0 - _LEAST)
        logit, most = math.log(bounded / (1.0 - bounded)), self._settings.clip
        if abs(logit - margin[0]) <= most:
            return answer
        return _sigmoid(min(max(logit, margin[0] - most), margin[0] + most))

    def _class_shares(self, row: Row, margin: list[float], width: int) -> Floats:
        """Return the share of each class; on a base their logs move by at most the clip from the base's."""
        found = self._tried(lambda: _shares(self._model, row)) or {}
        given = np.array([found.get(one, 0.0) for one in self._classes])
        base = _softmax(np.array(margin)) if self._based else np.full(width, 1.0 / width)
        if not np.isfinite(given).all() or given.sum() <= 0.0:
            return base
        given = given / given.sum()
        if not self._based:
            return given
        logs, before = (np.log(np.maximum(shares, _LEAST)) for shares in (given, base))
        return _softmax(np.clip(logs, before - self._settings.clip, before + self._settings.clip))

    def _learn(self) -> None:
        """Learn the labels that wait."""
        waiting, self._waiting = self._waiting, []
        if len(waiting) > 1 and self._learns_many:
            rows, labels, margins, weights = zip(*waiting, strict=True)
            targets = list(map(self._target, rows, labels, margins))
            self._tried(lambda: learn_many(self._model, rows, targets, weights))
            return
        for row, label, margin, weight in waiting:
            target = self._target(row, label, margin)
            self._tried(lambda row=row, target=target, weight=weight: self._learn_one(row, target, weight))

    def _learn_one(self, row: Row, target: Any, weight: float) -> None:
        if self._recommends:
            self._model.learn_one(*self._pair(row), target)
        elif self._weighs:
            self._model.learn_one(row, target, w=weight)
        else:
            # Without weights of its own a model learns a label as often as it weighs.
            for _ in range(int(weight + 0.5)):
                self._model.learn_one(row, target)

    def _tried(self, work: Callable[[], Any]) -> Any:
        """Return what River answers, None where it fails.

        Rows on which it does, all of a mini-batch where it learns these at once, must not end a run.
        """
        try:
            return work()
        except _FAILURES as error:
            if not self._failed:
                name, kind = type(last_step(self._model)).__name__, type(error).__name__
                LOG.warning("%s fails on a row, which it passes over like all such rows: %s: %s", name, kind, error)
            self._failed = True
            return None

    def _target(self, row: Row, label: float, margin: list[float]) -> Any:
        """Return what the model is told: a class, a scaled value, or its answer moved by the base's error."""
        if self._offset:
            answer = self._answer(row) or 0.0
            if self._objective == "binary":
                return answer + label - _sigmoid(margin[0] + min(max(answer, -30.0), 30.0))
            return answer + min(max((label - margin[0]) / self._spread - answer, -3.0), 3.0)
        if self._objective == "multiclass":
            return self._classes[int(label)]
        if self._objective == "binary" and not self._recommends:
            return label > 0.5
        return (label - self._center) / self._spread

    def _pair(self, row: Row) -> tuple[Any, Any]:
        return row.get(self._user), row.get(self._item)


def fitting(settings: LiveSettings, fed: Sequence[str], *, based: bool) -> tuple[Any, bool]:
    """Make the model that the settings name for features named ``fed``; return it and whether it is a recommender.

    ``based`` says whether it corrects a base. Raises ModelError for one that cannot do what is asked.
    """
    model = make(settings.algorithm, settings.seed)
    for column in (settings.user, settings.item):
        if column and column not in fed:
            raise ModelError(f"the model is fed no column {column}; it is fed {', '.join(fed)}")
    return model, _recommends(model, settings, offset=based and settings.correction == "offset")


def _recommends(model: Any, settings: LiveSettings, *, offset: bool) -> bool:
    kind, objective = kind_of(model), settings.objective
    name = type(last_step(model)).__name__
    if kind == "recommender":
        if offset or objective == "multiclass":
            raise ModelError(f"{name} recommends: it needs the objective binary or regression, and no 'offset'")
        if not (settings.user and settings.item):
            raise ModelError(f"{name} recommends: name the columns of its 'user' and its 'item'")
        return True
    wanted = "regressor" if offset or objective == "regression" else "classifier"
    if offset and objective == "multiclass":
        raise ModelError("'correction' = 'offset' is for binary and regression models; use 'stacked'")
    if kind != wanted:
        why = "to move a margin" if offset else f"for the objective {objective}"
        raise ModelError(f"{name} must be a {wanted} {why}; it is a {kind}")
    if objective == "multiclass" and not last_step(model)._multiclass:
        raise ModelError(f"{name} tells two classes apart; write multiclass.OneVsRestClassifier({name}()) for several")
    return False


def _shares(model: Any, row: Row) -> dict[Any, float]:
    try:
        return model.predict_proba_one(row) or {}
    except NotImplementedError:
        answer = model.predict_one(row)
        return {} if answer is None else {answer: 1.0, **({True: 0.0} if answer is False else {})}


def _sigmoid(margin: float) -> float:
    return 1.0 / (1.0 + math.exp(-margin)) if margin > -700.0 else 0.0


def _softmax(margins: Floats) -> Floats:
    raised = [math.exp(one) for one in (margins - margins.max()).tolist()]
    return np.array(raised) / sum(raised)
