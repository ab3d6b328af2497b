"""From a source's files to events: read, decode, judge lateness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.definitions import Source
from .decode import Decoder
from .files import FilesReader, Position, SourceFile
from .lateness import judge
from .ledger import DeadLetter, Range


@dataclass(frozen=True)
class Arrival:
    """One read of a source: accepted rows in offset order, late rows with ``_lag_seconds``, dead letters."""

    accepted: pa.Table
    late: pa.Table
    dead_letters: tuple[DeadLetter, ...]
    range: Range


class Intake:
    """Turns positions in a source's files into arrivals; the same positions always give the same arrival."""

    def __init__(self, source: Source, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.source = source
        self._reader = FilesReader(source, root)
        self._decoder = Decoder(source.columns, source.time, connection, source.name)
        self._files: Sequence[SourceFile] = ()

    def set_files(self, files: Sequence[SourceFile]) -> None:
        """Say which files there are."""
        self._files = files
        self._reader.set_files(files)

    def read(self, start: Position, limit: int, high: int | None) -> Arrival:
        """Read up to ``limit`` rows from ``start``; ``high`` is the greatest event time (µs) before it.

        ``range.ended`` is True when the source is bounded and nothing is left to read.
        """
        raw = self._reader.read(start, limit)
        decoded = self._decoder.decode(raw.rows)
        late, after = judge(self._times(decoded.rows), high, self.source.delay)
        rejected = (*raw.rejected, *decoded.rejected)
        letters = tuple(DeadLetter(self.source.name, 0, row.offset, row.raw, row.reason) for row in rejected)
        read = Range(
            source=self.source.name,
            start=start,
            end=raw.end,
            rows=len(raw.rows) + len(raw.rejected),
            ended=self.source.connector.bounded and self._at_end(raw.end),
            high=after,
            accepted=int(np.count_nonzero(~late)),
            late=int(np.count_nonzero(late)),
            rejected=len(rejected),
        )
        accepted = decoded.rows.filter(pa.array(~late)) if read.late else decoded.rows
        return Arrival(accepted, self._late_rows(decoded.rows, late, high), letters, read)

    def _at_end(self, position: Position) -> bool:
        return self._reader.read(position, 1).end == position

    def _times(self, rows: pa.Table) -> npt.NDArray[np.int64]:
        return pc.cast(rows.column(self.source.time), pa.int64()).to_numpy()

    def _late_rows(self, rows: pa.Table, late: npt.NDArray[np.bool_], high: int | None) -> pa.Table:
        times = self._times(rows)
        floor = np.iinfo(np.int64).min if high is None else high
        greatest = np.maximum.accumulate(np.maximum(times, floor)) if len(times) else times
        lag = (greatest - self.source.delay - times)[late] / 1e6
        return rows.filter(pa.array(late)).append_column("_lag_seconds", pa.array(lag, pa.float64()))
