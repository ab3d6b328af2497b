"""Text to tokens with places, and a cursor over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import sqlglot
from sqlglot.errors import SqlglotError

from .diagnostics import Refusal, refuse
from .source_text import SourceText, Span
from .spelling import did_you_mean

TokenKind = Literal["word", "quoted", "string", "number", "symbol", "end"]

# Comments and everything that may hide one. An opening that matches only itself is never closed.
_SKIP = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
      | [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
      | (?<![\w$])\$(?P<tag>\w*)\$.*?\$(?P=tag)\$
      | (?P<open>/\*|'|")""",
    re.DOTALL | re.VERBOSE,
)
_OPEN_NAMES = {"/*": "comment", "'": "string", '"': "quoted name"}


@dataclass(frozen=True)
class Token:
    """A word, name, literal or symbol: ``text`` as written, ``upper`` for comparing words without case."""

    kind: TokenKind
    text: str
    upper: str
    start: int
    end: int


@dataclass(frozen=True)
class Comment:
    """A comment's words without its marks, and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Script:
    """A file's tokens and comments.

    ``plain`` is the text with every comment blanked at equal length. ``broken`` is the refusal of what
    could not be read; the tokens then end before it.
    """

    source: SourceText
    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
    plain: str = field(repr=False)
    broken: Refusal | None = None

    @cached_property
    def token_starts(self) -> list[int]:
        """Where each token starts."""
        return [token.start for token in self.tokens]

    @cached_property
    def comment_starts(self) -> list[int]:
        """Where each comment starts."""
        return [comment.start for comment in self.comments]


def tokenize(source: SourceText) -> Script:
    """Split a file into tokens; nothing is raised: see ``Script.broken``."""
    text, comments, broken = source.text, list[Comment](), None
    plain = list[str]()
    position = 0
    for match in _SKIP.finditer(text):
        if opening := match["open"]:
            span = Span(source, match.start(), match.end())
            broken = refuse(span, f"this {_OPEN_NAMES[opening]} is never closed")
            break
        if match["comment"] is not None:
            comments.append(Comment(_comment_words(match[0]), match.start(), match.end()))
            plain += text[position : match.start()], re.sub(r"[^\n]", " ", match[0])
            position = match.end()
    end = broken.diagnostic.span.start if broken else len(text)
    blanked = "".join(plain) + text[position:end]
    try:
        tokens = tuple(_tokens(blanked))
    except (SqlglotError, RecursionError):
        tokens, broken = (), broken or refuse(Span(source, 0, 1), "this file cannot be split into words")
    return Script(source, tokens, tuple(comments), blanked + text[end:], broken)


def _comment_words(text: str) -> str:
    if text.startswith("--"):
        return text.lstrip("-").strip()
    lines = (line.strip().lstrip("*").strip() for line in text[2:-2].splitlines())
    return " ".join(line for line in lines if line)


def _tokens(text: str) -> Iterator[Token]:
    # sqlglot takes all that follows EXPLAIN for one token; another word of that length does not hide it.
    masked = re.sub(r"\bEXPLAIN\b", "explai_", text, flags=re.IGNORECASE)
    for token in sqlglot.Dialect.get_or_raise("duckdb").tokenize(masked):
        start, end = int(token.start), int(token.end) + 1
        raw = text[start:end]
        first = raw[:1]
        if first == '"':
            yield Token("quoted", raw, raw, start, end)
        elif (first in ("'", "$") and len(raw) > 1) or re.match(r"[A-Za-z]{1,2}'", raw):
            yield Token("string", raw, raw, start, end)
        else:
            yield from _plain_tokens(raw, start)


def _plain_tokens(raw: str, start: int) -> Iterator[Token]:
    # sqlglot joins some words (GROUP BY), braces ({{) and whole commands into one token.
    for match in re.finditer(r"[^\W\d][\w$]*|\d[\w.+-]*|[{}]|[^\w\s{}]+|\w+", raw):
        word = match[0]
        if raw[:1].isdigit() or (raw[:1] == "." and len(raw) > 1 and raw[1].isdigit()):
            yield Token("number", raw, raw, start, start + len(raw))
            return
        kind: TokenKind = "word" if word[0].isalpha() or word[0] == "_" else "symbol"
        yield Token(kind, word, word.upper(), start + match.start(), start + match.end())


class Cursor:
    """Reads a run of tokens from left to right; refusals point at the token that does not fit."""

    def __init__(self, script: Script, tokens: Sequence[Token], end: int) -> None:
        self.script = script
        self.tokens = tokens
        self.position = 0
        self._end = Token("end", "", "", end, end)

    def peek(self, ahead: int = 0) -> Token:
        """Return the token ``ahead`` of the cursor; past the last one, the end token."""
        position = self.position + ahead
        return self.tokens[position] if position < len(self.tokens) else self._end

    @property
    def done(self) -> bool:
        """Whether every token has been read."""
        return self.position >= len(self.tokens)

    def next(self) -> Token:
        """Read one token."""
        token = self.peek()
        self.position += 1
        return token

    def at(self, *words: str) -> bool:
        """Tell whether exactly these words or symbols come next."""
        return all(self.peek(i).upper == word and self.peek(i).kind != "end" for i, word in enumerate(words))

    def take(self, *words: str) -> Span | None:
        """Read these words if they come next and return their place."""
        if not self.at(*words):
            return None
        span = self.span(self.peek(), self.peek(len(words) - 1))
        self.position += len(words)
        return span

    def expect(self, *words: str, hint: str = "") -> Span:
        """Read these words or refuse what stands there."""
        span = self.take(*words)
        if span is None:
            raise self.unexpected(" ".join(words), hint or did_you_mean(self.peek().text, words))
        return span

    def unexpected(self, wanted: str, hint: str = "") -> Refusal:
        """Make the refusal of the next token where ``wanted`` should be."""
        token = self.peek()
        if token.kind != "end":
            return refuse(self.span(token, token), f"expected {wanted}; got {token.text}", hint)
        following = re.compile(r"\s*(\w+|.)", re.DOTALL).match(self.script.plain, token.start)
        if following is None or following[1] in (";", "\n"):
            return refuse(self.span(token, token), f"expected {wanted}; the statement ends here", hint)
        span = Span(self.script.source, following.start(1), following.end(1))
        if "\n" in following[0]:
            span = self.span(token, token)
        return refuse(span, f"expected {wanted}; got {following[1]}", hint)

    def span(self, first: Token, last: Token) -> Span:
        """Return the place from ``first`` to ``last``; the end token gets the last character before it."""
        if first.kind == "end":
            end = len(self.script.plain[: first.start].rstrip())
            return Span(self.script.source, max(0, end - 1), max(1, end))
        return Span(self.script.source, first.start, last.end)

    def inside(self) -> Cursor:
        """Read a bracketed run and return a cursor over what it holds."""
        opening = self.next()
        closing = matching(self.tokens, self.position - 1)
        if closing is None:
            raise refuse(self.span(opening, opening), f"this {opening.text} is never closed")
        inner = Cursor(self.script, self.tokens[self.position : closing], self.tokens[closing].start)
        self.position = closing + 1
        return inner

    def split(self, separator: str = ",") -> list[Cursor]:
        """Split the unread tokens at a separator outside brackets; an empty part keeps its place."""
        parts, depth, begin = list[Cursor](), 0, self.position
        for i in range(self.position, len(self.tokens)):
            token = self.tokens[i]
            depth += _DEPTH.get(token.text, 0)
            if depth == 0 and token.text == separator:
                parts.append(Cursor(self.script, self.tokens[begin:i], token.start))
                begin = i + 1
        parts.append(Cursor(self.script, self.tokens[begin:], self._end.start))
        self.position = len(self.tokens)
        return parts


_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def openings(tokens: Sequence[Token]) -> dict[int, int]:
    """Return, for the index of each closing bracket, the index of the bracket that it closes."""
    result, open_ = dict[int, int](), list[int]()
    for i, token in enumerate(tokens):
        step = _DEPTH.get(token.text, 0)
        if step > 0:
            open_.append(i)
        elif step < 0 and open_:
            result[i] = open_.pop()
    return result


def matching(tokens: Sequence[Token], opening: int) -> int | None:
    """Return the index of the bracket that closes the one at ``opening``, or None."""
    depth = 0
    for i in range(opening, len(tokens)):
        if tokens[i].kind == "symbol":
            depth += _DEPTH.get(tokens[i].text, 0)
            if depth == 0:
                return i
    return None


def check_pairs(source: SourceText, tokens: Sequence[Token]) -> None:
    """Refuse brackets that do not pair up."""
    pairs, open_ = {")": "(", "]": "[", "}": "{"}, list[Token]()
    for token in tokens:
        if token.text in pairs.values():
            open_.append(token)
        elif token.text in pairs and (not open_ or open_.pop().text != pairs[token.text]):
            raise refuse(Span(source, token.start, token.end), f"this {token.text} closes nothing")
    if open_:
        raise refuse(Span(source, open_[-1].start, open_[-1].end), f"this {open_[-1].text} is never closed")


def depths(tokens: Sequence[Token]) -> list[int]:
    """Return how many brackets are open before each token; a closing bracket counts as outside."""
    result, depth = list[int](), 0
    for token in tokens:
        step = _DEPTH.get(token.text, 0) if token.kind == "symbol" else 0
        result.append(depth + min(step, 0))
        depth += step
    return result
