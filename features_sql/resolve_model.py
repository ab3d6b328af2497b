"""CREATE MODEL: the service it reads, the labels it learns from, and the columns that it is fed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .definitions import Column, Definitions, Model, Service, Source, View
from .diagnostics import Findings, Refusal, consequence, refuse
from .fed_columns import can_feed, fed_columns
from .model_settings import BaseSettings, LiveSettings, Objective, base_settings, live_settings
from .names import did_you_mean, listed
from .options import view_options
from .resolve_view import Surroundings
from .source_text import Span
from .statements import ColumnStatement, LabelsStatement, ModelStatement, Name, Option

# What the statement itself says in options; all others are the provider's.
_OWN_KEYS = ("features", "owner", "tags")
_OBJECTIVES: tuple[Objective, ...] = ("binary", "multiclass", "regression")
_NEVER_PREDICTED = ("TIMESTAMP", "DATE", "TIME", "INTERVAL", "BLOB", "STRUCT", "MAP", "UNION", "JSON")


@dataclass(frozen=True)
class Services:
    """The services that models and streams may read, among everything that is defined before them.

    ``refused`` are the names, without case, of what is declared but refused; ``correctors`` those of models that
    correct another one.
    """

    definitions: Definitions
    refused: frozenset[str]
    correctors: frozenset[str]

    def find(self, name: Name, findings: Findings) -> Service:
        """Return a service by name, or refuse the name."""
        services = {service.name.casefold(): service for service in self.definitions.services.values()}
        if name.key not in services:
            raise self.unknown(name, "feature service", self.definitions.services, findings)
        return services[name.key]

    def unknown(self, name: Name, kind: str, known: Iterable[str], findings: Findings) -> Refusal:
        """Return the refusal of a name that stands for no ``kind``; nothing is said where its statement is refused."""
        if findings.incomplete or name.key in self.refused:
            return consequence(name.span)
        held = self.definitions
        named = (("source", held.sources), ("table", held.tables), ("feature view", held.views))
        for other, ones in (*named, ("feature service", held.services)):
            if one := next((one for one in ones if one.casefold() == name.key), None):
                example = f"CREATE FEATURE SERVICE ... AS SELECT {one}.* FROM {one}"
                hint = example if (other, kind) == ("feature view", "feature service") else ""
                return refuse(name.span, f"{name.text} is a {other}, not a {kind}", hint)
        names = sorted(known)
        hint = did_you_mean(name.text, names) or (f"the project has {listed(names)}" if names else "")
        return refuse(name.span, f"unknown {kind} {name.text}", hint)

    def driver(self, service: Service) -> View:
        """Return the view that drives a service."""
        return self.definitions.driver(service)

    def columns(self, service: Service) -> tuple[Column, ...]:
        """Return every column of a service's row: entity, time, then its own."""
        driver = self.driver(service)
        own = tuple(Column(column.name, column.type) for column in service.columns)
        return (*driver.entity, Column(driver.time, "TIMESTAMP"), *own)


@dataclass(frozen=True)
class _Task:
    """What a model predicts, from what: the part of a ``Model`` that a corrector shares with its base."""

    target: Column
    service: str
    labels: str
    keys: tuple[str, ...]
    within: int
    base: str | None
    features: tuple[Column, ...]


def resolve_model(
    statement: ModelStatement, models: Mapping[str, Model], read: Services, around: Surroundings, findings: Findings
) -> Model | None:
    """Resolve a model; everything wrong in it is reported. ``models`` are those before it, by name without case."""
    before = findings.refusals
    corrects = statement.base is not None
    own = [option for option in statement.options if option.key.text in _OWN_KEYS]
    rest = [option for option in statement.options if option.key.text not in _OWN_KEYS]
    named = next((option for option in own if option.key.text == "features"), None)
    if named is not None and corrects:
        findings.add(refuse(named.key.span, "a corrector is fed what its base is fed", "name them in the base"))
    common = view_options([option for option in own if option is not named], "service", around.environment, findings)
    settings = _settings(rest, corrects, around.environment, findings)
    task = None
    with findings.collecting():
        if statement.base is not None:
            base = _base(statement.base, models, read, findings)
            task = _shared(base)
            settings = replace(settings, objective=base.settings.objective) if settings else None
        else:
            pair = [name for option in rest if option.key.text in ("user", "item") for name in _names(option)]
            task = _task(statement, _names(named) if named else (), pair, read, around, findings)
    if task is None or settings is None or findings.refusals > before:
        return None
    if settings.weight:
        _check_weight(settings.weight, rest, task, read, findings)
    _check_target(statement, settings, task.target, rest, findings)
    if isinstance(settings, LiveSettings) and settings.drift.watched not in ("loss", "score"):
        _check_watched(settings.drift.watched, rest, task, findings)
    return Model(
        name=statement.name.text,
        **vars(task),
        settings=settings,
        owner=common.owner,
        tags=common.tags,
        description=statement.description,
        sql=statement.span.text,
        span=statement.span,
    )


