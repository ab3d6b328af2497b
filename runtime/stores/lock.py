"""One writer a project."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ...features_sql.errors import BusyError, StoreError
from .ledger import now


@contextmanager
def writer_lock(path: Path) -> Generator[None]:
    """Hold the project for writing while the block runs.

    The lock belongs to the process and goes with it, however it ends. Raises BusyError, naming the
    process, when another holds it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened for writing: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            raise BusyError(f"this project is being written by {holder}; wait for it, or stop it") from error
        _sign(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Tell whether a process holds the lock at ``path`` at this moment."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sign(descriptor: int, path: Path) -> None:
    """Say in the lock's file who holds it."""
    holder = f"pid {os.getpid()} since {now()} UTC".encode()
    try:
        # Never empty, so that who waits can always read a name.
        os.pwrite(descriptor, holder, 0)
        os.ftruncate(descriptor, len(holder))
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
