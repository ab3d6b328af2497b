"""Random projects: sources, a table, views, services that read them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .expressions import Name, apply, condition, constant
from .projects import (
    Output,
    Project,
    Service,
    ServiceJoin,
    Source,
    Table,
    Union,
    View,
    views_read,
)
from .targets import STEERED, target
from .write_aggregates import (
    EVENT_COLUMNS,
    KEY,
    SHOP,
)
from .write_relations import union, view_of_views
from .write_views import view
from .write_windows import Pace, pace

FACTS = (Name("s", "VARCHAR"), Name("weight", "BIGINT"), Name("since", "TIMESTAMP"))


def source(random: Random, pace: Pace) -> Source:
    delay = random.choice([0, 2, 4]) * pace.unit
    key = ("i",) if random.random() < 0.6 else ()
    dedupe = 3 * pace.unit if key and random.random() < 0.15 else None
    columns = (*EVENT_COLUMNS, Name("ts", "TIMESTAMP"))
    return Source("events", columns, "ts", delay, key, dedupe, max_future=random.random() < 0.15)


def asks(random: Random, pace: Pace) -> Source:
    columns = (KEY, SHOP, Name("who", "VARCHAR"), Name("at", "TIMESTAMP"))
    return Source("asks", columns, "at", random.choice([0, 3]) * pace.unit)


def facts(random: Random, pace: Pace) -> Table | Source:
    """A table of facts about words: frozen, or a stream."""
    key = ("s", "since")
    if random.random() < 0.6:
        return Table("facts", FACTS, key)
    return Source("facts", FACTS, "since", random.choice([0, 2]) * pace.unit, key, is_table=True)


def project(random: Random, number: int) -> tuple[Project, Pace]:
    """A whole project, and the pace of its events; some of its views are in the cells that are this number's."""
    accepting, state = random.random() < 0.6, random.getstate()
    made, chosen = _drawn(random, number, accepting=accepting)
    if accepting and not all(map(_can_be_revised, made.views)):
        random.setstate(state)
        return _drawn(random, number, accepting=False)
    return made, chosen


def _can_be_revised(view: View) -> bool:
    """Whether late rows change only some of the rows that a view has written."""
    if view.emit.kind != "event":
        return view.emit.kind in ("close", "every", "demand")
    endless = any(
        call.window.kind in ("global", "last", "rows") or (call.window.kind == "range" and call.window.first is None)
        for call in view.calls
    )
    return not endless and not isinstance(view.relation, Union)


def _drawn(random: Random, number: int, *, accepting: bool) -> tuple[Project, Pace]:
    chosen = pace(random)
    events, questions, told = source(random, chosen), asks(random, chosen), facts(random, chosen)
    if accepting:
        events = replace(events, within=random.choice([2, 5]) * chosen.unit, dedupe=None)
    targets = [target(number, place) for place in range(STEERED)] + [None] * random.randint(0, 1)
    views = [view(random, chosen, f"v{n}", events, facts=told, target=one) for n, one in enumerate(targets)]
    written = [one for one in views if one.emit.kind != "demand"]
    if written and random.random() < 0.25:
        views.append(view_of_views(random, chosen, "above", random.choice(written)))
    if random.random() < 0.15:
        views.append(view(random, chosen, "both", union(random, events, questions, views), (KEY,)))
    services: list[Service] = []
    if random.random() < 0.6 or any(one.emit.kind == "demand" for one in views):
        drivers = [View("driver", questions, (KEY,), (Output("who", Name("who", "VARCHAR")), Output("g", SHOP)))]
        driver = random.choice([drivers[0], random.choice([*drivers, *views])])
        views += [driver] if driver not in views else []
        services.append(service(random, driver, views))
    joined = {one.join.table.name: one.join.table for one in views if one.join}
    tables = tuple(one for one in joined.values() if isinstance(one, Table))
    streams = [one for one in joined.values() if isinstance(one, Source)]
    used = {name for one in views for name in _sources(one)}
    sources = tuple(one for one in (questions, events) if one.name in used)
    return Project((*sources, *streams), tables, tuple(views), tuple(services)), chosen


def _sources(view: View) -> set[str]:
    over = views_read(view.relation)
    if isinstance(view.relation, Source):
        return {view.relation.name}
    branches = getattr(view.relation, "branches", ())
    direct = {branch.relation.name for branch in branches if isinstance(branch.relation, Source)}
    return direct.union(*(_sources(one) for one in over))


def _joins_streams(view: View) -> bool:
    joined = view.join is not None and isinstance(view.join.table, Source)
    return joined or any(map(_joins_streams, views_read(view.relation)))


def service(random: Random, driver: View, views: list[View]) -> Service:
    """A service over a driving view and those whose entity it has columns for, each with its key and time."""
    # The campaign knows the type of a text or a plain column; that of a sum it only knows roughly.
    sure = [one for one in driver.outputs if isinstance(one.expression, Name) or one.expression.type == "VARCHAR"]
    columns = [*driver.entity, *(Name(one.name, one.expression.type) for one in sure)]
    free = [one for one in views if not any(call.window.exclude == "ROW" for call in one.calls)]
    if driver.emit.kind == "immediately":
        # What had arrived by a row is known of its own source alone.
        mine = driver.relation.name
        free = [one for one in free if not one.stored and _sources(one) == {mine} and not _joins_streams(one)]
    fitting = [one for one in free if {key.type for key in one.entity} <= {column.type for column in columns}]
    joins = [
        ServiceJoin(one, f"j{number}", tuple(_key(random, key, columns) for key in one.entity))
        for number, one in enumerate(_picked(random, fitting))
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


def _picked(random: Random, views: list[View]) -> list[View]:
    """Some of the views, and all that are only read."""
    only_read = [one for one in views if one.emit.kind == "demand"]
    others = [one for one in views if one not in only_read]
    return [*only_read, *random.sample(others, min(len(others), random.randint(0 if only_read else 1, 2)))]


def _key(random: Random, wanted: Name, columns: list[Name]) -> str:
    """A column of the driving view to join by: mostly that of the same name, where there is one."""
    named = [column.column for column in columns if column == wanted]
    fitting = [column.column for column in columns if column.type == wanted.type]
    return random.choice(named if named and random.random() < 0.7 else fitting)
