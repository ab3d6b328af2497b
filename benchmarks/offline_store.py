"""The offline store: Parquet to committed Parquet, beside DuckDB writing the same columns in one shot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from .agreement import check_same
from .card_duckdb import sql_of, to_parquet
from .card_project import offline_rows, run_project
from .cards import QUERIES, SOURCE, cards
from .figures import Figure
from .timing import REPEATS, rate

BATCHES = (100_000, 10_000, 1_000)


def offline_store(events: int = 1_000_000, sizes: Sequence[int] = BATCHES, repeats: int = REPEATS) -> Iterator[Figure]:
    """Yield Q5's events a second from a Parquet file to the committed store, for each size of batches.

    Small batches are a thousand epochs, each of them synced to the disk: one run tells.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder)
        _check_rows(root, cards(min(events, 20_000)))
        files = root / "cards.parquet"
        pq.write_table(cards(events), files)
        duck = rate(lambda: to_parquet(files, root), events, repeats)
        for size in sizes:
            ours = rate(lambda size=size: _run(root, files, size), events, repeats if size > 1_000 else 1)
            name = f"Q5 Parquet to committed store, durable, batches of {size:,}"
            yield Figure(name, ours, "events/s", "DuckDB to Parquet", duck)


def _run(root: Path, files: Path, size: int) -> None:
    """Apply and run a project in a folder that goes away."""
    with TemporaryDirectory(dir=root) as made:
        run_project(Path(made) / "project", SOURCE + QUERIES["Q5"], files, f"batch_rows = {size}\n")


def _check_rows(root: Path, stream: pa.Table) -> None:
    """Raise AssertionError unless the store holds the rows that DuckDB writes."""
    files = root / "few.parquet"
    pq.write_table(stream, files)
    project = run_project(root / "checked", SOURCE + QUERIES["Q5"], files, "batch_rows = 5_000\n")
    to_parquet(files, root)
    for query in sql_of("Q5"):
        check_same(offline_rows(project, query.lower()), pq.read_table(root / f"{query.lower()}.parquet"))
