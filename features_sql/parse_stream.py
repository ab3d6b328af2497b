"""CREATE STREAM ... AS SELECT ... FROM ML_PREDICT(TABLE service, MODEL model [, DESCRIPTOR(columns)])."""

from __future__ import annotations

from .diagnostics import Findings
from .names import read_name
from .parse_options import read_options
from .parse_select import read_clauses, read_items, whole
from .source_text import Span
from .statements import DescriptorStatement, Name, StreamStatement
from .tokens import Cursor

_HINT = "FROM ML_PREDICT(TABLE service, MODEL model)"


def read_stream(cursor: Cursor, name: Name, description: str, span: Span, findings: Findings) -> StreamStatement:
    """Read what follows ``CREATE STREAM name``; a condition that cannot be read is reported and left out."""
    options = read_options(cursor)
    form = f"CREATE STREAM {name.text} AS SELECT prediction {_HINT}"
    cursor.expect("AS", hint=f"events come from a source: CREATE SOURCE {name.text} (...)" if cursor.at("(") else form)
    clauses, _ = read_clauses(cursor, "stream", findings)
    items = read_items(clauses["SELECT"].body, findings)
    service, model, descriptor = _ml_predict(clauses["FROM"].body)
    where = None
    if clause := clauses.get("WHERE"):
        with findings.collecting():
            where = whole(clause.body, "a condition")
    return StreamStatement(name, options, items, service, model, descriptor, where, description, span)


def _ml_predict(body: Cursor) -> tuple[Name, Name, DescriptorStatement | None]:
    """Return the service's and the model's names, and what is said of the columns that are fed."""
    body.expect("ML_PREDICT", hint=_HINT)
    if not body.at("("):
        raise body.unexpected("( and TABLE service, MODEL model", _HINT)
    table, model, third, more = [*body.inside().split(), None, None, None][:4]
    assert table is not None
    table.expect("TABLE", hint=_HINT)
    service = _last(table, "the name of a feature service")
    if model is None:
        raise table.unexpected(", and MODEL model", _HINT)
    model.expect("MODEL", hint=_HINT)
    predicting = _last(model, "the name of a model")
    descriptor = None if third is None else _descriptor(third)
    if more is not None:
        raise more.unexpected(")", _HINT)
    if not body.done:
        raise body.unexpected("WHERE or ; after ML_PREDICT(...)")
    return service, predicting, descriptor


def _descriptor(part: Cursor) -> DescriptorStatement:
    form = "DESCRIPTOR(column, ...) names the columns that the model is fed"
    word = part.expect("DESCRIPTOR", hint=form)
    if not part.at("("):
        raise part.unexpected("( and the columns that the model is fed", form)
    names = tuple(_last(one, "the name of a column") for one in part.inside().split())
    if not part.done:
        raise part.unexpected(")", _HINT)
    return DescriptorStatement(names, word)


def _last(part: Cursor, what: str) -> Name:
    name = read_name(part, what)
    if not part.done:
        raise part.unexpected(", or )", _HINT)
    return name
