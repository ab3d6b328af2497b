"""Which cells of window kind x emission x class of aggregates the campaign has been in."""

from __future__ import annotations

from collections.abc import Mapping

from .case import Cell
from .targets import CLASS_NAMES, EMISSIONS, allowed
from .windows import KINDS


def table(counts: Mapping[Cell, int]) -> str:
    """The cases with rows by cell: a line for each kind and emission, a column for each class; - is not allowed."""
    widths = [max(5, len(name)) for name in CLASS_NAMES]
    heads = (name.rjust(width) for name, width in zip(CLASS_NAMES, widths, strict=True))
    lines = [" ".join([f"{'window':9} {'emission':12}", *heads])]
    for kind in KINDS:
        for emission in EMISSIONS:
            shown = [
                str(counts.get((kind, emission, name), 0)) if allowed(kind, emission, name) else "-"
                for name in CLASS_NAMES
            ]
            numbers = (one.rjust(width) for one, width in zip(shown, widths, strict=True))
            lines.append(" ".join([f"{kind:9} {emission:12}", *numbers]))
    return "\n".join(lines)


def thin(counts: Mapping[Cell, int], least: int) -> int:
    """How many allowed cells have fewer cases than ``least``."""
    cells: list[Cell] = [(kind, emission, name) for kind in KINDS for emission in EMISSIONS for name in CLASS_NAMES]
    return sum(allowed(*cell) and counts.get(cell, 0) < least for cell in cells)
