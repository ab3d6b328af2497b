"""Restart: the seconds until a run that broke off, or had come to its end, has its state again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import pyarrow.parquet as pq
from headrace.runtime.group_run import EpochReport
from headrace.runtime.project import Project

from .card_project import make_project, offline_rows
from .cards import FILES, QUERIES, cards, source
from .figures import Figure
from .timing import once

EPOCHS = 31
"""One fewer than make two snapshots: what broke off computes 15 epochs again."""
REPEATS = 3


class BrokenOffError(Exception):
    """Stands for whatever ends a run before its last snapshot."""


def restart(events: int = 1_000_000, repeats: int = REPEATS, epochs: int = EPOCHS) -> Iterator[Figure]:
    """Yield both, in process, beside the run from nothing that they spare."""
    taken: list[tuple[float, float, float]] = []
    with TemporaryDirectory() as folder:
        files = Path(folder) / "cards.parquet"
        pq.write_table(cards(events), files)
        for number in range(repeats):
            settings = f"batch_rows = {-(-events // epochs)}\n"
            project = make_project(Path(folder) / str(number), source(FILES) + QUERIES["Q5"], files, settings)
            project.apply()
            whole, rows = once(lambda project=project: _break_off(project, epochs), perf_counter), _written(project)
            broken, ended = (once(project.run, perf_counter) for _ in range(2))
            assert rows == _written(project), "a restart had something to write"
            taken.append((whole, broken, ended))
    whole, broken, ended = map(median, zip(*taken, strict=True))
    name = f"restart, Q5 after {events:,} events"
    yield Figure(f"{name}, broken off", broken, "s", "the run from nothing", whole)
    yield Figure(f"{name}, from its snapshot", ended, "s", "the run from nothing", whole)


def _break_off(project: Project, epochs: int) -> None:
    def told(report: EpochReport) -> None:
        if report.epoch == epochs:
            raise BrokenOffError

    try:
        project.run(on_epoch=told)
    except BrokenOffError:
        return
    raise AssertionError(f"the run had fewer than {epochs} epochs")


def _written(project: Project) -> int:
    return sum(len(offline_rows(project, view)) for view in project.definitions().views)
