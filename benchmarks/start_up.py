"""Start-up: the seconds until ``--help`` is printed, and of a run that finds nothing to do, whole processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from .card_project import run_project
from .cards import FILES, QUERIES, cards, source
from .figures import Figure
from .own_process import headrace, python
from .timing import REPEATS

IMPORTS = "import duckdb, numba, pyarrow"


def start_up(repeats: int = REPEATS) -> Iterator[Figure]:
    """Yield both beside a Python that does nothing, or only imports what a run cannot do without."""
    with TemporaryDirectory() as folder:
        pq.write_table(cards(1_000), Path(folder) / "cards.parquet")
        statements = source(FILES) + QUERIES["Q5"]
        project = run_project(Path(folder) / "project", statements, Path(folder) / "cards.parquet")
        ready = len(list(project.layout.root.rglob("*.parquet")))
        told, nothing = _seconds(repeats, "-m", "headrace.cli", "--help"), _seconds(repeats, "-c", "pass")
        yield Figure("headrace --help", told, "s", "python -c pass", nothing)
        run = median(headrace(project.layout.root, "run", "--once").seconds for _ in range(repeats))
        imports = _seconds(repeats, "-c", IMPORTS)
        yield Figure("headrace run --once, nothing to do", run, "s", f"python -c '{IMPORTS}'", imports)
        assert len(list(project.layout.root.rglob("*.parquet"))) == ready, "there was something to do"


def _seconds(repeats: int, *words: str) -> float:
    return median(python(*words).seconds for _ in range(repeats))
