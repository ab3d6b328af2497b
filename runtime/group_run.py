"""The epochs of one source group: read, promise, compute, commit; and the same epochs again after a restart."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from ..catalog.database import transaction
from ..features_sql import program
from ..features_sql.errors import StoreError
from ..features_sql.groups import SourceGroup
from ..models.registry import Registry
from . import failpoints
from .advance import Advance
from .group import Group
from .revisions import Revisions, Stretch
from .scoring.learning import learned, note_events, note_learned
from .scoring.served_versions import ServedVersions
from .side_by_side import SideBySide
from .snapshot_pace import SnapshotPace
from .sources import cuts, idle, retention
from .sources.frozen_tables import FrozenTables
from .sources.intake import Arrival, Intake
from .sources.lateness import BEGINNING, END
from .stores import datasets, ledger, null_entities, offline, snapshots
from .stores.datasets import Dataset
from .stores.durable import sync_folder
from .stores.ledger import DeadLetter, Intent, SourceProgress
from .stores.offline import Draft
from .stores.online_backlog import OnlineBacklog
from .stores.put import drafts_of, note_rows
from .stores.snapshots import Snapshot
from .stores.written import newest_revisions, placed_rows
from .stretch import between
from .workplace import Workplace

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class EpochReport:
    """What one committed epoch did; ``rows`` were read, ``watermark`` is the group's, in µs."""

    epoch: int
    group: str
    rows: int
    watermark: int


OnReplay = Callable[[Intent, Mapping[str, Arrival], Advance], None]


