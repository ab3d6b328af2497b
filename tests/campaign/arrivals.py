"""Rows as they arrive: each judged by the watermark that those before it have set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .expressions import identity
from .projects import AHEAD, Source

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Arrivals:
    """The rows of one source that have arrived so far, in order; times are whole µs, none is NULL.

    ``until`` is the instant of the reads of a source that has not ended, None where it has.
    """

    source: Source
    rows: Sequence[Row]
    until: int | None = None

    @property
    def greatest(self) -> int | None:
        """The greatest time so far."""
        return max((self.rows[place][self.source.time] for place in self.known), default=None)

    @property
    def known(self) -> list[int]:
        """Places of the rows that are not too far ahead: the others do nothing at all."""
        limit = AHEAD if self.source.max_future else None
        return [place for place, row in enumerate(self.rows) if limit is None or row[self.source.time] < limit]

    @property
    def accepted(self) -> list[int]:
        """Places of the rows that are neither late, or too late where late ones are accepted, nor repeats."""
        kept: list[int] = []
        high: int | None = None
        for place in self.known:
            row = self.rows[place]
            time = row[self.source.time]
            late = high is not None and time < high - self.source.delay - (self.source.within or 0)
            if not late and not self._repeats(row, kept):
                kept.append(place)
            high = time if high is None else max(high, time)
        return kept

    def _repeats(self, row: Row, kept: Sequence[int]) -> bool:
        """Whether a row with the same key was accepted within the event time of ``dedupe``."""
        source = self.source
        if source.dedupe is None or any(row[name] is None for name in source.primary_key):
            return False
        key = [identity(row[name]) for name in source.primary_key]
        return any(
            [identity(self.rows[place][name]) for name in source.primary_key] == key
            and abs(self.rows[place][source.time] - row[source.time]) <= source.dedupe
            for place in kept
        )

    def order(self, place: int) -> tuple[Any, ...]:
        """The total order: time, primary key with NULL last, place."""
        row = self.rows[place]
        keys = [(row[name] is None, row[name] if row[name] is not None else 0) for name in self.source.primary_key]
        return (row[self.source.time], *keys, place)
