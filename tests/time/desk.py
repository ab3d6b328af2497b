"""A project with one source of events, whose rows come as CSV files, and what it wrote."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from headrace.runtime.engine import RunReport, opened
from headrace.runtime.project import Project
from headrace.runtime.sources.push import Pushed
from headrace.tests.process import headrace

DAY = "2024-03-01"

SOURCE = """CREATE SOURCE events (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS,
  PRIMARY KEY (id) NOT ENFORCED) {late} WITH ('connector' = 'files', 'path' = 'events/*.csv' {options});
"""
VIEW = "CREATE FEATURE VIEW seen ENTITY k AS SELECT id, count(*) OVER (GLOBAL) AS n FROM events;\n"

PUSHED = """CREATE SOURCE events (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS,
  PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'push' {options});
"""

Event = tuple[int, str, float]


class Desk:
    """A project in an empty folder; an event is (id, k, seconds past midnight)."""

    def __init__(self, folder: Path, sql: str, *, batch_rows: int = 2, snapshot_epochs: int = 2) -> None:
        self.folder = folder
        (folder / "headrace.toml").write_text(f"batch_rows = {batch_rows}\nsnapshot_epochs = {snapshot_epochs}\n")
        (folder / "features.sql").write_text(sql)
        (folder / "events").mkdir()

    @property
    def project(self) -> Project:
        """The project as a process that starts now sees it."""
        return Project(self.folder)

    def add(self, events: Sequence[Event]) -> None:
        """Put events into a file after those that are there."""
        number = len(list((self.folder / "events").iterdir()))
        lines = [f"{id},{k},{at(seconds)}" for id, k, seconds in events]
        (self.folder / "events" / f"{number:04}.csv").write_text("\n".join(["id,k,ts", *lines, ""]))

    def push(self, events: Sequence[Event]) -> Pushed:
        """Hand events in to a source that is pushed to."""
        return self.project.push("events", [{"id": id, "k": k, "ts": at(seconds)} for id, k, seconds in events])

    def command(self, *words: str, failpoint: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own."""
        return headrace(self.folder, *words, failpoint=failpoint)

    def run(self) -> RunReport:
        """Apply what the SQL says and run once over what is there."""
        self.project.apply()
        return self.project.run()

    def rows(self, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """The written rows of a dataset, as the offline store shows them."""
        pattern = str(self.folder / "offline" / name / "*" / "*.parquet")
        if not list((self.folder / "offline" / name).glob("*/*.parquet")):
            return []
        with duckdb.connect() as connection:
            query = f"SELECT {columns} FROM read_parquet('{pattern}', hive_partitioning = false) ORDER BY ALL"
            return connection.execute(query).fetchall()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the project's SQLite file."""
        with opened(self.project.layout, write=False) as store:
            return store.execute(sql).fetchall()

    def mismatches(self) -> dict[str, int]:
        """What ``verify`` finds wrong, by view or service."""
        return {name: check.mismatches for name, check in self.project.verify().items() if not check.passed}


def at(seconds: float) -> str:
    """An instant of the day as text."""
    return f"{DAY} {int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{seconds % 60:09.6f}"
