"""Views over views and unions, QUALIFY and repeats in one project, run in every way, against the interpreter."""

from __future__ import annotations

from random import Random

import pytest

from .calls import Call
from .case import Case, Outcome
from .expressions import Constant, Expression, Name, condition, constant
from .in_memory import run_in_memory
from .on_files import run_on_files
from .projects import Branch, Emit, Output, Project, Service, ServiceJoin, Source, Union, View
from .windows import Window
from .write_aggregates import KEY, LONG, WORD
from .write_projects import asks, source
from .write_streams import streams
from .write_windows import PLAIN

PACE = PLAIN[0]
NEAR, PART, VISIT = (
    Window("near", "sliding", size=4 * PACE.unit),
    Window("part", "tumbling", size=3 * PACE.unit),
    Window("visit", "session", gap=2 * PACE.unit),
)
LAST = Window("newest", "last", count=3)


def count(window: Window) -> Call:
    return Call("count", (), window, "BIGINT")


def greatest(column: Name, window: Window) -> Call:
    return Call("max", (column,), window, column.type)


def more_than(call: Expression, least: int) -> Expression:
    return condition(">", call, constant(least))


def made() -> Project:
    """Repeats are dropped below everything; closes and kept rows stand in a union, and views over it write on."""
    events, questions = source(Random(0), PACE), asks(Random(0), PACE)
    events = Source("events", events.columns, "ts", 2 * PACE.unit, ("i",), 3 * PACE.unit)
    live = View(
        "live",
        events,
        (KEY,),
        (Output("word", WORD), Output("n", count(NEAR))),
        qualify=more_than(count(NEAR), 1),
    )
    shut = View("shut", events, (KEY,), (Output("n", count(PART)),), Emit("close", window="part"))
    columns = (KEY, WORD, LONG, Name("ts", "TIMESTAMP"))
    numbers = Name("n", "BIGINT")
    together = Union(
        "u",
        columns,
        "ts",
        (
            Branch(questions, (KEY, Name("g", "VARCHAR"), Constant(None, "BIGINT"), Name("at", "TIMESTAMP"))),
            Branch(shut, (KEY, constant("shut"), numbers, Name("as_of", "TIMESTAMP")), more_than(numbers, 1)),
            Branch(live, (KEY, Name("word", "VARCHAR"), numbers, Name("ts", "TIMESTAMP"))),
            Branch(events, (KEY, WORD, LONG, Name("ts", "TIMESTAMP")), condition("is not null", WORD)),
        ),
    )
    outputs = (
        Output("word", WORD),
        Output("n", count(NEAR)),
        Output("top", greatest(LONG, LAST)),
        Output("said", greatest(KEY, NEAR)),
    )
    both = View("both", together, (KEY,), outputs)
    above = View(
        "above",
        both,
        (KEY,),
        (Output("n", count(NEAR)), Output("top", greatest(Name("top", "BIGINT"), LAST))),
        Emit("when", condition=more_than(count(NEAR), 2)),
        qualify=condition("is not null", greatest(Name("top", "BIGINT"), LAST)),
    )
    visits = View("visits", above, (KEY,), (Output("n", count(VISIT)),), Emit("close", window="visit"))
    joins = (ServiceJoin(live, "a", ("said",)), ServiceJoin(shut, "b", ("k",)), ServiceJoin(above, "c", ("word",)))
    served = tuple(
        Output(f"{join.alias}_{column.column}", Name(column.column, column.type, join.alias))
        for join in joins
        for column in (*join.view.entity, Name(join.view.time, "TIMESTAMP"), *join.view.columns)
    )
    views = (live, shut, both, above, visits)
    return Project((questions, events), (), views, (Service("answers", both, joins, served),))


@pytest.mark.parametrize("seed", range(2))
def test_every_way_gives_what_the_language_says(seed: int) -> None:
    project, outcome = made(), Outcome(seed)
    case = Case(seed, project, PACE, streams(Random(seed), project, PACE))
    run_in_memory(case, outcome, Random(seed))
    if seed == 0:
        run_on_files(case, outcome, Random(seed))
    assert outcome.mismatches == []
    assert all(outcome.rows[one.name] for one in (*project.views, *project.services))
