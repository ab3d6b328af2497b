"""The SELECT of views and services: its clauses, found by their words outside brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .comments import beside
from .diagnostics import Findings, Refusal, refuse
from .names import did_you_mean, name_of, read_name, words
from .parse_emit import FORMS, read_emit
from .parse_from import read_from
from .parse_window import KIND_WORDS, read_window
from .source_text import Span
from .statements import Fragment, Item, Name, SelectStatement, WindowStatement
from .tokens import Cursor, Script, Token, check_pairs, depths

Owner = Literal["view", "service", "stream", "branch"]

_ORDER = ("SELECT", "FROM", "WHERE", "WINDOW", "QUALIFY", "EMIT")
_NEVER = {
    "GROUP": ("GROUP BY", "a view's rows are grouped by its ENTITY; use aggregates with OVER"),
    "HAVING": ("HAVING", "select what you need and filter where it is read"),
    "ORDER": ("ORDER BY", "events are always in the order of event time"),
    "LIMIT": ("LIMIT", "a view holds a row for every event or close"),
    "FETCH": ("FETCH", "a view holds a row for every event or close"),
    "OFFSET": ("OFFSET", "a view holds a row for every event or close"),
    "UNION": ("UNION", "FROM (SELECT ... UNION ALL SELECT ...) u reads several as one"),
    "EXCEPT": ("EXCEPT", "a view has one FROM"),
    "INTERSECT": ("INTERSECT", "a view has one FROM"),
}
_EMITTED = words("ON EVERY WHEN WINDOW CHANGES FINAL AFTER IMMEDIATELY CLOSE EVENT EVENTS DEMAND")
_CREATED = words("SOURCE TABLE FEATURE MODEL STREAM SINK")
_ASKING = words("EXPLAIN FLINK")
_HEADS = frozenset((*_ORDER, *_NEVER))


@dataclass(frozen=True)
class Clause:
    """A clause of a SELECT: its first word, where that stands, and what follows it."""

    word: str
    head: Span
    body: Cursor


def read_select(cursor: Cursor, owner: Literal["view", "service", "branch"], findings: Findings) -> SelectStatement:
    """Read a SELECT to the end of the statement; what is refused inside a clause is reported and left out."""
    kept, span = read_clauses(cursor, owner, findings)
    items = read_items(kept["SELECT"].body, findings)
    before = findings.refusals
    relation, joins = read_from(kept["FROM"].body, owner, findings, _read_branch)
    complete = findings.refusals == before
    where = None
    if clause := kept.get("WHERE"):
        with findings.collecting():
            where = whole(clause.body, "a condition")
    windows, unreadable = _windows(kept["WINDOW"].body, findings) if "WINDOW" in kept else ((), frozenset[str]())
    emit = None
    if clause := kept.get("EMIT"):
        with findings.collecting():
            emit = read_emit(clause.body, _to_end(clause))
    qualify = None
    if clause := kept.get("QUALIFY"):
        with findings.collecting():
            qualify = whole(clause.body, "a condition")
    return SelectStatement(items, relation, joins, complete, where, windows, unreadable, qualify, emit, span)


def _to_end(clause: Clause) -> Span:
    tokens = clause.body.tokens
    return Span(clause.head.source, clause.head.start, tokens[-1].end if tokens else clause.head.end)


def _read_branch(cursor: Cursor, findings: Findings) -> SelectStatement:
    return read_select(cursor, "branch", findings)


def read_clauses(cursor: Cursor, owner: Owner, findings: Findings) -> tuple[dict[str, Clause], Span]:
    """Read a SELECT's clauses by their words (SELECT and FROM always among them), and the place of the whole."""
    if cursor.at("WITH"):
        span = cursor.expect("WITH")
        raise refuse(span, "WITH queries are not part of the language", "write one feature view for each step")
    if not cursor.at("SELECT"):
        cursor.expect("SELECT")
    start = cursor.peek()
    check_pairs(cursor.script.source, cursor.tokens[cursor.position :])
    clauses = _clauses(cursor)
    span = Span(cursor.script.source, start.start, cursor.tokens[-1].end)
    return _kept(clauses, owner, span, findings), span


