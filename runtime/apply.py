"""Apply: make the catalog what the project's SQL says, and build what is new from history."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from ..catalog import registry, statistics, trained
from ..catalog.database import transaction
from ..catalog.plan import Plan
from ..features_sql.definitions import Definitions
from ..features_sql.explain import FeatureCost, feature_cost
from ..features_sql.groups import SourceGroup, scored_outside, source_groups
from ..features_sql.steps import plan_steps
from . import failpoints, sinks
from .advance import Advance
from .engine import find_files
from .group_run import GroupRun
from .planned import planned
from .scoring import outside_ledger
from .scoring.learning import Learned, learned, note_events, note_learned
from .sources.frozen_tables import FrozenTables
from .sources.intake import Arrival
from .sources.lateness import BEGINNING
from .sources.retention import refuse_forgotten
from .stores import datasets, ledger, null_entities, offline, snapshots
from .stores.datasets import Dataset
from .stores.ledger import DeadLetter, Intent, Output, Range
from .stores.online_backlog import OnlineBacklog
from .stores.put import note_rows, stage_rows
from .stores.snapshots import Snapshot
from .workplace import Workplace

if TYPE_CHECKING:
    from ..models.live_model import Step


def step_notes(definitions: Definitions) -> dict[tuple[str, str], registry.StepNote]:
    """Return how each feature of each view is computed."""
    return {
        (view.name, feature.name): _note(feature_cost(view, feature, plan_steps(view)))
        for view in definitions.views.values()
        for feature in view.features
    }


def _note(cost: FeatureCost) -> registry.StepNote:
    return registry.StepNote("+".join(cost.steps) or "row", cost.cost, cost.state_bytes)


def apply(place: Workplace) -> Plan:
    """Record every definition, and build new and changed views from history up to the last epoch.

    Readers see the old versions until everything is built; then one commit makes all new ones live.
    """
    changes = planned(place.store, place.definitions)
    offline.settle(place.layout, place.store)
    find_files(place)
    versions = registry.next_versions(place.store, place.definitions)
    held = datasets.load(place.store, place.definitions, versions)
    building = {change.name for change in changes.changes if change.kind in {"new", "changed"}} & set(held)
    building |= {name for name in held if not _is_live(place, held[name])}
    learning = {change.name for change in changes.changes if change.kind in {"new", "changed"}}
    learning &= set(place.definitions.models)
    builder = _Builder(replace(place, versions=versions), held, building, learning)
    builder.build()
    live_before = registry.live_versions(place.store)
    failpoints.reach("commit")
    with transaction(place.store):
        registry.record(place.store, place.definitions, step_notes(place.definitions))
        builder.commit()
        sinks.begin(place.store, place.definitions.sinks.values())
        outside_ledger.begin(place.store, {name: versions[name] for name in scored_outside(place.definitions)})
        gone = [name for name in live_before if name not in versions]
        place.store.executemany("DELETE FROM live WHERE name = ?", [(name,) for name in gone])
    failpoints.reach("committed")
    offline.settle(place.layout, place.store)
    snapshots.forget_old(place.layout, place.store)
    return changes


def _is_live(place: Workplace, dataset: Dataset) -> bool:
    row = place.store.execute("SELECT version FROM live WHERE name = ?", (dataset.name,)).fetchone()
    return row is not None and row[0] == dataset.version


class _Builder:
    """Computes committed epochs again for groups with something new in them, and stages what is new.

    ``building`` names what writes rows, ``learning`` models.
    """

    def __init__(self, place: Workplace, held: Mapping[str, Dataset], building: set[str], learning: set[str]) -> None:
        self._place = place
        self._held = held
        self._building = building
        self._learning = learning
        self._learned: list[Learned] = []
        self._steps: list[tuple[int, dict[str, Step]]] = []
        self._outputs: list[tuple[int, Output]] = []
        self._watermarks: dict[str, int] = {}
        self._null_entities: Counter[str] = Counter()
        self._snapshots: list[tuple[str, str, Snapshot]] = []
        self._judged: list[tuple[int, Range, Sequence[DeadLetter]]] = []

    def build(self) -> None:
        """Stage the rows of every new version, as if it had been there from the first epoch.

        Streams that are scored outside have none: they begin with the next epoch.
        """
        for name in self._building:
            shutil.rmtree(self._place.layout.store / self._held[name].folder, ignore_errors=True)
        for spec in source_groups(self._place.definitions):
            mine = self._building & set(spec.targets)
            if not mine and not self._learning & set(spec.models):
                continue
            epochs = ledger.committed_epochs(self._place.store, spec.sources, 0)
            if epochs:
                refuse_forgotten(self._place.store, self._place.definitions, spec, mine)
                self._name_tables(spec, epochs)
            group = GroupRun(self._place, spec)
            try:
                if epochs:
                    group.restore(fresh=True, on_epoch=self._keep)
                    snapshot = snapshots.write(self._place.layout, spec.name, epochs[-1], group.snapshot())
                    self._snapshots.append((spec.name, group.stamp, snapshot))
                    self._learned += learned(group.group.models, epochs[-1], whole=True)
                self._watermarks |= dict.fromkeys(mine, group.watermark)
            finally:
                group.close()

    def _name_tables(self, spec: SourceGroup, epochs: Sequence[int]) -> None:
        """Let every epoch name a version of each table that its group joins by now.

        An epoch from before the table was joined, or declared as it is now, takes over what was in force: the
        version of the epoch before it, else the first one named, else the present content.
        """
        store = self._place.store
        frozen = FrozenTables(self._place.layout, self._place.duck)
        for name in spec.tables:
            table = self._place.definitions.tables[name]
            listed = ledger.table_versions(store, name)
            fitting = {sha for sha in {*listed.values()} if frozen.fits(table, sha)}
            named = {epoch: sha for epoch, sha in listed.items() if sha in fitting}
            if named.keys() >= set(epochs):
                continue
            held = next((named[epoch] for epoch in epochs if epoch in named), None) or frozen.freeze(table)
            for epoch in epochs:
                named[epoch] = held = named.get(epoch, held)
            with transaction(store):
                ledger.name_table(store, name, {epoch: named[epoch] for epoch in epochs})

    def _keep(self, intent: Intent, arrivals: Mapping[str, Arrival], advanced: Advance) -> None:
        # Rows are judged anew where their source has other rules by now.
        held = {one.source: one for one in intent.ranges}
        judged = [arrival for name, arrival in arrivals.items() if arrival.range != held[name]]
        self._judged += [(intent.epoch, arrival.range, arrival.dead_letters) for arrival in judged]
        for name in sorted(self._building & set(advanced.rows)):
            rows, dataset = advanced.rows[name], self._held[name]
            staged = stage_rows(self._place.layout, intent.epoch, dataset, rows)
            self._outputs += [(intent.epoch, output) for output in staged]
        self._null_entities.update({name: len(times) for name, times in advanced.null_entities.items()})
        self._steps.append((intent.epoch, {name: s for name, s in advanced.steps.items() if name in self._learning}))

    def commit(self) -> None:
        """Make the new versions live, inside the caller's transaction."""
        store = self._place.store
        for epoch, judged, letters in self._judged:
            ledger.judge_again(store, epoch, judged, letters)
        for name in self._building:
            dataset = self._held[name]
            folder = f"{dataset.folder}/"
            store.execute("DELETE FROM outputs WHERE substr(path, 1, ?) = ?", (len(folder), folder))
            statistics.clear(store, name, dataset.version)
            null_entities.clear(store, name, dataset.version)
            null_entities.count(store, name, dataset.version, self._null_entities[name])
            datasets.save(store, name, dataset.version, dataset.folder, self._watermarks.get(name, BEGINNING))
        backlog = OnlineBacklog()
        for epoch, output in self._outputs:
            ledger.add_outputs(store, epoch, [output])
            staged = pq.ParquetFile(self._place.layout.store / output.staged).read()
            note_rows(store, epoch, self._held[output.name], staged, backlog)
            if backlog.due:
                backlog.put(store)
        backlog.put(store)
        for name in self._learning:
            trained.forget(store, name)
        note_learned(store, self._learned)
        for epoch, steps in self._steps:
            note_events(store, epoch, steps)
        for group, stamp, snapshot in self._snapshots:
            snapshots.remember(store, group, stamp, snapshot)
