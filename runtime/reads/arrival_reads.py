"""What a service reads when the view that drives it is written on arrival: each view as an online read right then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Source
from ..live_view import LiveView, Poison, Probes
from ..sources.reorder import ReorderBuffer
from ..windows.keys import UNSEEN, KeyIndex, Slots

if TYPE_CHECKING:
    from ..advance import Advance
    from ..group import Group
    from ..live_service import LiveService


@dataclass(frozen=True)
class Arriving:
    """Accepted rows of one source that arrive in this order, and what views have ``written`` for them, by view."""

    source: str
    rows: pa.Table
    written: dict[str, pa.Table]

    def places(self, driven: pa.Table) -> npt.NDArray[np.int64]:
        """Return for each row that an event drives the place of that event."""
        offsets: Slots = self.rows.column("_offset").to_numpy()
        own: Slots = driven.column("_offset").to_numpy()
        return np.searchsorted(offsets, own)

    def upto(self, place: int) -> Mapping[str, pa.Table]:
        """Return what has been written for the events up to a place."""
        return {name: rows.filter(pa.array(self.places(rows) <= place)) for name, rows in self.written.items()}


def serve_on_arrival(
    group: Group, service: LiveService, arriving: Arriving, result: Advance
) -> tuple[pa.Table, list[Poison]]:
    """Return a service's rows for the rows of its driving view that are written now, and those that fail.

    Every view is read from what had arrived by each; what fails there is noted in ``result``. The group stays as it
    is: it has not taken in what is arriving.
    """
    driving, answers = arriving.written[service.driver.name], dict[str, pa.Table]()
    if not len(driving):
        return service.schema.empty_table().drop_columns(["_i"]), []
    places = arriving.places(driving)
    for join in service.service.joins:
        live = group.views[join.view]
        probes = service.probes(join, live, driving)
        if join.view in group.stored:
            answers[join.alias] = group.stored[join.view].read(probes)
            continue
        follows = isinstance(group.definitions.upstream(live.view), Source)
        read = _read_source if follows else _read_ahead
        answers[join.alias], failed = read(group, live, arriving, probes, places)
        result.note(join.view, failed)
    rows, failed = service.rows(driving, answers)
    return rows.drop_columns(["_i"]), failed


def _read_source(
    group: Group, live: LiveView, arriving: Arriving, probes: Probes, places: npt.NDArray[np.int64]
) -> tuple[pa.Table, list[Poison]]:
    """The answers of a view of a source: of what waits, the events of a probe's entity alone are looked at."""
    buffer: ReorderBuffer = group.buffers[live.view.source]
    mine = arriving.rows if live.view.source == arriving.source else arriving.rows.slice(0, 0)
    before = buffer.snapshot()
    waiting = pa.concat_tables([before, mine]) if len(mine) else before
    numbers = np.arange(len(waiting)) - len(before)
    names = program.key_columns(live.view)
    entities = [waiting.column(column.name) for column in live.view.entity]
    index = KeyIndex(live.keys.schema)
    entity = index.add(pa.table(dict(zip(names, entities, strict=True))).cast(live.keys.schema))
    asked = index.find(probes.keys)

    def seen() -> Iterator[pa.Table]:
        for place, upto in enumerate(places.tolist()):
            there = (entity == asked[place]) & (numbers <= upto) & (entity != UNSEEN)
            yield buffer.beside(waiting.filter(pa.array(there)))

    return _answered(live, probes, seen())


def _read_ahead(
    group: Group, live: LiveView, arriving: Arriving, probes: Probes, places: npt.NDArray[np.int64]
) -> tuple[pa.Table, list[Poison]]:
    """The answers of a view of other views: what these would write by each probe's instant is computed for it."""

    def ahead() -> Iterator[pa.Table]:
        for time, upto in zip(probes.times.tolist(), places.tolist(), strict=True):
            current = {arriving.source: arriving.rows.slice(0, upto + 1)}
            yield group.waiting_events(time, current, arriving.upto(upto))[live.view.source]

    return _answered(live, probes, ahead())


def _answered(live: LiveView, probes: Probes, waiting: Iterable[pa.Table]) -> tuple[pa.Table, list[Poison]]:
    """Ask each probe by itself, beside what waits for it, which is worked out only then."""
    answers: list[pa.Table] = []
    failed: list[Poison] = []
    for place, events in enumerate(waiting):
        one = Probes(probes.keys.slice(place, 1), probes.times[place : place + 1])
        answer, poison = live.ask(events, one)
        answers.append(answer)
        failed += poison
    return pa.concat_tables(answers), failed
