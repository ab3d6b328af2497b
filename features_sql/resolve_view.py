"""CREATE FEATURE VIEW: from words to a typed view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .binder import Binder
from .definitions import AsofJoin, Column, Union, View
from .diagnostics import Findings, Refusal, consequence, refuse
from .features import Features
from .keys import check_key
from .measures import Measures
from .names import check_new_simple, did_you_mean, listed, quote
from .options import ViewOptions, view_options
from .resolve_join import joined_table, resolve_join
from .resolve_relation import ResolvedRelation
from .resolve_union import resolve_union
from .scope import Relation, Scope
from .statements import JoinStatement, Name, RelationReference, ViewStatement
from .windows import Windows


@dataclass(frozen=True)
class ResolvedView:
    """A view; ``complete`` is False where part of it is refused, ``view`` None where nothing is known of it."""

    name: Name
    view: View | None
    complete: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a view or service is resolved against; ``views`` holds what is resolved so far, and the names of all."""

    relations: Mapping[str, ResolvedRelation]
    views: Mapping[str, ResolvedView]
    services: frozenset[str]
    broken: frozenset[str]
    environment: Mapping[str, str]
    binder: Binder


def resolve_view(statement: ViewStatement, around: Surroundings, findings: Findings) -> ResolvedView:
    """Resolve a view; everything wrong in it is reported."""
    before = findings.refusals
    options = view_options(statement.options, "view", around.environment, findings)
    source = None
    with findings.collecting():
        source = _source(statement, around, findings)
    if source is None:
        return ResolvedView(statement.name, None)
    event_time = f"{quote(source.relation.alias)}.{quote(source.time or '')}"
    joins, scope = _joins(statement, source.relation, event_time, around, findings)
    entity = _entity(statement, source.relation, source.time, findings)
    time = source.time or ""
    measures = Measures(scope, around.binder)
    windows = Windows(measures, time, [column.name for column in entity])
    windows.declare(statement.select.windows, statement.select.unreadable_windows, findings)
    features = Features(statement, entity, time, windows, measures, options, findings)
    where = None
    if statement.select.where is not None:
        with findings.collecting():
            where = scope.condition(statement.select.where, around.binder).sql
    features.collect()
    if options.valid_for_span is not None and not features.emit.stored:
        hint = "reads of this view are computed for their own instant"
        message = "'valid.for' is for views that are read as their newest row"
        findings.add(refuse(options.valid_for_span, message, hint))
    if features.emit.kind == "demand" and statement.select.qualify is not None:
        message = "QUALIFY filters written rows, and ON DEMAND writes none"
        findings.add(refuse(statement.select.qualify.span, message, "filter where it is read"))
    if len(entity) < len(statement.entity):
        return ResolvedView(statement.name, None)
    view = _view(statement, source, entity, joins, where, features, options)
    return ResolvedView(statement.name, view, findings.refusals == before)


def _view(
    statement: ViewStatement,
    source: ResolvedRelation,
    entity: tuple[Column, ...],
    joins: tuple[AsofJoin, ...],
    where: str | None,
    features: Features,
    options: ViewOptions,
) -> View:
    measures = features.measures
    used = {measure.window for measure in measures.measures.values()}
    if features.emit.window is not None:
        used.add(features.emit.window)
    union = source.definition if isinstance(source.definition, Union) else None
    return View(
        name=statement.name.text,
        source=union.name if union else source.relation.name,
        alias=source.relation.alias,
        entity=entity,
        time=features.time,
        joins=joins,
        where=where,
        terms=tuple(measures.terms.values()),
        windows=features.windows.used(used),
        measures=tuple(measures.measures.values()),
        features=tuple(features.features),
        emit=features.emit,
        qualify=features.qualify,
        owner=options.owner,
        tags=options.tags,
        valid_for=options.valid_for,
        partition=options.partition,
        recompute_allowed=options.recompute_allowed,
        description=statement.description,
        sql=statement.span.text,
        span=statement.span,
        union=union,
    )


def _source(statement: ViewStatement, around: Surroundings, findings: Findings) -> ResolvedRelation | None:
    """Return what the view reads under its alias; None where the statement of that is refused."""
    reference = statement.select.relation

    def find(one: RelationReference) -> ResolvedRelation | None:
        return _named(one, around, findings)

    if reference.branches:
        return resolve_union(statement.name.text, reference, find, around.binder, findings)
    return find(reference)