def _clauses(cursor: Cursor) -> list[Clause]:
    tokens = cursor.tokens[cursor.position :]
    level = depths(tokens)
    heads = [i for i in range(len(tokens)) if level[i] == 0 and _is_head(tokens, i)]
    clauses = list[Clause]()
    for position, i in enumerate(heads):
        stop = heads[position + 1] if position + 1 < len(heads) else len(tokens)
        end = tokens[stop].start if stop < len(tokens) else tokens[-1].end
        double = tokens[i].upper in ("GROUP", "ORDER") and i + 1 < stop and tokens[i + 1].upper == "BY"
        body = Cursor(cursor.script, tokens[i + 1 : stop], end)
        clauses.append(Clause(tokens[i].upper, cursor.span(tokens[i], tokens[i + double]), body))
    cursor.position = len(cursor.tokens)
    return clauses


def _is_head(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.kind != "word" or token.upper not in _HEADS:
        return False
    before = tokens[i - 1].upper if i else ""
    after = tokens[i + 1].upper if i + 1 < len(tokens) else ""
    if before == "." or (before == "AS" and after in (",", "FROM", "")):
        return False
    if token.upper == "FROM" and before == "DISTINCT":
        return not any(tokens[i - back].upper == "IS" for back in (2, 3) if i >= back)
    if token.upper in ("WINDOW", "GROUP"):
        return before not in ("ON", "WITHIN", "EMIT")
    if token.upper == "EMIT":
        return not after or after in _EMITTED
    if token.upper == "OFFSET":
        return after != "("
    return True


def _kept(clauses: list[Clause], owner: Owner, span: Span, findings: Findings) -> dict[str, Clause]:
    kept = dict[str, Clause]()
    for clause in clauses:
        with findings.collecting():
            if refusal := _refused_clause(clause, owner):
                raise refusal
            if clause.word in kept:
                hint = "WINDOW w AS (...), x AS (...)" if clause.word == "WINDOW" else ""
                raise refuse(clause.head, f"{clause.word} is given twice", hint)
            if any(_ORDER.index(word) > _ORDER.index(clause.word) for word in kept):
                late = refuse(clause.head, f"{clause.word} stands too late", f"the order is {', '.join(_ORDER)}")
                findings.add(late)
            kept[clause.word] = clause
        if clause.word in ("UNION", "EXCEPT", "INTERSECT"):
            break
    if "FROM" not in kept:
        raise _no_from(span, clauses)
    return kept


def _no_from(span: Span, clauses: Sequence[Clause]) -> Refusal:
    for token in (token for clause in clauses for token in clause.body.tokens):
        if token.kind == "word" and did_you_mean(token.text, ["FROM"]):
            found = Span(span.source, token.start, token.end)
            return refuse(found, f"expected FROM; got {token.text}", "did you mean FROM?")
    return refuse(Span(span.source, span.end - 1, span.end), "expected FROM; the statement ends here")


def _refused_clause(clause: Clause, owner: Owner) -> Refusal | None:
    if clause.word in _NEVER:
        words, hint = _NEVER[clause.word]
        what = {"stream": "stream", "branch": "branch of UNION ALL"}.get(owner, f"feature {owner}")
        return refuse(clause.head, f"{words} is not part of a {what}", hint if owner == "view" else "")
    if owner == "branch" and clause.word in ("WINDOW", "EMIT", "QUALIFY"):
        return refuse(clause.head, f"{clause.word} is not part of a branch of UNION ALL", "it belongs to the view")
    if owner == "stream" and clause.word in ("WINDOW", "EMIT", "QUALIFY"):
        hint = "a stream has one row for each row of its service that meets WHERE"
        return refuse(clause.head, f"{clause.word} is not part of a stream", hint)
    if owner == "service" and clause.word in ("WHERE", "WINDOW", "EMIT", "QUALIFY"):
        hint = "a service has one row for each row of the view that drives it; do this in a feature view"
        return refuse(clause.head, f"{clause.word} is not part of a feature service", hint)
    return None


def whole(cursor: Cursor, what: str) -> Fragment:
    """Return the unread tokens as one expression."""
    if cursor.done:
        raise cursor.unexpected(what)
    rest = Cursor(cursor.script, cursor.tokens[cursor.position :], cursor.tokens[-1].end)
    parts = rest.split()
    if len(parts) > 1:
        comma = rest.tokens[len(parts[0].tokens)]
        raise refuse(cursor.span(comma, comma), f"expected one expression as {what}; got ,")
    return Fragment(cursor.script, tuple(rest.tokens))


def read_items(body: Cursor, findings: Findings) -> tuple[Item, ...]:
    """Read selected expressions; one that cannot be read is reported and left out."""
    if body.at("DISTINCT"):
        span = body.expect("DISTINCT")
        findings.add(
            refuse(span, "SELECT DISTINCT is not part of the language", "DISTINCT may stand inside an aggregate")
        )
    parts = body.split()
    descriptions = beside(body.script, [part.tokens for part in parts])
    items = list[Item]()
    for part, description in zip(parts, descriptions, strict=True):
        with findings.collecting():
            if not part.tokens:
                hint = "the comma before it is one too many" if part is parts[-1] and len(parts) > 1 else ""
                raise part.unexpected("an expression", hint)
            items.append(_item(part, description))
    return tuple(items)


def _item(part: Cursor, description: str) -> Item:
    tokens = part.tokens
    span = part.span(tokens[0], tokens[-1])
    if len(tokens) > 2 and tokens[-2].upper == "AS" and depths(tokens)[-2] == 0:
        last = tokens[-1]
        if last.kind not in ("word", "quoted"):
            raise refuse(part.span(last, last), f"expected a name after AS; got {last.text}")
        return Item(Fragment(part.script, tuple(tokens[:-2])), name_of(part, last), description, span)
    if tokens[-1].upper == "AS" and tokens[-1].kind == "word":
        raise refuse(part.span(tokens[-1], tokens[-1]), "expected a name after AS")
    return Item(Fragment(part.script, tuple(tokens)), None, description, span)


def _windows(body: Cursor, findings: Findings) -> tuple[tuple[WindowStatement, ...], frozenset[str]]:
    """Return the windows, and the names of those that were refused."""
    windows, unreadable = list[WindowStatement](), set[str]()
    for part in body.split():
        with findings.collecting():
            first = part.peek()
            name = read_name(part, "a window's name")
            unreadable.add(name.key)
            windows.append(_window(part, name, first))
            unreadable.discard(name.key)
    return tuple(windows), frozenset(unreadable)


def _window(part: Cursor, name: Name, first: Token) -> WindowStatement:
    if name.text.upper() in KIND_WORDS:
        raise refuse(name.span, f"{name.text} is a kind of window and cannot name one")
    part.expect("AS", hint=f"{name.text} AS (SLIDING SIZE 5 MINUTES)")
    if not part.at("("):
        raise part.unexpected("( and a window", f"{name.text} AS (SLIDING SIZE 5 MINUTES)")
    inner = part.inside()
    if part.take("EMIT"):
        # A word that begins no emission: EMIT was taken for a name.
        raise part.unexpected("ON, EVERY or WHEN", f"one of {FORMS}")
    if not part.done:
        raise part.unexpected(", or EMIT")
    return read_window(inner, name, part.span(first, part.tokens[-1]))


def split_script(script: Script) -> list[Cursor]:
    """Split a file into statements at every semicolon, and before a CREATE that lacks one; empty ones are left out."""
    statements, begin = list[Cursor](), 0
    tokens = script.tokens
    for i in range(len(tokens) + 1):
        ends = i == len(tokens) or (tokens[i].kind == "symbol" and tokens[i].text == ";")
        if ends or _begins(tokens, i):
            if i > begin:
                end = tokens[i].start if i < len(tokens) else tokens[i - 1].end + 1
                statements.append(Cursor(script, tokens[begin:i], min(end, len(script.plain))))
            begin = i + ends
    return statements


def _begins(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a statement can only begin here."""
    after = tokens[i + 1].upper if i + 1 < len(tokens) else ""
    return tokens[i].upper == "CREATE" and after in _CREATED and (i == 0 or tokens[i - 1].upper not in _ASKING)
