"""The answers to SHOW, DESCRIBE and EXPLAIN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...catalog.names import hint
from ...catalog.window_text import emit_text
from ...features_sql.definitions import Definitions, Model, Service, Source, Stream, Table, View
from ...features_sql.errors import ReadError
from ...features_sql.explain import explain
from ...features_sql.flink import to_flink
from ...features_sql.parse_ask import read_ask
from ...features_sql.predictions import prediction_columns
from ...features_sql.sink import FilesTarget, KafkaTarget, RedisTarget, Sink
from ...features_sql.source_text import SourceText
from .report_explain import explained
from .report_flink import compiled
from .shown import Shown, table

if TYPE_CHECKING:
    from ..project import Project

Described = Source | Table | View | Service | Model | Stream | Sink
_KINDS = ("sources", "tables", "views", "services", "models", "streams", "sinks")


def asked(project: Project, text: str) -> Shown:
    """Answer one statement; raises StatementError where it is none, ReadError for a name that nothing has."""
    ask = read_ask(SourceText("<sql>", text))
    if ask.kind == "show":
        return _listed(ask.name, project.definitions())
    if ask.kind == "describe":
        return _described(ask.name, project.definitions())
    definitions = project.definitions() if ask.statement is None else project.definitions_with(ask.statement)
    known = {name.casefold(): name for name in (*definitions.views, *definitions.services)}
    name = known.get(ask.name.casefold(), ask.name)
    return compiled(to_flink(definitions, name)) if ask.flink else explained(explain(definitions, name), batch=False)


def _listed(kind: str, definitions: Definitions) -> Shown:
    held: Mapping[str, Any] = getattr(definitions, kind)
    facts = [{"name": name, **_facts(one), "description": one.description} for name, one in held.items()]
    columns = tuple(facts[0]) if facts else ("name", "description")
    return Shown(facts, (table(columns, [tuple(row.values()) for row in facts]),))


def _facts(one: object) -> dict[str, object]:
    match one:
        case Source():
            return {"event time": one.time, "columns": len(one.columns)}
        case Table():
            return {"primary key": ", ".join(one.primary_key), "columns": len(one.columns)}
        case View():
            entity, reads = ", ".join(column.name for column in one.entity), ", ".join(one.reads)
            return {"entity": entity, "reads": reads, "emit": emit_text(one.emit), "features": len(one.features)}
        case Service():
            joined = ", ".join(join.view for join in one.joins)
            return {"driven by": one.view, "joins": joined, "columns": len(one.columns)}
        case Model():
            predicts = f"{one.target.name} of {one.labels}"
            return {"predicts": predicts, "reads": one.service, "corrects": one.base or "", "fed": len(one.features)}
        case Stream():
            way = "embedded" if one.outside is None else one.outside.kind
            return {"reads": one.service, "model": one.model, "inference": way, "columns": len(one.columns)}
        case Sink():
            return {"reads": one.source, "connector": _place(one)[0], "sends to": _place(one)[1]}
        case _:
            return {}


def _described(name: str, definitions: Definitions) -> Shown:
    for kind in _KINDS:
        held: Mapping[str, Any] = getattr(definitions, kind)
        one = next((one for key, one in held.items() if key.casefold() == name.casefold()), None)
        if one is not None:
            rows = list(_columns(one, definitions))
            columns = ("column", "type", "is", "description")
            data = [dict(zip(columns, row, strict=True)) for row in rows]
            return Shown({"name": one.name, "kind": kind.removesuffix("s"), "columns": data}, (table(columns, rows),))
    known = [key for kind in _KINDS for key in getattr(definitions, kind)]
    *kinds, last = (kind.removesuffix("s") for kind in _KINDS)
    raise ReadError(f"there is no {', '.join(kinds)} or {last} {name!r}{hint(name, known)}")


def _place(sink: Sink) -> tuple[str, str]:
    """A sink's connector and where it sends rows, without what may be secret."""
    match sink.target:
        case FilesTarget(path):
            return "files", path
        case KafkaTarget(topic):
            return "kafka", topic
        case RedisTarget():
            return "redis", sink.target.stream or f"{sink.target.key_prefix}..."


def _columns(one: Described, definitions: Definitions) -> Iterable[tuple[str, str, str, str]]:
    """The name and type of each column, what it is, and its description; of a sink, those that it is sent."""
    if isinstance(one, Source | Table):
        for column in one.columns:
            yield column.name, column.type, column.computed or "", ""
    elif isinstance(one, Model):
        yield from _of_model(one)
    elif isinstance(one, Sink):
        read = {**definitions.views, **definitions.services, **definitions.streams}[one.source]
        yield from _of_rows(read, definitions)
    else:
        yield from _of_rows(one, definitions)


def _of_model(model: Model) -> Iterable[tuple[str, str, str, str]]:
    """What a model is fed, its label, and what it puts beside a row."""
    for column in model.features:
        yield column.name, column.type, "fed", ""
    yield model.target.name, model.target.type, f"the label, from {model.labels}", ""
    for column in prediction_columns(model):
        yield column.name, column.type, "predicted", column.description


def _of_rows(one: View | Service | Stream, definitions: Definitions) -> Iterable[tuple[str, str, str, str]]:
    view = definitions.driver(one)
    for column in view.entity:
        yield column.name, column.type, "the entity", ""
    yield view.time, "TIMESTAMP", "the instant", ""
    for feature in one.features if isinstance(one, View) else one.columns:
        yield feature.name, feature.type, feature.text, feature.description
