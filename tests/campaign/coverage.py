"""Which cells of window kind x emission x class of aggregates the campaign has been in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from .calls import CLASS_OF
from .case import Cell
from .projects import EmitKind
from .windows import KINDS, RATED

EMISSIONS = get_args(EmitKind)
CLASSES = (*dict.fromkeys(CLASS_OF.values()), "distinct")


def allowed(cell: Cell) -> bool:
    """Whether the language allows a cell."""
    kind, _, name = cell
    return not (name == "session" and kind != "session") and not (name == "rate" and kind not in RATED)


def table(counts: Mapping[Cell, int]) -> str:
    """The cases with rows by cell: a line for each kind and emission, a column for each class; - is not allowed."""
    widths = [max(5, len(name)) for name in CLASSES]
    lines = [" ".join([f"{'window':9} {'emission':12}", *(n.rjust(w) for n, w in zip(CLASSES, widths, strict=True))])]
    for kind in KINDS:
        for emission in EMISSIONS:
            cells = [(kind, emission, name) for name in CLASSES]
            shown = [str(counts.get(cell, 0)) if allowed(cell) else "-" for cell in cells]
            numbers = (one.rjust(width) for one, width in zip(shown, widths, strict=True))
            lines.append(" ".join([f"{kind:9} {emission:12}", *numbers]))
    return "\n".join(lines)


def thin(counts: Mapping[Cell, int], least: int) -> int:
    """How many allowed cells have fewer cases than ``least``."""
    cells = [(kind, emission, name) for kind in KINDS for emission in EMISSIONS for name in CLASSES]
    return sum(allowed(cell) and counts.get(cell, 0) < least for cell in cells)
