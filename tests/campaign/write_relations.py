"""Random views over views, and unions of sources."""

from __future__ import annotations

from random import Random

from .calls import Call
from .expressions import Name, constant
from .projects import Branch, Emit, Output, Source, Union, View
from .write_aggregates import EVENT_COLUMNS, KEY, SHOP
from .write_windows import Pace, window

EXACT = ("BIGINT", "INTEGER", "VARCHAR", "BOOLEAN")


def view_of_views(random: Random, pace: Pace, name: str, below: View) -> View:
    """A view over the rows of another: over its exact columns."""
    made = [window(random, pace, f"w{number}") for number in range(random.randint(1, 2))]
    columns = [column for column in below.columns if column.type in EXACT]
    outputs = [Output("n0", Call("count", (), made[0], "BIGINT"))]
    for number, one in enumerate(made):
        if columns:
            column = random.choice(columns)
            outputs.append(Output(f"l{number}", Call("count", (column,), one, "BIGINT")))
            outputs.append(Output(f"c{number}", Call("max", (column,), one, column.type)))
    return View(name, below, below.entity, tuple(outputs), Emit("event"))


def union(random: Random, events: Source, asks: Source) -> Union:
    """Events and asks side by side; what asks do not have is NULL there."""
    columns = tuple(EVENT_COLUMNS)
    second = tuple(column if column in (KEY, SHOP) else _null(column) for column in columns)
    return Union(
        "u",
        (*columns, Name("ts", "TIMESTAMP")),
        "ts",
        (
            Branch(events, (*columns, Name("ts", "TIMESTAMP"))),
            Branch(asks, (*second, Name("at", "TIMESTAMP"))),
        ),
    )


def _null(column: Name):
    made = constant(0)
    return type(made)(None, column.type)
