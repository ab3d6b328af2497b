"""From a source's files to events: read, decode, judge lateness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.definitions import Source
from ..features_sql.errors import SourceError
from .decode import Decoded, Decoder
from .files import ROW_BITS, FilesReader, Position, RawBatch, SourceFile
from .lateness import judge
from .ledger import DeadLetter, Range

ALL_ROWS = 1 << ROW_BITS
_ROW_MASK = ALL_ROWS - 1


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
        # Goes over rows of the past without taking the other one from its place.
        self._looker = FilesReader(source, root)
        self._decoder = Decoder(source.columns, source.time, connection, source.name)
        self._files: Sequence[SourceFile] = ()

    def set_files(self, files: Sequence[SourceFile]) -> None:
        """Say which files there are."""
        self._files = files
        for reader in (self._reader, self._looker):
            reader.set_files(files)

    def read(self, start: Position, limit: int, high: int | None) -> Arrival:
        """Read up to ``limit`` rows from ``start``; ``high`` is the greatest event time (µs) before it.

        ``range.ended`` is True when the source is bounded and nothing is left to read.
        """
        raw = self._reader.read(start, limit)
        return self._arrival(raw, high, ended=self.source.connector.bounded and self._at_end(raw.end))

    def read_again(self, held: Range, high: int | None) -> Arrival:
        """Read exactly what a range names; raises SourceError where that is no longer there."""
        raw = self._between(held.start, held.end)
        if raw.end != held.end or len(raw.rows) + len(raw.rejected) != held.rows:
            raise SourceError(
                f"source {self.source.name}: {held.rows} rows were read that are not there any more, "
                f"up to row {held.end.row} of {_path(self._files, held.end.ordinal)}; put its files back as they were"
            )
        return self._arrival(raw, high, ended=held.ended)

    def _between(self, start: Position, end: Position) -> RawBatch:
        """Read from ``start`` to ``end``, file by file: a count of rows leaves out blank lines, which have numbers."""
        parts: list[RawBatch] = []
        reached, short = start, False
        while reached < end and not short:
            whole = reached.ordinal < end.ordinal
            self._looker.set_files(self._files[: reached.ordinal + 1] if whole else self._files)
            part = self._looker.read(reached, ALL_ROWS if whole else end.row - reached.row)
            parts += [part] if part.end > part.start else []
            reached = Position(reached.ordinal + 1, 0) if whole else part.end
            short = not whole and part.end < end
        rejected = [row for part in parts for row in part.rejected]
        rows = [part.rows for part in parts] or [self._looker.read(start, 1).rows.slice(0, 0)]
        return RawBatch(pa.concat_tables(rows), rejected, start, reached)

    def bytes_of(self, offset: int) -> bytes:
        """Return the row at an offset as a JSON object of its columns, typed as its file types them."""
        self._looker.set_files(self._files)
        rows = self._looker.read(Position(offset >> ROW_BITS, offset & _ROW_MASK), 1).rows
        return json.dumps(rows.drop_columns(["_offset"]).to_pylist()[0], default=str, ensure_ascii=False).encode()

    def _arrival(self, raw: RawBatch, high: int | None, *, ended: bool) -> Arrival:
        decoded = decode(self._decoder, raw, f"source {self.source.name}", self._files)
        late, after = judge(self._times(decoded.rows), high, self.source.delay)
        rejected = (*raw.rejected, *decoded.rejected)
        letters = tuple(DeadLetter(self.source.name, 0, row.offset, row.raw, row.reason) for row in rejected)
        read = Range(
            source=self.source.name,
            start=raw.start,
            end=raw.end,
            rows=len(raw.rows) + len(raw.rejected),
            ended=ended,
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


def decode(decoder: Decoder, raw: RawBatch, what: str, files: Sequence[SourceFile]) -> Decoded:
    """Decode the rows of ``what`` (a source or table); an error names the first file that they are of."""
    try:
        return decoder.decode(raw.rows)
    except SourceError as error:
        offsets = raw.rows.column("_offset")
        ordinal = offsets[0].as_py() >> ROW_BITS if len(offsets) else raw.end.ordinal
        raise SourceError(f"{what}: {_path(files, ordinal)}: {error}") from error


def _path(files: Sequence[SourceFile], ordinal: int) -> str:
    return files[ordinal].path if ordinal < len(files) else f"file {ordinal}"
