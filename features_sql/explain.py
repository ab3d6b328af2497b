"""What a view or a service compiles to, and what it costs: the facts that ``explain`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from . import aggregates, program
from .buckets import is_even
from .definitions import (
    Column,
    Definitions,
    Emit,
    Feature,
    Measure,
    Service,
    ServiceColumn,
    Source,
    Upstream,
    View,
    Window,
)
from .errors import ReadError
from .evaluate import Evaluation, evaluation_sql
from .groups import sources_of
from .immediately import evaluated_on_arrival_sql
from .names import did_you_mean, listed
from .steps import StepName, StepPlan, cost_class, plan_steps, state_bytes
from .sub_entities import measures_by, sub_entities

_WIDE = 110
_LONGEST_MONTH = 31 * 86_400_000_000
STEP_NAMES: tuple[StepName, ...] = ("fold", "recompute", "tiles")
# Cost classes from cheap to dear: a feature with several aggregates shows the dearest.
_ANY = Window("", "sliding")
_ALL = Window("", "global")
COSTS = (
    cost_class("fold", _ANY),
    cost_class("fold", _ANY, "entropy"),
    cost_class("tiles", _ANY),
    cost_class("recompute", _ANY),
    cost_class("recompute", _ALL),
)


@dataclass(frozen=True)
class Retention:
    """How far back state reaches for one window, per key.

    ``time``: µs before the instant; ``rows``: the newest so many events. None in both: the whole current
    session, or all of history. ``kept`` says whether events are kept as rows or as running values.
    """

    window: Window
    steps: tuple[StepName, ...]
    time: int | None
    rows: int | None
    kept: Literal["rows", "values"]


@dataclass(frozen=True)
class FeatureCost:
    """One feature and how it is computed; ``steps`` is () for one that is read straight from the event."""

    name: str
    type: str
    windows: tuple[Window, ...]
    steps: tuple[StepName, ...]
    cost: str
    state_bytes: int
    inputs: tuple[str, ...]
    text: str
    description: str


@dataclass(frozen=True)
class MeasurePlan:
    """One aggregate over one window: what it gathers, over the terms of prepare, and the SQL of its value."""

    id: str
    window: str
    gathers: str
    value: str
    type: str


@dataclass(frozen=True)
class Step:
    """The work of one window step. ``sql`` is the query it runs, None where it runs code of its own."""

    name: StepName
    measures: tuple[MeasurePlan, ...]
    sql: str | None


@dataclass(frozen=True)
class ViewProgram:
    """A view's programs. ``delay`` (µs) is how long a row may wait for the watermark of a source.

    ``branches`` holds, for a view over a UNION ALL, what each branch reads and its query. ``judged`` names the columns
    of ``finish`` that decide whether a row is written: where ``_true`` (WHEN) turns true, and ``_kept`` (QUALIFY) is.
    """

    name: str
    source: str
    entity: tuple[Column, ...]
    time: str
    emit: Emit
    delay: int
    features: tuple[FeatureCost, ...]
    retention: tuple[Retention, ...]
    branches: tuple[tuple[str, str], ...]
    prepare: str
    steps: tuple[Step, ...]
    finish: str
    judged: tuple[str, ...]
    batch: str


@dataclass(frozen=True)
class Probe:
    """A question that a service asks of a joined view, for each driving row at that row's instant.

    ``keys`` are columns of the driving view. ``read`` is ``function`` where the view is evaluated there and
    then, ``stored`` where its newest written row is taken, none older than ``valid_for`` (µs).
    """

    view: str
    alias: str
    keys: tuple[str, ...]
    entity: tuple[str, ...]
    read: Literal["function", "stored"]
    valid_for: int | None


@dataclass(frozen=True)
class ServiceProgram:
    """A service's program. ``batch`` holds, by name, the queries that the batch program chains."""

    name: str
    view: str
    alias: str
    entity: tuple[Column, ...]
    time: str
    probes: tuple[Probe, ...]
    columns: tuple[ServiceColumn, ...]
    sql: str
    batch: tuple[tuple[str, str], ...]


def explain(definitions: Definitions, name: str) -> ViewProgram | ServiceProgram:
    """Return the programs of view or service ``name``; raises ReadError with the nearest name."""
    if name in definitions.views:
        view = definitions.views[name]
        return explain_view(view, definitions)
    if name in definitions.services:
        return explain_service(definitions.services[name], definitions)
    raise unknown(definitions, name)


