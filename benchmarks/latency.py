"""Latency: from the instant at which an event is due to be handed in until the row of its features is committed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Semaphore, Thread
from time import monotonic, sleep

import numpy as np
import pyarrow as pa
from headrace.features_sql.errors import ReadError
from headrace.runtime.duck import Prepared, connect
from headrace.runtime.group_run import EpochReport
from headrace.runtime.project import Project

from .bare_commit import bare_commit
from .card_project import make_project
from .cards import QUERIES, SECOND, START, cards, source
from .figures import Figure

MODES = ("memory", "durable")
RATES = (1_000, 5_000, 20_000)
ON_EVENT = QUERIES["Q4"]
# Since the last payment within a day, for over all history it would be computed anew for each event.
IMMEDIATELY = QUERIES["Q4"].replace("l AS (GLOBAL);", "l AS (SLIDING SIZE 1 DAY) EMIT ON EVENT IMMEDIATELY;")
TRIVIAL = "a trivial prepared DuckDB query, p50"
PAUSE = 0.001


@dataclass
class Commits:
    """When epochs were committed, and how many events had been read by then."""

    rows: list[int] = field(default_factory=list[int])
    at: list[float] = field(default_factory=list[float])

    def add(self, report: EpochReport) -> None:
        """Note an epoch that has just been committed."""
        self.rows.append(report.rows + (self.rows[-1] if self.rows else 0))
        self.at.append(monotonic())

    def of(self, events: np.ndarray) -> np.ndarray:
        """Return when each event, numbered from 0 in the order of its log, had its row."""
        return np.array(self.at)[np.searchsorted(self.rows, events, side="right")]


def latency(rates: Sequence[int] = RATES, seconds: int = 10, modes: Sequence[str] = MODES) -> Iterator[Figure]:
    """Yield p50 and p99 while another process hands in so many events a second; the first tenth is not counted.

    Rows are those of Q4, each ready once an event of a later time is there: their source waits for no late ones.
    """
    trivial = trivial_query()
    for mode in modes:
        for rate in rates:
            taken = _at_rate(mode, rate, rate * seconds)
            for part in (50, 99):
                name = f"event to row, {rate:,} events/s, {mode}, p{part}"
                yield Figure(name, float(np.percentile(taken, part)), "ms", TRIVIAL, trivial)


def single(events: int = 300, modes: Sequence[str] = MODES) -> Iterator[Figure]:
    """Yield p50 and p99 of one event at a time, handed in by another thread once the row before is there.

    Rows are those of Q4, written on arrival. What a commit without them takes is told beside them.
    """
    trivial = trivial_query()
    for mode in modes:
        yield Figure(f"a bare commit of one event, {mode}, p50", bare_commit(mode), "ms", TRIVIAL, trivial)
        taken = _one_by_one(mode, events)
        for part in (50, 99):
            name = f"single event to row, {mode}, p{part}"
            yield Figure(name, float(np.percentile(taken, part)), "ms", TRIVIAL, trivial)


def trivial_query(times: int = 500) -> float:
    """Return the p50 in ms of a prepared query over a feed of one row."""
    row = pa.table({"amount": [1.0]})
    taken: list[float] = []
    with (
        connect() as connection,
        Prepared(connection, "SELECT amount + 1 AS more FROM one", {"one": row.schema}) as query,
    ):
        for _ in range(times):
            before = monotonic()
            query.run(one=row)
            taken.append(monotonic() - before)
    return float(np.median(taken)) * 1e3


def _at_rate(mode: str, rate: int, events: int) -> np.ndarray:
    """Return the latency of each event but the first tenth, in ms, counted from when it was due."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    with TemporaryDirectory() as folder:
        project = _project(Path(folder) / "project", ON_EVENT, mode)
        pusher = context.Process(target=push_at_rate, args=(project.layout.root, theirs, rate, events))
        pusher.start()
        mine.recv()
        commits = Commits()

        def told(report: EpochReport) -> None:
            commits.add(report)
            if len(commits.at) == 1:
                mine.send("go")

        _run(project, events, told)
        begun = mine.recv()
        pusher.join()
    counted = np.arange(events // 10, events)
    return (commits.of(counted + 1) - begun - counted / rate) * 1e3


def push_at_rate(root: Path, pipe: Connection, rate: int, events: int) -> None:
    """Hand in one event, and once its row is there the others, each as soon as it is due; run in its own process."""
    project, stream = Project(root), _stream(events)
    pipe.send("ready")
    while True:
        try:
            project.push("cards", stream.slice(0, 1))
            break
        except ReadError:
            sleep(PAUSE)
    pipe.recv()
    begun, sent = monotonic(), 0
    while sent < events:
        due = min(events, int((monotonic() - begun) * rate) + 1)
        if due > sent:
            project.push("cards", stream.slice(1 + sent, due - sent))
            sent = due
        sleep(PAUSE)
    project.push("cards", stream.slice(events + 1))
    pipe.send(begun)


def _one_by_one(mode: str, events: int) -> list[float]:
    """Return the latency of each event in ms, a few to begin with left out."""
    ready, taken, stream = Semaphore(0), [], _stream(events)
    with TemporaryDirectory() as folder:
        project = _project(Path(folder) / "project", IMMEDIATELY, mode)

        def push() -> None:
            for event in range(events + 1):
                before = monotonic()
                project.push("cards", stream.slice(event, 1))
                ready.acquire()
                taken.append((monotonic() - before) * 1e3)
            project.push("cards", stream.slice(events + 1))

        with project.session():
            pusher = Thread(target=push)
            pusher.start()
            _run(project, events, lambda _: ready.release())
            pusher.join()
    return taken[10:]


def _run(project: Project, events: int, told: Callable[[EpochReport], None]) -> None:
    """Run until the watermark is past the last event that counts; every event must have its row."""
    until = _stream(events).column("ts")[events].as_py()
    with project.session():
        project.run(once=False, until=until, on_epoch=told)
        written = project.status().views["q4"].rows
        # On arrival, the event that ends the run has its row too.
        assert written in (events + 1, events + 2), f"{written} rows of {events + 1} events"


def _project(folder: Path, view: str, mode: str) -> Project:
    settings = "" if mode == "durable" else f'durability = "{mode}"\n'
    project = make_project(folder, source("'connector' = 'push'", delay=0) + view, settings=settings)
    if mode == "durable":
        project.apply()
    return project


def _stream(events: int) -> pa.Table:
    """Return one event more than are counted, in order of time, and one an hour later, which ends a run."""
    held = cards(events + 2)
    times = START + np.arange(events + 2) * SECOND // 1_000
    times[-1] += 3600 * SECOND
    return held.set_column(held.column_names.index("ts"), "ts", pa.array(times, pa.timestamp("us")))
