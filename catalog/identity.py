"""What makes a definition the same: the content that decides its rows, and a hash of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..features_sql.definitions import (
    Definitions,
    FilesConnector,
    Measure,
    Model,
    Service,
    Source,
    Stream,
    Table,
    Target,
    View,
)
from ..features_sql.model_settings import BaseSettings
from ..features_sql.topic_connector import TopicConnector

Content = dict[str, Any]

# Parts that hold other definitions by name, and the word for one of them.
_NAMED = {
    "source": "source",
    "tables": "table",
    "views": "view",
    "labels": "source",
    "service": "service",
    "base": "model",
    "model": "model",
}

# Ids outside quotes; a quoted text is matched first, so that an id inside it stays as it is.
_ID = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\b[rxfm]\d+\b""")

_PATH_OPTION = re.compile(r"'path'\s*=\s*'((?:[^']|'')*)'", re.IGNORECASE)


def content_hash(definition: Source | Table | Target, definitions: Definitions) -> str:
    """Return a SHA-256, in hex, over everything that changes the definition's rows and nothing else.

    Two definitions with one hash write the same rows from the same input. Descriptions, owners, tags,
    places in files, the text as written, and the names and order of windows, terms and measures have no part in it.
    """
    text = content_text(content(definition, definitions))
    return hashlib.sha256(text.encode()).hexdigest()


