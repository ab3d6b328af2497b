"""The arithmetic of the leaf corrector: links, and deltas on the leaves that a row reaches."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .compiled import compiled

Floats = npt.NDArray[np.float64]

BINARY, MULTICLASS, REGRESSION = 0, 1, 2
OBJECTIVES = {"binary": BINARY, "multiclass": MULTICLASS, "regression": REGRESSION}


class LeafSettings(NamedTuple):
    """What a leaf corrector is told: see ``LeafCorrector``; ``spread`` scales a value's error."""

    objective: int
    rate: float
    decay: float
    clip: float
    spread: float


@compiled
def link(objective: int, margin: Floats, out: Floats) -> None:
    """Turn the margins of one row, [classes], into a probability, probabilities or a value, as LightGBM does."""
    if objective == BINARY:
        out[0] = 1.0 / (1.0 + math.exp(-margin[0]))
    elif objective == REGRESSION:
        out[0] = margin[0]
    else:
        highest = margin[0]
        for place in range(1, len(margin)):
            highest = max(highest, margin[place])
        total = 0.0
        for place in range(len(margin)):
            out[place] = math.exp(margin[place] - highest)
            total += out[place]
        for place in range(len(margin)):
            out[place] /= total


@compiled
def link_rows(objective: int, margins: Floats, out: Floats) -> None:
    """Turn the margins of many rows, [n, classes], into predictions of the same shape."""
    for row in range(len(margins)):
        link(objective, margins[row], out[row])


@compiled
def correct(
    settings: LeafSettings, deltas: Floats, margin: Floats, leaves: npt.NDArray[np.int32], move: Floats, out: Floats
) -> None:
    """Predict one row: its margins moved by the deltas of its leaves, each class by at most the clip.

    ``deltas`` is [trees, leaves]; tree i belongs to class i % classes. ``move`` and ``out`` are [classes].
    """
    classes = len(margin)
    for place in range(classes):
        move[place] = 0.0
    for tree in range(len(leaves)):
        move[tree % classes] += deltas[tree, leaves[tree]]
    most = settings.clip * settings.spread
    for place in range(classes):
        move[place] = margin[place] + min(max(move[place], -most), most)
    link(settings.objective, move, out)


@compiled
def learn(
    settings: LeafSettings,
    deltas: Floats,
    predicted: Floats,
    leaves: npt.NDArray[np.int32],
    label: float,
    weight: float,
) -> None:
    """Move the deltas of one row's leaves against its error: d = d (1 - decay) - rate/T (p - y) weight.

    T is the number of trees of a class. A value's error is taken in units of the spread and bounded to 3 of them.
    """
    classes = len(predicted)
    step = settings.rate * weight * classes / max(len(leaves), 1)
    keep = 1.0 - settings.decay
    for tree in range(len(leaves)):
        place = tree % classes
        if settings.objective == MULTICLASS:
            error = predicted[place] - (1.0 if int(label) == place else 0.0)
        elif settings.objective == BINARY:
            error = predicted[place] - label
        else:
            error = settings.spread * min(max((predicted[place] - label) / settings.spread, -3.0), 3.0)
        deltas[tree, leaves[tree]] = deltas[tree, leaves[tree]] * keep - step * error


@compiled
def run(
    settings: LeafSettings,
    deltas: Floats,
    kind: npt.NDArray[np.int8],
    slot: npt.NDArray[np.int64],
    label: Floats,
    weight: Floats,
    factor: Floats,
    margins: Floats,
    leaves: npt.NDArray[np.int32],
    predicted: Floats,
    current: Floats,
) -> None:
    """Go through operations in order: 0 predicts the row in its slot, 1 learns it with ``factor`` times the rate.

    ``margins``, ``leaves`` and ``predicted`` are by slot. An error is taken against the prediction of now, which
    ``current`` holds by operation.
    """
    move = np.empty(margins.shape[1])
    for place in range(len(kind)):
        at = slot[place]
        if kind[place] == 0:
            correct(settings, deltas, margins[at], leaves[at], move, predicted[at])
        elif kind[place] == 1 and factor[place] > 0.0:
            correct(settings, deltas, margins[at], leaves[at], move, current[place])
            learn(settings, deltas, current[place], leaves[at], label[place], weight[place] * factor[place])
