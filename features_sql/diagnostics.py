"""What the compiler has to say about a place in the user's text."""

from __future__ import annotations

import unicodedata
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .source_text import SourceText, Span

_LONGEST_LINE = 160


@dataclass(frozen=True)
class Diagnostic:
    """One finding: a place, what is wrong there, and what would be right.

    ``str()`` gives ``path:line:column: message``, the line itself, carets under the words of the span
    (those on its first line), and ``hint: ...`` where there is one.
    """

    span: Span
    message: str
    hint: str = ""

    def __str__(self) -> str:
        span = self.span
        text = span.source.text
        start = text.rfind("\n", 0, span.start) + 1
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].rstrip("\r")
        line, begin = _shorten(line, span.start - start)
        before, words = line[:begin], line[begin : begin + span.end - span.start]
        pad = "".join(char if char == "\t" else " " * _width(char) for char in before)
        carets = "^" * max(1, sum(_width(char) for char in words))
        parts = [f"{span.source.path}:{span.line}:{span.column}: {self.message}", f"    {line}", f"    {pad}{carets}"]
        if self.hint:
            parts.append(f"    hint: {self.hint}")
        return "\n".join(parts)


def _shorten(line: str, begin: int) -> tuple[str, int]:
    """Cut a very long line around the place that matters; return it and where the place is now."""
    if len(line) <= _LONGEST_LINE:
        return line, begin
    cut = max(0, begin - _LONGEST_LINE // 3)
    head = "..." if cut else ""
    shown = line[cut : cut + _LONGEST_LINE]
    return f"{head}{shown}{'...' if cut + _LONGEST_LINE < len(line) else ''}", begin - cut + len(head)


class Refusal(Exception):  # noqa: N818 - it never leaves the compiler
    """Carries one diagnostic out of a construct that cannot be read any further.

    ``consequence`` marks what follows from another refusal, already reported: nothing more is said.
    """

    def __init__(self, diagnostic: Diagnostic, consequence: bool = False) -> None:
        self.diagnostic, self.consequence = diagnostic, consequence
        super().__init__(diagnostic.message)


@dataclass
class Findings:
    """The diagnostics of one compile, in the order of discovery.

    ``incomplete`` is set when part of a file could not be read: a name that seems unknown may then
    have been declared there, so nothing is said about it.
    """

    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    incomplete: bool = False
    refusals: int = 0

    def add(self, refusal: Refusal) -> None:
        """Count a refusal and keep its diagnostic."""
        self.refusals += 1
        if not refusal.consequence:
            self.diagnostics.append(refusal.diagnostic)

    @contextmanager
    def collecting(self) -> Generator[None]:
        """Keep a refusal raised by the block and go on after it."""
        try:
            yield
        except Refusal as refusal:
            self.add(refusal)


def refuse(span: Span, message: str, hint: str = "") -> Refusal:
    """Make the refusal of something that is wrong."""
    return Refusal(Diagnostic(span, message, hint))


def consequence(span: Span) -> Refusal:
    """Make the refusal of something that rests on what is refused already."""
    return Refusal(Diagnostic(span, "this rests on what is refused elsewhere"), consequence=True)


def in_order(diagnostics: Sequence[Diagnostic], texts: Sequence[SourceText]) -> list[Diagnostic]:
    """Return the diagnostics, each once, in the order of the files given and of the places in them."""
    order = {id(text): i for i, text in enumerate(texts)}
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda d: (order.get(id(d.span.source), 0), d.span.start, d.span.end))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
