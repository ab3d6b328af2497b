"""Files that are whole or absent: written under a temporary name, synced, renamed."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import mmap
import os
import uuid
import zlib
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ...features_sql.errors import StoreError
from .. import failpoints
from .encodings import encodings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _typeshed import ReadableBuffer

_LEVEL = -1
"""Of zstd: takes 0.9 of the time of its level 1, for files that are a thirtieth larger."""
_SMALL = 4096
"""Bytes up to which dictionaries and zstd are not worth their time: they take half of what writing one row does."""
_SUM_KEY = b"headrace"
_UNSUMMED = b"crc32:--------"

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would exceed the allowed file size",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "its folder is not a folder",
    errno.EISDIR: "a folder is in its place",
}


def write_file(path: Path, write: Callable[[BinaryIO], object], *, listed: bool = True) -> None:
    """Write a file so that it is either whole and on disk under ``path``, or not there at all.

    ``write`` fills a file opened under a temporary name (starting with a dot) in the same folder, which
    must exist. An older file at ``path`` is replaced at once. One that is not to be ``listed`` is on disk
    under ``path`` once its folder is synced. Raises StoreError naming ``path`` and the reason; the temporary
    file is gone then.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        failpoints.reach("write")
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        if listed:
            _sync(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise refusal("write", path, error) from error
        if isinstance(error, pa.ArrowException):
            raise StoreError(f"cannot write {path}: {first_line(error)}") from error
        raise


def rename(path: Path, target: Path) -> None:
    """Rename ``path`` to ``target``, replacing it, and sync both folders; raises StoreError."""
    try:
        path.replace(target)
        _sync(target.parent)
        if path.parent != target.parent:
            _sync(path.parent)
    except OSError as error:
        raise refusal(f"rename {path} to", target, error) from error


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, so that they are on disk; raises StoreError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir(exist_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise refusal("make", path, error) from error


def sync_folder(path: Path) -> None:
    """Wait until the entries of the folder ``path`` are on disk; raises StoreError."""
    try:
        _sync(path)
    except OSError as error:
        raise refusal("sync", path, error) from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write ``table`` as an Arrow IPC file by ``write_file``, with a checksum of its bytes in the footer."""

    def write(file: BinaryIO) -> None:
        summed = Summed(file)
        with pa.ipc.new_file(summed, table.schema, metadata={_SUM_KEY: _UNSUMMED}) as writer:
            writer.write_table(table)
        file.seek(summed.place)
        file.write(_sum_text(summed.crc))

    write_file(path, write)


def read_arrow(path: Path) -> pa.Table:
    """Return the table that ``write_arrow`` wrote, memory-mapped.

    Raises StoreError naming a missing file, and a file of which a single byte is not as it was written.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        reader = pa.ipc.open_file(pa.BufferReader(data))
        found = (reader.metadata or {}).get(_SUM_KEY)
        if found is not None and found == _sum_of(data, found):
            return reader.read_all()
    except OSError as error:
        raise refusal("read", path, error) from error
    except (pa.ArrowException, ValueError) as error:
        raise StoreError(f"{path} is damaged and cannot be read: {first_line(error)}") from error
    raise StoreError(f"{path} is damaged: its bytes are not those that were written")


def write_parquet(path: Path, table: pa.Table, *, listed: bool = True) -> None:
    """Write ``table`` as a Parquet file by ``write_file``, compressed with zstd unless it is small."""
    write = _write_small if table.nbytes <= _SMALL else _write_large
    write_file(path, lambda file: write(table, file), listed=listed)


def _write_small(table: pa.Table, file: BinaryIO) -> None:
    data = pa.BufferOutputStream()
    pq.write_table(table, data, compression="none", use_dictionary=False, write_page_checksum=True)
    file.write(data.getvalue())


def _write_large(table: pa.Table, file: BinaryIO) -> None:
    looked_up, encoded = encodings(table)
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=looked_up,
        column_encoding=encoded,
        write_page_checksum=True,
    )


class Summed(io.RawIOBase):
    """Passes bytes on to a file, ``written`` so far, sums them up, and notes where ``_UNSUMMED`` last stood."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.written = 0
        self.crc = 0
        self.place = 0

    def writable(self) -> bool:
        """Tell pyarrow that it may write."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Pass bytes on and return how many were taken."""
        data = data if isinstance(data, bytes) else bytes(data)
        found = data.rfind(_UNSUMMED)
        if found >= 0:
            self.place = self.written + found
        self.crc = zlib.crc32(data, self.crc)
        self.written += len(data)
        return self._file.write(data)


def _sum_of(data: mmap.mmap, found: bytes) -> bytes:
    """Return the checksum as the file's footer should hold it."""
    place = data.rfind(found)
    with memoryview(data) as view:
        crc = zlib.crc32(_UNSUMMED, zlib.crc32(view[:place]))
        return _sum_text(zlib.crc32(view[place + len(found) :], crc))


def _sum_text(crc: int) -> bytes:
    return b"crc32:%08x" % crc


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refusal(verb: str, path: Path, error: OSError) -> StoreError:
    """Return the error that says in a user's words why something cannot be done to a file."""
    # pyarrow raises OSError without an errno for a file that is no Arrow file.
    reason = _REASONS.get(error.errno or 0) or error.strerror or first_line(error)
    return StoreError(f"cannot {verb} {path}: {reason}")


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, its kind where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