def unknown(definitions: Definitions, name: str) -> ReadError:
    """Return the error that tells of a name which is no view's or service's."""
    known = sorted((*definitions.views, *definitions.services))
    hint = did_you_mean(name, known) or f"there are: {listed(known)}"
    return ReadError(f"there is no view or service {name!r}; {hint}")


def explain_view(view: View, definitions: Definitions) -> ViewProgram:
    """Return a view's programs."""
    plan = plan_steps(view)
    sources = [definitions.sources[name] for name in sources_of(definitions, view.name)]
    return ViewProgram(
        name=view.name,
        source=" + ".join(view.reads),
        entity=view.entity,
        time=view.time,
        emit=view.emit,
        delay=max(source.delay for source in sources),
        features=tuple(feature_cost(view, feature, plan) for feature in view.features),
        retention=tuple(_retention(view, window, plan) for window in view.windows),
        branches=tuple(
            (branch.source, pretty(program.branch_sql(view.union, place, "_read")))
            for place, branch in enumerate(view.union.branches)
        )
        if view.union
        else (),
        prepare=pretty(program.prepare_sql(view, definitions.upstream(view))),
        steps=tuple(_steps(view, definitions.upstream(view), plan)),
        finish=pretty(program.finish_sql(view, judged=True)),
        judged=tuple(program.conditions(view)),
        batch=pretty(program.batch_sql(view, definitions, at_instants=view.emit.kind == "demand")),
    )


def explain_service(service: Service, definitions: Definitions) -> ServiceProgram:
    """Return a service's program."""
    views = definitions.views
    driver = views[service.view]
    probes = tuple(
        Probe(
            join.view,
            join.alias,
            join.keys,
            tuple(column.name for column in views[join.view].entity),
            "stored" if program.is_stored(views[join.view]) else "function",
            views[join.view].valid_for,
        )
        for join in service.joins
    )
    sql = pretty(program.service_sql(service, definitions))
    batch = [(service.view, pretty(program.batch_sql(driver, definitions)))]
    batch += [(probe.alias, _probe_sql(views[probe.view], definitions)) for probe in probes]
    return ServiceProgram(
        name=service.name,
        view=service.view,
        alias=service.alias,
        entity=driver.entity,
        time=driver.time,
        probes=probes,
        columns=service.columns,
        sql=sql,
        batch=(*batch, (service.name, sql)),
    )


def feature_cost(view: View, feature: Feature, plan: StepPlan) -> FeatureCost:
    """Return how one feature is computed: its steps, the dearest of their costs, and the state they hold for a key."""
    measures = [measure for measure in view.measures if measure.id in feature.measures]
    used: list[tuple[Measure, StepName]] = [(measure, plan.step_of(measure.id)) for measure in measures]
    # On arrival a fold is one of a copy of the entity's state, events inside windows included.
    anew = view.emit.kind == "immediately"
    costs = [
        cost_class("recompute" if anew else step, view.window(measure.window), measure.function)
        for measure, step in used
    ]
    return FeatureCost(
        name=feature.name,
        type=feature.type,
        windows=tuple(view.window(name) for name in feature.windows),
        steps=_sorted(step for _, step in used),
        cost=max(costs, key=COSTS.index, default=COSTS[0]),
        state_bytes=sum(state_bytes(view, measure, step) for measure, step in used),
        inputs=feature.lineage or (tuple(f"{name}.*" for name in view.reads) if measures else ()),
        text=feature.text,
        description=feature.description,
    )


def _sorted(steps: Iterable[StepName]) -> tuple[StepName, ...]:
    used = set(steps)
    return tuple(name for name in STEP_NAMES if name in used)


def _retention(view: View, window: Window, plan: StepPlan) -> Retention:
    steps: set[StepName] = {plan.step_of(measure.id) for measure in view.measures if measure.window == window.name}
    time, rows = None, None
    match window.kind:
        case "sliding" | "tumbling" | "hopping":
            # A month has 31 days at most; the clock of a zone is rarely moved by more than an hour.
            time = window.months * _LONGEST_MONTH if window.months else window.size
        case "range":
            time = window.start
        case "last":
            rows = window.rows
        case "rows":
            rows = None if window.start is None else window.start + 1
        case "session" | "global":
            pass
    # Rows leave these windows one by one, so they must be known one by one.
    evicting = window.kind in {"sliding", "hopping", "last"} and "fold" in steps
    return Retention(window, _sorted(steps), time, rows, "rows" if evicting or "recompute" in steps else "values")


