"""A file to statements."""

from __future__ import annotations

from .comments import above
from .diagnostics import Findings, Refusal, refuse
from .names import check_new_simple, did_you_mean, name_of, read_name
from .parse_change import read_comment, read_drop
from .parse_model import read_model
from .parse_options import read_options
from .parse_relation import read_relation
from .parse_select import read_select, split_script
from .parse_sink import read_sink
from .parse_stream import read_stream
from .source_text import SourceText, Span
from .statements import (
    BrokenStatement,
    Change,
    CommentStatement,
    DropStatement,
    Name,
    ReplaceStatement,
    ServiceStatement,
    Statement,
    ViewStatement,
)
from .tokens import Cursor, tokenize

LARGEST = 256 * 1024
_CHANGES = ("COMMENT", "DROP")
_OTHER_QUOTES = "`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_BEGINNINGS = {
    "#": "a comment begins with --",
    "//": "a comment begins with --",
    "SELECT": "CREATE FEATURE VIEW name ENTITY column AS SELECT ...",
    "WITH": "CREATE FEATURE VIEW name ENTITY column AS SELECT ...",
    "INSERT": "events come from sources; rows of a test are given in tests/*.sql",
}
_ASKED = ("SHOW", "DESCRIBE", "EXPLAIN")
_CREATE = ("SOURCE", "TABLE", "FEATURE VIEW", "FEATURE SERVICE", "MODEL", "STREAM", "SINK")


def parse(source: SourceText, findings: Findings) -> list[Statement | Change]:
    """Read every statement of a file; one that is refused is reported and its name kept."""
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if refusal := _unreadable(source, size):
        findings.add(refusal)
        findings.incomplete = True
        return []
    script = tokenize(source)
    if script.broken:
        findings.add(script.broken)
        findings.incomplete = True
    statements, floor, opened = list[Statement | Change](), 0, False
    for cursor in split_script(script):
        if opened and ";" not in script.plain[floor : cursor.tokens[0].start]:
            span = cursor.span(cursor.tokens[0], cursor.tokens[0])
            findings.add(refuse(span, "the statement above has not ended", "a ; ends each statement"))
        cut_off = script.broken is not None and cursor.tokens[-1] is script.tokens[-1]
        statement = _statement(cursor, floor, Findings() if cut_off else findings)
        floor, opened = cursor.tokens[-1].end, cursor.tokens[0].upper == "CREATE"
        if statement is not None and not (cut_off and isinstance(statement, CommentStatement | DropStatement)):
            # What stands before text that cannot be read may lack its end: only its name is sure.
            statements.append(BrokenStatement(statement.name) if cut_off else statement)
    return statements


def _unreadable(source: SourceText, size: int) -> Refusal | None:
    if size > LARGEST:
        span = Span(source, 0, 1)
        return refuse(span, f"a file may hold {LARGEST // 1024} KB; this one has {size // 1024 + 1} KB", "split it")
    for position, char in enumerate(source.text):
        if char == "\0" or "\ud800" <= char <= "\udfff":
            return refuse(Span(source, position, position + 1), "this is not text in UTF-8")
    return None


def _statement(cursor: Cursor, floor: int, findings: Findings) -> Statement | Change | None:
    if cursor.tokens[0].upper in _CHANGES:
        with findings.collecting():
            return read_comment(cursor) if cursor.at("COMMENT") else read_drop(cursor)
        return None
    replaces = cursor.at("CREATE", "OR", "REPLACE")
    statement = _definition(cursor, floor, findings)
    return ReplaceStatement(statement) if replaces and statement is not None else statement


def _definition(cursor: Cursor, floor: int, findings: Findings) -> Statement | None:
    description = above(cursor.script, cursor.tokens[0], floor)
    span = cursor.span(cursor.tokens[0], cursor.tokens[-1])
    name: Name | None = None
    try:
        kind = _kind(cursor)
        if unless := cursor.take("IF", "NOT", "EXISTS"):
            raise refuse(
                unless, "IF NOT EXISTS is not part of CREATE", "CREATE OR REPLACE takes the place of what stands before"
            )
        name = read_name(cursor, f"the {kind}'s name")
        check_new_simple(name, f"a {kind}'s name")
        _refuse_quotes(cursor)
        if kind == "source" or kind == "table":
            return read_relation(cursor, kind, name, description, span, findings)
        if kind == "view":
            return _view(cursor, name, description, span, findings)
        if kind == "model":
            return read_model(cursor, name, description, span)
        if kind == "stream":
            return read_stream(cursor, name, description, span, findings)
        if kind == "sink":
            return read_sink(cursor, name, description, span)
        return _service(cursor, name, description, span, findings)
    except Refusal as refusal:
        findings.add(refusal)
        name = name or _name_of_refused(cursor, findings)
    return BrokenStatement(name) if name else None


