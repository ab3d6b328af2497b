"""Sources that are files: which files there are, and their rows in order."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import csv
import functools
import glob
import os
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ...features_sql.definitions import FilesConnector, Source, Table
from ...features_sql.errors import SourceError
from ..stores.durable import checksum, first_line
from . import read_csv, read_jsonl, read_parquet
from .quarantine import Rejected
from .records import FileRequest, Records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

ROW_BITS = 40

_TICK = 2_000_000_000


@dataclass(frozen=True)
class SourceFile:
    """A file of a source, known by its content.

    ``path`` is relative to the project's folder where the file lies below it. ``modified`` is the file's
    time of last change in nanoseconds when its checksum was taken: a hint that saves reading it again.
    ``found`` is when it was first seen, in µs since 1970: its rows arrived then. ``copy`` is where it is kept
    (relative to the project's folder) and read; "" where it is read in its own place.
    """

    ordinal: int
    path: str
    size: int
    sha256: str
    modified: int = field(default=0, compare=False)
    found: int = field(default=0, compare=False)
    copy: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where its bytes are read, relative to the project's folder."""
        return self.copy or self.path


@dataclass(frozen=True, order=True)
class Position:
    """The next row to read: row ``row`` of the file with this ordinal, both from 0."""

    ordinal: int
    row: int


def position_of(offset: int) -> Position:
    """Return the position before the row with this offset."""
    return Position(offset >> ROW_BITS, offset & ((1 << ROW_BITS) - 1))


@dataclass(frozen=True)
class RawBatch:
    """Rows as the files hold them, from ``start`` (inclusive) to ``end`` (exclusive).

    ``rows`` has the declared columns that are not computed, and ``_offset``: ordinal << 40 | row.
    ``end`` equals ``start`` only when no further row is present.
    """

    rows: pa.Table
    rejected: list[Rejected]
    start: Position
    end: Position


def discover(
    name: str, connector: FilesConnector, root: Path, known: Sequence[SourceFile], absent: Collection[SourceFile] = ()
) -> list[SourceFile]:
    """Return the files of source ``name`` that are not among ``known``, by path, with the ordinals that follow.

    A file or a folder below the fixed part of the glob whose name starts with ``.`` or ``_`` is passed
    over. ``absent`` are those of the known ones that need not be there any more. Raises SourceError naming a known file
    that has changed or vanished, and when a bounded source has no file at all.
    """
    for file in known:
        if file not in absent:
            verify(name, file, root)
    seen = {file.path for file in known}
    found = sorted({_project_path(path, root) for path in _matches(connector.path, root)} - seen)
    if not found and not known and connector.bounded:
        raise SourceError(f"source {name}: no file matches {connector.path!r} in {root}")
    first = max((file.ordinal for file in known), default=-1) + 1
    return [identify(name, ordinal, path, root) for ordinal, path in enumerate(found, first)]


def verify(name: str, file: SourceFile, root: Path) -> None:
    """Check that ``file`` still has the content under which source ``name`` knows it; raises SourceError."""
    path = root / file.place
    try:
        status = path.stat()
        untouched = status.st_mtime_ns == file.modified
        same_size = status.st_size == file.size
        if same_size and (untouched or _checksum(path, status.st_mtime_ns, file.size) == file.sha256):
            return
    except FileNotFoundError as error:
        raise SourceError(f"source {name}: {file.path} has been read and is gone now; put it back") from error
    except OSError as error:
        raise SourceError(f"source {name}: cannot read {file.path}: {error.strerror}") from error
    if file.copy:
        raise SourceError(
            f"source {name}: {file.copy}, the copy of {file.path}, is damaged; take it away and put the file back"
        )
    raise SourceError(
        f"source {name}: {file.path} has changed since it was first read; a file is read once: "
        f"restore it, and put new rows into a new file"
    )


class FilesReader:
    """Reads the rows of a source's files in order of ordinal and row.

    A row number counts every row of a file from 0, rejected ones too; blank lines of JSON lines count,
    those of CSV do not. What is read from a position on never depends on how it is cut into batches.
    """

    def __init__(self, source: Source | Table, root: Path) -> None:
        if not isinstance(source.connector, FilesConnector):
            raise TypeError(f"source {source.name} is not made of files")
        self._source = source
        self._connector = source.connector
        self._root = root
        self._columns = tuple(column for column in source.columns if column.computed is None)
        if not self._columns:
            raise SourceError(f"{source.name} declares no column that its files could hold")
        event_time = (source.time,) if isinstance(source, Source) else ()
        self._required = frozenset({*source.primary_key, *event_time} & {column.name for column in self._columns})
        self._files: dict[int, SourceFile] = {}
        self._ends: dict[int, int] = {}
        self._at = Position(-1, 0)
        self._stream: _Stream | None = None

    def set_files(self, files: Sequence[SourceFile]) -> None:
        """Say which files there are, those already read included."""
        self._files = {file.ordinal: file for file in files}

    def read(self, position: Position, limit: int) -> RawBatch:
        """Return at most ``limit`` rows, rejected ones included, from ``position`` on.

        A batch may span files, but ends before a file that types a column otherwise; only a batch that
        ends where it starts says that nothing more is present. Raises SourceError for a file that cannot
        be read, has changed, or lacks a declared column.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1; got {limit}")
        self._seek(position)
        schema: pa.Schema | None = None
        parts: list[pa.Table] = []
        rejected: list[Rejected] = []
        while limit > 0:
            records = self._next(limit, schema)
            if records is None:
                break
            schema = records.rows.schema
            base = self._at.ordinal << ROW_BITS
            parts.append(records.rows.append_column("_offset", pa.array(records.numbers + base)))
            rejected += [Rejected(base + row, raw, reason) for row, raw, reason in records.rejected]
            self._at = Position(self._at.ordinal, records.first + records.count)
            limit -= records.count
        rows = pa.concat_tables(parts) if parts else self._empty()
        return RawBatch(rows, rejected, position, self._at)

    def _seek(self, position: Position) -> None:
        """Go to ``position``, without opening the file again where its rows are at hand."""
        while position.row == self._ends.get(position.ordinal) and position.ordinal + 1 in self._files:
            position = Position(position.ordinal + 1, 0)
        near = self._stream is not None and position.ordinal == self._at.ordinal and self._stream.seek(position.row)
        if not near:
            self._stream = None
        self._at = position

    def _next(self, limit: int, schema: pa.Schema | None) -> Records | None:
        """Return the next records, at most ``limit``; None where there are none, or none typed as ``schema``."""
        while self._stream is not None or self._at.ordinal in self._files:
            if self._stream is None:
                self._stream = self._opened(self._files[self._at.ordinal])
            records = self._stream.peek()
            if records is not None:
                if schema is not None and not records.rows.schema.equals(schema):
                    return None
                return self._stream.take(limit)
            self._ends[self._at.ordinal] = self._at.row
            if self._at.ordinal + 1 not in self._files:
                return None
            self._stream, self._at = None, Position(self._at.ordinal + 1, 0)
        return None

    def _opened(self, file: SourceFile) -> _Stream:
        name = f"source {self._source.name}: {file.path}"
        path, connector = self._root / file.place, self._connector
        verify(self._source.name, file, self._root)
        return _Stream(FileRequest(name, path, self._columns, self._required, connector, self._at.row))

    def _empty(self) -> pa.Table:
        names = [column.name for column in self._columns]
        return pa.schema([*((name, pa.string()) for name in names), ("_offset", pa.int64())]).empty_table()


class _Stream:
    """The rows of one open file, from the requested row on."""

    def __init__(self, request: FileRequest) -> None:
        self._request = request
        self._status = self._look()
        self._records = _READERS[request.connector.format](request)
        # The part of the file at hand, and the next row to hand on.
        self._part: Records | None = None
        self._row = request.start

    def seek(self, row: int) -> bool:
        """Go to ``row``; False where that is behind the part of the file at hand."""
        if row < (self._part.first if self._part is not None else self._row):
            return False
        self._row = row
        return True

    def peek(self) -> Records | None:
        """Return the next records without taking them, None at the end of the file."""
        while True:
            if self._part is not None:
                rest = self._part.between(self._row, self._part.first + self._part.count)
                if rest.count:
                    return rest
            part = self._pull()
            if part is None:
                return None
            self._part = part

    def take(self, limit: int) -> Records | None:
        """Return at most ``limit`` records and go past them, None at the end of the file."""
        rest = self.peek()
        taken = rest.between(self._row, self._row + limit) if rest is not None else None
        self._row += taken.count if taken is not None else 0
        return taken

    def _pull(self) -> Records | None:
        name = self._request.name
        try:
            records = next(self._records, None)
        except pa.ArrowException as error:
            message = f"{name} is not readable as {self._request.connector.format}: {first_line(error)}"
            raise SourceError(message) from error
        except (OSError, EOFError, zlib.error, csv.Error) as error:
            raise SourceError(f"{name} cannot be read: {first_line(error)}") from error
        if self._look() != self._status:
            raise SourceError(f"{name} has changed while it was read; write files under another name, then rename them")
        return records

    def _look(self) -> tuple[int, int]:
        try:
            status = self._request.path.stat()
        except OSError as error:
            raise SourceError(f"{self._request.name} cannot be read: {error.strerror}") from error
        return status.st_size, status.st_mtime_ns


_READERS = {"csv": read_csv.read, "jsonl": read_jsonl.read, "parquet": read_parquet.read}


def _matches(pattern: str, root: Path) -> Iterator[str]:
    """Yield the paths of files that a glob matches, relative to ``root`` where the glob is."""
    parts = Path(pattern).parts
    fixed = next((place for place, part in enumerate(parts) if glob.has_magic(part)), len(parts) - 1)
    # Path.glob takes no absolute pattern.
    for path in glob.iglob(pattern, root_dir=root, recursive=True):  # noqa: PTH207
        hidden = any(part.startswith((".", "_")) for part in Path(path).parts[fixed:])
        if not hidden and (root / path).is_file():
            yield path


def _project_path(path: str, root: Path) -> str:
    folder = os.path.normpath(root.absolute())
    whole = os.path.normpath(root.absolute() / path)
    return Path(whole).relative_to(folder).as_posix() if Path(whole).is_relative_to(folder) else whole


def identify(name: str, ordinal: int, path: str, root: Path) -> SourceFile:
    """Return the file at ``path`` as source ``name`` knows it from now on; raises SourceError."""
    if not path.isprintable():
        raise SourceError(f"source {name}: the name of {path!r} must be printable text in UTF-8")
    try:
        before = (root / path).stat()
        sha256 = _checksum(root / path, before.st_mtime_ns, before.st_size)
        after = (root / path).stat()
    except OSError as error:
        raise SourceError(f"source {name}: {path} cannot be read: {error.strerror}") from error
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        message = f"source {name}: {path} is being written; write files under another name, then rename them"
        raise SourceError(message)
    modified = before.st_mtime_ns if _settled(before.st_mtime_ns) else 0
    return SourceFile(ordinal, path, before.st_size, sha256, modified, time.time_ns() // 1000)


def _checksum(path: Path, modified: int, size: int) -> str:
    return _checksum_once(path, modified, size) if _settled(modified) else checksum(path)


@functools.lru_cache(maxsize=65_536)
def _checksum_once(path: Path, modified: int, size: int) -> str:
    return checksum(path)


def _settled(modified: int) -> bool:
    # Clocks of file systems are coarse: a file changed just now may change again within the same tick.
    return abs(time.time_ns() - modified) > _TICK
