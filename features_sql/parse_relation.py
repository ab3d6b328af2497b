"""CREATE SOURCE and CREATE TABLE."""

from __future__ import annotations

from typing import Literal

from .diagnostics import Findings, refuse
from .durations import read_interval
from .names import check_new, read_name
from .parse_late import read_late
from .parse_options import read_options
from .source_text import Span
from .statements import ColumnStatement, Fragment, LateStatement, Name, RelationStatement, Watermark
from .tokens import Cursor

_MULTIWORD = (("DOUBLE", "PRECISION"), ("TIMESTAMP", "WITH", "TIME", "ZONE"), ("TIMESTAMP", "WITHOUT", "TIME", "ZONE"))


def read_relation(
    cursor: Cursor, kind: Literal["source", "table"], name: Name, description: str, span: Span, findings: Findings
) -> RelationStatement:
    """Read what follows ``CREATE SOURCE name``; columns that cannot be read are left out and reported."""
    if not cursor.at("("):
        raise cursor.unexpected("( and the columns")
    columns, watermark, key = list[ColumnStatement](), None, None
    before, inside = findings.refusals, cursor.inside()
    for part in inside.split() if not inside.done else []:
        with findings.collecting():
            if part.at("WATERMARK", "FOR"):
                watermark = _watermark(part, kind, watermark)
            elif part.at("PRIMARY", "KEY"):
                key = _primary_key(part, key)
            else:
                columns.append(read_column(part, columns))
    late: LateStatement | None = None
    if cursor.at("LATE", "ROWS"):
        with findings.collecting():
            late = read_late(cursor, streams=kind == "source" or watermark is not None)
        while not cursor.done and not cursor.at("WITH"):
            cursor.next()
    complete = findings.refusals == before
    options = read_options(cursor)
    if not cursor.done:
        hint = "LATE ROWS stands before WITH" if cursor.at("LATE", "ROWS") else ""
        raise cursor.unexpected("the end of the statement" if options else "WITH or the end of the statement", hint)
    return RelationStatement(
        kind, name, tuple(columns), watermark, key or (), late, options, complete, description, span
    )


def _watermark(part: Cursor, kind: str, known: Watermark | None) -> Watermark | None:
    span = part.expect("WATERMARK", "FOR")
    if known is not None:
        raise refuse(span, f"a {kind} has one WATERMARK")
    column = read_name(part, "the event time column")
    hint = f"WATERMARK FOR {column.text} AS {column.text} - INTERVAL 5 SECONDS"
    part.expect("AS", hint=hint)
    base = read_name(part, column.text)
    if base.key != column.key:
        raise refuse(base.span, f"expected {column.text}; got {base.text}", hint)
    delay = 0
    if part.take("-"):
        delay = read_interval(part)
    if not part.done:
        raise part.unexpected("- INTERVAL ... or ,", hint)
    return Watermark(column, delay, span)


def _primary_key(part: Cursor, known: tuple[Name, ...] | None) -> tuple[Name, ...]:
    span = part.expect("PRIMARY", "KEY")
    if known is not None:
        raise refuse(span, "there is one PRIMARY KEY")
    if not part.at("("):
        raise part.unexpected("( and the key's columns")
    names = tuple(read_single_name(column, "a column of the key") for column in part.inside().split())
    part.expect("NOT", "ENFORCED", hint="keys are not checked: PRIMARY KEY (...) NOT ENFORCED")
    if not part.done:
        raise part.unexpected(", or )")
    return names


def read_single_name(part: Cursor, what: str) -> Name:
    """Read a name that stands alone between separators."""
    name = read_name(part, what)
    if not part.done:
        raise part.unexpected(", or )")
    return name


def read_column(part: Cursor, known: list[ColumnStatement]) -> ColumnStatement:
    """Read ``name TYPE [AS (expression)]``; ``known`` are the columns before it."""
    name = read_name(
        part,
        "a column",
    )
    check_new(name, "a column's name")
    if any(column.name.key == name.key for column in known):
        raise refuse(name.span, f"column {name.text} is declared twice")
    type_ = _type(part)
    computed = None
    if part.take("AS"):
        if not part.at("("):
            raise part.unexpected("( and an expression", f"{name.text} {type_.tokens[0].text} AS (expression)")
        inner = part.inside()
        if inner.done:
            raise inner.unexpected("an expression")
        computed = Fragment(part.script, tuple(inner.tokens))
    if not part.done:
        hints = {
            "PRIMARY": "PRIMARY KEY (...) NOT ENFORCED stands by itself, after the columns",
            "NOT": "columns hold NULL",
        }
        raise part.unexpected(
            "AS (expression), or ,", hints.get(part.peek().upper, "a column is: name TYPE [AS (expression)]")
        )
    return ColumnStatement(name, type_, computed)


def _type(part: Cursor) -> Fragment:
    first = part.position
    if part.peek().kind != "word":
        raise part.unexpected("a type", "a column is: name TYPE [AS (expression)]")
    words = next((words for words in _MULTIWORD if part.at(*words)), (part.peek().upper,))
    part.position += len(words)
    if part.at("("):
        part.inside()
    while part.at("["):
        part.inside()
    return Fragment(part.script, tuple(part.tokens[first : part.position]))
