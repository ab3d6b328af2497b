"""Projects in folders: rows of sources as files in order of arrival, and what the offline store holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from headrace.features_sql.definitions import Definitions
from headrace.runtime.engine import opened
from headrace.runtime.project import Project
from headrace.runtime.sources.files import ROW_BITS
from headrace.runtime.stores import ledger

from .replay import Row, records, table_of


class Folder:
    """A project whose sources read ``<source>/*.parquet``; rows are added in order of arrival, a file at a time."""

    def __init__(self, path: Path, sql: str, *, batch_rows: int, snapshot_epochs: int) -> None:
        self.path = path
        self._settings = f'clock = "event"\nbatch_rows = {batch_rows}\nsnapshot_epochs = {snapshot_epochs}\n'
        (path / "headrace.toml").write_text(self._settings)
        self.lengths: dict[str, list[int]] = {}
        self.write_sql(sql)

    def write_sql(self, sql: str) -> None:
        (self.path / "features.sql").write_text(sql, encoding="utf-8")

    @property
    def project(self) -> Project:
        """The project as a process that starts now sees it."""
        return Project(self.path)

    def add(self, definitions: Definitions, source: str, rows: Sequence[Row], cuts: int = 1) -> None:
        """Add rows in ``cuts`` files of about equal length."""
        folder = self.path / source
        folder.mkdir(exist_ok=True)
        lengths = self.lengths.setdefault(source, [])
        for cut in range(cuts):
            part = rows[len(rows) * cut // cuts : len(rows) * (cut + 1) // cuts]
            table = table_of(definitions, source, part, range(len(part))).drop_columns(["_partition", "_offset"])
            pq.write_table(table, folder / f"{len(lengths):04}.parquet")
            lengths.append(len(part))

    def place_of(self, source: str, offset: int) -> int:
        """Where a row with this offset stands in order of arrival."""
        return sum(self.lengths[source][: offset >> ROW_BITS]) + (offset & ((1 << ROW_BITS) - 1))

    def read_rows(self, source: str) -> int:
        """How many rows of a source committed epochs have read."""
        with opened(self.project.layout, write=False) as store:
            return sum(ledger.counts(store).get(source, (0, 0, 0, 0)))

    def open_until(self, sources: Iterable[str], instant: int) -> dict[str, int]:
        """Give an instant to each of the sources that has not ended."""
        with opened(self.project.layout, write=False) as store:
            return {name: instant for name in sources if not ledger.source_progress(store, name).ended}

    def watermark(self, name: str) -> int:
        """Below which instant every row of a view or service is written, in µs."""
        with opened(self.project.layout, write=False) as store:
            return store.execute("SELECT watermark FROM live WHERE name = ?", (name,)).fetchone()[0]

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a view in the offline store, with what they hold, in the order of epochs."""
        folder = self.path / "offline" / name
        found = sorted(folder.glob("*/*.parquet"), key=lambda path: (path.name, path.parent.name))
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}

    def rows(self, name: str, source: str = "") -> list[dict[str, Any]]:
        """The rows of a view that events of ``source`` drive, if any do, by ``_offset`` in order of arrival.

        Without a source offsets are as they are written.
        """
        tables = [pq.read_table(pa.BufferReader(content)) for content in self.files(name).values()]
        found = records(pa.concat_tables(tables)) if tables else []
        for row in found if source else ():
            row["_offset"] = self.place_of(source, row["_offset"]) if "_offset" in row else None
        return found


class InterruptedRunError(Exception):
    """Raised between two epochs, as if the process had stopped there."""


def run_epochs(project: Project, count: int) -> None:
    """Run, and stop after ``count`` epochs if the run has so many."""

    def on_epoch(_: object) -> None:
        nonlocal count
        count -= 1
        if not count:
            raise InterruptedRunError

    with suppress(InterruptedRunError):
        project.run(on_epoch=on_epoch)


def accepted(rows: Sequence[Row], time: str, delay: int) -> list[int]:
    """Places of the rows that are not late, judged one by one."""
    kept: list[int] = []
    high: int | None = None
    for place, row in enumerate(rows):
        if high is None or row[time] >= high - delay:
            kept.append(place)
        high = row[time] if high is None else max(high, row[time])
    return kept


def everything_verified(project: Project, *names: str) -> Mapping[str, int]:
    """Verify, and return the rows compared by name; what should have rows and has none does not pass."""
    checks = project.verify(*names)
    assert not {name: check for name, check in checks.items() if check.mismatches}
    return {name: check.rows for name, check in checks.items()}
