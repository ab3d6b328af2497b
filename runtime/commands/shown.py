"""An answer in two forms: tables for people and JSON for pipes."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from ..json_answer import iso_instant, json_text, plain

# Wide enough for any row: what reads a pipe wants a row on one line.
_PIPE_WIDTH = 10_000
# Text longer than this may be folded.
_FOLDED = 28


@dataclasses.dataclass(frozen=True)
class Shown:
    """An answer in both forms: ``data`` for ``json_text``, ``parts`` for a console, one below the other."""

    data: object
    parts: tuple[RenderableType, ...]


def show(shown: Shown, *, as_json: bool) -> None:
    """Print an answer to stdout in one of its forms."""
    if as_json:
        sys.stdout.write(json_text(shown.data) + "\n")
        return
    terminal = sys.stdout.isatty()
    console = Console() if terminal else Console(width=_PIPE_WIDTH)
    for place, part in enumerate(shown.parts):
        with contextlib.nullcontext() if terminal else console.capture() as captured:
            if place:
                console.print()
            console.print(part, markup=False, highlight=False, soft_wrap=isinstance(part, str | Text))
        if captured is not None:
            # Cells are padded to the width of their column; in a pipe that only costs.
            sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def short(instant: str | None) -> str | None:
    """Return an instant held as text, as a table shows it: without a fraction of nothing."""
    return None if instant is None else instant.replace("T", " ").removesuffix("Z").removesuffix(".000000")


def cell(value: object) -> str:
    """Return a value as a table shows it; NULL is a dash."""
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.6g}"
        case datetime():
            return iso_instant(value).replace("T", " ").removesuffix("Z")
        case str() | Decimal():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(cell(held) for held in value) + "]"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case _:
            return str(plain(value))


@dataclasses.dataclass(frozen=True)
class Listing:
    """A table of values. Where a line is too short for it, the columns ``drop`` go first and then text is folded.

    A column of numbers only is set to the right; no text is ever cut.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    title: str | None
    drop: tuple[str, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table as it fits."""
        kept = list(range(len(self.columns)))
        for name in self.drop:
            if self._least(kept) <= options.max_width:
                break
            kept = [place for place in kept if self.columns[place] != name]
        yield self._drawn(kept, fits=self._least(kept) <= options.max_width)

    def _width(self, place: int) -> int:
        return max(len(self.columns[place]), *(len(cell(row[place])) for row in self.rows), 0)

    def _least(self, kept: Sequence[int]) -> int:
        return sum(min(self._width(place), _FOLDED) + 2 for place in kept)

    def _drawn(self, kept: Sequence[int], fits: bool) -> Table:
        # A title is one line, however narrow the table is.
        title = None if self.title is None else Text(self.title, no_wrap=True, overflow="ignore")
        drawn = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
        drawn.show_edge, drawn.pad_edge, drawn.padding = False, False, (0, 1, 0, 0)
        for place in kept:
            values = [row[place] for row in self.rows if row[place] is not None]
            numeric = bool(values) and all(isinstance(value, int | float | Decimal) for value in values)
            justify = "right" if numeric else "left"
            whole = numeric or (fits and self._width(place) <= _FOLDED)
            drawn.add_column(Text(self.columns[place]), justify=justify, no_wrap=whole, overflow="fold")
        for row in self.rows:
            drawn.add_row(*(Text(cell(row[place])) for place in kept))
        return drawn


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None, drop: Sequence[str] = ()
) -> Listing:
    """Return a table of values."""
    return Listing(tuple(columns), tuple(tuple(row) for row in rows), title, tuple(drop))


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """Return names and values side by side, without those that are empty."""
    drawn = Table(box=None, show_header=False, pad_edge=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", ()):
            drawn.add_row(Text(name), Text(", ".join(map(str, value)) if isinstance(value, tuple) else cell(value)))  # pyright: ignore[reportUnknownArgumentType]
    return drawn
