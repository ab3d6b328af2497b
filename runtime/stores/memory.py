"""Runs that keep everything in memory: the project's store is a folder there, made for a run, and goes with it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ...catalog.database import transaction
from ...features_sql.errors import ReadError, StoreError
from . import ledger
from .layout import Layout
from .lock import is_held, writer_lock

_SHARED = Path("/dev/shm")  # noqa: S108 - the folder's owner is checked.


def home(root: Path) -> Path:
    """Return the folder that stands for the project at ``root`` in memory; on the disk where a system has none."""
    base = _SHARED if os.access(_SHARED, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"headrace-{os.getuid()}-{hashlib.sha256(str(root).encode()).hexdigest()[:16]}"


@contextmanager
def held(layout: Layout) -> Generator[None]:
    """Keep an empty store in memory while the block runs; what an earlier process left of its own goes first.

    Raises BusyError where a run keeps one already, StoreError where the folder cannot be made.
    """
    folder = _folder(layout)
    with writer_lock(layout.session):
        try:
            _remove(folder)
            folder.mkdir(mode=0o700)
            layout.create()
            yield
        except FileExistsError as error:
            raise StoreError(
                f"{folder} is in the way, and not this user's: a run in memory keeps its store there"
            ) from error
        finally:
            _remove(folder)


def begin(store: sqlite3.Connection) -> None:
    """Let the epochs of a new store follow on those of earlier runs: sinks tell rows that they have by their epochs."""
    with transaction(store):
        ledger.commit_alone(store, time.time_ns() // 1_000_000, "", (), ())


def require_run(layout: Layout) -> None:
    """Raise ReadError unless a run keeps the project in memory at this moment."""
    if not is_held(layout.session):
        raise ReadError(
            "this project is kept in memory while it runs, as 'durability' says, and no run is going; "
            "`headrace run` starts one"
        )


def _folder(layout: Layout) -> Path:
    assert layout.memory is not None
    return layout.memory


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)