def _steps(view: View, source: Upstream, plan: StepPlan) -> list[Step]:
    found: list[Step] = []
    for name in ("tiles", "fold", "recompute"):
        measures: tuple[Measure, ...] = getattr(plan, name)
        if measures:
            plans = tuple(_measure_plan(view, measure) for measure in measures)
            found.append(Step(name, plans, _step_sql(view, source, measures) if name == "recompute" else None))
    return found


def _step_sql(view: View, source: Upstream, measures: tuple[Measure, ...]) -> str:
    """The query that writes rows on arrival, else the one over rows in order of time."""
    if view.emit.kind != "immediately" or not isinstance(source, Source):
        return _recompute_sql(view, measures)
    return pretty(evaluated_on_arrival_sql(view, source, program.key_columns(view), program.row_terms(view)))


def _recompute_sql(view: View, measures: tuple[Measure, ...]) -> str:
    """The query of each partition: ``_slot`` is an entity, or part of one."""
    parts = [measures_by(view, by, measures) for by in ((), *sub_entities(view))]
    return "\n\n".join(pretty(evaluation_sql(Evaluation(view, part, ("_slot",)))) for part in parts if part)


def _measure_plan(view: View, measure: Measure) -> MeasurePlan:
    condition = aggregates.condition(measure)
    where = f" FILTER (WHERE {condition})" if condition else ""
    window = view.window(measure.window)
    length = str(aggregates.window_length(window))
    if window.kind == "session":
        length = "nullif(_t - _first, 0)"
    elif not is_even(window):
        length = "(_end - _start)"
    value = aggregates.value(measure, measure.id, "_t", length)
    return MeasurePlan(measure.id, measure.window, aggregates.aggregate(measure) + where, value, measure.type)


def _probe_sql(view: View, definitions: Definitions) -> str:
    if program.is_stored(view):
        written = program.batch_sql(view, definitions)
        newest = program.newest_stored_sql(view, "_written")
        return pretty(f"WITH _written AS (\n{written}\n)\n{newest}")
    return pretty(program.batch_sql(view, definitions, at_instants=True))


def pretty(sql: str) -> str:
    """Return the same query with every long line broken after its outermost commas.

    Nothing inside quotes is touched, so the text means the same and can be copied into DuckDB.
    """
    return "\n".join(part for line in _lines(sql) for part in _broken(line))


def _lines(sql: str) -> list[str]:
    """Cut at line ends that are not inside quotes."""
    lines, start = list[str](), 0
    for place, char, _ in _outside_quotes(sql):
        if char == "\n":
            lines.append(sql[start:place])
            start = place + 1
    return [*lines, sql[start:]]


def _broken(line: str) -> list[str]:
    if len(line) <= _WIDE:
        return [line]
    commas = [(place, depth) for place, char, depth in _outside_quotes(line) if char == ","]
    if not commas:
        return [line]
    outermost = min(depth for _, depth in commas)
    margin = " " * (len(line) - len(line.lstrip()) + 2)
    parts, start = list[str](), 0
    for place, depth in commas:
        if depth == outermost:
            parts.append(line[start : place + 1])
            start = place + 1
    return _filled([*parts, line[start:]], margin)


def _filled(parts: Sequence[str], margin: str) -> list[str]:
    """Put as many parts on a line as fit."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) <= _WIDE:
            lines[-1] += part
        else:
            lines.append(margin + part.lstrip())
    return lines


def _outside_quotes(sql: str) -> list[tuple[int, str, int]]:
    """Every character that is not quoted: its place, itself, and how many brackets are open there."""
    found: list[tuple[int, str, int]] = []
    quote, depth = "", 0
    for place, char in enumerate(sql):
        if quote:
            quote = "" if char == quote else quote
            continue
        if char in "'\"":
            quote = char
            continue
        depth += (char in "([{") - (char in ")]}")
        found.append((place, char, depth))
    return found
