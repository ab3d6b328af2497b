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
    """The group of a project over ``cards``, fed as the engine feeds it; ``written`` counts its rows.

    What each batch wrote is in ``kept`` where it is to be.
    """

    def __init__(self, definitions: Definitions, *, keep: bool = False) -> None:
        self._connection = connect()
        self.group = Group(definitions, source_groups(definitions)[0], self._connection, threads=2)
        self._high = 0
        self.written, self.kept, self._keep = 0, list[dict[str, pa.Table]](), keep

    def __enter__(self) -> InMemory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.group.close()
        self._connection.close()

    def feed(self, parts: Iterable[Batch]) -> None:
        """Take in batches, each up to its watermark."""
        for part in parts:
            self._take(self.group.advance({"cards": part.rows}, part.watermark).rows)
            self._high = part.watermark + DELAY

    def finish(self) -> None:
        """Write what waits for the end of the stream."""
        self._take(self.group.advance({}, END, {"cards": self._high}).rows)

    def _take(self, rows: dict[str, pa.Table]) -> None:
        self.written += sum(map(len, rows.values()))
        if self._keep:
            self.kept.append(rows)


def run(definitions: Definitions, parts: Sequence[Batch]) -> int:
    """Feed a whole stream and return how many rows are written."""
    with InMemory(definitions) as engine:
        engine.feed(parts)
        engine.finish()
        return engine.written


def written_by(definitions: Definitions, parts: Sequence[Batch]) -> dict[str, pa.Table]:
    """Return all rows of each view over a whole stream."""
    with InMemory(definitions, keep=True) as engine:
        engine.feed(parts)
        engine.finish()
    return {name: pa.concat_tables(part[name] for part in engine.kept if name in part) for name in engine.group.views}
