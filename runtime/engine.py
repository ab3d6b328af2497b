"""The streaming loop: every group of a project, epoch after epoch."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace

from ..catalog import registry
from ..catalog.database import connect as connect_store
from ..catalog.database import store_errors, transaction
from ..features_sql.definitions import Definitions, FilesConnector
from ..features_sql.errors import ConfigError, HeadraceError, SourceError, StoreError
from ..features_sql.groups import source_groups
from .duck import connect as connect_duck
from .group_run import EpochReport, GroupRun
from .planned import planned
from .scoring.rejoins import opened_rejoins
from .settings import Settings
from .sinks import Delivery
from .sources import cuts, idle
from .sources.bell import Bell, listening
from .sources.files import SourceFile, discover
from .sources.files import verify as verify_file
from .sources.kept_files import KeptFiles
from .sources.topic_feed import TopicFeeds, opened_topics
from .stores import datasets, ledger, memory, offline, online_backlog
from .stores.layout import Layout
from .stores.lock import writer_lock
from .workplace import Workplace

LOG = logging.getLogger(__name__)

POLL_SECONDS, TOPIC_SECONDS = 1.0, 0.02
"""How long a run that waits leaves folders, and topics, to themselves."""


@dataclass(frozen=True)
class RunReport:
    """What a run did: ``seconds`` span the first read to the last commit; ``waiting`` rows await a watermark."""

    epochs: int
    rows: int
    seconds: float
    waiting: int

    @property
    def events_per_second(self) -> float:
        """Accepted rows, each read once, per second of the run."""
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass
class Tally:
    """Counts of a run while it goes."""

    epochs: int = 0
    rows: int = 0
    started: float = field(default_factory=time.perf_counter)

    def add(self, report: EpochReport) -> None:
        """Count one committed epoch."""
        self.epochs += 1
        self.rows += report.rows


OnEpoch = Callable[[EpochReport], None]


@contextmanager
def workplace(layout: Layout, settings: Settings, definitions: Definitions, *, write: bool) -> Generator[Workplace]:
    """Open a project's stores while the block runs; ``write`` takes the writer's lock. Versions are the live ones."""
    with opened(layout, write=write) as store:
        duck = connect_duck(settings.threads or 1)
        try:
            versions = registry.live_versions(store)
            yield Workplace(layout, settings, definitions, versions, store, duck)
        finally:
            duck.close()


@contextmanager
def opened(layout: Layout, *, write: bool) -> Generator[sqlite3.Connection]:
    """Open the project's SQLite file while the block runs; trouble with any file in it becomes a StoreError."""
    with disk_errors(), store_errors(layout.database):
        if layout.memory is not None:
            memory.require_run(layout)
        if not write:
            with closing(connect_store(layout.database, readonly=True)) as store:
                yield store
            return
        with writer_lock(layout.lock):
            layout.create()
            with closing(connect_store(layout.database)) as store:
                ledger.create(store)
                yield store


@contextmanager
def disk_errors() -> Generator[None]:
    """Raise StoreError naming the file for what the disk refuses and nothing further in has put into words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        file = f" {error.filename}" if error.filename is not None else ""
        raise StoreError(f"cannot read or write{file}: {error.strerror or error}") from error


def require_applied(store: sqlite3.Connection, definitions: Definitions) -> None:
    """Raise ConfigError when the project's files differ from what was applied."""
    pending = [change for change in planned(store, definitions).changes if change.kind not in {"unchanged", "metadata"}]
    if pending:
        names = ", ".join(f"{change.name} ({change.kind})" for change in pending[:5])
        more = f" and {len(pending) - 5} more" if len(pending) > 5 else ""
        raise ConfigError(f"the project's SQL is not applied yet: {names}{more}; run `headrace apply` first")


def run(place: Workplace, *, until: int | None = None, once: bool = True, on_epoch: OnEpoch | None = None) -> RunReport:
    """Run every group until nothing is left to read, or every instant up to ``until`` (µs) is written.

    An epoch that was promised before a crash is computed again first. With ``once`` false an unbounded
    source is watched for new rows until interrupted.
    """
    require_applied(place.store, place.definitions)
    _settle(place)
    with (
        delivery_of(place) as delivery,
        opened_rejoins(place) as rejoins,
        opened_topics(place.definitions, place.layout) as topics,
        listening(place.layout.bell) as bell,
    ):
        delivery.run()
        if once:
            topics.catch_up()

        def pass_on() -> None:
            rejoins.step()
            delivery.run()

        def when_idle() -> None:
            pass_on()
            _wait(bell, topics)

        def told(report: EpochReport) -> None:
            pass_on()
            if on_epoch is not None:
                on_epoch(report)

        with _settled_on_error(place):
            report = _run_groups(place, until, once, told, when_idle)
        rejoins.drain()
        delivery.run()
        return report


def _settle(place: Workplace) -> None:
    """Bring what is committed to where readers see it, as a run that was broken off left it."""
    offline.settle(place.layout, place.store)
    online_backlog.recover(place.layout, place.store, datasets.load(place.store, place.definitions, place.versions))


