"""CREATE SINK: which rows go where."""

from __future__ import annotations

from .definitions import Column, Definitions
from .diagnostics import Findings, refuse
from .names import did_you_mean, listed
from .options import Options
from .resolve_model import Services
from .resolve_view import Surroundings
from .scope import Relation, Scope
from .sink import Sink
from .sink_options import sink_target
from .statements import Name, SinkStatement


def resolve_sink(statement: SinkStatement, read: Services, around: Surroundings, findings: Findings) -> Sink | None:
    """Resolve a sink; everything wrong in it is reported."""
    before = findings.refusals
    found = sink_target(statement.options, statement.name, around.environment, findings)
    where, key, source = None, tuple[str, ...](), ""
    with findings.collecting():
        source, columns = _relation(statement.relation, read, findings)
        scope = Scope((Relation(source, source, columns, around.binder.relation(columns)),))
        if found is not None:
            key = _key(found[1], columns, source)
        if statement.where is not None:
            where = scope.condition(statement.where, around.binder).sql
    if found is None or findings.refusals > before:
        return None
    return Sink(
        name=statement.name.text,
        source=source,
        where=where,
        key=key,
        target=found[0],
        description=statement.description,
        sql=statement.span.text,
        span=statement.span,
    )


def written_columns(name: str, definitions: Definitions, read: Services) -> tuple[Column, ...] | None:
    """Return every column of the rows that a stream, view or service writes; None where there is none of this name."""
    if name in definitions.views:
        return definitions.views[name].columns
    if name in definitions.services:
        return read.columns(definitions.services[name])
    if name in definitions.streams:
        stream = definitions.streams[name]
        driver = read.driver(definitions.services[stream.service])
        own = tuple(Column(column.name, column.type) for column in stream.columns)
        return (*driver.entity, Column(driver.time, "TIMESTAMP"), *own)
    return None


def _relation(name: Name, read: Services, findings: Findings) -> tuple[str, tuple[Column, ...]]:
    definitions = read.definitions
    for kind, others in (("source", definitions.sources), ("table", definitions.tables), ("model", definitions.models)):
        if name.key in {other.casefold() for other in others}:
            raise refuse(name.span, f"{name.text} is a {kind}: a sink takes the rows of a stream, view or service")
    known = {one.casefold(): one for one in (*definitions.streams, *definitions.services, *definitions.views)}
    found = known.get(name.key)
    columns = written_columns(found, definitions, read) if found is not None else None
    if found is None or columns is None:
        raise read.unknown(name, "stream, view or service", known.values(), findings)
    return found, columns


def _key(options: Options, columns: tuple[Column, ...], source: str) -> tuple[str, ...]:
    names = [name.strip() for name in options.get("key").split(",") if name.strip()]
    by_key = {column.name.casefold(): column.name for column in columns}
    for name in names:
        if name.casefold() not in by_key:
            known = [column.name for column in columns]
            hint = did_you_mean(name, known) or f"it has {listed(known)}"
            raise refuse(options.span("key"), f"{source} has no column {name}", hint)
    return tuple(by_key[name.casefold()] for name in names)
