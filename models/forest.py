"""The trees of a LightGBM model as arrays, read from its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .forest_kernel import CATEGORICAL, Floats, Forest, leaves_of, margin_of, margins_of
from .leaf_kernel import BINARY, MULTICLASS, REGRESSION, link, link_rows

_TREES = re.compile(r"^Tree=\d+\n(.*?)\n\n", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
_LINKS = {"binary sigmoid:1": BINARY, "regression": REGRESSION}


class Walk:
    """A model's trees, ready to score rows as LightGBM does, of any number and layout.

    It equals LightGBM to the last bit, as it adds up the same numbers in the same order, in a fraction of the time: a
    row is walked down all trees at once. Whoever makes it compares a few rows first (``sample``).
    """

    def __init__(self, text: str, features: int, classes: int, link: int) -> None:
        self._forest, self._link, self._features, self._classes = read_forest(text), link, features, classes
        self._row = np.zeros(features)
        self._margin, self._result = np.zeros(classes), np.zeros(classes)
        self._buffer = self._row.data

    def one(self, row: Floats) -> float | Floats:
        """Return the prediction of one row, float64 [features]: a number, or [classes] of a multiclass model."""
        self._buffer[:] = row.data
        margin_of(*self._forest, self._row, self._margin)
        link(self._link, self._margin, self._result)
        return self._result.copy() if self._classes > 1 else self._result.item()

    def predict(self, rows: Floats) -> Floats:
        """Return a prediction per row, [n, classes]."""
        predicted = np.empty((len(rows), self._classes))
        link_rows(self._link, self.margins(rows), predicted)
        return predicted

    def margins(self, rows: Floats) -> Floats:
        """Return the raw scores before the link, [n, classes]."""
        margins = np.empty((len(rows), self._classes))
        margins_of(self._forest, rows, margins)
        return margins

    def leaves(self, rows: Floats) -> npt.NDArray[np.int32]:
        """Return the leaf that each row reaches in each tree, [n, trees]."""
        leaves = np.empty((len(rows), len(self._forest.roots)), np.int32)
        leaves_of(self._forest, rows, leaves)
        return leaves

    def sample(self) -> Floats:
        """Return rows, [64, features], on thresholds of the model, with zeros and missing values among them."""
        rng = np.random.default_rng(0)
        rows = rng.choice([np.nan, 0.0, 1.0, 2.0, 3.0], (64, self._features))
        for row in rows:
            nodes = rng.permutation(len(self._forest.features))
            row[self._forest.features[nodes]] = self._forest.thresholds[nodes]
        rows[rng.random(rows.shape) < 0.2] = np.nan
        return rows


def link_of(text: str) -> int | None:
    """Return the link of the objective in a model's text, None of one that only LightGBM applies.

    None too of a model that averages its trees, whose leaves are linear, or that has no tree.
    """
    head, trees, _ = text.partition("\nTree=")
    told = dict(_LINE.findall(head))
    if not trees or "\naverage_output\n" in f"{head}\n" or re.search(r"^is_linear=[^0]", text, re.MULTILINE):
        return None
    objective = told.get("objective", "")
    if objective == f"multiclass num_class:{told.get('num_class')}":
        return MULTICLASS
    return _LINKS.get(objective) if told.get("num_tree_per_iteration") == "1" else None


def read_forest(text: str) -> Forest:
    """Read the trees in a model's text; the format is that of ``Tree::ToString`` in LightGBM's ``src/io/tree.cpp``."""
    words, roots, firsts = list[int](), list[int](), list[int]()
    found = list[tuple[npt.NDArray[Any], ...]]()
    nodes = leaves = 0
    for body in _TREES.findall(text):
        tree = dict[str, str](_LINE.findall(body))
        kinds, splits, values = (
            _integers(tree, "decision_type"),
            _floats(tree, "threshold"),
            _floats(tree, "leaf_value"),
        )
        _place_categories(tree, kinds, splits, words)
        roots.append(nodes if len(kinds) else ~leaves)
        firsts.append(leaves)
        found.append((_integers(tree, "split_feature"), kinds, splits, _children(tree, nodes, leaves), values))
        nodes, leaves = nodes + len(kinds), leaves + len(values)
    features, kinds, splits, children, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    small = np.int32
    return Forest(
        features.astype(small),
        kinds.astype(small),
        splits,
        children.astype(small),
        np.array(words, np.int64),
        np.array(roots, small),
        np.array(firsts, small),
        values,
    )


def _place_categories(tree: Mapping[str, str], kinds: npt.NDArray[np.int64], splits: Floats, words: list[int]) -> None:
    """Append the bits of each split by categories to ``words``, and say in ``splits`` where they begin."""
    if not kinds.size or tree.get("num_cat") == "0":
        return
    bounds, bits = _integers(tree, "cat_boundaries").tolist(), _integers(tree, "cat_threshold").tolist()
    for node in np.flatnonzero(kinds & CATEGORICAL):
        at = int(splits[node])
        splits[node] = len(words)
        some = bits[bounds[at] : bounds[at + 1]]
        words += [len(some), *some]


def _children(tree: Mapping[str, str], nodes: int, leaves: int) -> npt.NDArray[np.int64]:
    """Return left and right child of each of a tree's nodes in turn, counted over all trees."""
    found = np.column_stack([_integers(tree, "left_child"), _integers(tree, "right_child")])
    return np.where(found >= 0, found + nodes, found - leaves).ravel()


def _integers(tree: Mapping[str, str], name: str) -> npt.NDArray[np.int64]:
    return np.array([int(number) for number in tree[name].split()], np.int64)


def _floats(tree: Mapping[str, str], name: str) -> Floats:
    return np.array([float(number) for number in tree[name].split()], np.float64)