@contextmanager
def _settled_on_error(place: Workplace) -> Generator[None]:
    """Settle what the block has committed, should it break off; where that fails, the next run does."""
    try:
        yield
    except BaseException:
        try:
            # As a rule the trouble that the error tells of.
            with suppress(HeadraceError, sqlite3.Error, OSError):
                _settle(place)
        except Exception as error:
            LOG.warning("what is committed is not all in its place, which the next run sees to: %s", error)
        raise


def _wait(bell: Bell, topics: TopicFeeds) -> None:
    """Return once events are pushed or have come through a topic, or when it is time to look for files."""
    if not topics:
        bell.wait(POLL_SECONDS)
        return
    until = time.monotonic() + POLL_SECONDS
    while not topics.fetch() and not bell.wait(TOPIC_SECONDS) and time.monotonic() < until:
        pass


def delivery_of(place: Workplace) -> Delivery:
    """Return what brings the project's committed rows to its sinks."""
    held = datasets.load(place.store, place.definitions, place.versions)
    return Delivery(place.layout, place.store, place.duck, place.definitions.sinks, held)


def _run_groups(
    place: Workplace, until: int | None, once: bool, on_epoch: OnEpoch, when_idle: Callable[[], object]
) -> RunReport:
    find_files(place)
    groups = [GroupRun(place, spec) for spec in source_groups(place.definitions) if spec.views]
    tally = Tally()
    try:
        for group in groups:
            # First, because it mends a damaged copy of what a table still holds.
            group.freeze_tables()
            group.restore()
        tally.started = time.perf_counter()
        _finish_promised(place, groups, tally, on_epoch)
        while (worked := _round(groups, until, tally, on_epoch)) or _waits_for_rows(groups, until, once):
            if worked:
                continue
            for group in groups:
                group.backlog.settle(place.store)
            when_idle()
            find_files(place)
            for group in groups:
                group.refresh()
                # Rows that are there by now come before any time that passes.
                report = group.step(until) or group.pass_time(until, idle.wall_clock())
                if report is not None:
                    _tell(report, tally, on_epoch)
        for group in groups:
            group.finish()
        offline.place(place.layout, place.store)
        seconds = time.perf_counter() - tally.started
        return RunReport(tally.epochs, tally.rows, seconds, sum(group.group.waiting for group in groups))
    finally:
        for group in groups:
            group.close()


def _round(groups: list[GroupRun], until: int | None, tally: Tally, on_epoch: OnEpoch) -> bool:
    """Run one epoch of each group; tell whether any had one."""
    worked = False
    for group in groups:
        report = group.step(until)
        if report is not None:
            worked = True
            _tell(report, tally, on_epoch)
    return worked


def _finish_promised(place: Workplace, groups: list[GroupRun], tally: Tally, on_epoch: OnEpoch) -> None:
    intent = ledger.open_intent(place.store)
    if intent is None:
        return
    sources = {held.source for held in intent.ranges}
    for group in groups:
        if sources <= set(group.spec.sources):
            _tell(group.complete(intent), tally, on_epoch)
            return
    # Nothing reads its source any more, so nothing of it is left to compute.
    with transaction(place.store):
        ledger.commit(place.store, intent.epoch, (), ())


def _tell(report: EpochReport, tally: Tally, on_epoch: OnEpoch) -> None:
    tally.add(report)
    on_epoch(report)


def _waits_for_rows(groups: list[GroupRun], until: int | None, once: bool) -> bool:
    behind = [group for group in groups if until is None or group.watermark <= until]
    return not once and any(not held.ended for group in behind for held in group.progress.values())


def find_files(place: Workplace) -> None:
    """Discover the files of every source that has them, and remember them.

    Raises SourceError for a file that has changed or vanished since rows of it were read. One that was only
    seen may still do both.
    """
    for name, source in place.definitions.sources.items():
        if not isinstance(source.connector, FilesConnector):
            continue
        known, read = ledger.known_files(place.store, name), ledger.files_read(place.store, name)
        copies, begun = KeptFiles(source, place.layout), cuts.cut(place.store, name)
        cut = begun.offset if begun else 0
        absent = copies.absent(known, cut)
        kept = [*known[:read], *_unchanged(name, known[read:], absent, place.layout)]
        kept = [replace(file, ordinal=ordinal) for ordinal, file in enumerate(kept)]
        fresh = discover(name, source.connector, place.layout.root, kept, copies.absent(kept, cut))
        if fresh and ledger.has_ended(place.store, name):
            raise SourceError(
                f"source {name} is bounded and has ended, but {fresh[0].path} is new; take it away "
                "(a source that grows must be declared without 'bounded')"
            )
        copies.take([*kept, *fresh], cut)
        if fresh or kept != known:
            with transaction(place.store):
                ledger.set_unread_files(place.store, name, read, [*kept[read:], *fresh])


def _unchanged(
    name: str, files: Sequence[SourceFile], absent: Collection[SourceFile], layout: Layout
) -> list[SourceFile]:
    kept: list[SourceFile] = []
    for file in files:
        with suppress(SourceError):
            if file not in absent:
                verify_file(name, file, layout.root)
            kept.append(file)
    return kept
