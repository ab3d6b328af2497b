"""What one epoch of a source group wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from .live_view import Poison

if TYPE_CHECKING:
    from ..models.live_model import Step


@dataclass
class Advance:
    """What one epoch of a group wrote: rows by view, service and stream, and rows on which a query failed, by origin.

    Rows have the user's columns, then ``_partition`` and ``_offset`` (NULL where no event drives the row). ``steps``
    is what befell each model that scored; ``null_entities`` the times, by view, of events whose entity is NULL.
    """

    rows: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    poison: dict[str, list[Poison]] = field(default_factory=dict[str, list[Poison]])
    steps: dict[str, Step] = field(default_factory=dict[str, "Step"])
    null_entities: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])

    def write(self, name: str, rows: pa.Table, failed: list[Poison]) -> None:
        """Add rows that a view or service has written, and those on which a query of it failed."""
        self.rows[name] = pa.concat_tables([self.rows[name], rows]) if name in self.rows else rows
        self.note(name, failed)

    def add(self, other: Advance) -> None:
        """Take over the rows of another, and add what failed there."""
        self.rows |= other.rows
        for origin, failed in other.poison.items():
            self.note(origin, failed)

    def note(self, origin: str, failed: list[Poison]) -> None:
        """Add rows on which a query of ``origin`` failed."""
        if failed:
            self.poison.setdefault(origin, []).extend(failed)