def _refuse_quotes(cursor: Cursor) -> None:
    """Refuse the quotes of word processors and of other databases at their first place."""
    for token in cursor.tokens:
        if token.kind in ("word", "symbol") and token.text[0] in _OTHER_QUOTES:
            span = Span(cursor.script.source, token.start, token.start + 1)
            raise refuse(span, f"{token.text[0]} quotes nothing here", "text is quoted 'so', a name \"so\"")


def _name_of_refused(cursor: Cursor, findings: Findings) -> Name | None:
    """Read on to the name of a refused CREATE, so that uses of it are not refused too."""
    if cursor.tokens[0].upper in _ASKED:
        return None
    if cursor.tokens[0].upper == "CREATE" and cursor.peek().kind in ("word", "quoted"):
        return name_of(cursor, cursor.tokens[min(cursor.position, len(cursor.tokens) - 1)])
    findings.incomplete = True
    return None


def _kind(cursor: Cursor) -> str:
    token = cursor.peek()
    span = cursor.span(token, token)
    if token.upper in _ASKED:
        raise refuse(
            span, f"{token.upper} asks, it defines nothing", 'ask on the command line: headrace sql "SHOW SOURCES"'
        )
    if not cursor.take("CREATE"):
        raise refuse(
            span,
            f"a statement must start with CREATE; got {token.text}",
            _BEGINNINGS.get(token.upper) or did_you_mean(token.text, ["CREATE", *_CHANGES, *_ASKED]),
        )
    if cursor.take("OR"):
        cursor.expect("REPLACE", hint="CREATE OR REPLACE")
    for words in _CREATE:
        if cursor.take(*words.split()):
            return words.split()[-1].lower()
    return _refuse_kind(cursor)


def _refuse_kind(cursor: Cursor) -> str:
    token = cursor.peek()
    wanted = "SOURCE, TABLE, FEATURE VIEW, FEATURE SERVICE, MODEL, STREAM or SINK"
    if token.upper == "FEATURE":
        cursor.next()
        wanted = "VIEW or SERVICE"
    if token.upper == "MATERIALIZED":
        raise cursor.unexpected(wanted, "CREATE FEATURE VIEW")
    if token.upper in ("VIEW", "SERVICE"):
        raise cursor.unexpected(wanted, f"CREATE FEATURE {token.upper}")
    raise cursor.unexpected(wanted, did_you_mean(cursor.peek().text, wanted.replace(",", "").split()))


def _view(cursor: Cursor, name: Name, description: str, span: Span, findings: Findings) -> ViewStatement:
    hint = f"CREATE FEATURE VIEW {name.text} ENTITY card_id AS SELECT ..."
    cursor.expect("ENTITY", hint="ENTITY stands before WITH" if cursor.at("WITH") else hint)
    if cursor.at("("):
        entity = tuple(_entity_column(part) for part in cursor.inside().split())
    else:
        entity = (read_name(cursor, "the entity's column"),)
    if cursor.at("(") or cursor.at("."):
        raise cursor.unexpected("AS", "an entity is the name of a column; compute one in the source")
    if cursor.at(","):
        raise refuse(
            cursor.expect(","), "several columns of an entity stand in brackets", "ENTITY (card_id, merchant_id)"
        )
    options = read_options(cursor)
    cursor.expect("AS", hint=hint)
    return ViewStatement(name, entity, options, read_select(cursor, "view", findings), description, span)


def _entity_column(part: Cursor) -> Name:
    name = read_name(part, "a column of the entity")
    if not part.done:
        raise part.unexpected(", or )")
    return name


def _service(cursor: Cursor, name: Name, description: str, span: Span, findings: Findings) -> ServiceStatement:
    options = read_options(cursor)
    cursor.expect("AS", hint=f"CREATE FEATURE SERVICE {name.text} AS SELECT c.* FROM view c")
    return ServiceStatement(name, options, read_select(cursor, "service", findings), description, span)
