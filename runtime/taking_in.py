"""When a group takes in the events that its watermark has passed."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ..features_sql.definitions import Definitions, Source, View
from ..features_sql.groups import SourceGroup
from .sources.lateness import BEGINNING

TOGETHER = 8
"""So many events are taken in at once where nothing is written when they are."""


class TakingIn:
    """Decides whether an epoch's events are taken in with it, or later and together.

    They may be taken in later where a group's views are written on arrival and read by nothing else: no row is told by
    when the folds take events in, and what reads the group looks at what waits as well. Events without an entity are
    counted as they are taken in and tables are joined as they are then, so these put nothing off, nor does a source
    that lets late rows in or has ended.
    """

    def __init__(self, definitions: Definitions, group: SourceGroup) -> None:
        views = [definitions.views[name] for name in group.views]
        late = any(definitions.sources[name].late.within is not None for name in group.sources)
        self._free = not late and not group.services and all(_is_alone(view, definitions) for view in views)
        self._entities = [(view.source, key.name) for view in views for key in view.entity]
        self._behind, self.watermark = 0, BEGINNING

    def is_due(self, arrivals: Mapping[str, pa.Table], watermark: int, *, ended: bool) -> bool:
        """Take notice of an epoch, its arrivals by source; tell whether what is below its watermark goes in with it."""
        self.watermark = watermark
        self.look(arrivals)
        self._behind += sum(map(len, arrivals.values()))
        if self._free and not ended and self._behind < TOGETHER:
            return False
        self._behind = 0
        return True

    def catches_up(self) -> bool:
        """Tell whether events below the watermark may have been put off; they are no longer."""
        behind, self._behind = self._behind, 0
        return behind > 0

    def look(self, rows: Mapping[str, pa.Table]) -> None:
        """Put nothing off from now on where these rows, by source, have events without an entity."""
        if self._free:
            mine = [rows[source].column(name) for source, name in self._entities if source in rows]
            self._free = not any(column.null_count for column in mine)


def _is_alone(view: View, definitions: Definitions) -> bool:
    """Tell whether a view is written on arrival, from the events of a source alone."""
    return view.emit.kind == "immediately" and not view.joins and isinstance(definitions.upstream(view), Source)
