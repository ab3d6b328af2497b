"""Scalar expressions: what they read, whether they may stand, and their SQL with names resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from .binder import Binder, SyntaxProblem, Tree
from .diagnostics import Refusal, refuse
from .functions import Place, check_scalar
from .names import did_you_mean, unquote, words
from .source_text import Span
from .statements import Fragment
from .tokens import Token, check_pairs, depths

_ALLOWED = words("CONSTANT COLUMN_REF FUNCTION OPERATOR COMPARISON CONJUNCTION CAST CASE BETWEEN COLLATE LAMBDA TYPE")
_REFUSED = {
    "SUBQUERY": ("subqueries are not part of the language", "join the table: ASOF LEFT JOIN"),
    "STAR": ("* may stand only in count(*) and rate(*, ...)", "name the columns"),
    "PARAMETER": ("parameters are not part of the language", ""),
    "POSITIONAL_REFERENCE": ("columns are named, not numbered", ""),
    "DEFAULT": ("DEFAULT is not an expression", ""),
    "WINDOW": ("this OVER cannot be read", "name(arguments) [FILTER (WHERE ...)] OVER window"),
}


# DuckDB keeps these words for types and joins; where a value must stand they can only be columns.
_NAMES_TO_US = words("ANTI AT AUTHORIZATION BINARY CROSS FREEZE FULL INNER OUTER SEMI VERBOSE")
_BEFORE_VALUE = words("AND OR NOT WHEN THEN ELSE CASE BETWEEN LIKE ILIKE IN FROM")


@dataclass(frozen=True)
class Reference:
    """A column as written: its dotted parts, where each ends, and the place of the whole."""

    parts: tuple[str, ...]
    ends: tuple[int, ...]
    span: Span


_MISPLACED = {
    "OVER": "OVER follows the call of an aggregate: count(*) OVER w",
    "FILTER": "FILTER stands before OVER: count(*) FILTER (WHERE ...) OVER w",
    "AS": "a comma stands between two columns",
}
_AFTER_VALUE = ("OVER", "FILTER", "BETWEEN", "LIKE")
_CONSTANTS = {"STRING": "VARCHAR", "INTEGER": "BIGINT", "NUMERIC": "DOUBLE", "BOOLEAN": "BOOLEAN"}


@dataclass(frozen=True)
class Replacement:
    """Text that stands for the words from ``start`` to ``end`` when an expression is printed."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Compared:
    """A constant that is compared with the column whose reference starts at ``reference``.

    ``type`` is VARCHAR of a quoted text, whatever it may be read as; else that of a number or truth value.
    """

    reference: int
    constant: Span
    type: str


@dataclass(frozen=True)
class Scalar:
    """A checked expression: no aggregate, no subquery, only functions that may be called.

    ``parameters`` are the names, without case, that lambdas in it give to their values.
    """

    fragment: Fragment
    references: tuple[Reference, ...]
    parameters: frozenset[str]
    compared: tuple[Compared, ...] = ()


@dataclass
class _Walk:
    """One walk over DuckDB's tree."""

    fragment: Fragment
    holes: Mapping[int, Span]
    place: Place
    references: dict[int, Reference] = field(default_factory=dict[int, Reference])
    parameters: set[str] = field(default_factory=set[str])
    compared: list[Compared] = field(default_factory=list[Compared])

    def span(self, node: Tree) -> Span:
        whole = self.fragment.span
        start, end = node.get("start"), node.get("end")
        if start is None or end is None:
            return whole
        return Span(whole.source, whole.start + start, whole.start + max(end, start + 1))