def _settings(
    options: Sequence[Option], corrects: bool, environment: Mapping[str, str], findings: Findings
) -> BaseSettings | LiveSettings | None:
    """Read the provider's options; the provider decides which there are."""
    if corrects or any(option.key.text == "provider" and option.value == "river" for option in options):
        return live_settings(options, environment, findings, corrects=corrects)
    return base_settings(options, environment, findings)


def _names(option: Option) -> list[Name]:
    """Return the comma-separated names of an option, each at its place."""
    start, names = option.span.start + 1, list[Name]()
    for match in re.finditer(r"[^,]+", option.span.text[1:-1]):
        text = match[0].strip()
        begin = start + match.start() + match[0].find(text)
        names.append(Name(text, Span(option.span.source, begin, begin + max(1, len(text)))))
    return names


def _base(name: Name, models: Mapping[str, Model], read: Services, findings: Findings) -> Model:
    if name.key in read.correctors:
        raise refuse(name.span, f"{name.text} is a corrector itself", "correct the model that it corrects")
    base = models.get(name.key)
    if base is None:
        raise read.unknown(name, "model", (model.name for model in models.values()), findings)
    if isinstance(base.settings, LiveSettings):
        hint = "a corrector stands on a model of 'provider' = 'lightgbm'"
        raise refuse(name.span, f"{base.name} learns online itself", hint)
    return base


def _check_weight(name: str, options: Sequence[Option], task: _Task, read: Services, findings: Findings) -> None:
    """Report a weight that is no number of the labels' source."""
    span = next(option.span for option in options if option.key.text == "weight")
    source = read.definitions.sources[task.labels]
    column = next((column for column in source.columns if column.name == name), None)
    numbers = [column.name for column in source.columns if can_feed(column.type) and column.type != "VARCHAR"]
    if column is None:
        hint = did_you_mean(name, numbers) or f"columns: {listed(numbers)}"
        findings.add(refuse(span, f"{source.name} has no column {name}", hint))
    elif name not in numbers:
        findings.add(refuse(span, f"{name} is {column.type}: a weight is a number"))


def _check_target(
    statement: ModelStatement,
    settings: BaseSettings | LiveSettings,
    target: Column,
    options: Sequence[Option],
    findings: Findings,
) -> None:
    """Report a label that the objective cannot be: it decides between true and false, classes, and values."""
    if statement.target is None or _suits(target.type, settings.objective):
        return
    suited = next(objective for objective in _OBJECTIVES if _suits(target.type, objective))
    said = next((option.span for option in options if option.key.text == "objective"), statement.target.span)
    message = f"{target.name} is {target.type}, which a {settings.objective} model cannot predict"
    findings.add(refuse(said, message, f"'objective' = '{suited}'"))


def _suits(type_: str, objective: str) -> bool:
    match objective:
        case "binary":
            return type_ != "VARCHAR"
        case "multiclass":
            return type_ == "VARCHAR" or type_.endswith("INT") or type_ == "INTEGER"
        case _:
            return type_ not in ("VARCHAR", "BOOLEAN")


def _check_watched(name: str, options: Sequence[Option], task: _Task, findings: Findings) -> None:
    """Report what a detector cannot watch: it is the loss, the score, or a number that is fed."""
    numbers = [column.name for column in task.features if column.type != "VARCHAR"]
    if name not in numbers:
        span = next(option.span for option in options if option.key.text == "drift.on")
        hint = did_you_mean(name, ["loss", "score", *numbers]) or f"loss, score, or {listed(numbers)}"
        findings.add(refuse(span, f"a detector cannot watch {name}", hint))


def _shared(base: Model) -> _Task:
    return _Task(base.target, base.service, base.labels, base.keys, base.within, base.name, base.features)


