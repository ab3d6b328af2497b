"""Peak memory: the most that a run to the offline store holds at once, beside DuckDB writing the same columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from . import card_duckdb
from .card_project import make_project, offline_rows
from .cards import QUERIES, SOURCE, cards
from .figures import Figure
from .own_process import headrace, python
from .timing import REPEATS

MEGABYTE = 1 << 20
IN_DUCKDB = f"import sys, pathlib, {card_duckdb.__name__} as peer; peer.to_parquet(*map(pathlib.Path, sys.argv[1:]))"


def peak_memory(events: int = 1_000_000, repeats: int = REPEATS) -> Iterator[Figure]:
    """Yield the greatest resident size of Q5's run, each a process of its own."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        files = root / "cards.parquet"
        pq.write_table(cards(events), files)
        ours: list[int] = []
        for number in range(repeats):
            project = make_project(root / str(number), SOURCE + QUERIES["Q5"], files)
            headrace(project.layout.root, "apply", "--yes")
            ours.append(headrace(project.layout.root, "run", "--once").peak)
            assert len(offline_rows(project, "q4")) == events
        theirs = [python("-c", IN_DUCKDB, str(files), folder).peak for _ in range(repeats)]
        assert pq.read_metadata(root / "q4.parquet").num_rows == events
    name = f"peak memory, Q5 of {events:,} events"
    yield Figure(name, median(ours) / MEGABYTE, "MB", "DuckDB to Parquet", median(theirs) / MEGABYTE)
