"""The event log: rows that were handed in, each push whole or absent, read from any offset.

A partition is a folder of files ``<first>.log`` by the offset that each begins with; see ``log_file``. Rows have their
own columns, then ``_offset``, ascending, and where some could not be read when they came, their bytes as ``_raw`` and
why as ``_reason``. Rows from a topic have its partition as ``_topic_partition``.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import fcntl
import os
import re
import time
from bisect import bisect_right
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from threading import RLock

import numpy as np
import pyarrow as pa

from ...features_sql.errors import StoreError
from .. import failpoints
from ..stores.durable import make_folder, sync_folder
from . import log_file
from .log_file import LogFile, Segment, load
from .quarantine import Rejected

_NAME = re.compile(r"(\d{12,})\.log")
_LABEL = b"headrace.label"
OFFSET, RAW, REASON = "_offset", "_raw", "_reason"
PARTITION = "_topic_partition"

FULL_PUSHES, FULL_BYTES, FULL_AFTER = 4096, 16 << 20, 3600 * 1_000_000
"""A file with so many pushes or bytes, or whose first came so long ago (µs), takes no more."""
_LOOKED_INTO = 8
"""Files, beside the newest, in which it is known where each push is."""


class EventLog:
    """The log of one partition. Any process may read it at any time; appending processes wait for each other.

    What it says of the log is as of the last ``look``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._firsts: list[int] = []
        self._newest: LogFile | None = None
        self._older: dict[int, LogFile] = {}
        self._guard = RLock()

    @property
    def first(self) -> int:
        """The offset of the oldest row that is held."""
        with self._guard:
            return self._firsts[0] if self._firsts else 0

    @property
    def end(self) -> int:
        """The offset that the next row gets."""
        with self._guard:
            return self._newest.end if self._newest is not None else 0

    def look(self) -> None:
        """Take notice of rows that came, and of files that went, since.

        Takes the same time however many there are, except where a file has been begun. Raises StoreError for one that
        is damaged.
        """
        with self._guard:
            before = self._newest
            self._look()
            if self._newest is not None and self._newest is not before and self._newest.torn:
                # What a crash left waits for the next push where this process may not, or another one is pushing.
                with suppress(StoreError, BlockingIOError), self._appending(fcntl.LOCK_NB):
                    self._settle()

    def segment(self, offset: int) -> Segment | None:
        """Return the rows that the one with this offset came with, None where it is not there yet, or any more.

        Raises StoreError for a file that is damaged, and for a row that is missing between others.
        """
        with self._guard:
            if not self.first <= offset < self.end:
                return None
            try:
                file = self._file(offset)
            except FileNotFoundError:
                self._list()
                if offset < self.first:
                    return None
                file = self._file(offset)
            if offset >= file.end:
                raise StoreError(f"{self._folder} lacks rows from {file.end} on; restore it from a copy")
            return file.segments[bisect_right(file.segments, offset, key=attrgetter("first")) - 1]

    def segments(self, start: int, end: int) -> list[Segment]:
        """Return what came together with the rows from offset ``start`` to before ``end``, as far as it is there."""
        found: list[Segment] = []
        while start < end and (segment := self.segment(start)) is not None:
            found.append(segment)
            start = segment.end
        return found

    def holds(self, label: str, first: int) -> bool:
        """Tell whether rows from offset ``first`` on were appended under this label; waits for who appends."""
        with self._guard, self._appending():
            self._settle()
            return any(_label(segment) == label for segment in self.segments(first, self.end))

    def newest_label(self) -> str:
        """Return the label of the last rows, "" where there is none; waits for who appends."""
        with self._guard, self._appending():
            self._settle()
            newest = self.segment(self.end - 1)
            return _label(newest) if newest is not None else ""

    def append(self, rows: pa.Table, rejected: Sequence[Rejected] = (), label: str = "") -> Segment:
        """Append rows together, on disk when this returns, or nothing of them.

        ``rejected`` came among the rows and could not be read; the offset of each counts from the first row.
        ``label`` is kept with them.
        """
        with self._guard, self._appending():
            self._settle()
            table = _numbered(rows, rejected, self.end).replace_schema_metadata({_LABEL: label} if label else None)
            failpoints.reach("append")
            newest = self._newest
            if newest is None or _full(newest):
                newest = self._begin(newest)
            segment = newest.append(table)
            failpoints.reach("appended")
            return segment

    def forget(self, upto: int) -> None:
        """Remove files whose offsets all lie below ``upto``; the newest one stays, for it says where the log ends."""
        with self._guard:
            self._list()
            while len(self._firsts) > 1 and self._firsts[1] <= upto:
                self._path(self._firsts[0]).unlink()
                del self._firsts[0]

    def _begin(self, before: LogFile | None) -> LogFile:
        """Begin another file; what is in the one before is on disk then, its mark too."""
        for name in os.listdir(self._folder):  # noqa: PTH208
            if name.endswith(".tmp"):
                (self._folder / name).unlink()
        for folder in (self._folder.parent.parent, self._folder.parent):
            sync_folder(folder)
        if before is not None:
            before.seal()
        first = self.end
        log_file.begin(self._path(first))
        newest = self._newest = self._opened(first)
        self._firsts.append(first)
        return newest

    def _settle(self) -> None:
        """Look, and let what a crash has left count where it is whole; only who holds the lock may."""
        self._look()
        if self._newest is not None and self._newest.torn:
            self._newest.mend()

    def _look(self) -> None:
        newest = self._newest
        if newest is None or not _follows(newest) or self._path(newest.end).exists():
            self._list()

    def _list(self) -> None:
        """Take notice of every file."""
        try:
            self._take(self._names())
        except FileNotFoundError:
            # The newest went since, with a log that is being replaced.
            self._take(self._names())

    def _names(self) -> list[str]:
        try:
            return os.listdir(self._folder)  # noqa: PTH208
        except FileNotFoundError:
            return []

    def _take(self, names: Sequence[str]) -> None:
        firsts = sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))
        known: dict[int, LogFile] = {}
        if self._newest is not None and _follows(self._newest):
            known = {**self._older, self._newest.first: self._newest}
        newest = (known.get(firsts[-1]) or self._opened(firsts[-1])) if firsts else None
        lately = firsts[-1 - _LOOKED_INTO : -1]
        self._firsts, self._newest = firsts, newest
        self._older = {first: known[first] for first in lately if first in known}

    def _file(self, offset: int) -> LogFile:
        """Return the file with the row at an offset; raises FileNotFoundError where it is gone."""
        first = self._firsts[bisect_right(self._firsts, offset) - 1]
        if self._newest is not None and first == self._newest.first:
            return self._newest
        if first not in self._older:
            if len(self._older) >= _LOOKED_INTO:
                del self._older[next(iter(self._older))]
            self._older[first] = self._opened(first)
        return self._older[first]

    def _opened(self, first: int) -> LogFile:
        file = LogFile(self._path(first), first)
        file.follow()
        return file

    def _path(self, first: int) -> Path:
        return self._folder / f"{first:012d}.log"

    @contextmanager
    def _appending(self, how: int = 0) -> Generator[None]:
        """Hold the lock; where it is not to be waited for, raises BlockingIOError."""
        make_folder(self._folder)
        try:
            descriptor = os.open(self._folder / ".append.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | how)
            yield
        finally:
            # Closing alone does not free it where a child was forked meanwhile.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


def _follows(file: LogFile) -> bool:
    try:
        return file.follow()
    except FileNotFoundError:
        return False


def _full(file: LogFile) -> bool:
    if not file.segments:
        return False
    late = time.time_ns() // 1000 - file.segments[0].arrived > FULL_AFTER
    return late or len(file.segments) >= FULL_PUSHES or file.place >= FULL_BYTES


def _label(segment: Segment) -> str:
    return (load(segment).schema.metadata or {}).get(_LABEL, b"").decode()


def _numbered(rows: pa.Table, rejected: Sequence[Rejected], first: int) -> pa.Table:
    """Return the rows with their offsets, those that could not be read in their places among them."""
    total = len(rows) + len(rejected)
    if not rejected:
        return rows.append_column(OFFSET, pa.array(np.arange(first, first + total)))
    bad = np.array([row.offset for row in rejected], np.int64)
    good = np.setdiff1d(np.arange(total), bad)
    place = np.full(total, -1, np.int64)
    place[good] = np.arange(len(good))
    table = rows.take(pa.array(place, mask=place < 0)).append_column(OFFSET, pa.array(np.arange(first, first + total)))
    said = {row.offset: row for row in rejected}
    raw = [said[at].raw if at in said else None for at in range(total)]
    reasons = [said[at].reason if at in said else None for at in range(total)]
    return table.append_column(RAW, pa.array(raw, pa.binary())).append_column(REASON, pa.array(reasons, pa.string()))
