"""``INSERT INTO source VALUES ...`` and ``EXPECT view VALUES ...``: the statements of a feature test."""

from __future__ import annotations

from dataclasses import dataclass, field

from .comments import above
from .diagnostics import Findings
from .fixture import Asked
from .names import did_you_mean, read_name
from .parse_select import split_script, whole
from .source_text import SourceText, Span
from .statements import Fragment, Name
from .tokens import Cursor, Script, tokenize

_INSERT = "INSERT INTO source (column, ...) VALUES (value, ...), ..."
_EXPECT = "EXPECT view (column, ...) VALUES (value, ...), ..., or EXPECT view NOTHING"


@dataclass(frozen=True)
class RowStatement:
    """The values of one row, and its place."""

    values: tuple[Fragment, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class RowsStatement:
    """Rows of the relation ``name``; no ``columns`` are all of them, no ``rows`` are EXPECT ... NOTHING."""

    asked: Asked
    name: Name
    columns: tuple[Name, ...]
    rows: tuple[RowStatement, ...]
    span: Span = field(compare=False)


def parse_fixture(source: SourceText, findings: Findings) -> tuple[str, list[RowsStatement]]:
    """Read the description and every statement of a feature test; one that is refused is reported and left out."""
    script = tokenize(source)
    if script.broken:
        findings.add(script.broken)
        return "", []
    statements = list[RowsStatement]()
    for cursor in split_script(script):
        with findings.collecting():
            statements.append(_statement(cursor))
    return _description(script), statements


def _description(script: Script) -> str:
    return above(script, script.tokens[0], 0) if script.tokens else ""


def _statement(cursor: Cursor) -> RowsStatement:
    first = cursor.peek()
    if cursor.take("INSERT"):
        cursor.expect("INTO", hint=_INSERT)
        return _rows(cursor, "given", read_name(cursor, "a source or table"), _INSERT)
    if not cursor.take("EXPECT"):
        raise cursor.unexpected("INSERT or EXPECT", did_you_mean(first.text, ("INSERT", "EXPECT")))
    reads = cursor.at("READ") and cursor.peek(1).kind in ("word", "quoted")
    if reads:
        cursor.next()
    return _rows(cursor, "read" if reads else "written", read_name(cursor, "a view or service"), _EXPECT)


def _rows(cursor: Cursor, asked: Asked, name: Name, hint: str) -> RowsStatement:
    columns = _columns(cursor.inside()) if cursor.at("(") else ()
    if asked == "written" and not columns and cursor.take("NOTHING"):
        rows = list[RowStatement]()
    else:
        cursor.expect("VALUES", hint=hint)
        rows = [_row(part, hint) for part in cursor.split()]
    if not cursor.done:
        raise cursor.unexpected("the end of the statement", hint)
    return RowsStatement(asked, name, columns, tuple(rows), cursor.span(cursor.tokens[0], cursor.tokens[-1]))


def _columns(inside: Cursor) -> tuple[Name, ...]:
    names = list[Name]()
    for part in inside.split():
        names.append(read_name(part, "a column"))
        if not part.done:
            raise part.unexpected(", or )")
    return tuple(names)


def _row(part: Cursor, hint: str) -> RowStatement:
    if not part.at("("):
        raise part.unexpected("( and the values of a row", hint)
    values = tuple(whole(value, "a value") for value in part.inside().split())
    if not part.done:
        raise part.unexpected(", or the end of the statement", hint)
    return RowStatement(values, part.span(part.tokens[0], part.tokens[-1]))
