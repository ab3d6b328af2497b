"""Files that are whole or absent: written under a temporary name, synced, renamed."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import uuid
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ..features_sql.errors import StoreError
from . import failpoints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it is either whole and on disk under ``path``, or not there at all.

    ``write`` fills a file opened under a temporary name (starting with a dot) in the same folder, which
    must exist. An older file at ``path`` is replaced at once. Raises StoreError naming ``path`` and the
    reason; the temporary file is gone then.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        failpoints.reach("write")
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise _refusal("write", path, error) from error
        raise


def rename(path: Path, target: Path) -> None:
    """Rename ``path`` to ``target``, replacing it, and sync both folders; raises StoreError."""
    try:
        path.replace(target)
        _sync(target.parent)
        if path.parent != target.parent:
            _sync(path.parent)
    except OSError as error:
        raise _refusal(f"rename {path} to", target, error) from error


def sync_folder(path: Path) -> None:
    """Wait until the entries of the folder ``path`` are on disk; raises StoreError."""
    try:
        _sync(path)
    except OSError as error:
        raise _refusal("sync", path, error) from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write ``table`` as an Arrow IPC file by ``write_file``."""

    def write(file: BinaryIO) -> None:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    write_file(path, write)


def read_arrow(path: Path) -> pa.Table:
    """Return the table of an Arrow IPC file, memory-mapped; raises StoreError naming a damaged or missing file."""
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
            table.validate()
            return table
    except OSError as error:
        raise _refusal("read", path, error) from error
    except pa.ArrowException as error:
        message = f"{path} is damaged and cannot be read: {_first_line(error)}"
        raise StoreError(message) from error


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write ``table`` as a Parquet file by ``write_file``, compressed with zstd."""

    def write(file: BinaryIO) -> None:
        pq.write_table(table, file, compression="zstd")

    write_file(path, write)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(verb: str, path: Path, error: OSError) -> StoreError:
    # pyarrow raises OSError without an errno for a file that is no Arrow file.
    reason = _REASONS.get(error.errno or 0) or error.strerror or _first_line(error)
    return StoreError(f"cannot {verb} {path}: {reason}")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
