"""A source's files as a feed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Source
from ..stores import ledger
from ..stores.layout import Layout
from .files import ROW_BITS, FilesReader, Position, RawBatch, SourceFile
from .kept_files import KeptFiles

ALL_ROWS = 1 << ROW_BITS


class FileFeed:
    """The one partition of a ``files`` source: its known files in order of discovery."""

    def __init__(self, source: Source, layout: Layout) -> None:
        self._name = source.name
        self._kept = KeptFiles(source, layout)
        self._reader = FilesReader(source, layout.root)
        # Goes over rows of the past without taking the other one from its place.
        self._looker = FilesReader(source, layout.root)
        self._files: Sequence[SourceFile] = ()

    def refresh(self, store: sqlite3.Connection) -> None:
        """Take the files that the ledger knows."""
        self._files = self._kept.placed(ledger.known_files(store, self._name))
        for reader in (self._reader, self._looker):
            reader.set_files(self._files)

    def read(self, start: Position, limit: int) -> RawBatch:
        """Return at most ``limit`` rows from ``start`` on."""
        return self._reader.read(start, limit)

    def between(self, start: Position, end: Position) -> RawBatch:
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

    def arrived(self, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when each row's file was found."""
        found = np.array([file.found for file in self._files], np.int64)
        return found[offsets >> ROW_BITS] if len(offsets) else np.empty(0, np.int64)

    def placed(self, offsets: npt.NDArray[np.int64]) -> None:
        """Files are one partition."""

    def place_of(self, position: Position) -> str:
        """Return the row's file."""
        return path_of(self._files, position.ordinal)


def path_of(files: Sequence[SourceFile], ordinal: int) -> str:
    """Return the path of the file with this ordinal, which may not be known."""
    return files[ordinal].path if ordinal < len(files) else f"file {ordinal}"
