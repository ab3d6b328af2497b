"""FROM and JOIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from .diagnostics import Findings, Refusal, consequence, refuse
from .names import RESERVED, read_name, words
from .statements import Fragment, JoinStatement, Name, RelationReference, SelectStatement
from .tokens import Cursor, depths

Owner = Literal["view", "service", "branch"]
ReadBranch = Callable[[Cursor, Findings], SelectStatement]

_JOIN_WORDS = words("ASOF LEFT RIGHT FULL INNER OUTER CROSS NATURAL SEMI ANTI POSITIONAL JOIN")
_VERSIONED = "LEFT JOIN table FOR SYSTEM_TIME AS OF t.ts AS m ON t.key = m.key"
_SETS = words("UNION EXCEPT INTERSECT")
_AFTER = "the alias, a join, or the end of FROM"


def read_from(
    body: Cursor, owner: Owner, findings: Findings, read_branch: ReadBranch
) -> tuple[RelationReference, tuple[JoinStatement, ...]]:
    """Read the relation and its joins; a join that cannot be read is reported and left out.

    ``read_branch`` reads one SELECT of a UNION ALL.
    """
    union = owner == "view" and body.at("(") and _set_operations(body)
    relation = _union(body, findings, read_branch) if union else _relation(body, owner)
    joins = list[JoinStatement]()
    while not body.done:
        part = _next_join(body, owner)
        with findings.collecting():
            joins.append(_join(part, owner))
    return relation, tuple(joins)


def _next_join(body: Cursor, owner: Owner) -> Cursor:
    """Cut off one join: up to where the words of the next one begin."""
    if not _at_join(body, 0):
        raise _not_a_join(body, owner)
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


def _not_a_join(body: Cursor, owner: Owner) -> Refusal:
    if body.at(","):
        return refuse(body.expect(","), "FROM names one relation; got ,", _ON_HINTS[owner])
    if body.at("FOR", "SYSTEM_TIME"):
        span = body.expect("FOR", "SYSTEM_TIME")
        return refuse(span, "FOR SYSTEM_TIME is of a table that is joined", _VERSIONED)
    return body.unexpected(_AFTER)


def _relation(body: Cursor, owner: Owner) -> RelationReference:
    token = body.peek()
    if body.at("("):
        what = "a feature view" if owner == "service" else "a source or a view"
        raise refuse(body.span(token, token), "subqueries are not part of the language", f"FROM names {what}")
    if token.kind == "string":
        raise refuse(
            body.span(token, token), "FROM cannot read files", "declare a source: CREATE SOURCE ... WITH ('path' = ...)"
        )
    name = read_name(body, "the name of a feature view" if owner == "service" else "the name of a source")
    if body.at("("):
        raise refuse(
            name.span, f"table functions are not part of the language; got {name.text}(...)", "FROM names a relation"
        )
    if body.at("."):
        raise body.unexpected(_AFTER, "names have one part")
    return RelationReference(name, _alias(body) or name)


def _set_operations(body: Cursor) -> list[int]:
    """Where words such as UNION stand between the SELECTs of the brackets that follow, counted from there."""
    ahead = Cursor(body.script, body.tokens[body.position :], body.tokens[-1].end).inside()
    level = depths(ahead.tokens)
    return [
        i for i, token in enumerate(ahead.tokens) if level[i] == 0 and token.kind == "word" and token.upper in _SETS
    ]


def _union(body: Cursor, findings: Findings, read_branch: ReadBranch) -> RelationReference:
    cuts, opening = _set_operations(body), body.peek()
    inner = body.inside()
    branches, begin = list[SelectStatement](), 0
    for cut in (*cuts, len(inner.tokens)):
        end = inner.tokens[cut].start if cut < len(inner.tokens) else inner.tokens[-1].end
        if cut < len(inner.tokens) and inner.tokens[cut].upper != "UNION":
            word = inner.tokens[cut]
            raise refuse(inner.span(word, word), f"{word.upper} is not part of the language", "FROM takes UNION ALL")
        if begin < cut and inner.tokens[begin].upper == "BY":
            word = inner.tokens[begin]
            raise refuse(inner.span(word, word), "branches of UNION ALL are matched by position", "leave BY NAME out")
        with findings.collecting():
            branches.append(read_branch(_unwrapped(Cursor(inner.script, inner.tokens[begin:cut], end)), findings))
        begin = cut + 2
        if cut < len(inner.tokens) and [token.upper for token in inner.tokens[cut + 1 : begin]] != ["ALL"]:
            word = inner.tokens[cut]
            raise refuse(inner.span(word, word), "UNION alone would drop events that are equal", "write UNION ALL")
    alias = _alias(body)
    if alias is None:
        raise refuse(body.span(opening, opening), "a UNION ALL needs a name", "FROM (SELECT ... UNION ALL ...) u")
    if len(branches) <= len(cuts):
        raise consequence(alias.span)
    return RelationReference(alias, alias, tuple(branches))


def _unwrapped(branch: Cursor) -> Cursor:
    """The SELECT of a branch, which may stand in brackets."""
    if not branch.at("("):
        return branch
    inner = branch.inside()
    if not branch.done:
        raise branch.unexpected("UNION ALL or )")
    return inner


def _alias(body: Cursor) -> Name | None:
    explicit = body.take("AS") is not None
    if explicit or (body.peek().kind in ("word", "quoted") and body.peek().upper not in _JOIN_WORDS | RESERVED):
        return read_name(body, "an alias")
    return None


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
    "branch": "join in the view that reads the UNION ALL",
    "view": "ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from",
    "service": "JOIN view v USING (key), or ON c.key = v.key",
}


def _single(column: Cursor) -> Name:
    name = read_name(column, "a column")
    if not column.done:
        raise column.unexpected(", or )")
    return name