def analyse(fragment: Fragment, binder: Binder, holes: Sequence[Span] = (), place: Place = "value") -> Scalar:
    """Check an expression and list the columns it reads.

    ``holes`` are places inside it that are judged elsewhere (aggregate calls); each counts as one value.
    ``place`` is where it stands, for the refusal of an aggregate in it.
    """
    check_pairs(fragment.script.source, fragment.tokens)
    for token, depth in zip(fragment.tokens, depths(fragment.tokens), strict=True):
        if depth == 0 and token.text == ",":
            raise refuse(
                _token_span(fragment, token), "expected one expression; got ,", "conditions are joined with AND"
            )
    whole = fragment.span
    text = fragment.script.plain[whole.start : whole.end]
    masks = [(hole.start, hole.end, "m".ljust(hole.end - hole.start)) for hole in holes]
    masks += [(token.start, token.end, "a".ljust(len(token.text), "_")) for token in _hidden_names(fragment)]
    pieces, position = list[str](), 0
    for start, stop, mask in sorted(masks):
        pieces += text[position : start - whole.start], mask
        position = stop - whole.start
    text = "".join(pieces) + text[position:]
    try:
        tree = binder.parse(text)
        walk = _Walk(fragment, {hole.start: hole for hole in holes}, place)
        _visit(tree, walk, frozenset())
    except SyntaxProblem as problem:
        raise _syntax_refusal(problem, fragment) from None
    except RecursionError:
        raise refuse(whole, "this expression is nested too deeply") from None
    references = tuple(walk.references[start] for start in sorted(walk.references))
    compared = tuple(one for one in walk.compared if one.reference in walk.references)
    return Scalar(fragment, references, frozenset(walk.parameters), compared)


def _hidden_names(fragment: Fragment) -> list[Token]:
    found, before = list[Token](), None
    for token in fragment.tokens:
        value = (
            before is None or before.upper in _BEFORE_VALUE or (before.kind == "symbol" and before.text not in ")]}.")
        )
        if value and token.kind == "word" and token.upper in _NAMES_TO_US:
            found.append(token)
        before = token
    return found


def print_sql(fragment: Fragment, replacements: Sequence[Replacement] = (), canonical: bool = False) -> str:
    """Return the expression on one line, without comments, with replacements made.

    ``canonical`` gives a key that is equal for expressions that differ only in blanks and case.
    """
    by_start = {replacement.start: replacement for replacement in replacements}
    words, end, skip_to = list[str](), -1, -1
    for token in fragment.tokens:
        if token.start < skip_to:
            end = token.end
            continue
        if words and (canonical or token.start > end):
            words.append(" ")
        if replacement := by_start.get(token.start):
            words.append(replacement.text)
            skip_to = replacement.end
        else:
            words.append(token.upper if canonical else token.text)
        end = token.end
    return "".join(words)


def _visit(node: Any, walk: _Walk, bound: frozenset[str]) -> None:
    if isinstance(node, list):
        for child in cast("list[Any]", node):
            _visit(child, walk, bound)
        return
    if not isinstance(node, dict):
        return
    tree = cast("dict[str, Any]", node)
    kind = tree.get("class")
    if kind is not None and kind not in _ALLOWED:
        message, hint = _REFUSED.get(kind, ("this expression is not part of the language", ""))
        raise refuse(walk.span(tree), message, hint)
    if kind == "COLUMN_REF":
        _column(tree, walk, bound)
    elif kind == "LAMBDA":
        _lambda(tree, walk, bound)
    else:
        if kind == "FUNCTION":
            _function(tree, walk)
        elif kind == "OPERATOR" and tree["type"] == "GROUPING_FUNCTION":
            raise refuse(walk.span(tree), "GROUPING is not part of the language")
        elif str(tree.get("type", "")).startswith("COMPARE_"):
            _comparison(tree, walk)
        for child in tree.values():
            _visit(child, walk, bound)


def _comparison(tree: Tree, walk: _Walk) -> None:
    """Refuse a comparison with NULL, and note the constants that a column is compared with."""
    sides: list[Tree] = [tree[name] for name in ("left", "right", "input", "lower", "upper") if name in tree]
    sides += tree.get("children", ())
    literals = [(side, side["literal"]["kind"]) for side in sides if side["class"] == "CONSTANT" and "literal" in side]
    if tree["class"] == "COMPARISON" and "DISTINCT" not in tree["type"]:
        for side, kind in literals:
            if kind == "NULL_LITERAL":
                raise refuse(
                    walk.span(side), "nothing is equal to NULL, or differs from it", "x IS NULL, x IS NOT NULL"
                )
    columns = [side for side in sides if side["class"] == "COLUMN_REF" and side["start"] is not None]
    if len(columns) == 1:
        start = walk.fragment.span.start + columns[0]["start"]
        walk.compared += [
            Compared(start, walk.span(side), _CONSTANTS[kind]) for side, kind in literals if kind in _CONSTANTS
        ]


