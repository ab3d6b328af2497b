"""CREATE STREAM: a service's rows with a model's prediction beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from .definitions import Column, Model, Partition, Service, ServiceColumn, Stream
from .diagnostics import Findings, refuse
from .expressions import print_sql
from .inference import External, Outside
from .inference_options import outside_of
from .model_settings import BaseSettings
from .names import check_new, did_you_mean, listed, quote
from .options import Options, tags_of
from .predictions import prediction_columns
from .resolve_model import Services
from .resolve_view import Surroundings
from .scope import Relation, Scope
from .source_text import Span
from .statements import DescriptorStatement, Item, Name, StreamStatement


def resolve_stream(
    statement: StreamStatement, models: Mapping[str, Model], read: Services, around: Surroundings, findings: Findings
) -> Stream | None:
    """Resolve a stream; everything wrong in it is reported. ``models`` are by name without case."""
    with findings.collecting():
        return _resolve(statement, models, read, around, findings)
    return None


def _resolve(
    statement: StreamStatement, models: Mapping[str, Model], read: Services, around: Surroundings, findings: Findings
) -> Stream | None:
    before = findings.refusals
    options = _options(statement, around, findings)
    service = read.find(statement.service, findings)
    model = models.get(statement.model.key)
    if model is None:
        raise read.unknown(statement.model, "model", (model.name for model in models.values()), findings)
    _check_descriptor(statement.descriptor, service, model, read, findings)
    if options.outside is not None:
        _check_outside(options.outside, statement, options.read, model, models)
    predicted = prediction_columns(model, outside=options.read.get("inference", "embedded") != "embedded")
    scope = _scope(statement, service, model, predicted, read, around)
    columns = _Columns(service, model, predicted, scope, read, around)
    where = None
    if statement.where is not None:
        with findings.collecting():
            where = scope.condition(statement.where, around.binder).sql
    for item in statement.items:
        with findings.collecting():
            columns.add(item)
    if findings.refusals == before and not columns.columns:
        findings.add(refuse(statement.name.span, f"stream {statement.name.text} has no column", "select prediction"))
    if findings.refusals > before:
        return None
    return Stream(
        name=statement.name.text,
        service=service.name,
        model=model.name,
        outside=options.outside,
        columns=tuple(columns.columns),
        where=where,
        owner=options.read.get("owner"),
        tags=tags_of(options.read),
        partition=options.partition,
        description=statement.description,
        sql=statement.span.text,
        span=statement.span,
    )


@dataclass(frozen=True)
class _StreamOptions:
    """What a stream's options say; ``read`` holds those that say nothing of how it is scored."""

    outside: Outside | None
    partition: Partition
    read: Options


def _options(statement: StreamStatement, around: Surroundings, findings: Findings) -> _StreamOptions:
    shared = ("owner", "tags", "offline.partition")
    outside, read = outside_of(statement.options, shared, statement.name, around.environment, findings)
    partition = "month"
    with findings.collecting():
        partition = read.one_of("offline.partition", ("day", "month"), "month")
    return _StreamOptions(outside, cast("Partition", partition), read)


def _check_descriptor(
    descriptor: DescriptorStatement | None, service: Service, model: Model, read: Services, findings: Findings
) -> None:
    """Report names that are not what the model is fed; it knows their order, so theirs is free."""
    if descriptor is None:
        return
    fed = {column.name.casefold(): column.name for column in model.features}
    named = dict[str, Name]()
    for name in descriptor.names:
        if name.key in named:
            findings.add(refuse(name.span, f"DESCRIPTOR names {name.text} twice"))
        elif name.key not in fed:
            there = {column.name.casefold() for column in read.columns(service)}
            message = f"{model.name} is not fed {name.text}" if name.key in there else f"unknown column {name.text}"
            hint = did_you_mean(name.text, fed.values()) or f"it is fed {listed(fed.values())}"
            findings.add(refuse(name.span, message, hint))
        named[name.key] = name
    missing = [column for key, column in fed.items() if key not in named]
    if missing:
        message = f"DESCRIPTOR leaves out {listed(missing)}, which {model.name} is fed"
        findings.add(refuse(descriptor.span, message, "name every column that is fed, or leave DESCRIPTOR out"))


def _check_outside(
    outside: Outside, statement: StreamStatement, read: Options, model: Model, models: Mapping[str, Model]
) -> None:
    """Refuse what can be scored only where its state is: in the epoch that writes the service's rows."""
    if not isinstance(model.settings, BaseSettings):
        what = f"'inference' = '{outside.kind}' needs a trained model that does not learn; {model.name} learns"
        raise refuse(statement.model.span, what, "'inference' = 'embedded' scores and learns in one epoch")
    if isinstance(outside, External) and outside.fallback is not None:
        _check_fallback(outside.fallback, read.span("fallback"), model, models)


