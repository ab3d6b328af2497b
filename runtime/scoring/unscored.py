"""Rows of services that are written on arrival, until models score them: at one instant after another, as all rows."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ..live_service import LiveService
from ..sources.reorder import ReorderBuffer


class Unscored:
    """The rows of those of these services that wait for the watermark; all others are scored as they are written."""

    def __init__(self, services: Mapping[str, LiveService]) -> None:
        self._waiting = {
            name: ReorderBuffer(one.schema.remove(one.schema.get_field_index("_i")), one.driver.time)
            for name, one in services.items()
            if one.driver.emit.kind == "immediately"
        }

    def ready(self, served: Mapping[str, pa.Table], watermark: int) -> Mapping[str, pa.Table]:
        """Take in the rows that services have written and return those to score, of instants below ``watermark``."""
        for name, buffer in self._waiting.items():
            buffer.add(served[name])
        return {**served, **{name: buffer.release(watermark) for name, buffer in self._waiting.items()}}

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the rows that wait, by service."""
        return {name: buffer.snapshot() for name, buffer in self._waiting.items()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        for name, buffer in self._waiting.items():
            buffer.restore(tables[name])
