"""A file of the event log: what was pushed, one entry after the other, each whole or absent.

The file begins with ``_MAGIC`` and the mark: the place up to which it counts, and that place inverted. What lies behind
the mark is being written, or was when a process was killed. An entry is a header and its rows as an Arrow stream. The
header has the offset of the first row, the number of rows, when they came (µs since 1970), the bytes of the stream,
their CRC32 and the CRC32 of the header up to there.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import os
import struct
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ...features_sql.errors import StoreError
from .. import failpoints
from ..stores.durable import Summed, first_line, refusal, write_file

_MAGIC = b"headrlog"
_MARK = struct.Struct("<QQ")
_HEADER = struct.Struct("<QQQQI")
_SUM = struct.Struct("<I")
# Both are multiples of 8, as the bytes of every stream are: so columns lie in memory as they should.
_START = len(_MAGIC) + _MARK.size
_HEAD = _HEADER.size + _SUM.size
_ALL = (1 << 64) - 1
_LOOKS = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that came together at ``arrived`` (µs since 1970), with offsets from ``first`` to before ``end``.

    They are ``size`` bytes of ``file`` from ``place`` on, whose CRC32 is ``crc``.
    """

    first: int
    end: int
    arrived: int
    file: LogFile
    place: int
    size: int
    crc: int


