"""Walking a row down the trees of a LightGBM model: the same decisions and the same sums as LightGBM's own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .compiled import compiled

Floats = npt.NDArray[np.float64]

# Of LightGBM's ``decision_type``: a split by categories, where a missing value goes, and what is a missing value.
CATEGORICAL, DEFAULT_LEFT, ZERO_MISSING, NAN_MISSING = 1, 2, 4, 8
# LightGBM's ``kZeroThreshold``, written there as a float of 32 bits: what is no further from 0 is 0.
ZERO = float(np.float32(1e-35))


class Forest(NamedTuple):
    """The trees of a model, one after the other.

    ``features``, ``kinds`` (decision types) and ``thresholds`` are by node; ``children`` holds left and right of each,
    where ``~i`` stands for leaf i of all trees. The threshold of a split by categories is the place in ``words`` of how
    many words of bits follow. ``roots`` is by tree, ``firsts`` the tree's first leaf; ``values`` is by leaf.
    """

    features: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int32]
    thresholds: Floats
    children: npt.NDArray[np.int32]
    words: npt.NDArray[np.int64]
    roots: npt.NDArray[np.int32]
    firsts: npt.NDArray[np.int32]
    values: Floats


@compiled
def goes_left(kind: int, value: float, threshold: float, words: npt.NDArray[np.int64]) -> bool:
    """Decide where a value goes that is missing, or that meets a split by categories or one that takes 0 as missing."""
    if kind & CATEGORICAL:
        # As C converts to int: towards 0, and what does not fit is no category.
        if not -1.0 < value < 2147483648.0:
            return False
        code, begin = int(value), int(threshold)
        word = code >> 5
        return word < words[begin] and (words[begin + 1 + word] >> (code & 31)) & 1 == 1
    if kind & NAN_MISSING:
        if value != value:
            return kind & DEFAULT_LEFT != 0
    elif value != value:
        value = 0.0
    if kind & ZERO_MISSING and value == 0.0:
        return kind & DEFAULT_LEFT != 0
    return value <= threshold


@compiled
def settle(row: Floats, out: Floats) -> None:
    """Copy a row as LightGBM reads it: what is about 0 is 0."""
    for place in range(len(row)):
        value = row[place]
        out[place] = 0.0 if abs(value) <= ZERO else value


@compiled
def reach(forest: Forest, row: Floats, at: npt.NDArray[np.int32], active: npt.NDArray[np.int64]) -> None:
    """Write ``~leaf`` of each tree that a settled row reaches into ``at``, [trees]; ``active`` is room of that size.

    All trees go down a step together, and the choice of a child is no branch: a processor guesses half of these wrong.
    """
    features, kinds, children, thresholds = forest.features, forest.kinds, forest.children, forest.thresholds
    count = 0
    for tree in range(len(at)):
        at[tree] = forest.roots[tree]
        active[count] = tree
        count += at[tree] >= 0
    while count > 0:
        still = 0
        for place in range(count):
            tree = active[place]
            # numba would look at a signed number for one below 0, which counts from an array's end.
            node = np.uint64(at[tree])
            value, kind = row[np.uint64(features[node])], kinds[node]
            if value != value or kind & (CATEGORICAL | ZERO_MISSING):
                left = goes_left(kind, value, thresholds[node], forest.words)
            else:
                left = value <= thresholds[node]
            following = children[np.uint64(2) * node + np.uint64(not left)]
            at[tree] = following
            active[still] = tree
            still += following >= 0
        count = still


@compiled
def add_up(forest: Forest, at: npt.NDArray[np.int32], margin: Floats) -> None:
    """Sum the leaves that a row has reached into its margins, [classes], tree by tree."""
    classes = len(margin)
    for place in range(classes):
        margin[place] = 0.0
    place = 0
    for tree in range(len(at)):
        margin[place] += forest.values[~at[tree]]
        place += 1
        if place == classes:
            place = 0


@compiled
def margin_of(
    features: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.int32],
    thresholds: Floats,
    children: npt.NDArray[np.int32],
    words: npt.NDArray[np.int64],
    roots: npt.NDArray[np.int32],
    firsts: npt.NDArray[np.int32],
    values: Floats,
    row: Floats,
    margin: Floats,
) -> None:
    """Write the raw scores of one row, which is settled in its place, into ``margin``, [classes].

    It takes the arrays of a forest one by one: numba needs longer to look at a named tuple than the walk takes.
    """
    forest = Forest(features, kinds, thresholds, children, words, roots, firsts, values)
    at, active = np.empty(len(roots), np.int32), np.empty(len(roots), np.int64)
    settle(row, row)
    reach(forest, row, at, active)
    add_up(forest, at, margin)


@compiled
def margins_of(forest: Forest, rows: Floats, margins: Floats) -> None:
    """Write the raw scores of rows, [n, features], into ``margins``, [n, classes]."""
    row = np.empty(rows.shape[1])
    at, active = np.empty(len(forest.roots), np.int32), np.empty(len(forest.roots), np.int64)
    for place in range(len(rows)):
        settle(rows[place], row)
        reach(forest, row, at, active)
        add_up(forest, at, margins[place])


@compiled
def leaves_of(forest: Forest, rows: Floats, leaves: npt.NDArray[np.int32]) -> None:
    """Write the leaf that each row reaches in each tree, counted within the tree, into ``leaves``, [n, trees]."""
    row = np.empty(rows.shape[1])
    at, active = np.empty(len(forest.roots), np.int32), np.empty(len(forest.roots), np.int64)
    for place in range(len(rows)):
        settle(rows[place], row)
        reach(forest, row, at, active)
        for tree in range(len(at)):
            leaves[place, tree] = ~at[tree] - forest.firsts[tree]