def _task(
    statement: ModelStatement,
    named: Sequence[Name],
    pair: Sequence[Name],
    read: Services,
    around: Surroundings,
    findings: Findings,
) -> _Task | None:
    assert statement.target is not None
    assert statement.service is not None
    assert statement.labels is not None
    source, target = None, None
    with findings.collecting():
        source = _source(statement.labels.source, read, around, findings)
    if source is not None:
        with findings.collecting():
            target = _target(statement.target, statement.output, source)
    service = read.find(statement.service, findings)
    if source is None or target is None:
        return None
    columns = read.columns(service)
    keys = tuple(_keys(statement.labels, columns, source, service, findings))
    if statement.inputs:
        named = [column.name for column in statement.inputs]
        _check_types(statement.inputs, columns, findings)
    time = read.driver(service).time
    if named:
        features = _chosen(named, columns, {*keys, time}, service.name, findings)
    else:
        fed = fed_columns(service, read.definitions)
        features = tuple(Column(column.name, column.type) for column in fed if column.name not in keys)
    # Who and what a recommender tells apart are keys most of the time: naming them feeds them.
    features = tuple(dict.fromkeys((*features, *_chosen(pair, columns, {time}, service.name, findings))))
    if not features and not named:
        hint = "keys, times and lists are carried along; name columns with 'features' = 'a, b'"
        findings.add(refuse(statement.service.span, f"{service.name} has no column that a model is fed", hint))
    return _Task(target, service.name, source.name, keys, statement.labels.within, None, features)


def _source(name: Name, read: Services, around: Surroundings, findings: Findings) -> Source | None:
    """Return the labels' source; None where its own statement is refused."""
    found = around.relations.get(name.key)
    if found is None:
        known = (one.relation.name for one in around.relations.values() if one.kind == "source")
        raise read.unknown(name, "source", known, findings)
    if found.kind == "table":
        raise refuse(name.span, f"{name.text} is a table: labels are events", "declare them with CREATE SOURCE")
    return found.definition if isinstance(found.definition, Source) else None


def _target(name: Name, output: ColumnStatement | None, source: Source) -> Column:
    column = next((column for column in source.columns if column.name.casefold() == name.key), None)
    if column is None:
        known = [column.name for column in source.columns]
        hint = did_you_mean(name.text, known) or f"columns: {listed(known)}"
        raise refuse(name.span, f"{source.name} has no column {name.text}", hint)
    if column.type.startswith(_NEVER_PREDICTED) or column.type.endswith("]"):
        raise refuse(name.span, f"{column.name} is {column.type}, which no model predicts")
    if output is not None:
        _check_type(output, Column(column.name, column.type))
    return Column(column.name, column.type)


def _keys(
    labels: LabelsStatement, columns: Sequence[Column], source: Source, service: Service, findings: Findings
) -> Iterable[str]:
    for name in labels.keys:
        with findings.collecting():
            labelled = next((column for column in source.columns if column.name.casefold() == name.key), None)
            scored = next((column for column in columns if column.name.casefold() == name.key), None)
            if labelled is None or scored is None:
                owner, known = (service.name, columns) if labelled else (source.name, source.columns)
                hint = did_you_mean(name.text, [column.name for column in known])
                hint = hint or "a label's key is a column of the labels' source and of the service"
                raise refuse(name.span, f"{owner} has no column {name.text}", hint)
            if labelled.type != scored.type:
                message = f"{name.text} is {scored.type} in {service.name} but {labelled.type} in {source.name}"
                raise refuse(name.span, message, "keys must have the same type")
            yield scored.name


def _check_types(inputs: Sequence[ColumnStatement], columns: Sequence[Column], findings: Findings) -> None:
    for column in inputs:
        found = next((one for one in columns if one.name.casefold() == column.name.key), None)
        if found is not None:
            with findings.collecting():
                _check_type(column, found)


def _check_type(declared: ColumnStatement, column: Column) -> None:
    wanted = "".join(token.upper for token in declared.type.tokens)
    if column.type.replace(" ", "") != wanted:
        raise refuse(declared.type.span, f"{column.name} is {column.type}; got {declared.type.span.text}")


def _chosen(
    names: Sequence[Name], columns: Sequence[Column], carried: Collection[str], service: str, findings: Findings
) -> tuple[Column, ...]:
    """Return the columns that ``features`` names, in its order; one that cannot be fed is reported and left out."""
    chosen = list[Column]()
    for name in names:
        with findings.collecting():
            column = next((column for column in columns if column.name.casefold() == name.key), None)
            if column is None:
                known = [column.name for column in columns if can_feed(column.type)]
                hint = did_you_mean(name.text, known) or f"it has {listed(known)}"
                raise refuse(name.span, f"{service} has no column {name.text}", hint)
            if column.name in carried:
                raise refuse(name.span, f"{column.name} is the label's key or the time: it is never fed to a model")
            if not can_feed(column.type):
                message = f"{column.name} is {column.type}: it is never fed to a model"
                raise refuse(name.span, message, "numbers, BOOLEAN and VARCHAR are")
            if column in chosen:
                raise refuse(name.span, f"{column.name} is fed twice")
            chosen.append(column)
    return tuple(chosen)
