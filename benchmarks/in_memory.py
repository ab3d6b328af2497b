"""The engine in memory: a project's group fed with Arrow, without files or commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np
import pyarrow as pa
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.groups import source_groups
from headrace.runtime.duck import connect
from headrace.runtime.group import Group

from .cards import DELAY

END = 1 << 62


@dataclass(frozen=True)
class Batch:
    """Rows as they arrive, and the watermark after them in µs."""

    rows: pa.Table
    watermark: int


def batches(events: pa.Table, size: int, first: int = 0) -> list[Batch]:
    """Cut events into batches in order of arrival; ``first`` is the offset of the first one."""
    times = events.column("ts").cast(pa.int64()).to_numpy()
    watermarks = np.maximum.accumulate(times) - DELAY
    events = events.append_column("_partition", pa.array(np.zeros(len(events), np.int64)))
    events = events.append_column("_offset", pa.array(np.arange(first, first + len(events))))
    return [
        Batch(events.slice(begin, size).combine_chunks(), int(watermarks[min(begin + size, len(events)) - 1]))
        for begin in range(0, len(events), size)
    ]


class InMemory:
    """The group of a project over ``cards``, fed as the engine feeds it; ``written`` counts its rows."""

    def __init__(self, definitions: Definitions) -> None:
        self._connection = connect()
        self.group = Group(definitions, source_groups(definitions)[0], self._connection)
        self._high = 0
        self.written = 0

    def __enter__(self) -> InMemory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.group.close()
        self._connection.close()

    def feed(self, parts: Iterable[Batch]) -> None:
        """Take in batches, each up to its watermark."""
        for part in parts:
            self._count(self.group.advance({"cards": part.rows}, part.watermark).rows)
            self._high = part.watermark + DELAY

    def finish(self) -> None:
        """Write what waits for the end of the stream."""
        self._count(self.group.advance({}, END, {"cards": self._high}).rows)

    def _count(self, rows: dict[str, pa.Table]) -> None:
        self.written += sum(map(len, rows.values()))


def written_by(definitions: Definitions, parts: Sequence[Batch]) -> dict[str, pa.Table]:
    """Return all rows of each view over a whole stream."""
    with InMemory(definitions) as engine:
        found = [engine.group.advance({"cards": part.rows}, part.watermark).rows for part in parts]
        found.append(engine.group.advance({}, END, {"cards": parts[-1].watermark + DELAY}).rows)
    return {name: pa.concat_tables(part[name] for part in found if name in part) for name in engine.group.views}
