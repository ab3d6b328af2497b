"""Long work, and how far it is: a bar on a terminal, log lines elsewhere. All of it goes to stderr."""

from __future__ import annotations

import signal
import sqlite3
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType, TracebackType

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ..engine import RunReport, Tally
from ..fixtures import FixtureCheck
from ..group_run import EpochReport
from ..project import Project
from ..status import instant_text
from ..verify import ViewCheck

_LINE_SECONDS = 1.0
_BAR_SECONDS = 0.2
_LEFT = {
    "durable": "What is committed stays, and the next run goes on from there.",
    "memory": "What this run kept in memory is gone, and the next one begins with nothing.",
}


class Progress:
    """Shows ``what`` is being done while the block runs.

    A terminal gets a bar that disappears afterwards; anything else a line at the start and at most one a
    second. A share of None is not known, so the bar only moves.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        console = Console(stderr=True)
        live = console.is_terminal and not console.is_dumb_terminal
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        said = TextColumn("{task.fields[said]}", markup=False)
        self._bar = Bar(*columns, said, TimeElapsedColumn(), console=console, transient=True) if live else None
        self._next = 0.0

    def __enter__(self) -> Progress:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=None, said="")
        else:
            self._log(f"{self._what} ...")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def due(self) -> bool:
        """Whether anything would be shown now; what costs something to find out need not be found out before."""
        return time.monotonic() >= self._next

    def show(self, said: str, share: float | None = None, *, now: bool = False) -> None:
        """Say how far it is, when that is due or else ``now``: in words, and as a share of the whole."""
        if not (now or self.due):
            return
        self._next = time.monotonic() + (_LINE_SECONDS if self._bar is None else _BAR_SECONDS)
        if self._bar is None:
            percent = "" if share is None else f" ({share:.0%})"
            self._log(f"{self._what}: {said}{percent}")
        else:
            self._bar.update(self._task, said=said, completed=share or 0.0, total=None if share is None else 1.0)

    def _log(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


def run(project: Project, until: datetime | None, once: bool) -> tuple[RunReport, bool]:
    """Run a project, and unless ``once`` watch for new files; return what was done, and whether it was stopped.

    What is committed stays. Ctrl-C and SIGTERM stop it; ``waiting`` is not known then, and 0.
    """
    tally, ended = Tally(), time.perf_counter()
    with Progress("running") as progress, _interruptible() as interrupted, project.catalog() as store:

        def note(report: EpochReport) -> None:
            nonlocal ended
            tally.add(report)
            ended = time.perf_counter()
            if progress.due:
                progress.show(_said(report, tally.rows, ended - tally.started), _share_read(store))

        def watch(report: EpochReport) -> None:
            nonlocal ended
            tally.add(report)
            ended = time.perf_counter()
            progress.show(_said(report, tally.rows), now=True)

        try:
            report = project.run(until=until, once=True, on_epoch=note)
            if not once:
                progress.show("waiting for new events; Ctrl-C ends it", now=True)
                project.run(once=False, on_epoch=watch)
            if project.settings.durability == "memory":
                print(_LEFT["memory"], file=sys.stderr)
            return report, False
        except BaseException:
            if not interrupted:
                raise
    print(f"Stopped. {_LEFT[project.settings.durability]}", file=sys.stderr)
    return RunReport(tally.epochs, tally.rows, ended - tally.started, 0), True


def verify(project: Project, names: Sequence[str]) -> dict[str, ViewCheck]:
    """Verify views and services of a project, all of them where none is named."""
    total = len(names) or len(project.status().views)
    done: list[str] = []

    def note(name: str, check: ViewCheck) -> None:
        done.append(name)
        progress.show(f"{name}: {check.rows:,} rows, {check.mismatches:,} mismatches", len(done) / max(total, 1))

    with Progress("verifying") as progress:
        return project.verify(*names, on_view=note)


def test(project: Project, names: Sequence[str]) -> list[FixtureCheck]:
    """Run feature tests of a project, all of them where none is named."""
    with Progress("testing") as progress:
        return project.test(*names, on_check=lambda check: progress.show(check.path))


@contextmanager
def _interruptible() -> Generator[list[bool]]:
    """Note in the list given whether Ctrl-C, or SIGTERM, came: libraries turn it into errors of their own."""
    pressed: list[bool] = []

    def note(signum: int, frame: FrameType | None) -> None:
        pressed.append(True)
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _said(report: EpochReport, rows: int, seconds: float | None = None) -> str:
    rate = "" if seconds is None else f", {rows / max(seconds, 1e-9):,.0f} rows/s"
    reached = instant_text(report.watermark).partition(".")[0]
    return f"epoch {report.epoch}, {rows:,} rows{rate}, up to {reached}"


def _share_read(store: sqlite3.Connection) -> float | None:
    """The share of the known files, by size, that committed epochs have read to their end; None of none."""
    total, read = store.execute(_SHARE).fetchone()
    return read / total if total else None


_SHARE = """
WITH reached AS (
  SELECT source, max(to_file) AS file, max(ended) AS ended
  FROM epoch_ranges JOIN epochs USING (epoch) WHERE status = 'committed' GROUP BY source)
SELECT sum(size), sum(CASE WHEN r.ended OR f.ordinal < r.file THEN size ELSE 0 END)
FROM files f LEFT JOIN reached r USING (source)"""
