"""The join of predictions with late labels: by hand, and against a slow reading of the rule."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from headrace.models.label_join import Label, LabelJoin, Scored
from headrace.models.operations import EXPIRE, LEARN, SCORE, UNMATCHED

Rule = Literal["drop", "negative"]
Event = tuple[int, int, float, int]


def rows(*given: tuple[int, Any]) -> list[Scored]:
    return [Scored(at, number, key) for number, (at, key) in enumerate(given)]


def labels(*given: tuple[int, Any, float]) -> list[tuple[Any, Label]]:
    return [(key, Label(value, 1.0, known)) for known, key, value in given]


def happened(join: LabelJoin, scored: list[Scored], known: list[tuple[Any, Label]], until: int = 1000) -> list[Event]:
    """(kind, number, label, instant) of every operation."""
    made = join.advance(scored, known, until)
    return list(zip(made.kind.tolist(), made.slot.tolist(), made.label.tolist(), made.at.tolist(), strict=True))


def test_a_label_is_learned_when_it_is_known() -> None:
    join = LabelJoin(10, "drop")
    assert happened(join, rows((1, "a"), (2, "b")), labels((5, "a", 1.0))) == [
        *((SCORE, 0, 0.0, 1), (SCORE, 1, 0.0, 2), (LEARN, 0, 1.0, 5), (EXPIRE, 1, 0.0, 12)),
    ]
    counts = join.state.counts
    assert (counts.scored, counts.joined, counts.expired, counts.pending) == (2, 1, 1, 0)


def test_a_prediction_precedes_the_labels_of_its_instant() -> None:
    found = happened(LabelJoin(10, "drop"), rows((5, "a"), (5, "b")), labels((5, "b", 1.0), (5, "a", 0.0)), 6)
    assert [event[:2] for event in found] == [(SCORE, 0), (SCORE, 1), (LEARN, 1), (LEARN, 0)]


def test_a_label_at_the_deadline_counts_and_one_after_it_is_late() -> None:
    join = LabelJoin(10, "drop")
    found = happened(join, rows((0, "a"), (0, "b")), labels((10, "a", 1.0), (11, "b", 1.0)))
    assert found[2:] == [(LEARN, 0, 1.0, 10), (EXPIRE, 1, 0.0, 10)]
    assert (join.state.counts.late, join.state.counts.unmatched) == (1, 0)


def test_a_label_before_its_prediction_is_learned_after_the_instant_is_scored() -> None:
    join = LabelJoin(10, "drop")
    found = happened(join, rows((8, "a"), (8, "b")), labels((3, "a", 1.0)), 9)
    assert found == [(SCORE, 0, 0.0, 8), (SCORE, 1, 0.0, 8), (LEARN, 0, 1.0, 8)]
    assert join.state.counts.early == 1


def test_a_label_is_kept_no_longer_than_within() -> None:
    join = LabelJoin(10, "drop")
    found = happened(join, rows((14, "a")), labels((3, "a", 1.0)))
    assert found == [(UNMATCHED, -1, 1.0, 13), (SCORE, 0, 0.0, 14), (EXPIRE, 0, 0.0, 24)]
    assert join.state.counts.unmatched == 1


def test_duplicates_and_corrections_are_counted_and_not_learned_again() -> None:
    join = LabelJoin(10, "drop")
    found = happened(join, rows((0, "a")), labels((1, "a", 1.0), (2, "a", 1.0), (3, "a", 0.0)))
    assert [event for event in found if event[0] == LEARN] == [(LEARN, 0, 1.0, 1)]
    assert (join.state.counts.duplicates, join.state.counts.corrected) == (1, 1)


def test_every_row_of_a_key_gets_its_label() -> None:
    found = happened(LabelJoin(10, "drop"), rows((0, "a"), (1, "a"), (5, "a")), labels((3, "a", 1.0)), 6)
    assert [event for event in found if event[0] == LEARN] == [
        (LEARN, 0, 1.0, 3),
        (LEARN, 1, 1.0, 3),
        (LEARN, 2, 1.0, 5),
    ]


def test_negative_waits_for_the_deadline_and_takes_the_newest_label() -> None:
    join = LabelJoin(10, "negative")
    found = happened(join, rows((0, "a"), (1, "b")), labels((2, "a", 0.0), (9, "a", 1.0), (12, "b", 1.0)))
    assert [event for event in found if event[0] != SCORE] == [(LEARN, 0, 1.0, 10), (LEARN, 1, 0.0, 11)]
    counts = join.state.counts
    assert (counts.assumed, counts.late, counts.corrected, counts.expired) == (1, 1, 1, 0)


def stream(seed: int, size: int = 300) -> tuple[list[Scored], list[tuple[Any, Label]]]:
    """Rows and labels with many ties, repeats, early, late and missing labels."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.integers(0, 200, size))
    keys = rng.integers(0, size, size)
    known = np.sort(rng.integers(0, 260, size))
    named = rng.integers(0, int(size * 1.1), size)
    values = rng.integers(0, 2, size)
    return (
        [Scored(int(t), number, int(key)) for number, (t, key) in enumerate(zip(at, keys, strict=True))],
        [(int(k), Label(float(v), 1.0, int(t))) for k, v, t in zip(named, values, known, strict=True)],
    )


def plain(
    scored: list[Scored], known: list[tuple[Any, Label]], within: int, rule: Rule
) -> dict[int, tuple[float, int]]:
    """The label and the instant of learning of each row, by reading the rule."""
    learned: dict[int, tuple[float, int]] = {}
    for row in scored:
        mine = [label for key, label in known if key == row.key and row.at - within <= label.known <= row.at + within]
        before = [label for label in mine if label.known < row.at]
        if rule == "negative":
            learned[row.number] = (mine[-1].value if mine else 0.0, row.at + within)
        elif before:
            learned[row.number] = (before[-1].value, row.at)
        elif mine:
            learned[row.number] = (mine[0].value, mine[0].known)
    return learned


@pytest.mark.parametrize("rule", ["drop", "negative"])
@pytest.mark.parametrize("seed", range(5))
def test_the_rule_read_slowly(rule: Rule, seed: int) -> None:
    scored, known = stream(seed)
    join = LabelJoin(25, rule)
    found = happened(join, scored, known, 10_000)
    assert {n: (label, at) for kind, n, label, at in found if kind == LEARN} == plain(scored, known, 25, rule)
    assert sum(event[0] == LEARN for event in found) == join.state.counts.joined
    assert join.state.counts.pending == 0
    assert [event[3] for event in found] == sorted(event[3] for event in found)
    state = join.state
    assert not any((state.waiting, state.deadlines, state.held, state.known, state.found, state.missed, state.leaving))


@pytest.mark.parametrize("rule", ["drop", "negative"])
@pytest.mark.parametrize("seed", range(5))
def test_cuts_change_nothing(rule: Rule, seed: int) -> None:
    scored, known = stream(seed)
    whole = happened(LabelJoin(25, rule), scored, known, 10_000)
    rng = np.random.default_rng(seed)
    cuts = [0, *np.sort(rng.integers(0, 260, 12)).tolist(), 10_000]
    join, found = LabelJoin(25, rule), list[Event]()
    for begin, end in pairwise(cuts):
        found += happened(
            join,
            [row for row in scored if begin <= row.at < end],
            [one for one in known if begin <= one[1].known < end],
            end,
        )
        counts = join.state.counts
        assert counts.scored == counts.joined + counts.expired + counts.pending
        assert counts.pending == sum(map(len, join.state.waiting.values()))
    assert found == whole
