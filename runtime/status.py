"""The status of a project: how far it is, what it wrote, what it set aside."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np

from ..catalog.trained import Learning, learning
from . import sinks
from .json_answer import iso
from .scoring import outside_ledger
from .sources.lateness import BEGINNING, END
from .stores import ledger


@dataclass(frozen=True)
class SourceStatus:
    """One source: rows accepted, late, repeated and rejected, its greatest event time, and whether it has ended."""

    accepted: int
    late: int
    repeated: int
    rejected: int
    greatest: str | None
    ended: bool


@dataclass(frozen=True)
class ViewStatus:
    """One view or service: rows written, NULL where nothing is, newest instant, and its watermark.

    ``null_entities``: events that a view has read and that make no row, because their entity has a NULL part.
    """

    version: int
    rows: int
    null_entities: int
    newest: str | None
    watermark: str


@dataclass(frozen=True)
class Status:
    """A project's status; ``seconds`` span the first epoch's start to the last commit.

    ``models`` holds how far each has learned; ``sinks``, by sink, how many epochs committed rows that have not
    arrived there; ``unscored``, by stream that is scored outside, how many rows wait for their score.
    """

    epochs: int
    events: int
    seconds: float
    late: int
    quarantined: int
    sources: dict[str, SourceStatus]
    views: dict[str, ViewStatus]
    sinks: dict[str, int]
    models: dict[str, Learning]
    unscored: dict[str, int]

    @property
    def events_per_second(self) -> float:
        """Accepted rows per second of the run that read them."""
        return self.events / self.seconds if self.seconds else 0.0


def status(store: sqlite3.Connection) -> Status:
    """Return the status that the store holds."""
    sources = _sources(store)
    epochs, seconds = store.execute(
        "SELECT count(*), coalesce((julianday(max(committed_at)) - julianday(min(started_at))) * 86400, 0) "
        "FROM epochs WHERE status = 'committed' AND source_group <> ''"
    ).fetchone()
    return Status(
        epochs=epochs,
        events=sum(one.accepted for one in sources.values()),
        seconds=seconds,
        late=sum(one.late for one in sources.values()),
        quarantined=store.execute("SELECT count(*) FROM dead_letters WHERE replay IS NULL").fetchone()[0],
        sources=sources,
        views=_views(store),
        sinks=sinks.behind(store),
        models=learning(store),
        unscored=outside_ledger.waiting(store),
    )


def _sources(store: sqlite3.Connection) -> dict[str, SourceStatus]:
    counts = ledger.counts(store)
    found: dict[str, SourceStatus] = {}
    for (name,) in store.execute("SELECT name FROM sources WHERE live AND kind = 'source' ORDER BY name"):
        progress = ledger.source_progress(store, name)
        greatest = None if progress.high is None else instant_text(progress.high)
        found[name] = SourceStatus(*counts.get(name, (0, 0, 0, 0)), greatest, progress.ended)
    return found


def _views(store: sqlite3.Connection) -> dict[str, ViewStatus]:
    sql = (
        "SELECT l.name, l.version, coalesce(s.rows, 0), coalesce(n.rows, 0), s.last_us, l.watermark FROM live l "
        "LEFT JOIN stats s ON s.view = l.name AND s.version = l.version "
        "LEFT JOIN null_entities n ON n.view = l.name AND n.version = l.version ORDER BY l.name"
    )
    return {
        name: ViewStatus(version, rows, absent, None if last is None else instant_text(last), instant_text(watermark))
        for name, version, rows, absent, last, watermark in store.execute(sql)
    }


def instant_text(instant: int) -> str:
    """Return an instant in µs as text; the ends of time have names."""
    if instant >= END:
        return "end of time"
    if instant <= BEGINNING:
        return "beginning of time"
    return str(np.datetime64(instant, "us")).replace("T", " ")


def status_data(held: Status) -> dict[str, object]:
    """Return a status as the names and values that ``status --format json`` prints."""
    watermarks = {view.watermark for view in held.views.values()}
    return {
        "epochs": held.epochs,
        "events": held.events,
        "seconds": held.seconds,
        "events_per_second": held.events_per_second,
        "views": {name: view.rows for name, view in held.views.items()},
        "late": held.late,
        "quarantined": held.quarantined,
        "watermark": iso(min(watermarks, key=_in_time, default=None)),
        "sinks": held.sinks,
        "sources": {name: {**vars(one), "greatest": iso(one.greatest)} for name, one in held.sources.items()},
        "details": {
            name: {**vars(one), "newest": iso(one.newest), "watermark": iso(one.watermark)}
            for name, one in held.views.items()
        },
        "models": held.models,
        "unscored": held.unscored,
    }


def _in_time(watermark: str) -> tuple[int, str]:
    order = {"beginning of time": 0, "end of time": 2}
    return order.get(watermark, 1), watermark