def content_text(content: Content) -> str:
    """Return content as canonical JSON."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content(definition: Source | Table | Target, definitions: Definitions) -> Content:
    """Return what decides the definition's rows, as plain JSON values by the part's name."""
    match definition:
        case Source():
            parts = _relation(definition) | {"time": definition.time, "delay": definition.delay}
            parts |= {"max.future": definition.max_future, "dedupe": definition.dedupe}
            parts |= {"late.within": definition.late.within}
        case Table():
            parts = _relation(definition)
        case View():
            parts = _view(definition, definitions)
        case Service():
            parts = _service(definition, definitions)
        case Model():
            parts = _model(definition, definitions)
        case Stream():
            parts = _stream(definition, definitions)
    # Through JSON, so that what is stored and read back compares equal: tuples become lists.
    return json.loads(json.dumps(parts))


def path_as_written(source: Source | Table) -> str:
    """Return the path of the source's files with ``${NAME}`` as the user wrote it: its value may be a secret.

    Events that do not come from files have no path: "".
    """
    if not isinstance(source.connector, FilesConnector):
        return ""
    written = _PATH_OPTION.search(source.sql) if "${" in source.sql else None
    return written[1].replace("''", "'") if written else source.connector.path


def _relation(definition: Source | Table) -> Content:
    return {
        "columns": [[column.name, column.type, column.computed] for column in definition.columns],
        "primary key": list(definition.primary_key),
        "connector": _connector(definition),
    }


def _connector(definition: Source | Table) -> Content:
    connector = definition.connector
    if isinstance(connector, TopicConnector):
        own = {"key.column": connector.key_column, "headers.column": connector.headers_column}
        return {"kind": connector.kind, "topic": connector.topic_name, **own}
    if not isinstance(connector, FilesConnector):
        return {"kind": connector.kind}
    parts = asdict(connector) | {"path": path_as_written(definition)}
    if parts["path"] != connector.path:
        # The content is stored: a digest tells another value of the variable without showing it.
        parts["path value"] = hashlib.sha256(connector.path.encode()).hexdigest()
    return parts


def _view(view: View, definitions: Definitions) -> Content:
    tables = {join.table: definitions.joined(join) for join in view.joins}
    return {
        **_upstream(view, definitions),
        "tables": {name: content(table, definitions) for name, table in tables.items()},
        "joins": [asdict(join) for join in view.joins],
        "where": view.where,
        "entity": [[column.name, column.type] for column in view.entity],
        "time": view.time,
        "emit": _emit(view),
        "qualify": _value(view, view.qualify) if view.qualify else None,
        "offline.partition": view.partition,
        "features": [[feature.name, feature.type, *_value(view, feature.sql)] for feature in view.features],
    }


def _upstream(view: View, definitions: Definitions) -> Content:
    """Return the content of what a view reads: sources or other views, and how a UNION ALL puts them together."""
    parts: Content = {}
    for name in view.reads:
        relation = definitions.relation(name)
        part = parts.setdefault("source" if isinstance(relation, Source) else "views", {})
        part[name] = content(relation, definitions)
    if view.union is not None:
        branches = [[one.source, one.alias, list(one.columns), one.where] for one in view.union.branches]
        parts["union"] = {"columns": [[c.name, c.type] for c in view.union.columns], "branches": branches}
    return parts


def _emit(view: View) -> list[Any]:
    emit = view.emit
    condition = _value(view, emit.condition) if emit.condition else None
    window = _window(view, emit.window) if emit.window else None
    return [emit.kind, window, emit.every, emit.repeat, emit.count, condition]


def _value(view: View, sql: str) -> list[Any]:
    """Return SQL with its ids renamed in order of use, then what each of them stands for."""
    measures = {measure.id: measure for measure in view.measures}
    known = {term.id for term in view.terms} | set(measures)
    used: dict[str, str] = {}

    def renamed(match: re.Match[str]) -> str:
        id = match.group()
        return used.setdefault(id, f"v{len(used)}") if id in known else id

    renamed_sql = _ID.sub(renamed, sql)
    return [renamed_sql, [_measure(view, measures[id]) if id in measures else _term(view, id) for id in used]]


def _measure(view: View, measure: Measure) -> Content:
    terms = {term.id for term in view.terms}
    arguments = [_term(view, name) if name in terms else name for name in measure.arguments]
    return {
        "function": measure.function,
        "arguments": arguments,
        "distinct": measure.distinct,
        "filter": _term(view, measure.filter) if measure.filter else None,
        "window": _window(view, measure.window),
        "type": measure.type,
        "count": measure.count,
        "per": measure.per,
    }


def _term(view: View, id: str) -> list[str]:
    term = view.term(id)
    return [term.sql, term.type]


def _window(view: View, name: str) -> Content:
    return {key: value for key, value in asdict(view.window(name)).items() if key != "name" and value is not None}


def _service(service: Service, definitions: Definitions) -> Content:
    names = sorted({service.view, *(join.view for join in service.joins)})
    return {
        "driving view": [service.view, service.alias],
        "joins": [[join.view, join.alias, list(join.keys)] for join in service.joins],
        "offline.partition": service.partition,
        "views": {name: _read_view(definitions.views[name], definitions) for name in names},
        "features": [[column.name, column.type, column.sql] for column in service.columns],
    }


def _model(model: Model, definitions: Definitions) -> Content:
    """Return what decides what a model learns; how its next version is trained changes no row that is written."""
    settings = asdict(model.settings)
    if isinstance(model.settings, BaseSettings):
        settings = {name: settings[name] for name in ("objective", "unlabelled", "weight")}
    return {
        "service": {model.service: content_hash(definitions.services[model.service], definitions)},
        "labels": {model.labels: content(definitions.sources[model.labels], definitions)},
        "target": [model.target.name, model.target.type],
        "keys": list(model.keys),
        "within": model.within,
        "base": {model.base: content_hash(definitions.models[model.base], definitions)} if model.base else {},
        "features": [[column.name, column.type] for column in model.features],
        "settings": settings,
    }


def _stream(stream: Stream, definitions: Definitions) -> Content:
    return {
        "service": {stream.service: content_hash(definitions.services[stream.service], definitions)},
        "model": {stream.model: content_hash(definitions.models[stream.model], definitions)},
        "offline.partition": stream.partition,
        "inference": "embedded" if stream.outside is None else stream.outside.kind,
        "where": stream.where,
        "features": [[column.name, column.type, column.sql] for column in stream.columns],
    }


def _read_view(view: View, definitions: Definitions) -> list[Any]:
    """Return a joined view's hash, and ``valid.for``, which changes what is read of it but not its rows."""
    return [content_hash(view, definitions), view.valid_for]


def differences(old: Content, new: Content) -> tuple[str, ...]:
    """Return in a few words each part in which two contents of one kind differ, in the order of ``new``."""
    found: list[str] = []
    for part, value in new.items():
        before = old.get(part)
        if before == value:
            continue
        if part == "features":
            found += _feature_differences(before or [], value)
        elif part in _NAMED:
            found += _named_differences(_NAMED[part], before or {}, value)
        else:
            found.append(f"{part} changed")
    return tuple(found)


def _feature_differences(before: list[Any], after: list[Any]) -> list[str]:
    old: Mapping[str, list[Any]] = {feature[0]: feature for feature in before}
    new: Mapping[str, list[Any]] = {feature[0]: feature for feature in after}
    found = [f"{name} changed" for name in new if name in old and new[name] != old[name]]
    found += [f"+{name}" for name in new if name not in old]
    found += [f"-{name}" for name in old if name not in new]
    return found or ["order of features changed"]


def _named_differences(singular: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    found = [f"{singular} {name} changed" for name in after if name in before and after[name] != before[name]]
    found += [f"+{singular} {name}" for name in after if name not in before]
    return found + [f"-{singular} {name}" for name in before if name not in after]
