"""FROM and JOIN."""

from __future__ import annotations

from typing import Literal

from .diagnostics import Findings, Refusal, not_built, refuse
from .names import RESERVED, read_name, words
from .statements import Fragment, JoinStatement, Name, RelationReference
from .tokens import Cursor, depths

Owner = Literal["view", "service"]

_JOIN_WORDS = words("ASOF LEFT RIGHT FULL INNER OUTER CROSS NATURAL SEMI ANTI POSITIONAL JOIN")
_VERSIONED = "LEFT JOIN table FOR SYSTEM_TIME AS OF t.ts AS m ON t.key = m.key"
_AFTER = "the alias, a join, or the end of FROM"


def read_from(body: Cursor, owner: Owner, findings: Findings) -> tuple[RelationReference, tuple[JoinStatement, ...]]:
    """Read the relation and its joins; a join that cannot be read is reported and left out."""
    relation = _relation(body, owner)
    joins = list[JoinStatement]()
    while not body.done:
        part = _next_join(body)
        with findings.collecting():
            joins.append(_join(part, owner))
    return relation, tuple(joins)


def _next_join(body: Cursor) -> Cursor:
    """Cut off one join: up to where the words of the next one begin."""
    if not _at_join(body, 0):
        raise _not_a_join(body)
    ahead = 0
    while body.peek(ahead).upper != "JOIN":
        ahead += 1
    rest = body.tokens[body.position :]
    level = depths(rest)
    stop = ahead + 1
    while stop < len(rest) and not (level[stop] == 0 and _at_join(body, stop)):
        stop += 1
    end = rest[stop].start if stop < len(rest) else rest[-1].end
    part = Cursor(body.script, rest[:stop], end)
    body.position += stop
    return part


def _at_join(body: Cursor, ahead: int) -> bool:
    while body.peek(ahead).kind == "word" and body.peek(ahead).upper in _JOIN_WORDS:
        if body.peek(ahead).upper == "JOIN":
            return True
        ahead += 1
    return False


def _not_a_join(body: Cursor) -> Refusal:
    if body.at(","):
        return refuse(body.expect(","), "FROM names one relation; got ,", "use ASOF LEFT JOIN ... ON")
    if body.at("FOR", "SYSTEM_TIME"):
        span = body.expect("FOR", "SYSTEM_TIME")
        return refuse(span, "FOR SYSTEM_TIME is of a table that is joined", _VERSIONED)
    return body.unexpected(_AFTER)


def _relation(body: Cursor, owner: Owner) -> RelationReference:
    token = body.peek()
    if body.at("("):
        inner = body.inside()
        if any(word.upper == "UNION" for word in inner.tokens):
            union = next(word for word in inner.tokens if word.upper == "UNION")
            after = inner.tokens[inner.tokens.index(union) + 1 :][:1]
            last = after[0] if after and after[0].upper == "ALL" else union
            raise not_built(body.span(union, last), "UNION ALL")
        what = "a source" if owner == "view" else "a feature view"
        raise refuse(body.span(token, token), "subqueries are not part of the language", f"FROM names {what}")
    if token.kind == "string":
        raise refuse(
            body.span(token, token), "FROM cannot read files", "declare a source: CREATE SOURCE ... WITH ('path' = ...)"
        )
    name = read_name(body, "the name of a source" if owner == "view" else "the name of a feature view")
    if body.at("("):
        raise refuse(
            name.span, f"table functions are not part of the language; got {name.text}(...)", "FROM names a relation"
        )
    if body.at("."):
        raise body.unexpected(_AFTER, "names have one part")
    alias: Name | None = None
    explicit = body.take("AS") is not None
    if explicit or (body.peek().kind in ("word", "quoted") and body.peek().upper not in _JOIN_WORDS | RESERVED):
        alias = read_name(body, "an alias")
    return RelationReference(name, alias or name)


def _join(part: Cursor, owner: Owner) -> JoinStatement:
    first = part.peek()
    while part.peek().upper != "JOIN":
        part.next()
    last = part.next()
    kind = " ".join(token.upper for token in part.tokens[: part.position - 1])
    span = part.span(first, last)
    relation, as_of = _relation(part, owner), None
    if part.at("FOR", "SYSTEM_TIME"):
        if owner == "service":
            said = "a service reads each view at the instant of its row; FOR SYSTEM_TIME is a view's"
            raise refuse(part.expect("FOR", "SYSTEM_TIME"), said, _ON_HINTS[owner])
        relation, as_of = _as_of(part, relation)
    if part.take("USING"):
        if not part.at("("):
            raise part.unexpected("( and column names")
        using = tuple(_single(column) for column in part.inside().split())
        if not part.done:
            raise part.unexpected("the end of the join")
        return JoinStatement(kind, relation, None, using, span, as_of)
    part.expect("ON", hint=_ON_HINTS[owner])
    if part.done:
        raise part.unexpected("a condition")
    return JoinStatement(kind, relation, Fragment(part.script, tuple(part.tokens[part.position :])), (), span, as_of)


def _as_of(part: Cursor, relation: RelationReference) -> tuple[RelationReference, Fragment]:
    """Read ``FOR SYSTEM_TIME AS OF t.ts [AS] alias``."""
    part.expect("FOR", "SYSTEM_TIME")
    part.expect("AS", "OF", hint=_VERSIONED)
    first = part.position
    read_name(part, "the event time")
    while part.take("."):
        read_name(part, "the event time")
    time = Fragment(part.script, tuple(part.tokens[first : part.position]))
    explicit = part.take("AS") is not None
    if explicit or (part.peek().kind in ("word", "quoted") and part.peek().upper not in RESERVED):
        relation = RelationReference(relation.name, read_name(part, "an alias"))
    return relation, time


_ON_HINTS = {
    "view": "ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from",
    "service": "JOIN view v USING (key), or ON c.key = v.key",
}


def _single(column: Cursor) -> Name:
    name = read_name(column, "a column")
    if not column.done:
        raise column.unexpected(", or )")
    return name
