"""The committed past of a source: its accepted events, read again, lateness judged again from offsets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from . import cuts
from .group import source_schema
from .group_run import Workplace
from .intake import Intake
from .lateness import BEGINNING, END
from .stretch import below

NO_ROWS: Mapping[str, pa.Table] = MappingProxyType({})


class History:
    """Accepted events of committed epochs (at most ``upto``) by source, and ``current`` ones; each is read once."""

    def __init__(self, place: Workplace, current: Mapping[str, pa.Table] = NO_ROWS, upto: int | None = None) -> None:
        self._place = place
        self._upto = upto
        self._current = current
        self._events: dict[str, pa.Table] = {}

    def events(self, source: str) -> pa.Table:
        """Return every accepted event of committed epochs that is still there, in offset order."""
        if source not in self._events:
            self._events[source] = self._read(source)
        return self._events[source]

    def events_below(self, source: str, watermark: int) -> pa.Table:
        """Return the accepted events with ts < ``watermark`` (µs)."""
        events = self.events(source)
        if watermark >= END:
            return events
        return below(events, self._place.definitions.sources[source].time, max(watermark, BEGINNING))

    def _read(self, source: str) -> pa.Table:
        intake = Intake(self._place.definitions.sources[source], self._place.layout, self._place.duck)
        schema = source_schema(self._place.definitions, source)
        current = self._current.get(source, schema.empty_table()).cast(schema)
        past = cuts.read_again(self._place.store, intake, self._upto)
        return pa.concat_tables([current, *(arrival.accepted for arrival in past)])
