"""User's text and places in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SourceText:
    """One feature SQL file: ``path`` as the user should see it, and its whole text."""

    path: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Span:
    """The characters ``start`` (inclusive) to ``end`` (exclusive) of a file."""

    source: SourceText
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words of the span as written."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """Line of the first character, from 1."""
        return self.source.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """Column of the first character, from 1."""
        return self.start - (self.source.text.rfind("\n", 0, self.start) + 1) + 1
