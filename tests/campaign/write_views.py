"""Random views over events: windows of every kind, aggregates, a filter, a join, one of the emissions."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .calls import Call
from .expressions import Expression, Name
from .projects import STORED, AsofJoin, Emit, EmitKind, Output, Source, Table, Union, View
from .targets import Target
from .windows import CLOSING, Window
from .write_aggregates import (
    KEY,
    LONG,
    OK,
    QUARTERS,
    SHOP,
    SMALL,
    WORD,
    classes_over,
    feature,
    held_in_tiles,
    small,
    text,
    threshold,
    truth,
)
from .write_windows import Pace, closing, excluding, window

EMITS: tuple[EmitKind, ...] = ("event", "event", "event", "close", "close", "every", "count", "when", "immediately")
ENTITIES = ((KEY,), (KEY,), (KEY,), (SHOP,), (KEY, SHOP), (SMALL,))
# A view that seldom writes is seldom to leave out rows, too.
QUALIFIED = {"demand": 0.0, "when": 0.04}
Feature = tuple[Window, str]
"""A class of aggregates over a window."""


def view(
    random: Random,
    pace: Pace,
    name: str,
    relation: Source | Union,
    entity: tuple[Name, ...] | None = None,
    facts: Table | Source | None = None,
    target: Target | None = None,
) -> View:
    """A view over events: bare columns, aggregates over up to four windows, one of the emissions; or a target's."""
    kind = random.choice(EMITS) if target is None else target.emission
    if kind == "immediately" and not isinstance(relation, Source):
        kind = "event"
    # What is read ON DEMAND only must have a key that every service has.
    entity = entity or random.choice(ENTITIES if kind != "demand" else ENTITIES[:5])
    joined = kind == "demand" or random.random() < 0.7
    features = _features(random, pace, kind, target, joined=joined)
    parted = kind not in ("close", "every") and entity == (KEY,) and isinstance(relation, Source)
    if parted and random.random() < 0.2:
        features[-1] = (replace(features[-1][0], name="parts", partition=("g",)), features[-1][1])
    outputs: list[Output] = []
    if kind in ("event", "immediately"):
        outputs += [Output(f"b{number}", _bare(random)) for number in range(random.randint(0, 2))]
    outputs += [Output(f"f{place}", feature(random, *one)) for place, one in enumerate(features)]
    first = features[0][0]
    if kind == "close" and random.random() < 0.4:
        outputs.append(Output("tiled", held_in_tiles(random, first)))
    join = None
    if facts is not None and random.random() < 0.3 and (kind != "immediately" or isinstance(facts, Table)):
        join = AsofJoin(facts, "f", WORD, "s", "since", random.random() < 0.3)
        qualified = Name("weight", "BIGINT", "f")
        outputs.append(Output("weighed", Call("sum", (qualified,), first, "BIGINT")))
    return View(
        name,
        relation,
        entity,
        tuple(outputs),
        emit(random, pace, kind, first),
        truth(random) if random.random() < 0.4 else None,
        threshold(random, first) if random.random() < QUALIFIED.get(kind, 0.12) else None,
        join,
        random.choice([1, 3, 10]) * pace.unit if kind in STORED and random.random() < 0.4 else None,
    )


def _features(random: Random, pace: Pace, kind: EmitKind, target: Target | None, *, joined: bool) -> list[Feature]:
    """Classes over windows: those of the target, and some more; the first window is the one that closes, if any."""
    found: list[Feature] = []
    wanted = [] if target is None else list(target.pairs)
    if kind == "close":
        # First the window that closes: only that one has ends to tell.
        wanted.sort(key=lambda pair: (pair[0] not in CLOSING, pair[1] != "bounds"))
        if not wanted or wanted[0][0] not in CLOSING:
            found.append(_feature(random, excluding(random, closing(random, pace, "w0"), joined=joined), kind))
    for wanted_kind, name in wanted:
        if name == "bounds" and found:
            continue
        made = excluding(random, window(random, pace, f"w{len(found)}", wanted_kind), joined=joined)
        while name != "bounds" and name not in classes_over(made, kind):
            made = excluding(random, window(random, pace, f"w{len(found)}", wanted_kind), joined=joined)
        found.append((made, name))
    for _ in range(random.randint(0 if found else 1, 1)):
        made = excluding(random, window(random, pace, f"w{len(found)}"), joined=joined)
        found.append(_feature(random, random.choice([made, random.choice([made, *(one for one, _ in found)])]), kind))
    inline = random.random() < 0.15
    return [
        (replace(one, name="") if inline and place and not one.partition else one, name)
        for place, (one, name) in enumerate(found)
    ]


def _feature(random: Random, made: Window, kind: EmitKind) -> Feature:
    return made, random.choice(classes_over(made, kind))


def _bare(random: Random) -> Expression:
    return random.choice([LONG, WORD, OK, QUARTERS, small(random), text(random)])


def emit(random: Random, pace: Pace, kind: EmitKind, first: Window) -> Emit:
    """An emission of this kind; ON WINDOW CLOSE names the first window."""
    if kind == "close":
        return Emit(kind, window=first.name)
    if kind == "every":
        return Emit(kind, period=random.choice([1, 2, 5]) * pace.unit, repeat=random.random() < 0.3)
    if kind == "count":
        return Emit(kind, count=random.randint(1, 4))
    if kind == "when":
        return Emit(kind, condition=threshold(random, first))
    return Emit(kind)
