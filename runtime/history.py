"""The committed past of a source: its accepted events, read again, lateness judged again from offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .source_schema import source_schema
from .sources import cuts
from .sources.intake import Intake
from .sources.lateness import BEGINNING, END
from .stretch import below
from .workplace import Workplace

NO_ROWS: Mapping[str, pa.Table] = MappingProxyType({})


@dataclass(frozen=True)
class Known:
    """What is known after a group's ``epoch``, of instants up to ``upto`` (µs), also past the ``watermark`` of then."""

    epoch: int
    watermark: int
    upto: int


class History:
    """Accepted events of committed epochs (at most ``upto``) by source, and ``current`` ones; each is read once."""

    def __init__(self, place: Workplace, current: Mapping[str, pa.Table] = NO_ROWS, upto: int | None = None) -> None:
        self._place = place
        self._upto = upto
        self._current = current
        self._events: dict[str, pa.Table] = {}
        self._parts: dict[str, list[tuple[int, int, pa.Table]]] = {}

    def events(self, source: str) -> pa.Table:
        """Return every accepted event of committed epochs that is still there, in offset order."""
        if source not in self._events:
            self._events[source] = self._read(source)
        return self._events[source]

    def arrivals(self, sources: Sequence[str]) -> dict[str, pa.Table]:
        """Return the accepted events by source, in offset order, with ``_epoch`` and ``_n``.

        ``_n`` counts, from 1, the events of all these sources in the order in which they arrived.
        """
        found: dict[str, list[pa.Table]] = {name: [] for name in sources}
        parts = [(*part, name) for name in sources for part in self._parts_of(name)]
        count = 0
        for epoch, _, events, name in sorted(parts, key=lambda part: part[:2]):
            numbers = np.arange(count + 1, count + 1 + len(events))
            count += len(events)
            events = events.append_column("_epoch", pa.array(np.full(len(events), epoch)))
            found[name].append(events.append_column("_n", pa.array(numbers)))
        extra = [pa.field("_epoch", pa.int64()), pa.field("_n", pa.int64())]
        schemas = {name: source_schema(self._place.definitions, name) for name in sources}
        empty = {name: pa.schema([*schema, *extra]).empty_table() for name, schema in schemas.items()}
        return {name: pa.concat_tables([empty[name], *tables]) for name, tables in found.items()}

    def until(self, sources: Sequence[str], number: int) -> History:
        """Return the past of these sources when the event with this number had just arrived; see ``arrivals``."""
        then = History(self._place, upto=self._upto)
        parts = [(*part, name) for name in sources for part in self._parts_of(name)]
        then._parts, count = {name: [] for name in sources}, 0
        for epoch, place, events, name in sorted(parts, key=lambda part: part[:2]):
            then._parts[name].append((epoch, place, events.slice(0, max(number - count, 0))))
            count += len(events)
        for name, held in then._parts.items():
            schema = source_schema(self._place.definitions, name)
            then._events[name] = pa.concat_tables([schema.empty_table(), *(events for _, _, events in held)])
        return then

    def _parts_of(self, source: str) -> list[tuple[int, int, pa.Table]]:
        """What each epoch read of a source: the epoch, the source's place there, the events."""
        self.events(source)
        return self._parts[source]

    def events_below(self, source: str, watermark: int, only: Mapping[str, pa.Array] | None = None) -> pa.Table:
        """Return the accepted events with ts < ``watermark`` (µs), and of those ``only`` with such values."""
        events = self.events(source)
        for name, values in (only or {}).items():
            events = events.filter(pc.is_in(events.column(name), value_set=values.cast(events.schema.field(name).type)))
        if watermark >= END:
            return events
        return below(events, self._place.definitions.sources[source].time, max(watermark, BEGINNING))

    def _read(self, source: str) -> pa.Table:
        intake = Intake(self._place.definitions.sources[source], self._place.layout, self._place.duck)
        schema = source_schema(self._place.definitions, source)
        current = self._current.get(source, schema.empty_table()).cast(schema)
        places = [(epoch, place) for epoch, place, _ in cuts.ranges(self._place.store, source, self._upto)]
        past = cuts.read_again(self._place.store, intake, self._upto)
        parts = [(*place, arrival.accepted) for place, arrival in zip(places, past, strict=True)]
        self._parts[source] = parts
        return pa.concat_tables([current, *(events for _, _, events in parts)])
