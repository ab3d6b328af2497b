"""Random views over views, and unions of sources and views."""

from __future__ import annotations

from random import Random

from .calls import Call
from .expressions import Constant, Expression, Name, condition, constant
from .projects import Branch, Emit, Output, Source, Union, View
from .write_aggregates import EVENT_COLUMNS
from .write_windows import Pace, closing, window

EXACT = ("BIGINT", "INTEGER", "VARCHAR", "BOOLEAN")


def view_of_views(random: Random, pace: Pace, name: str, below: View) -> View:
    """A view over the rows of another: over its exact columns, some of its rows, with an emission of its own."""
    kind = random.choice(("event", "event", "close", "every", "count", "when"))
    made = [window(random, pace, f"w{number}") for number in range(random.randint(1, 2))]
    if kind == "close":
        made[0] = closing(random, pace, "w0")
    columns = [column for column in below.columns if column.type in EXACT]
    outputs = [Output("n0", Call("count", (), made[0], "BIGINT"))]
    for number, one in enumerate(made):
        if columns:
            column = random.choice(columns)
            outputs.append(Output(f"l{number}", Call("count", (column,), one, "BIGINT")))
            outputs.append(Output(f"c{number}", Call("max", (column,), one, column.type)))
    where = condition("is not null", random.choice(columns)) if columns and random.random() < 0.3 else None
    many = condition(">", outputs[0].expression, constant(random.randint(0, 2)))
    qualify = many if random.random() < 0.2 else None
    return View(name, below, below.entity, tuple(outputs), _emit(random, pace, kind, many), where, qualify)


def _emit(random: Random, pace: Pace, kind: str, many: Expression) -> Emit:
    if kind == "close":
        return Emit("close", window="w0")
    if kind == "every":
        return Emit("every", period=random.choice([1, 3]) * pace.unit, repeat=random.random() < 0.3)
    if kind == "count":
        return Emit("count", count=random.randint(1, 3))
    if kind == "when":
        return Emit("when", condition=many)
    return Emit("event")


def union(random: Random, events: Source, asks: Source, views: list[View]) -> Union:
    """Events beside asks or the rows of views; what these do not have is NULL there."""
    columns = (*EVENT_COLUMNS, Name("ts", "TIMESTAMP"))
    written = [one for one in views if one.emit.kind != "demand"]
    others = random.sample([asks, *written], random.randint(1, min(2, 1 + len(written))))
    branches = [Branch(one, tuple(_column(one, column) for column in columns)) for one in (events, *others)]
    random.shuffle(branches)
    return Union("u", columns, "ts", tuple(branches))


def _column(relation: Source | View, wanted: Name) -> Expression:
    """The column of a branch for one of the union's: its time, that of the same name, one of the type, or NULL."""
    if wanted.type == "TIMESTAMP":
        return Name(relation.time, "TIMESTAMP")
    held = [*relation.entity, *relation.columns] if isinstance(relation, View) else relation.columns
    fitting = [column for column in held if column == wanted]
    if isinstance(relation, View) and wanted.type == "VARCHAR":
        # The campaign knows the type of a text; that of a sum it only knows roughly.
        fitting += [column for column in held if column.type == wanted.type]
    return fitting[0] if fitting else Constant(None, wanted.type)
