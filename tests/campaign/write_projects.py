"""Random projects: sources, a table, views over windows of every kind, services that read them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .calls import Call
from .expressions import Expression, Name, apply, condition, constant
from .projects import (
    STORED,
    AsofJoin,
    Emit,
    EmitKind,
    Output,
    Project,
    Service,
    ServiceJoin,
    Source,
    Table,
    View,
    views_read,
)
from .write_aggregates import (
    EVENT_COLUMNS,
    KEY,
    LONG,
    OK,
    QUARTERS,
    SHOP,
    SMALL,
    WORD,
    feature,
    small,
    text,
    threshold,
    truth,
)
from .write_relations import union, view_of_views
from .write_windows import Pace, closing, excluding, pace, window

EMITS: tuple[EmitKind, ...] = ("event", "event", "event", "close", "close", "every", "count", "when", "immediately")
ENTITIES = ((KEY,), (KEY,), (KEY,), (SHOP,), (KEY, SHOP), (SMALL,))
FACTS = Table("facts", (Name("s", "VARCHAR"), Name("weight", "BIGINT"), Name("since", "TIMESTAMP")), ("s", "since"))


def source(random: Random, pace: Pace) -> Source:
    delay = random.choice([0, 2, 4]) * pace.unit
    key = ("i",) if random.random() < 0.6 else ()
    dedupe = 3 * pace.unit if key and random.random() < 0.15 else None
    return Source("events", (*EVENT_COLUMNS, Name("ts", "TIMESTAMP")), "ts", delay, key, dedupe)


def asks(random: Random, pace: Pace) -> Source:
    columns = (KEY, SHOP, Name("who", "VARCHAR"), Name("at", "TIMESTAMP"))
    return Source("asks", columns, "at", random.choice([0, 3]) * pace.unit)


def project(random: Random) -> tuple[Project, Pace]:
    """A whole project, and the pace of its events."""
    chosen = pace(random)
    events, questions = source(random, chosen), asks(random, chosen)
    views = [view(random, chosen, f"v{number}", events) for number in range(random.randint(2, 3))]
    written = [one for one in views if one.emit.kind != "demand"]
    if written and random.random() < 0.25:
        views.append(view_of_views(random, chosen, "above", random.choice(written)))
    if random.random() < 0.15:
        views.append(view(random, chosen, "both", union(random, events, questions, views), (KEY,)))
    services: list[Service] = []
    if random.random() < 0.6:
        drivers = [View("driver", questions, (KEY,), (Output("who", Name("who", "VARCHAR")), Output("g", SHOP)))]
        drivers += [one for one in views if one.emit.kind != "demand"]
        driver = random.choice([drivers[0], random.choice(drivers)])
        views += [driver] if driver not in views else []
        services.append(service(random, driver, views))
    tables = {one.join.table.name: one.join.table for one in views if one.join}
    used = {name for one in views for name in _sources(one)}
    sources = tuple(one for one in (questions, events) if one.name in used)
    return Project(sources, tuple(tables.values()), tuple(views), tuple(services)), chosen


def _sources(view: View) -> set[str]:
    over = views_read(view.relation)
    if isinstance(view.relation, Source):
        return {view.relation.name}
    branches = getattr(view.relation, "branches", ())
    direct = {branch.relation.name for branch in branches if isinstance(branch.relation, Source)}
    return direct.union(*(_sources(one) for one in over))


def view(
    random: Random, pace: Pace, name: str, relation: Source | object, entity: tuple[Name, ...] | None = None
) -> View:
    """A view over events: bare columns, aggregates over up to three windows, one of the emissions."""
    entity = entity or random.choice(ENTITIES)
    kind = random.choice(EMITS) if random.random() < 0.93 else "demand"
    windows = [window(random, pace, f"w{number}") for number in range(random.randint(1, 3))]
    if kind == "close":
        windows[0] = closing(random, pace, "w0")
    joined = random.random() < 0.7
    windows = [excluding(random, one, joined=joined) for one in windows]
    if random.random() < 0.15 and KEY in entity and len(entity) == 1 and isinstance(relation, Source):
        windows[-1] = replace(windows[-1], partition=("g",))
    outputs: list[Output] = []
    if kind in ("event", "immediately"):
        outputs += [Output(f"b{number}", _bare(random)) for number in range(random.randint(0, 2))]
    for place, one in enumerate(windows):
        outputs += [Output(f"f{place}{number}", feature(random, one)) for number in range(random.randint(1, 3))]
    join = None
    if isinstance(relation, Source) and random.random() < 0.25:
        join = AsofJoin(FACTS, "f", WORD, "s", "since", random.random() < 0.3)
        qualified = Name("weight", "BIGINT", "f")
        outputs.append(Output("weighed", Call("sum", (qualified,), windows[0], "BIGINT")))
    return View(
        name,
        relation,  # type: ignore[arg-type]
        entity,
        tuple(outputs),
        emit(random, pace, kind, windows),
        truth(random) if random.random() < 0.4 else None,
        threshold(random, windows[0]) if kind != "demand" and random.random() < 0.12 else None,
        join,
        random.choice([1, 3, 10]) * pace.unit if kind in STORED and random.random() < 0.4 else None,
    )


def _bare(random: Random) -> Expression:
    return random.choice([LONG, WORD, OK, QUARTERS, small(random), text(random)])


def emit(random: Random, pace: Pace, kind: EmitKind, windows: list) -> Emit:
    """An emission of this kind; ON WINDOW CLOSE names the first window."""
    if kind == "close":
        return Emit(kind, window=windows[0].name)
    if kind == "every":
        return Emit(kind, period=random.choice([1, 2, 5]) * pace.unit, repeat=random.random() < 0.3)
    if kind == "count":
        return Emit(kind, count=random.randint(1, 4))
    if kind == "when":
        return Emit(kind, condition=threshold(random, windows[0]))
    return Emit(kind)


def service(random: Random, driver: View, views: list[View]) -> Service:
    """A service over a driving view and those whose entity it has columns for, each with its key and time."""
    # The campaign knows the type of a text or a plain column; that of a sum it only knows roughly.
    sure = [one for one in driver.outputs if isinstance(one.expression, Name) or one.expression.type == "VARCHAR"]
    columns = [*driver.entity, *(Name(one.name, one.expression.type) for one in sure)]
    free = [one for one in views if not any(call.window.exclude == "ROW" for call in one.calls)]
    fitting = [one for one in free if {key.type for key in one.entity} <= {column.type for column in columns}]
    joins = [
        ServiceJoin(one, f"j{number}", tuple(_key(random, key, columns) for key in one.entity))
        for number, one in enumerate(random.sample(fitting, min(len(fitting), random.randint(1, 3))))
    ]
    members = [("drv", driver), *((join.alias, join.view) for join in joins)]
    outputs = [
        Output(f"{alias}_{column.column}", Name(column.column, column.type, alias))
        for alias, one in members
        for column in one.columns
    ]
    outputs += [
        Output(f"{join.alias}_at_{column.column}", Name(column.column, column.type, join.alias))
        for join in joins
        for column in (*join.view.entity, Name(join.view.time, "TIMESTAMP"))
    ]
    counts = [output for output in outputs if output.expression.type == "BIGINT"]
    if counts:
        outputs.append(Output("more", condition("is null", random.choice(counts).expression)))
        outputs.append(Output("sure", apply("coalesce", random.choice(counts).expression, constant(-1), type="BIGINT")))
    return Service("answers", driver, tuple(joins), tuple(outputs))


def _key(random: Random, wanted: Name, columns: list[Name]) -> str:
    """A column of the driving view to join by: mostly that of the same name, where there is one."""
    named = [column.column for column in columns if column == wanted]
    fitting = [column.column for column in columns if column.type == wanted.type]
    return random.choice(named if named and random.random() < 0.7 else fitting)