def _named(reference: RelationReference, around: Surroundings, findings: Findings) -> ResolvedRelation | None:
    """Return a source or view by its name, under its alias."""
    name, alias = reference.name, reference.alias
    found = _read_view(name, around) if name.key in around.views else around.relations.get(name.key)
    if found is None:
        if findings.incomplete or name.key in around.broken or name.key in around.views:
            return None
        raise _unknown_source(name, around)
    if found.kind == "table" and found.time is None:
        hint = "join it with ASOF LEFT JOIN, or give it a WATERMARK"
        raise refuse(name.span, f"{name.text} is a table: a view reads a source of events", hint)
    if alias is not name:
        check_new_simple(alias, "an alias")
    text = found.relation.name if alias is name else alias.text
    return replace(found, relation=replace(found.relation, alias=text))


def _read_view(name: Name, around: Surroundings) -> ResolvedRelation | None:
    """Return a view as what another reads: its written rows, whose event time is their instant."""
    found = around.views[name.key]
    if found.view is None:
        return None
    if found.view.emit.kind == "demand":
        raise refuse(
            name.span, f"{name.text} is ON DEMAND: it writes no rows to read", f"read {listed(found.view.reads)}"
        )
    columns = found.view.columns
    relation = Relation(found.view.name, found.view.name, columns, around.binder.relation(columns), found.complete)
    return ResolvedRelation("view", relation, found.view.time, None)


def _unknown_source(name: Name, around: Surroundings) -> Refusal:
    if name.key in around.services:
        return refuse(name.span, f"{name.text} is a feature service: a view reads a source or a view")
    sources = [r.relation.name for r in around.relations.values() if r.kind == "source"]
    views = [view.name.text for view in around.views.values()]
    all_known = f"sources: {listed(sources)}" if sources else "the project has no source"
    hint = did_you_mean(name.text, [*sources, *views]) or all_known
    return refuse(name.span, f"unknown source {name.text}", hint)


def _joins(
    statement: ViewStatement, source: Relation, event_time: str, around: Surroundings, findings: Findings
) -> tuple[tuple[AsofJoin, ...], Scope]:
    """Resolve the joins from left to right; names that a refused join would give are not said to be unknown."""
    joins, relations, complete = list[AsofJoin](), [source], statement.select.joins_complete
    for join in statement.select.joins:
        table = None
        with findings.collecting():
            if join.relation.name.key in around.broken:
                raise consequence(join.relation.name.span)
            if join.relation.name.key in around.views:
                message = f"{join.relation.name.text} is a feature view: a view joins tables"
                raise refuse(join.relation.name.span, message, "a feature service reads several views")
            table = joined_table(join, around.relations, relations, findings)
        if table is None:
            complete = False
            continue
        with findings.collecting():
            watermark = around.relations[join.relation.name.key].time
            resolved = resolve_join(join, Scope(tuple(relations)), table, watermark, around.binder)
            _check_time(join, resolved, watermark, event_time)
            joins.append(resolved)
        relations.append(table)
    if not complete:
        relations[0] = replace(source, complete=False)
    named = (item.alias.key for item in statement.select.items if item.alias)
    return tuple(joins), Scope(tuple(relations), frozenset(named))


def _check_time(join: JoinStatement, resolved: AsofJoin, time: str | None, event_time: str) -> None:
    """Refuse other times than those of the watermarks for a streaming table: rows could not be held back by them."""
    compared = join.as_of or join.on
    if time is None or compared is None:
        return
    if resolved.right_time != time:
        hint = f"compare with {resolved.alias}.{time}"
        raise refuse(compared.span, f"{resolved.table} has a watermark on {time}, not on {resolved.right_time}", hint)
    if resolved.left_time != event_time:
        plain = event_time.replace('"', "")
        hint = f"write AS OF {plain}" if join.as_of else f"write {plain} >= {resolved.alias}.{time}"
        raise refuse(compared.span, f"{resolved.table} has a watermark: it is joined as of the event's own time", hint)


def _entity(statement: ViewStatement, source: Relation, time: str | None, findings: Findings) -> tuple[Column, ...]:
    entity = list[Column]()
    for name in statement.entity:
        with findings.collecting():
            column = source.column(name.text)
            if column is None and not source.complete:
                raise consequence(name.span)
            if column is None:
                known = [column.name for column in source.columns]
                hint = did_you_mean(name.text, known) or f"columns: {listed(known)}"
                raise refuse(name.span, f"ENTITY names an unknown column {name.text} of {source.name}", hint)
            if column.name == time:
                raise refuse(name.span, f"{column.name} is the event time: it cannot be the entity")
            if column in entity:
                raise refuse(name.span, f"ENTITY names {column.name} twice")
            check_key(column, name.span)
            entity.append(column)
    return tuple(entity)
