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
"""Three times as many epochs as lie between two snapshots, so that each stretch pays for as many."""


def epochs(counts: Sequence[int] = COUNTS, stretch: int = STRETCH) -> Iterator[Figure]:
    """Yield the cost of one of Q4's epochs of 50 rows, after so many others."""
    events, marks = max(counts) * ROWS, [0.0]
    with TemporaryDirectory() as folder:
        files = Path(folder) / "cards.parquet"
        pq.write_table(cards(events), files)
        project = make_project(Path(folder) / "project", SOURCE + QUERIES["Q4"], files, f"batch_rows = {ROWS}\n")
        project.apply()
        project.run(on_epoch=lambda _: marks.append(process_time()))
        assert len(offline_rows(project, "q4")) == events
    least = 0.0
    for count in counts:
        ends = [count - stretch * before for before in range(3)]
        cost = median(float(np.mean(np.diff(marks[end - stretch : end + 1]))) for end in ends) * 1e3
        least = least or cost
        yield Figure(f"CPU of an epoch, {count:,} epochs", cost, "ms", f"{counts[0]:,} epochs", least)
