"""The join of predictions with labels that arrive later, or never."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from .operations import EXPIRE, LEARN, SCORE, UNMATCHED, Operations

Key = Hashable

END = 2**63 - 1


class Label(NamedTuple):
    """A label: its number or class code, its weight, and since when it is known (µs)."""

    value: float
    weight: float
    known: int


class Scored(NamedTuple):
    """A row that is scored: its instant (µs), its number in the stream, and the key its label will come under."""

    at: int
    number: int
    key: Key


@dataclass
class JoinCounts:
    """What the join has seen. Always ``scored = joined + expired + pending``.

    ``early`` predictions found their label waiting; ``duplicates`` and ``corrected`` are labels of a key that has one,
    with the same value or another; ``late`` ones came after the deadline; ``unmatched`` ones never found a row.
    ``assumed`` are the joined rows whose label is the rule's negative.
    """

    scored: int = 0
    joined: int = 0
    expired: int = 0
    assumed: int = 0
    early: int = 0
    duplicates: int = 0
    corrected: int = 0
    late: int = 0
    unmatched: int = 0

    @property
    def pending(self) -> int:
        """How many predictions still wait."""
        return self.scored - self.joined - self.expired


@dataclass
class Joined:
    """What the join remembers.

    ``waiting``: numbers of predictions by key. ``deadlines``: (deadline, number, key). ``held``: the newest label of a
    prediction that is learned at its deadline. ``known``: the newest label by key, ``found`` where a prediction had it.
    ``missed``: keys whose prediction expired. ``leaving``: (instant, key) at which ``known`` and ``missed`` may go.
    """

    counts: JoinCounts = field(default_factory=JoinCounts)
    waiting: dict[Key, list[int]] = field(default_factory=dict[Key, list[int]])
    deadlines: deque[tuple[int, int, Key]] = field(default_factory=deque[tuple[int, int, Key]])
    held: dict[int, Label] = field(default_factory=dict[int, Label])
    known: dict[Key, Label] = field(default_factory=dict[Key, Label])
    found: set[Key] = field(default_factory=set[Key])
    missed: dict[Key, int] = field(default_factory=dict[Key, int])
    leaving: deque[tuple[int, Key]] = field(default_factory=deque[tuple[int, Key]])


class LabelJoin:
    """Joins every prediction with at most one label.

    A label belongs to a prediction at t if it is known by t + ``within``. At one instant predictions come first, then
    labels that were waiting for them, then the labels of that instant in their order, then deadlines; so a prediction
    at t precedes every label known at t, and what comes of a stream does not depend on how it is cut.

    ``drop``: a prediction is learned when its first label is known, and expires at its deadline without one.
    ``negative``: it is learned at its deadline, with the newest label known by then or else 0, as in a training set;
    nothing expires. A label is kept ``within`` long for predictions that come after it.
    """

    def __init__(self, within: int, unlabelled: Literal["drop", "negative"]) -> None:
        self._within = within
        self._negative = unlabelled == "negative"
        self.state = Joined()
        self._made: list[tuple[int, int, float, float, int, int]] = []

    def advance(self, rows: Sequence[Scored], labels: Sequence[tuple[Key, Label]], until: int) -> Operations:
        """Return what happens before ``until``; rows and labels are in order of their instants, all before it.

        The operations' ``slot`` holds the row's number.
        """
        self._made = []
        row = label = 0
        while True:
            row_at = rows[row].at if row < len(rows) else END
            label_at = labels[label][1].known if label < len(labels) else END
            at = min(row_at, label_at, self._next())
            if at >= until:
                break
            if at == row_at:
                first = row
                while row < len(rows) and rows[row].at == at:
                    self._score(rows[row])
                    row += 1
                for one in rows[first:row]:
                    self._look_back(one)
            while label < len(labels) and labels[label][1].known == at:
                self._label(*labels[label])
                label += 1
            self._close(at)
        return _operations(self._made)

    def _next(self) -> int:
        """Return the next instant at which something ends."""
        state = self.state
        deadline = state.deadlines[0][0] if state.deadlines else END
        return min(deadline, state.leaving[0][0]) if state.leaving else deadline

    def _score(self, row: Scored) -> None:
        state = self.state
        state.counts.scored += 1
        self._made.append((SCORE, row.number, 0.0, 0.0, row.at, row.at))
        state.waiting.setdefault(row.key, []).append(row.number)
        state.deadlines.append((row.at + self._within, row.number, row.key))

    def _look_back(self, row: Scored) -> None:
        """Give a row the label that was known before it."""
        label = self.state.known.get(row.key)
        if label is not None:
            self.state.counts.early += 1
            self.state.found.add(row.key)
            self._give(row.key, label, row.at)

    def _label(self, key: Key, label: Label) -> None:
        state = self.state
        before = state.known.get(key)
        state.known[key] = label
        state.leaving.append((label.known + self._within, key))
        if before is not None:
            if before.value == label.value:
                state.counts.duplicates += 1
            else:
                state.counts.corrected += 1
        if key in state.waiting:
            state.found.add(key)
            self._give(key, label, label.known)
        elif key in state.missed and before is None:
            state.counts.late += 1
            state.found.add(key)

    def _give(self, key: Key, label: Label, at: int) -> None:
        """Give a label to every prediction that waits for it: now, or when its deadline comes."""
        state = self.state
        if self._negative:
            for number in state.waiting[key]:
                state.held[number] = label
            return
        for number in state.waiting.pop(key, ()):
            state.counts.joined += 1
            self._made.append((LEARN, number, label.value, label.weight, at, label.known))

    def _close(self, at: int) -> None:
        """End what ends at this instant: deadlines first, then what is remembered no longer."""
        state = self.state
        while state.deadlines and state.deadlines[0][0] == at:
            _, number, key = state.deadlines.popleft()
            if number in state.waiting.get(key, ()):
                self._deadline(at, number, key)
        while state.leaving and state.leaving[0][0] == at:
            _, key = state.leaving.popleft()
            label = state.known.get(key)
            if label is not None and label.known + self._within == at:
                del state.known[key]
                if key in state.found:
                    state.found.discard(key)
                else:
                    state.counts.unmatched += 1
                    self._made.append((UNMATCHED, -1, label.value, label.weight, at, label.known))
            if state.missed.get(key) == at:
                del state.missed[key]

    def _deadline(self, at: int, number: int, key: Key) -> None:
        state = self.state
        numbers = state.waiting[key]
        numbers.remove(number)
        if not numbers:
            del state.waiting[key]
        if not self._negative:
            state.counts.expired += 1
            self._made.append((EXPIRE, number, 0.0, 0.0, at, at))
            state.missed[key] = at + self._within
            state.leaving.append((at + self._within, key))
            return
        label = state.held.pop(number, None)
        if label is None:
            state.counts.assumed += 1
            state.missed[key] = at + self._within
            state.leaving.append((at + self._within, key))
            label = Label(0.0, 1.0, at)
        state.counts.joined += 1
        self._made.append((LEARN, number, label.value, label.weight, at, label.known))


def _operations(made: Sequence[tuple[int, int, float, float, int, int]]) -> Operations:
    kind, slot, label, weight, at, known = zip(*made, strict=True) if made else [()] * 6
    return Operations(
        kind=np.array(kind, np.int8),
        slot=np.array(slot, np.int64),
        label=np.array(label, np.float64),
        weight=np.array(weight, np.float64),
        at=np.array(at, np.int64),
        known=np.array(known, np.int64),
    )
