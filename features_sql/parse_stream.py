"""CREATE STREAM ... AS SELECT ... FROM ML_PREDICT(TABLE service, MODEL model)."""

from __future__ import annotations

from .diagnostics import Findings, not_built
from .names import read_name
from .parse_options import read_options
from .parse_select import read_clauses, read_items, whole
from .source_text import Span
from .statements import Name, StreamStatement
from .tokens import Cursor

_HINT = "FROM ML_PREDICT(TABLE service, MODEL model)"


def read_stream(cursor: Cursor, name: Name, description: str, span: Span, findings: Findings) -> StreamStatement:
    """Read what follows ``CREATE STREAM name``; a condition that cannot be read is reported and left out."""
    options = read_options(cursor)
    form = f"CREATE STREAM {name.text} AS SELECT prediction {_HINT}"
    cursor.expect("AS", hint=f"events come from a source: CREATE SOURCE {name.text} (...)" if cursor.at("(") else form)
    clauses, _ = read_clauses(cursor, "stream", findings)
    items = read_items(clauses["SELECT"].body, findings)
    service, model = _ml_predict(clauses["FROM"].body)
    where = None
    if clause := clauses.get("WHERE"):
        with findings.collecting():
            where = whole(clause.body, "a condition")
    return StreamStatement(name, options, items, service, model, where, description, span)


def _ml_predict(body: Cursor) -> tuple[Name, Name]:
    """Return the service's and the model's names."""
    body.expect("ML_PREDICT", hint=_HINT)
    if not body.at("("):
        raise body.unexpected("( and TABLE service, MODEL model", _HINT)
    table, model, *more = [*body.inside().split(), None, None][:3]
    assert table is not None
    table.expect("TABLE", hint=_HINT)
    service = _last(table, "the name of a feature service")
    if model is None:
        raise table.unexpected(", and MODEL model", _HINT)
    model.expect("MODEL", hint=_HINT)
    predicting = _last(model, "the name of a model")
    if more and (third := more[0]) is not None:
        if found := third.take("DESCRIPTOR"):
            raise not_built(found, "DESCRIPTOR", "a model knows the columns that it is fed")
        raise third.unexpected(")", _HINT)
    if not body.done:
        raise body.unexpected("WHERE or ; after ML_PREDICT(...)")
    return service, predicting


def _last(part: Cursor, what: str) -> Name:
    name = read_name(part, what)
    if not part.done:
        raise part.unexpected(", or )", _HINT)
    return name