class LogFile:
    """The file at ``path``, whose rows begin with offset ``first``, as far as it was looked at.

    ``segments`` are its entries, and ``torn`` tells whether bytes lay behind the mark.
    """

    def __init__(self, path: Path, first: int) -> None:
        self.path, self.first = path, first
        self.segments: list[Segment] = []
        self.torn = False
        self._last = b""
        self._data = pa.py_buffer(b"")

    @property
    def end(self) -> int:
        """The offset behind the last row."""
        return self.segments[-1].end if self.segments else self.first

    @property
    def place(self) -> int:
        """Where the next entry goes."""
        return self.segments[-1].place + self.segments[-1].size if self.segments else _START

    def follow(self) -> bool:
        """Take notice of entries that were appended since; return False where another file has taken its place.

        Raises FileNotFoundError for one that is gone, StoreError naming one that is damaged.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                mark, size, last = self._mark(file), file.seek(0, os.SEEK_END), self._header(file)
            if mark < self.place or last != self._last:
                return False
            if mark > self.place:
                self._take(mark)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise refusal("read", self.path, error) from error
        self.torn = size > mark
        return True

    def append(self, rows: pa.Table) -> Segment:
        """Append rows as one entry, on disk when this returns, or nothing of them; only who holds the log's lock may.

        Raises StoreError where they cannot be written.
        """
        try:
            failpoints.reach("write")
            with self.path.open("r+b") as file:
                header, segment = self._write_entry(file, rows)
                os.fsync(file.fileno())
                failpoints.reach("synced")
                _write_mark(file, segment.place + segment.size)
        except BaseException as error:
            self._cut()
            if isinstance(error, OSError):
                raise refusal("write", self.path, error) from error
            if isinstance(error, pa.ArrowException):
                raise StoreError(f"cannot write {self.path}: {first_line(error)}") from error
            raise
        self._last = header
        self.segments.append(segment)
        return segment

    def mend(self) -> None:
        """Let entries count that lie whole behind the mark, cut off what does not; only who holds the lock may."""
        try:
            place = self._whole(self.data(self.path.stat().st_size))
            with self.path.open("r+b") as file:
                os.fsync(file.fileno())
                _write_mark(file, place)
                file.truncate(place)
            self._data = pa.py_buffer(b"")
        except OSError as error:
            raise refusal("mend", self.path, error) from error
        self.follow()

    def seal(self) -> None:
        """Wait until the mark is on disk, which it else is with the next entry; raises StoreError."""
        try:
            with self.path.open("r+b") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise refusal("sync", self.path, error) from error

    def data(self, size: int) -> pa.Buffer:
        """Return the first ``size`` bytes, memory-mapped."""
        if size > len(self._data):
            with pa.memory_map(str(self.path)) as file:
                self._data = file.read_buffer(size)
        return self._data

    def _mark(self, file: BinaryIO) -> int:
        for _ in range(_LOOKS):
            head = os.pread(file.fileno(), _START, 0)
            if len(head) == _START and head.startswith(_MAGIC):
                mark, inverse = _MARK.unpack_from(head, len(_MAGIC))
                if mark ^ inverse == _ALL:
                    return mark
            # It may be half written right now.
            time.sleep(0.001)
        raise _damaged(self.path)

    def _header(self, file: BinaryIO) -> bytes:
        """Return the header of the last entry that is known: no other file has the same."""
        return os.pread(file.fileno(), _HEAD, self.segments[-1].place - _HEAD) if self.segments else b""

    def _take(self, mark: int) -> None:
        """Take notice of the entries up to a new mark."""
        data, found, end = self.data(mark), list[Segment](), self.end
        place = self.place
        while place < mark:
            segment = self._segment(data, place, end)
            if segment is None or segment.place + segment.size > mark:
                raise _damaged(self.path)
            found.append(segment)
            place, end = segment.place + segment.size, segment.end
        self._last = data.slice(found[-1].place - _HEAD, _HEAD).to_pybytes()
        self.segments += found

    def _segment(self, data: pa.Buffer, place: int, first: int) -> Segment | None:
        """Return the entry at a place of the file, None where there is no whole one with this first offset."""
        if place + _HEAD > len(data):
            return None
        header = data.slice(place, _HEADER.size)
        offset, rows, arrived, size, crc = _HEADER.unpack(header)
        (own,) = _SUM.unpack_from(data, place + _HEADER.size)
        if own != zlib.crc32(header) or offset != first or place + _HEAD + size > len(data):
            return None
        return Segment(first, first + rows, arrived, self, place + _HEAD, size, crc)

    def _whole(self, data: pa.Buffer) -> int:
        """Return up to which place a file's bytes are whole entries."""
        place, end = self.place, self.end
        while (segment := self._segment(data, place, end)) is not None:
            if zlib.crc32(data.slice(segment.place, segment.size)) != segment.crc:
                break
            place, end = segment.place + segment.size, segment.end
        return place

    def _write_entry(self, file: BinaryIO, rows: pa.Table) -> tuple[bytes, Segment]:
        """Write an entry behind the last and return its header and what it is; all of it is the system's then."""
        place, first, arrived = self.place + _HEAD, self.end, time.time_ns() // 1000
        file.seek(place)
        summed = Summed(file)
        with pa.ipc.new_stream(summed, rows.schema) as writer:
            writer.write_table(rows)
        header = _HEADER.pack(first, len(rows), arrived, summed.written, summed.crc)
        header += _SUM.pack(zlib.crc32(header))
        file.seek(place - _HEAD)
        file.write(header)
        file.flush()
        return header, Segment(first, first + len(rows), arrived, self, place, summed.written, summed.crc)

    def _cut(self) -> None:
        """Cut off what was being written; an interrupt may come when it counts already."""
        with suppress(OSError, StoreError), self.path.open("r+b") as file:
            if self._mark(file) == self.place:
                file.truncate(self.place)
                os.fsync(file.fileno())


def begin(path: Path) -> None:
    """Write a file without entries, whole or not at all; raises StoreError."""
    write_file(path, lambda file: file.write(_MAGIC + _mark_text(_START)))


def load(segment: Segment) -> pa.Table:
    """Return the rows of a segment, memory-mapped; raises StoreError naming a file of which a byte has changed."""
    held = segment.file.data(segment.place + segment.size).slice(segment.place, segment.size)
    if zlib.crc32(held) != segment.crc:
        raise _damaged(segment.file.path)
    return pa.ipc.open_stream(held).read_all()


def _write_mark(file: BinaryIO, place: int) -> None:
    os.pwrite(file.fileno(), _mark_text(place), len(_MAGIC))


def _mark_text(place: int) -> bytes:
    return _MARK.pack(place, place ^ _ALL)


def _damaged(path: Path) -> StoreError:
    return StoreError(f"{path} is damaged: its bytes are not those that were written")
