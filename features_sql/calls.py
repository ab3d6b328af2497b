"""Aggregate calls with OVER, found by their words and cut into parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .diagnostics import refuse
from .names import name_of
from .parse_window import read_window
from .source_text import Span
from .statements import Fragment, Name, WindowStatement
from .tokens import Cursor, Token, check_pairs, openings


@dataclass(frozen=True)
class Within:
    """``WITHIN GROUP (ORDER BY expression [DESC])`` and its place."""

    expression: Fragment
    descending: bool
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Call:
    """``name([DISTINCT] arguments) [FILTER (WHERE filter)] OVER window``; ``star`` is the place of a leading ``*``.

    ``nulls`` are the words IGNORE NULLS or RESPECT NULLS, ``within`` the expression of WITHIN GROUP (ORDER BY ...).
    """

    name: Name
    star: Span | None
    distinct: bool
    arguments: tuple[Fragment, ...]
    filter: Fragment | None
    over: Name | WindowStatement
    nulls: Span | None
    within: Within | None
    span: Span = field(compare=False)


def find_calls(fragment: Fragment) -> tuple[Call, ...]:
    """Return the aggregate calls of an expression from left to right; one inside another is refused."""
    check_pairs(fragment.script.source, fragment.tokens)
    calls, opening = list[Call](), openings(fragment.tokens)
    for i, token in enumerate(fragment.tokens):
        if token.kind == "word" and token.upper == "OVER" and i > 0 and fragment.tokens[i - 1].text in (")", "NULLS"):
            call = _call(fragment, i, opening)
            # The call before this one in the order of OVER is inside it if any is.
            if calls and calls[-1].span.start > call.span.start:
                raise refuse(
                    calls[-1].span, "aggregates cannot be nested", "aggregate once, over the events of a window"
                )
            calls.append(call)
    return tuple(calls)


def _call(fragment: Fragment, over: int, pairs: Mapping[int, int]) -> Call:
    cursor = Cursor(fragment.script, fragment.tokens, fragment.tokens[-1].end)
    tokens = fragment.tokens
    closing = over - 1
    nulls, closing = _null_words(cursor, closing)
    opening = pairs.get(closing, 0)
    filter_ = None
    if opening and tokens[opening - 1].upper == "FILTER":
        filter_ = _filter(Cursor(fragment.script, tokens[opening + 1 : closing], tokens[closing].start))
        closing = opening - 2
        if nulls is None:
            nulls, closing = _null_words(cursor, closing)
        opening = pairs.get(closing, 0)
    within = None
    if opening > 1 and tokens[opening - 1].upper == "GROUP":
        within = _within(cursor, opening, closing)
        closing = opening - 3
        opening = pairs.get(closing, 0)
    if not opening or tokens[opening - 1].kind not in ("word", "quoted"):
        raise refuse(cursor.span(tokens[over], tokens[over]), "OVER must follow an aggregate", "sum(x) OVER w")
    if opening > 1 and tokens[opening - 2].text == ".":
        raise refuse(cursor.span(tokens[opening - 2], tokens[opening - 2]), "aggregates are called by their name alone")
    window, last = _over(fragment, over)
    name = name_of(cursor, tokens[opening - 1])
    inside, words = _null_words(cursor, closing - 1)
    star, distinct, arguments = _arguments(fragment, opening, words + 1)
    span = cursor.span(tokens[opening - 1], last)
    return Call(name, star, distinct, arguments, filter_, window, nulls or inside, within, span)


def _null_words(cursor: Cursor, last: int) -> tuple[Span | None, int]:
    """Return IGNORE NULLS or RESPECT NULLS where these words end at ``last``, and the place before them."""
    words = cursor.tokens[max(0, last - 1) : last + 1]
    if len(words) == 2 and words[1].upper == "NULLS" and words[0].upper in ("IGNORE", "RESPECT"):
        return cursor.span(words[0], words[1]), last - 2
    return None, last


def _within(cursor: Cursor, opening: int, closing: int) -> Within:
    tokens = cursor.tokens
    span = cursor.span(tokens[opening - 2], tokens[closing])
    inner = Cursor(cursor.script, tokens[opening + 1 : closing], tokens[closing].start)
    inner.expect("ORDER", "BY", hint="WITHIN GROUP (ORDER BY x)")
    rest = list(inner.tokens[inner.position :])
    descending = bool(rest) and rest[-1].upper == "DESC"
    if rest and rest[-1].upper in ("ASC", "DESC"):
        rest.pop()
    if not rest:
        inner.position = len(inner.tokens)
        raise inner.unexpected("an expression")
    return Within(Fragment(cursor.script, tuple(rest)), descending, span)


def _filter(inner: Cursor) -> Fragment:
    inner.expect("WHERE", hint="FILTER (WHERE condition)")
    if inner.done:
        raise inner.unexpected("a condition")
    return Fragment(inner.script, tuple(inner.tokens[inner.position :]))


def _over(fragment: Fragment, over: int) -> tuple[Name | WindowStatement, Token]:
    cursor = Cursor(fragment.script, fragment.tokens, fragment.tokens[-1].end)
    cursor.position = over + 1
    first = cursor.peek()
    if first.kind in ("word", "quoted"):
        return name_of(cursor, first), first
    if not cursor.at("("):
        raise cursor.unexpected("a window", "OVER w, or OVER (SLIDING SIZE 5 MINUTES)")
    inner = cursor.inside()
    last = cursor.tokens[cursor.position - 1]
    return read_window(inner, None, cursor.span(first, last)), last


def _arguments(fragment: Fragment, opening: int, closing: int) -> tuple[Span | None, bool, tuple[Fragment, ...]]:
    tokens = fragment.tokens
    inner = Cursor(fragment.script, tokens[opening + 1 : closing], tokens[closing].start)
    distinct = inner.take("DISTINCT") is not None
    inner.take("ALL")
    if inner.done:
        return None, distinct, ()
    rest = Cursor(fragment.script, inner.tokens[inner.position :], tokens[closing].start)
    parts = rest.split()
    star = parts[0].take("*") if len(parts[0].tokens) == 1 else None
    return star, distinct, tuple(_argument(part) for part in (parts[1:] if star else parts))


def _argument(part: Cursor) -> Fragment:
    if part.done:
        raise part.unexpected("an argument")
    depth = 0
    for i, token in enumerate(part.tokens):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.upper == "ORDER" and i + 1 < len(part.tokens) and part.tokens[i + 1].upper == "BY":
            raise refuse(
                part.span(token, part.tokens[i + 1]),
                "an aggregate follows the total order of the events: ORDER BY cannot stand inside it",
                "sort what it gives, list_sort(list(x) OVER w), or take the value at an extreme, arg_max(y, x) OVER w",
            )
    return Fragment(part.script, tuple(part.tokens))
