"""A UNION ALL that a view reads: projections of sources and views as one relation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .definitions import Column


@dataclass(frozen=True)
class Branch:
    """One SELECT of a UNION ALL: what it makes of the rows of a source or view, and which of them it keeps.

    ``columns`` are SQL, one for each column of the union; ``lineage`` are the ``relation.column`` names read by each.
    """

    source: str
    alias: str
    columns: tuple[str, ...]
    lineage: tuple[tuple[str, ...], ...]
    where: str | None


@dataclass(frozen=True)
class Union:
    """Rows of several sources or views as one: in the order of (time, branch, the branch's own order).

    Every branch yields its event time as the column ``time``. The ``_partition`` of a row of branch b of n is
    n times its own plus b, so that no two rows have one origin.
    """

    name: str
    columns: tuple[Column, ...]
    time: str
    branches: tuple[Branch, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources or views that the branches read, each once, in their order."""
        return tuple(dict.fromkeys(branch.source for branch in self.branches))

    def behind(self, column: str) -> tuple[str, ...]:
        """Return the ``relation.column`` names that a column is made of, each once."""
        place = [held.name for held in self.columns].index(column)
        return tuple(dict.fromkeys(name for branch in self.branches for name in branch.lineage[place]))
