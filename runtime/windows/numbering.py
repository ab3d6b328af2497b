"""The numbers of views' entities: views that read the same rows number each batch of them once."""

from __future__ import annotations

from threading import Lock

import pyarrow as pa

from .keys import KeyIndex, Slots

Place = tuple[int, int]


class Numbering:
    """An index of keys that one view has, or several whose prepared rows have the same keys, in the same batches."""

    def __init__(self, schema: pa.Schema) -> None:
        self.keys = KeyIndex(schema)
        self._lock = Lock()
        self._newest: tuple[Place, Slots] | None = None

    def slots(self, prepared: pa.Table) -> Slots:
        """Return the slot of each prepared row, numbering entities seen for the first time."""
        keys = prepared.select(self.keys.schema.names)
        if not len(keys):
            return self.keys.add(keys)
        place = prepared.column("_n")[0].as_py(), len(keys)
        # Views take their turns side by side.
        with self._lock:
            if self._newest is None or self._newest[0] != place:
                self._newest = place, self.keys.add(keys)
            return self._newest[1]

    def restore(self, keys: pa.Table) -> None:
        """Take over the keys of a snapshot."""
        self._newest = None
        self.keys.restore(keys)