class GroupRun:
    """One group between its last committed epoch and the next; one that only reads ``features_alone`` has no models."""

    def __init__(self, place: Workplace, spec: SourceGroup, *, features_alone: bool = False) -> None:
        self.spec = spec
        self._place = place
        self.trained = ServedVersions(place.definitions, Registry(place.layout.models))
        taken = replace(spec, models=(), streams=()) if features_alone else spec
        threads = place.settings.threads or os.cpu_count() or 1
        self.group = Group(place.definitions, taken, place.duck, self.trained, threads)
        self.intakes = {
            name: Intake(place.definitions.sources[name], place.layout, place.duck) for name in spec.sources
        }
        self._writers = SideBySide(threads)
        self.backlog = OnlineBacklog(threads)
        self._tables = FrozenTables(place.layout, place.duck)
        self._table_versions: dict[str, str] = {}
        held = datasets.load(place.store, place.definitions, place.versions)
        self.datasets = {name: one for name, one in held.items() if name in self.spec.targets}
        late = any(place.definitions.sources[name].late.within is not None for name in spec.sources)
        describing = (place.definitions, self.group, self.datasets, self._tables.load)
        self._revisions = Revisions(*describing) if late else None
        self.progress: dict[str, SourceProgress] = {}
        self.watermark = BEGINNING
        self.epoch = 0
        self._pace = SnapshotPace(place.settings.snapshot_epochs)
        self.refresh()

    @property
    def stamp(self) -> str:
        """What a snapshot of this group is made by."""
        return snapshots.stamp({name: self._place.versions[name] for name in self.spec.targets})

    def refresh(self) -> None:
        """Take notice of what has come to every source since."""
        for intake in self.intakes.values():
            intake.refresh(self._place.store)

    def freeze_tables(self) -> None:
        """Take the present content of every frozen table; later epochs join with it."""
        for name in self.spec.tables:
            self._table_versions[name] = self._tables.freeze(self._place.definitions.tables[name])

    def restore(self, *, on_epoch: OnReplay | None = None, fresh: bool = False) -> None:
        """Bring state to the last committed epoch: the newest snapshot, then each later epoch computed again.

        ``fresh`` starts from nothing. ``on_epoch`` sees what each epoch computed again. A snapshot that cannot
        be read is passed over, with a warning, for an earlier one or the first epoch.
        """
        store = self._place.store
        epoch = self.epoch = 0 if fresh else self._restore_newest()
        if not epoch and not fresh:
            retention.refuse_forgotten(store, self._place.definitions, self.spec)
        first = {name: max(epoch, cuts.cut_epoch(store, name)) for name in self.spec.sources}
        for name, begun in first.items():
            if begun > epoch:
                cuts.take_up(store, self.intakes[name])
        self.progress = {name: ledger.source_progress(store, name, first[name]) for name in self.spec.sources}
        # A run that stopped at an instant has read past what it wrote.
        written = ledger.read_intent(store, epoch).watermark if epoch else BEGINNING
        self.watermark = min(written, self._reached({}))
        self._replay(epoch, first, on_epoch)
        if self._revisions is not None and not fresh:
            for name, dataset in self.datasets.items():
                self._take_written(name, dataset)

    def catch_up(self) -> None:
        """Compute the epochs that another process has committed since, without writing."""
        self.refresh()
        self._replay(self.epoch, {})

    def _replay(self, epoch: int, first: Mapping[str, int], on_epoch: OnReplay | None = None) -> None:
        """Compute the epochs after ``epoch`` again; of a source those after its ``first`` one."""
        for number in ledger.committed_epochs(self._place.store, self.spec.sources, epoch):
            intent = ledger.read_intent(self._place.store, number)
            mine = replace(intent, ranges=tuple(r for r in intent.ranges if number > first.get(r.source, number - 1)))
            arrivals = self._arrivals(mine)
            advanced = self._compute(mine, arrivals)
            self.epoch = number
            self._pace.count(_rows(mine))
            if on_epoch is not None:
                on_epoch(mine, arrivals, advanced)

    def _take_written(self, name: str, dataset: Dataset) -> None:
        """Let late rows be compared with what readers see, which is in the store."""
        assert self._revisions is not None
        rows = placed_rows(self._place.layout, dataset, self._revisions.settled) if dataset.revised else None
        if rows is not None and len(rows):
            self._revisions.take_written(name, newest_revisions(self._place.duck, dataset, rows))

    def _restore_newest(self) -> int:
        """Take over the newest snapshot that can be read and return its epoch; 0 where there is none."""
        store = self._place.store
        for snapshot in snapshots.found(store, self.spec.name, self.stamp):
            try:
                tables = snapshots.read(self._place.layout, snapshot)
                self.group.restore(tables)
                if self._revisions is not None:
                    self._revisions.restore(tables)
            except StoreError as error:
                LOG.warning("%s; the state it held is computed again from earlier events", error)
                continue
            for name, intake in self.intakes.items():
                if _intake(name) in tables:
                    intake.restore(tables[_intake(name)])
            self._use_tables(ledger.read_intent(store, snapshot.epoch))
            self._pace.begin(tables)
            return snapshot.epoch
        return 0

    def _source_watermark(self, name: str) -> int:
        return self.progress[name].watermark(self._place.definitions.sources[name].delay)

    def _arrivals(self, intent: Intent) -> dict[str, Arrival]:
        """Read again exactly what an intent names."""
        return {
            held.source: self.intakes[held.source].read_again(held, self.progress[held.source])
            for held in intent.ranges
        }

    def _compute(self, intent: Intent, arrivals: Mapping[str, Arrival]) -> Advance:
        for arrival in arrivals.values():
            self.progress[arrival.range.source] = arrival.range.reached
        before = self.watermark
        # Epochs of a smaller, earlier group name their own watermark; this group's may be less.
        self.watermark = max(before, min(intent.watermark, self._reached({})))
        last = {name: held.high for name, held in self.progress.items() if held.ended}
        accepted = {name: arrival.accepted for name, arrival in arrivals.items()}
        if self._revisions is not None:
            stretch = Stretch(before, self.watermark, max(self._revisions.settled, self._settled()))
            return self._revisions.advance(accepted, stretch, last, self._versions_in(intent), intent.models)
        self._use_tables(intent)
        return self.group.advance(accepted, self.watermark, last, intent.models)

    def _settled(self) -> int:
        """Return the instant below which no late row comes that is let in."""
        reached = [self.watermark]
        for name, held in self.progress.items():
            source = self._place.definitions.sources[name]
            reached.append(END if held.ended else held.watermark(source.delay) - (source.late.within or 0))
        return max(min(reached), BEGINNING)

    def _versions_in(self, intent: Intent) -> dict[str, str]:
        return {name: sha for name, sha in intent.tables.items() if name in self.spec.tables}

    def _use_tables(self, intent: Intent) -> None:
        self.group.use_tables(self._tables.load(self._versions_in(intent)))

    def step(self, until: int | None) -> EpochReport | None:
        """Run the next epoch; None when nothing is left to read, or every instant up to ``until`` is written."""
        limit = END if until is None else until + 1
        if not self.spec.views or self.watermark >= limit:
            return None
        # Rows that wait only because an earlier run stopped at an instant need an epoch, if one without rows.
        behind = self.watermark < min(limit, self._reached({}))
        for name in sorted(self.spec.sources, key=lambda name: (self._source_watermark(name), name)):
            held = self.progress[name]
            if held.ended and not behind:
                continue
            arrival = self.intakes[name].read(held, self._place.settings.batch_rows)
            if arrival.range.rows or arrival.range.ended or behind:
                return self._epoch({name: arrival}, limit)
        return None

    def pass_time(self, until: int | None, now: int) -> EpochReport | None:
        """Run an epoch without rows if sources have been idle and their group's watermark moves by it.

        ``now`` is the wall clock (µs). Called when nothing is left to read.
        """
        limit = END if until is None else until + 1
        sources = [self._place.definitions.sources[name] for name in self.spec.sources]
        ranges = [idle.advance(source, self.progress[source.name], now) for source in sources]
        arrivals = {
            held.source: self.intakes[held.source].read_again(held, self.progress[held.source])
            for held in ranges
            if held is not None
        }
        if self.watermark >= min(limit, self._reached(arrivals)):
            return None
        return self._epoch(arrivals, limit)

    def _reached(self, arrivals: Mapping[str, Arrival]) -> int:
        """Return the group's watermark after these arrivals."""
        ahead = self.progress | {name: arrival.range.reached for name, arrival in arrivals.items()}
        return min(held.watermark(self._place.definitions.sources[name].delay) for name, held in ahead.items())

    def _epoch(self, arrivals: Mapping[str, Arrival], limit: int) -> EpochReport:
        reached = self._reached(arrivals)
        number = ledger.next_epoch(self._place.store)
        versions, written = self._joined_versions()
        upto = max(self.watermark, min(reached, limit, written))
        scoring, ranges = self.trained.current(self.spec.models), tuple(arrival.range for arrival in arrivals.values())
        intent = Intent(number, self.spec.name, upto, ranges, versions, scoring)
        failpoints.reach("intent")
        with transaction(self._place.store):
            ledger.promise(self._place.store, intent)
        failpoints.reach("promised")
        return self.complete(intent, arrivals)

    def _joined_versions(self) -> tuple[dict[str, str], int]:
        """Return the version of each table that the next epoch joins, and the instant it must not pass.

        A view that has come here from a group further ahead sees events again that it has written already:
        they are joined with what was in force then, up to where it stood.
        """
        versions, written = dict(self._table_versions), END
        for name in self.spec.views:
            joins, stood = self._place.definitions.views[name].joins, self.datasets[name].watermark
            tables = {join.table for join in joins} & set(self.spec.tables)
            if tables and stood > self.watermark:
                written = min(written, stood)
                for table in tables:
                    named = ledger.table_versions(self._place.store, table)
                    versions[table] = named[max(named)] if named else versions[table]
        return versions, written

    def complete(self, intent: Intent, arrivals: Mapping[str, Arrival] | None = None) -> EpochReport:
        """Compute and commit a promised epoch."""
        arrivals = self._arrivals(intent) if arrivals is None else arrivals
        before = self.watermark
        advanced = self._compute(intent, arrivals)
        rows = {name: self._unwritten(name, table, before) for name, table in advanced.rows.items()}
        absent = {name: self._unwritten(name, times, before) for name, times in advanced.null_entities.items()}
        drafts = self._drafts(intent.epoch, rows, arrivals)
        self._pace.count(_rows(intent))
        snapshot = self._write_snapshot(intent.epoch) if self._pace.due else None
        letters = [letter for arrival in arrivals.values() for letter in arrival.dead_letters]
        letters += self._poison_letters(advanced)
        with transaction(self._place.store):
            self._write(intent, drafts, rows)
            failpoints.reach("commit")
            ledger.commit(self._place.store, intent.epoch, [draft.output for draft in drafts], letters)
            for name, times in absent.items():
                null_entities.count(self._place.store, name, self.datasets[name].version, len(times))
            note_learned(self._place.store, learned(self.group.models, intent.epoch, whole=snapshot is not None))
            note_events(self._place.store, intent.epoch, advanced.steps)
            datasets.advance(self._place.store, sorted(self.datasets), self.watermark)
            if snapshot is not None:
                snapshots.remember(self._place.store, self.spec.name, self.stamp, snapshot)
        failpoints.reach("committed")
        offline.place_epoch(self._place.layout, self._place.store, intent.epoch, [draft.output for draft in drafts])
        if snapshot is not None:
            retention.forget_old(self._place, self.spec, self.stamp)
        return EpochReport(intent.epoch, self.spec.name, _rows(intent), self.watermark)

    def _write(self, intent: Intent, drafts: Sequence[Draft], rows: Mapping[str, pa.Table]) -> None:
        """Stage drafts and note rows, inside the caller's transaction; a thread waits while the other works."""
        store = self._place.store
        # A range that was cut because it was full: more is there to be read.
        behind = any(held.rows >= self._place.settings.batch_rows for held in intent.ranges)

        def note() -> None:
            for name, table in rows.items():
                note_rows(store, intent.epoch, self.datasets[name], table, self.backlog)
            if behind and not self.backlog.due:
                self.backlog.note(store)
            else:
                self.backlog.put(store)

        def staging(draft: Draft) -> Callable[[], object]:
            return lambda: offline.write(self._place.layout, draft)

        waits = self._place.settings.durability == "durable"
        self._writers.do([note, *map(staging, drafts)], None if waits else sum(map(len, rows.values())))
        if drafts:
            sync_folder(self._place.layout.staging)

    def _unwritten(self, name: str, rows: pa.Table, before: int) -> pa.Table:
        """Leave out instants that this version has written already, as a member of another group."""
        dataset = self.datasets[name]
        if dataset.watermark <= before or dataset.revised or dataset.on_arrival:
            return rows
        return between(rows, dataset.time, dataset.watermark)

    def _drafts(self, epoch: int, rows: Mapping[str, pa.Table], arrivals: Mapping[str, Arrival]) -> list[Draft]:
        drafts: list[Draft] = []
        for name, table in rows.items():
            drafts += drafts_of(epoch, self.datasets[name], table)
        for source, arrival in arrivals.items():
            late = self._place.definitions.sources[source].late.name
            if late is not None and len(arrival.late):
                time = self._place.definitions.sources[source].time
                folder = offline.live_folder(late, 1)
                offline.link(self._place.layout, late, folder)
                drafts += offline.drafts(epoch, late, folder, time, arrival.late)
        return drafts

    def _poison_letters(self, advanced: Advance) -> list[DeadLetter]:
        """Rows that break a query, with the bytes of the event behind each; a close or a probe has none."""
        letters: list[DeadLetter] = []
        definitions = self._place.definitions
        for origin, failed in advanced.poison.items():
            view = next(definitions.driver(target) for target in definitions.targets if target.name == origin)
            for poison in failed:
                source, raw = None, b""
                if poison.offset is not None:
                    source = program.source_of_event(view, poison.partition or 0, definitions)
                if source is not None and poison.offset is not None:
                    raw = self.intakes[source].bytes_of(poison.offset)
                letters.append(DeadLetter(origin, 0, poison.offset, raw, poison.reason))
        return letters

    def _write_snapshot(self, epoch: int) -> Snapshot:
        tables = self.snapshot()
        self._pace.begin(tables)
        return snapshots.write(self._place.layout, self.spec.name, epoch, tables)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the whole state as tables: the group's, and what its sources must know of rows already read."""
        held = {_intake(name): intake.snapshot() for name, intake in self.intakes.items()}
        settled = self._revisions.snapshot() if self._revisions is not None else {}
        return self.group.snapshot() | settled | {name: table for name, table in held.items() if table is not None}

    def finish(self) -> None:
        """Put all rows online and, meanwhile, write a snapshot after the last committed epoch, unless one is there."""
        store = self._place.store
        if self._place.settings.durability != "durable" or not self._pace.behind:
            self.backlog.settle(store)
            return
        epoch = ledger.committed_epochs(store, self.spec.sources, 0)[-1]
        written: list[Snapshot] = []
        self.backlog.settle(store, lambda: written.append(self._write_snapshot(epoch)))
        with transaction(store):
            snapshots.remember(store, self.spec.name, self.stamp, written[0])
            note_learned(store, learned(self.group.models, epoch, whole=True))
        retention.forget_old(self._place, self.spec, self.stamp)

    def close(self) -> None:
        """Let go of every prepared statement and thread."""
        self._writers.close()
        self.group.close()
        if self._revisions is not None:
            self._revisions.close()


def _rows(intent: Intent) -> int:
    return sum(held.rows for held in intent.ranges)


def _intake(source: str) -> str:
    return f"intake/{source}/rows"
