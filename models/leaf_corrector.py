"""The leaf corrector one row at a time: River estimators that move a tree model's margin by what its leaves learned."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from river import base

MARGIN, LEAF = "margin", "leaf"


def leaf_features(margins: Sequence[float], leaves: Sequence[int]) -> dict[Hashable, float]:
    """Return the features of one row: its margins, [classes], and the leaf that it reaches in each tree.

    The margin is ``margin``, of several classes ``margin:<class>``; a leaf is the key ``leaf:<tree>:<leaf>``.
    """
    several = len(margins) > 1
    given: dict[Hashable, float] = {f"{MARGIN}:{place}" if several else MARGIN: m for place, m in enumerate(margins)}
    return given | {f"{LEAF}:{tree}:{leaf}": 1.0 for tree, leaf in enumerate(leaves)}


class _Deltas:
    """Margins that move: a delta per class and key. Every key that is no margin counts as a leaf that was reached.

    A key ``leaf:<tree>:<leaf>`` belongs to the class tree % classes, any other to every class.
    """

    def __init__(self, rate: float, decay: float, clip: float) -> None:
        self.rate, self.decay, self.clip = rate, decay, clip
        self.values: dict[tuple[int, Hashable], float] = {}

    def moved(self, x: Mapping[Hashable, Any], classes: int) -> list[float]:
        """Return the margin of each class, moved by at most the clip; an absent margin is 0."""
        margins = [x.get(f"{MARGIN}:{place}", 0.0) for place in range(classes)]
        if classes == 1:
            margins[0] = x.get(MARGIN, margins[0])
        moves = [0.0] * classes
        for place, key in self._reached(x, classes):
            moves[place] += self.values.get((place, key), 0.0)
        moved = zip(margins, moves, strict=True)
        return [margin + min(max(move, -self.clip), self.clip) for margin, move in moved]

    def learn(self, x: Mapping[Hashable, Any], errors: Sequence[float], weight: float) -> None:
        """Move the deltas of what was reached against the errors, [classes]."""
        reached = self._reached(x, len(errors))
        step = self.rate * weight * len(errors) / max(len(reached), 1)
        for place, key in reached:
            old = self.values.get((place, key), 0.0)
            self.values[place, key] = old * (1.0 - self.decay) - step * errors[place]

    def _reached(self, x: Mapping[Hashable, Any], classes: int) -> list[tuple[int, Hashable]]:
        reached: list[tuple[int, Hashable]] = []
        for key in x:
            parts = str(key).split(":")
            if parts[0] == MARGIN:
                continue
            if parts[0] == LEAF and len(parts) == 3 and parts[1].isdigit():
                reached.append((int(parts[1]) % classes, key))
            else:
                reached.extend((place, key) for place in range(classes))
        return reached


class LeafCorrector(base.Classifier):
    """Correct a classifier of trees online: p = sigmoid(margin + the deltas of the leaves that a row reaches).

    A label moves each delta by -(rate / T) (p - y), T being the leaves of a class, after it has shrunk by ``decay``;
    the sum moves the margin by ``clip`` at most. Before the first label it is the base model exactly. Rows come from
    ``leaf_features``; without a margin it is 0. After He et al. 2014, as an offset.

    Parameters
    ----------
    classes
        Labels in the order of the margins of a multiclass model, others are added as they come; None for a model
        of false and true.
    rate
        How far one label moves the margin, before the sigmoid's slope.
    decay
        What part of a delta is forgotten with every label that reaches it.
    clip
        The most by which the margin is moved.
    """

    def __init__(
        self, classes: list[Any] | None = None, rate: float = 0.3, decay: float = 1e-5, clip: float = 3.0
    ) -> None:
        self.classes = classes
        self.rate = rate
        self.decay = decay
        self.clip = clip
        self._labels: list[Any] = list(classes or ())
        self._deltas = _Deltas(rate, decay, clip)

    @property
    def _multiclass(self) -> bool:
        return self.classes is not None

    def learn_one(self, x: dict[Any, Any], y: Any, w: float = 1.0) -> None:
        """Learn one label."""
        if self.classes is None:
            self._deltas.learn(x, [self._probabilities(x)[0] - (1.0 if y else 0.0)], w)
            return
        if y not in self._labels:
            self._labels.append(y)
        target = self._labels.index(y)
        given = enumerate(self._probabilities(x))
        self._deltas.learn(x, [p - (1.0 if place == target else 0.0) for place, p in given], w)

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        """Return the probability of each class."""
        if self.classes is None:
            given = self._probabilities(x)[0]
            return {False: 1.0 - given, True: given}
        return dict(zip(self._labels, self._probabilities(x), strict=True))

    def _probabilities(self, x: Mapping[Hashable, Any]) -> list[float]:
        if self.classes is None:
            return [_sigmoid(self._deltas.moved(x, 1)[0])]
        moved = self._deltas.moved(x, len(self._labels))
        raised = [math.exp(margin - max(moved)) for margin in moved]
        total = 0.0
        for one in raised:
            total += one
        return [one / total for one in raised]


class LeafRegressor(base.Regressor):
    """Correct a regressor of trees online, as ``LeafCorrector`` does; errors count up to 3 ``spread``.

    Parameters
    ----------
    rate
        What part of an error one label takes away.
    decay
        What part of a delta is forgotten with every label that reaches it.
    clip
        The most by which a value is moved, in spreads.
    spread
        The standard deviation of the base's residual.
    """

    def __init__(self, rate: float = 0.3, decay: float = 1e-5, clip: float = 3.0, spread: float = 1.0) -> None:
        self.rate = rate
        self.decay = decay
        self.clip = clip
        self.spread = spread
        self._deltas = _Deltas(rate, decay, clip * spread)

    def learn_one(self, x: dict[Any, Any], y: float, w: float = 1.0) -> None:
        """Learn one value."""
        error = min(max((self.predict_one(x) - y) / self.spread, -3.0), 3.0)
        self._deltas.learn(x, [self.spread * error], w)

    def predict_one(self, x: dict[Any, Any]) -> float:
        """Return the corrected value."""
        return self._deltas.moved(x, 1)[0]


def _sigmoid(margin: float) -> float:
    # exp overflows far below 0, where the kernel's gives inf and the same 0.
    return 1.0 / (1.0 + math.exp(-margin)) if margin > -700.0 else 0.0
