"""How often a group's state is written whole: as seldom as it is large beside what has been computed since."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

BYTES_A_ROW = 256
"""So many bytes of a snapshot take about a tenth of the CPU that an event of four windows takes from file to store."""
ROWS_AN_EPOCH = 1_000
"""An epoch costs about as much as so many rows, however few it has."""


class SnapshotPace:
    """Counts what a restart would compute again, and weighs it against the newest snapshot.

    A snapshot is due after ``least`` epochs, and once their rows (µs each) outweigh writing as many bytes as
    the one before: what snapshots cost an event does not grow with the keys held, and what a restart computes
    again grows as what it loads. Both are counts, so the same epochs choose alike.
    """

    def __init__(self, least: int) -> None:
        self._least = least
        self._bytes = 0
        self._epochs = 0
        self._rows = 0

    @property
    def behind(self) -> bool:
        """Whether an epoch has come since the newest snapshot."""
        return self._epochs > 0

    @property
    def due(self) -> bool:
        """Whether the epochs since the newest snapshot are worth another."""
        weight = (self._rows + self._epochs * ROWS_AN_EPOCH) * BYTES_A_ROW
        return self._epochs >= self._least and weight >= self._bytes

    def count(self, rows: int) -> None:
        """Take notice of an epoch of so many rows, computed for the first time or again."""
        self._epochs += 1
        self._rows += rows

    def begin(self, tables: Mapping[str, pa.Table]) -> None:
        """Begin anew with a snapshot of these tables, written or restored."""
        self._bytes = sum(table.nbytes for table in tables.values())
        self._epochs = self._rows = 0
