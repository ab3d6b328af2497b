"""Letting go of events of the past that neither ``'history'`` nor a window needs, and what can still be computed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from ...catalog.database import transaction
from ...catalog.plan import Change, Plan
from ...features_sql.definitions import Definitions, FilesConnector, Service, Source, View
from ...features_sql.errors import ReadError, StoreError
from ...features_sql.groups import SourceGroup, awaited, awaited_by_service, source_groups
from ...features_sql.reach import reach
from .. import failpoints
from ..status import instant_text
from ..stores import ledger, snapshots
from ..workplace import Workplace
from . import cuts
from .cuts import Cut
from .event_log import EventLog
from .intake import Intake
from .kept_files import KeptFiles
from .lateness import BEGINNING


@dataclass(frozen=True)
class Past:
    """What can be computed of a view or service: instants from ``first`` (µs) on, of events from ``known`` on.

    ``first`` is None where events of any time count and some are gone; BEGINNING where none is.
    """

    name: str
    known: int
    first: int | None

    def require(self, instant: int, what: str) -> None:
        """Raise ReadError where an instant (µs) lies before what can be computed."""
        if self.first is None:
            raise ReadError(
                f"{what}: {self.name} rests on events of any age, and those before {instant_text(self.known)} "
                "are gone, as 'history' allows"
            )
        if instant < self.first:
            raise ReadError(
                f"{what}: {self.name} can be computed from {instant_text(self.first)} on; "
                f"events before {instant_text(self.known)} are gone, as 'history' allows"
            )


def past(store: sqlite3.Connection, definitions: Definitions, target: View | Service) -> Past:
    """Return how far back a view or service can be computed."""
    names = (awaited if isinstance(target, View) else awaited_by_service)(definitions, target.name)
    known = max((cut.time for name in names if (cut := cuts.cut(store, name)) is not None), default=BEGINNING)
    back = reach(definitions, target)
    if known == BEGINNING:
        return Past(target.name, known, BEGINNING)
    return Past(target.name, known, None if back is None else known + back)


def with_past(changes: Plan, store: sqlite3.Connection, definitions: Definitions) -> Plan:
    """Return a plan that also says how far back is built what is new, and what of it ``apply`` refuses."""
    building = {change.name for change in changes.changes if change.kind in ("new", "changed")}
    targets = {**definitions.views, **definitions.services}
    said = {name: _reach_of(past(store, definitions, targets[name])) for name in building & targets.keys()}
    for spec in source_groups(definitions):
        lost = _lost(store, definitions, spec, building)
        if lost is not None:
            why = f"`apply` refuses it: the state of {lost.name} is computed again with it, of events that are gone"
            said |= dict.fromkeys(building & set(spec.targets), why)
    return Plan(tuple(_with_reason(change, said.get(change.name, "")) for change in changes.changes))


def _reach_of(known: Past) -> str:
    """Say how far back something is built, "" where no event is gone."""
    if known.first == BEGINNING:
        return ""
    said = f"events before {instant_text(known.known)} are gone"
    return said + (f": rows are whole from {instant_text(known.first)} on" if known.first else " and do not count")


def _with_reason(change: Change, said: str) -> Change:
    return replace(change, reason="; ".join(filter(None, (change.reason, said)))) if said else change


def refuse_forgotten(
    store: sqlite3.Connection, definitions: Definitions, spec: SourceGroup, anew: Collection[str] = ()
) -> None:
    """Raise StoreError where state would have to be computed again from events that are gone.

    What is built ``anew`` has no state yet: it begins with the events that are there.
    """
    lost = _lost(store, definitions, spec, anew)
    if lost is not None:
        raise StoreError(
            f"the state of {lost.name} would have to be computed again, and rests on events of any age; those before "
            f"{instant_text(lost.known)} are gone, as 'history' allows. Restore .headrace from a copy, or change "
            f"{lost.name}, which then begins with the events that are there"
        )


def _lost(
    store: sqlite3.Connection, definitions: Definitions, spec: SourceGroup, anew: Collection[str]
) -> Past | None:  # fmt: skip
    """Return the first view or service of a group, but for those built ``anew``, whose state cannot be computed."""
    targets = {**definitions.views, **definitions.services}
    pasts = (past(store, definitions, targets[name]) for name in (*spec.views, *spec.services) if name not in anew)
    return next((known for known in pasts if known.first is None), None)


def forget_old(place: Workplace, spec: SourceGroup, stamp: str) -> None:
    """Let go of old snapshots, and of events that nothing needs which the others can be restored with."""
    snapshots.forget_old(place.layout, place.store)
    held = snapshots.found(place.store, spec.name, stamp)
    if held:
        forget(place, spec, held[-1].epoch)


def forget(place: Workplace, spec: SourceGroup, epoch: int) -> None:
    """Let go of events that a group's sources need not keep; it can be restored as of ``epoch``.

    Events go in whole files, of the source or of its log, all of whose event times lie further below the source's
    watermark than its ``'history'``, and than every window of bounded length over it reaches. The end of a source
    is no time.
    """
    store = place.store
    for name in spec.sources:
        source = place.definitions.sources[name]
        if source.history is None:
            continue
        reached = ledger.source_progress(store, name, epoch)
        watermark = replace(reached, ended=False).watermark(source.delay)
        horizon = watermark - max([source.history, *_reaches(place.definitions, source)])
        fresh, held = cuts.last_below(store, name, horizon, epoch), cuts.cut(store, name)
        if fresh is not None and (held is None or fresh.epoch > held.epoch):
            keys = _keys_before(place, source, fresh)
            with transaction(store):
                cuts.note_cut(store, name, fresh, keys)
        failpoints.reach("forgetting")
        cut = cuts.cut(store, name)
        if cut is not None:
            # Also what a crash has left of an earlier one.
            _remove(place, source, cut.offset)


def _keys_before(place: Workplace, source: Source, cut: Cut) -> pa.Table | None:
    """Return what must be known of the rows before a cut to find their repeats behind it."""
    if source.dedupe is None:
        return None
    intake = Intake(source, place.layout, place.duck)
    for _ in cuts.read_again(place.store, intake, cut.epoch):
        pass
    return intake.snapshot()


def _remove(place: Workplace, source: Source, offset: int) -> None:
    if isinstance(source.connector, FilesConnector):
        KeptFiles(source, place.layout).forget(ledger.known_files(place.store, source.name), offset)
    else:
        EventLog(place.layout.events(source.name)).forget(offset)


def _reaches(definitions: Definitions, source: Source) -> Sequence[int]:
    readers: list[View | Service] = []
    readers += [one for one in definitions.views.values() if source.name in awaited(definitions, one.name)]
    served = definitions.services.values()
    readers += [one for one in served if source.name in awaited_by_service(definitions, one.name)]
    return [back for one in readers if (back := reach(definitions, one)) is not None]