def _column(tree: Tree, walk: _Walk, bound: frozenset[str]) -> None:
    parts = tuple(str(part) for part in tree["column_names"])
    if parts[0].casefold() in bound:
        return
    whole = walk.fragment.span
    if tree["start"] is None:
        raise refuse(whole, f"{'.'.join(parts)} cannot be used like this")
    start = whole.start + tree["start"]
    if start in walk.holes:
        return
    index = next((i for i, token in enumerate(walk.fragment.tokens) if token.start == start), None)
    names = list(walk.fragment.tokens[index::2][: len(parts)]) if index is not None else []
    if len(names) != len(parts):
        raise refuse(walk.span(tree), f"{'.'.join(parts)} cannot be used like this")
    parts = tuple(unquote(token) for token in names)
    span = Span(whole.source, start, names[-1].end)
    walk.references[start] = Reference(parts, tuple(token.end for token in names), span)


def _lambda(tree: Tree, walk: _Walk, bound: frozenset[str]) -> None:
    if tree["syntax_type"] == "SINGLE_ARROW":
        # The arrow of JSON, x -> '$.a', or a lambda as DuckDB wrote them before it gave them a word.
        left, right = (_Walk(walk.fragment, walk.holes, walk.place) for _ in range(2))
        _visit(tree["lhs"], left, bound)
        _visit(tree["expr"], right, bound)
        names = {reference.parts[0] for reference in left.references.values()}
        if any(reference.parts[0] in names for reference in right.references.values()):
            raise refuse(walk.span(tree), "lambdas are written with the word lambda", "lambda x: x + 1")
        walk.references |= {**left.references, **right.references}
        walk.parameters |= left.parameters | right.parameters
        return
    left = tree["lhs"]
    names = [left] if left["class"] == "COLUMN_REF" else [child["expression"] for child in left["arguments"]]
    parameters = {str(name["column_names"][0]).casefold() for name in names}
    for name in sorted(parameters):
        # Keys, terms and measures are called _k0, r0, x0, f0 and m0 where this expression is printed.
        if re.fullmatch(r"(_k|[rxfm])[0-9]+", name):
            raise refuse(walk.span(tree), f"a lambda's value cannot be called {name}", "choose another name")
    walk.parameters |= parameters
    _visit(tree["expr"], walk, bound | parameters)


def _function(tree: Tree, walk: _Walk) -> None:
    name = str(tree["function_name"]).lower()
    name = "count" if name == "count_star" else name
    span = walk.span(tree)
    if not tree["is_operator"] and span.text[: len(name)].lower() == name:
        span = Span(span.source, span.start, span.start + len(name))
    if len(tree["qualified_name"]["path"]) > 1:
        raise refuse(span, "functions are called by their name alone", "write f(x) for x.f()")
    check_scalar(name, span, walk.place)
    if tree["distinct"] or tree["filter"] is not None or tree["order_bys"]["orders"] or tree["export_state"]:
        raise refuse(span, f"{name} is not an aggregate", "DISTINCT, FILTER and ORDER BY belong to aggregates")
    if name == "age" and len(tree["arguments"]) == 1:
        raise refuse(span, "age of one timestamp reads the clock", "give it two")


def _syntax_refusal(problem: SyntaxProblem, fragment: Fragment) -> Refusal:
    whole = fragment.span
    if str(problem):
        words = [token.upper for token in fragment.tokens]
        hint = "CASE WHEN condition THEN value ELSE value END" if words.count("CASE") > words.count("END") else ""
        return refuse(Span(whole.source, whole.start + problem.start, whole.start + problem.end), str(problem), hint)
    at = whole.start + problem.start
    token = next((token for token in fragment.tokens if token.end > at), fragment.tokens[-1])
    named = token is fragment.tokens[-1] and token.kind in ("word", "quoted")
    hint = _MISPLACED.get(token.upper) or did_you_mean(token.text, _AFTER_VALUE)
    hint = hint or ("a name is given with AS" if named else "")
    return refuse(_token_span(fragment, token), f"{token.text} is not expected here", hint)


def _token_span(fragment: Fragment, token: Token) -> Span:
    return Span(fragment.script.source, token.start, token.end)
