"""Standard frames, each with every EXCLUDE, over three kinds of partition: an entity, a composite one, part of one."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Literal

from .calls import Call
from .case import Case, Outcome
from .expressions import Name
from .in_memory import run_in_memory
from .projects import Output, Project, Source, View
from .windows import Window
from .write_aggregates import KEY, LONG, SHOP
from .write_projects import source
from .write_streams import streams
from .write_windows import PLAIN

PACE = PLAIN[0]
UNIT = PACE.unit
FRAMES: tuple[tuple[Literal["range", "rows"], int | None, int], ...] = (
    ("range", 0, 0),
    ("range", 3 * UNIT, 0),
    ("range", 4 * UNIT, UNIT),
    ("range", 2 * UNIT, 2 * UNIT),
    ("range", None, 0),
    ("range", None, UNIT),
    ("rows", 0, 0),
    ("rows", 2, 0),
    ("rows", 3, 1),
    ("rows", 2, 2),
    ("rows", None, 0),
    ("rows", None, 1),
)
EXCLUDES: tuple[Literal["", "GROUP", "ROW"], ...] = ("", "GROUP", "ROW")


def framed(events: Source, turn: int, entity: tuple[Name, ...], part: tuple[str, ...] = ()) -> View:
    """Every frame, each with another EXCLUDE than in the other turns; inline for a composite entity."""
    outputs: list[Output] = []
    for place, ((kind, first, last), exclude) in enumerate(product(FRAMES, EXCLUDES)):
        if (place + place // len(EXCLUDES)) % 3 != turn:
            continue
        called = "" if len(entity) > 1 else f"w{place}"
        window = Window(called, kind, first=first, last=last, exclude=exclude, partition=part)
        function = "list" if place % 2 else "sum"
        outputs.append(Output(f"f{place}", Call(function, (LONG,), window, "BIGINT")))
    return View(f"v{turn}", events, entity, tuple(outputs))


def made() -> Project:
    events = source(Random(0), PACE)
    views = (
        framed(events, 0, (KEY,)),
        framed(events, 1, (KEY, SHOP)),
        framed(events, 2, (KEY,), ("g",)),
    )
    return Project((events,), (), views, ())


def test_every_frame_holds_what_the_language_says() -> None:
    project, outcome = made(), Outcome(0)
    case = Case(0, project, PACE, streams(Random(0), project, PACE))
    run_in_memory(case, outcome, Random(0))
    assert outcome.mismatches == []
    assert all(outcome.rows[view.name] for view in project.views)