def _check_fallback(given: float | str, span: Span, model: Model, models: Mapping[str, Model]) -> None:
    """Refuse what cannot stand in for a model's prediction."""
    if not isinstance(given, str):
        if model.settings.objective == "multiclass":
            raise refuse(span, f"{model.name} predicts classes: 'fallback' must be NULL or a model; got {given:g}")
        return
    fallback = models.get(given.casefold())
    if fallback is None:
        hint = did_you_mean(given, (one.name for one in models.values())) or "NULL, a number or a model"
        raise refuse(span, f"'fallback' names no model: {given}", hint)
    fed = {(column.name, column.type) for column in model.features}
    missing = next((c for c in fallback.features if (c.name, c.type) not in fed), None)
    why = ""
    if missing is not None:
        why = f"it is fed {missing.name}, and {model.name} is not"
    elif not isinstance(fallback.settings, BaseSettings):
        why = "it learns"
    elif _predicted(fallback) != _predicted(model):
        why = f"it predicts {_predicted(fallback)}, and {model.name} {_predicted(model)}"
    if why:
        raise refuse(span, f"{fallback.name} cannot stand in for {model.name}: {why}")


def _predicted(model: Model) -> str:
    return f"classes of type {model.target.type}" if model.settings.objective == "multiclass" else "a number"


def _scope(
    statement: StreamStatement,
    service: Service,
    model: Model,
    predicted: Sequence[ServiceColumn],
    read: Services,
    around: Surroundings,
) -> Scope:
    """Return the one relation that a stream selects from: the service's columns, then the prediction's."""
    if model.service != service.name:
        raise refuse(statement.service.span, f"{model.name} reads {model.service}, not {service.name}")
    columns = read.columns(service)
    added = [Column(column.name, column.type) for column in predicted]
    taken = {column.name.casefold() for column in added}
    clash = next((column.name for column in columns if column.name.casefold() in taken), None)
    if clash is not None:
        hint = "give it another name in the service: AS ..."
        raise refuse(statement.service.span, f"{service.name} has a column {clash}, as the prediction has", hint)
    both = (*columns, *added)
    return Scope((Relation(service.name, service.name, both, around.binder.relation(both)),))


class _Columns:
    """The output columns of one stream, in order."""

    def __init__(
        self,
        service: Service,
        model: Model,
        predicted: Sequence[ServiceColumn],
        scope: Scope,
        read: Services,
        around: Surroundings,
    ) -> None:
        self.columns = list[ServiceColumn]()
        self._service, self._model, self._scope, self._binder = service, model, scope, around.binder
        driver = read.driver(service)
        self._leading = {column.name.casefold() for column in driver.entity} | {driver.time.casefold()}
        self._predicted = {column.name for column in predicted}
        self._described = {c.name: c.description for c in (*service.columns, *predicted)}

    def add(self, item: Item) -> None:
        """Resolve one selected item to no, one or many columns."""
        tokens, span = item.expression.tokens, item.expression.span
        if len(tokens) == 1 and tokens[0].text == "*":
            for column in self._scope.source.columns:
                if column.name.casefold() not in self._leading:
                    self._keep(Name(column.name, span), self._bare(column, item))
            return
        typed = self._scope.typed(item.expression, self._binder)
        read = typed.reads[0] if len(typed.reads) == 1 else None
        bare = read if read is not None and read.bare and read.span == span else None
        name = item.alias or (Name(bare.column.name, span) if bare else None)
        if name is None:
            raise refuse(item.span, "this column has no name", "add AS and a name")
        if bare and bare.column.name.casefold() in self._leading and name.key == bare.column.name.casefold():
            return
        lineage = tuple(dict.fromkeys(self._lineage(one.column.name) for one in typed.reads))
        description = item.description or (self._described.get(bare.column.name, "") if bare else "")
        text = print_sql(item.expression)
        self._keep(name, ServiceColumn(name.text, typed.sql, typed.type, text, description, lineage, item.span))

    def _bare(self, column: Column, item: Item) -> ServiceColumn:
        sql = f"{quote(self._service.name)}.{quote(column.name)}"
        description = item.description or self._described.get(column.name, "")
        lineage = (self._lineage(column.name),)
        return ServiceColumn(column.name, sql, column.type, column.name, description, lineage, item.span)

    def _lineage(self, column: str) -> str:
        return f"{self._model.name if column in self._predicted else self._service.name}.{column}"

    def _keep(self, name: Name, column: ServiceColumn) -> None:
        check_new(name, "a column's name")
        if name.key in self._leading:
            hint = "choose another name: AS ..."
            raise refuse(name.span, f"{name.text} is the name of a column that leads every row", hint)
        if any(other.name.casefold() == name.key for other in self.columns):
            raise refuse(name.span, f"two columns are called {name.text}", "choose another name: AS ...")
        self.columns.append(column)
