"""A project's texts to its definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from .accepting import refuse_unrevisable
from .arrival_checks import refuse_without_arrival
from .binder import Binder
from .definitions import Definitions, Model, Service, Source, Stream, Table, View
from .descriptions import described
from .diagnostics import Findings, refuse
from .diagnostics import in_order as findings_in_order
from .errors import StatementError
from .parser import parse
from .resolve_model import Services, resolve_model
from .resolve_relation import ResolvedRelation, late_name, resolve_relation
from .resolve_service import resolve_service
from .resolve_sink import resolve_sink
from .resolve_stream import resolve_stream
from .resolve_view import ResolvedView, Surroundings, resolve_view
from .sink import Sink
from .source_text import SourceText
from .standing import standing
from .statements import (
    BrokenStatement,
    Change,
    ModelStatement,
    RelationStatement,
    ReplaceStatement,
    ServiceStatement,
    SinkStatement,
    Statement,
    StreamStatement,
    ViewStatement,
)
from .view_order import in_order

_Defined = TypeVar("_Defined", Source, Table, View, Service, Model, Stream, Sink)
_NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})


def compile_project(
    texts: Sequence[SourceText], environment: Mapping[str, str] = _NO_ENVIRONMENT, trial: SourceText | None = None
) -> Definitions:
    """Resolve and type every statement of a project.

    Statements may come in any order over any number of files, but for OR REPLACE and DROP, which change what
    stands before them. ``environment`` gives the values of ``${NAME}`` in options. What ``trial`` defines takes the
    place of what the texts define under its names. Raises one StatementError with every finding, in the order of
    the files given and of the lines in them.
    """
    findings = Findings()
    read = [statement for text in texts for statement in parse(text, findings)]
    if trial is not None:
        texts = [*texts, trial]
        read += [one if isinstance(one, Change) else ReplaceStatement(one) for one in parse(trial, findings)]
    statements, comments = standing(read, findings)
    _refuse_shared_late_names({statement.name.key: statement for statement in statements}, findings)
    with Binder() as binder:
        definitions = _resolve(statements, environment, binder, findings)
    definitions = described(definitions, comments, statements, findings)
    if findings.diagnostics:
        raise StatementError(*findings_in_order(findings.diagnostics, texts))
    return definitions


def _resolve(
    statements: Sequence[Statement], environment: Mapping[str, str], binder: Binder, findings: Findings
) -> Definitions:
    relations = dict[str, ResolvedRelation]()
    for statement in statements:
        if isinstance(statement, RelationStatement):
            relations[statement.name.key] = resolve_relation(statement, environment, binder, findings)
    written = [statement for statement in statements if isinstance(statement, ViewStatement)]
    views = {statement.name.key: ResolvedView(statement.name, None) for statement in written}
    around = Surroundings(
        relations,
        views,
        frozenset(s.name.key for s in statements if isinstance(s, ServiceStatement)),
        frozenset(s.name.key for s in statements if isinstance(s, BrokenStatement)),
        environment,
        binder,
    )
    for statement in in_order(written, findings):
        views[statement.name.key] = resolve_view(statement, around, findings)
    services = [
        resolve_service(statement, views, around, findings)
        for statement in statements
        if isinstance(statement, ServiceStatement)
    ]
    definitions = Definitions(
        sources=_by_name([r.definition for r in relations.values() if isinstance(r.definition, Source)]),
        tables=_by_name([r.definition for r in relations.values() if isinstance(r.definition, Table)]),
        views=_in_order(_by_name([v.view for v in views.values() if v.view and v.complete])),
        services=_by_name([service for service in services if service]),
    )
    definitions = _with_models(_whole(definitions), statements, around, findings)
    refuse_unrevisable(definitions, statements, findings)
    refuse_without_arrival(definitions, statements, findings)
    return definitions


def _whole(definitions: Definitions) -> Definitions:
    """Return the definitions without views and services that rest on something refused."""
    views = dict[str, View]()
    for name, view in definitions.views.items():
        if all(read in definitions.sources or read in views for read in view.reads):
            views[name] = view
    services = {
        name: one
        for name, one in definitions.services.items()
        if {one.view, *(join.view for join in one.joins)} <= views.keys()
    }
    return replace(definitions, views=views, services=services)


def _with_models(
    definitions: Definitions, statements: Sequence[Statement], around: Surroundings, findings: Findings
) -> Definitions:
    """Resolve models, those that stand alone before those that correct them, then streams."""
    wanted = [statement for statement in statements if isinstance(statement, ModelStatement)]
    correctors = frozenset(statement.name.key for statement in wanted if statement.base is not None)
    later = (ModelStatement, StreamStatement, SinkStatement)
    refused = _refused([statement for statement in statements if not isinstance(statement, later)], definitions)
    models = dict[str, Model]()
    for statement in sorted(wanted, key=lambda statement: statement.base is not None):
        model = resolve_model(statement, models, Services(definitions, refused, correctors), around, findings)
        if model is None:
            refused |= {statement.name.key}
        else:
            models[statement.name.key] = model
    read = Services(definitions, refused, correctors)
    streams = [
        resolve_stream(statement, models, read, around, findings)
        for statement in statements
        if isinstance(statement, StreamStatement)
    ]
    kept = [stream for stream in streams if stream]
    definitions = replace(definitions, models=_bases_first(models.values()), streams=_by_name(kept))
    return _with_sinks(definitions, statements, around, findings)


def _with_sinks(
    definitions: Definitions, statements: Sequence[Statement], around: Surroundings, findings: Findings
) -> Definitions:
    refused = _refused([one for one in statements if not isinstance(one, SinkStatement)], definitions)
    read = Services(definitions, refused, frozenset())
    sinks = [
        resolve_sink(statement, read, around, findings)
        for statement in statements
        if isinstance(statement, SinkStatement)
    ]
    return replace(definitions, sinks=_by_name([sink for sink in sinks if sink]))


def _refused(statements: Sequence[Statement], definitions: Definitions) -> frozenset[str]:
    """Return the names, without case, of statements that came to nothing: uses of them are not refused too."""
    resolved = (definitions.sources, definitions.tables, definitions.views, definitions.services)
    known = {name.casefold() for held in (*resolved, definitions.models, definitions.streams) for name in held}
    return frozenset(statement.name.key for statement in statements) - known


def _bases_first(models: Iterable[Model]) -> Mapping[str, Model]:
    return {model.name: model for model in sorted(models, key=lambda model: (model.base is not None, model.name))}


def _refuse_shared_late_names(statements: Mapping[str, Statement], findings: Findings) -> None:
    """Report late rows that would be kept under the name of something else."""
    taken = {key: statement.name for key, statement in statements.items()}
    sources = [s for s in statements.values() if isinstance(s, RelationStatement)]
    # Names that were chosen come last, so that they are the ones blamed.
    for source in sorted(sources, key=lambda source: source.late is not None):
        name = late_name(source)
        if name is None:
            continue
        other = taken.setdefault(name.key, name)
        if other is not name:
            place = f"{other.span.source.path}:{other.span.line}"
            findings.add(refuse(name.span, f"late rows cannot be kept as {name.text}: the name is taken at {place}"))


def _by_name(items: Sequence[_Defined]) -> Mapping[str, _Defined]:
    return {item.name: item for item in sorted(items, key=lambda item: item.name)}


def _in_order(views: Mapping[str, View]) -> Mapping[str, View]:
    """Return views so that each follows those it reads, else by name."""
    ordered = dict[str, View]()

    def place(view: View) -> None:
        for read in view.reads:
            if read in views:
                place(views[read])
        ordered.setdefault(view.name, view)

    for view in views.values():
        place(view)
    return ordered
