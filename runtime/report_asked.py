"""The answers to SHOW, DESCRIBE and EXPLAIN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..catalog.names import hint
from ..catalog.window_text import emit_text
from ..features_sql.definitions import Definitions, Service, Source, Table, View
from ..features_sql.errors import ReadError
from ..features_sql.explain import explain
from ..features_sql.parse_ask import read_ask
from ..features_sql.source_text import SourceText
from .report_explain import explained
from .shown import Shown, table

if TYPE_CHECKING:
    from .project import Project

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
    return explained(explain(definitions, known.get(ask.name.casefold(), ask.name)), batch=False)


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
        case _:
            return {}


def _described(name: str, definitions: Definitions) -> Shown:
    for kind in _KINDS[:4]:
        held: Mapping[str, Any] = getattr(definitions, kind)
        one = next((one for key, one in held.items() if key.casefold() == name.casefold()), None)
        if one is not None:
            rows = list(_columns(one, definitions))
            columns = ("column", "type", "is", "description")
            data = [dict(zip(columns, row, strict=True)) for row in rows]
            return Shown({"name": one.name, "kind": kind.removesuffix("s"), "columns": data}, (table(columns, rows),))
    known = [key for kind in _KINDS[:4] for key in getattr(definitions, kind)]
    raise ReadError(f"there is no source, table, view or service {name!r}{hint(name, known)}")


def _columns(one: Source | Table | View | Service, definitions: Definitions) -> Iterable[tuple[str, str, str, str]]:
    if isinstance(one, Source | Table):
        for column in one.columns:
            yield column.name, column.type, column.computed or "", ""
        return
    view = one if isinstance(one, View) else definitions.views[one.view]
    for column in view.entity:
        yield column.name, column.type, "the entity", ""
    yield view.time, "TIMESTAMP", "the instant", ""
    for feature in one.features if isinstance(one, View) else one.columns:
        yield feature.name, feature.type, feature.text, feature.description
