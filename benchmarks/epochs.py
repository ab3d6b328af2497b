"""Epochs: the CPU that a small one costs from file to committed store, with so many before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import pyarrow.parquet as pq

from .card_project import make_project, offline_rows
from .cards import QUERIES, SOURCE, cards
from .figures import Figure

COUNTS = (200, 1_000, 4_000)
ROWS = 50
STRETCH = 48
"""Three times as many epochs as lie at least between two snapshots."""


CARDS = (1_000, 100_000)
"""The more cards there are, the more have been seen by a later epoch, and a snapshot writes the state of all."""


def epochs(counts: Sequence[int] = COUNTS, stretch: int = STRETCH, many: Sequence[int] = CARDS) -> Iterator[Figure]:
    """Yield the cost of one of Q4's epochs of 50 rows after so many others, of few cards and of many."""
    for keys in many:
        marks, least = _marks(max(counts) * ROWS, keys), 0.0
        for count in counts:
            ends = [count - stretch * before for before in range(3)]
            cost = median(float(np.mean(np.diff(marks[end - stretch : end + 1]))) for end in ends) * 1e3
            least = least or cost
            name = f"CPU of an epoch, {count:,} epochs, {keys:,} cards"
            yield Figure(name, cost, "ms", f"{counts[0]:,} epochs", least)


def _marks(events: int, keys: int) -> list[float]:
    """Return the CPU seconds there were before the first epoch and after each."""
    with TemporaryDirectory() as folder:
        files = Path(folder) / "cards.parquet"
        pq.write_table(cards(events, keys), files)
        project = make_project(Path(folder) / "project", SOURCE + QUERIES["Q4"], files, f"batch_rows = {ROWS}\n")
        project.apply()
        marks = [process_time()]
        project.run(on_epoch=lambda _: marks.append(process_time()))
        assert len(offline_rows(project, "q4")) == events
    return marks
