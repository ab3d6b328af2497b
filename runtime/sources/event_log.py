"""The event log: rows that were handed in, as immutable Arrow files, each whole or absent, read from any offset.

A partition is a folder of segments named ``<first>-<end>.arrow`` by the offsets they hold: ``first`` inclusive,
``end`` exclusive and the next one's first. A segment has the rows' own columns, then ``_offset``, ascending, and
where some rows could not be read when they came, their bytes as ``_raw`` and why as ``_reason``. Rows from a topic have
its partition as ``_topic_partition``.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...features_sql.errors import StoreError
from .. import failpoints
from ..stores.durable import make_folder, read_arrow, sync_folder, write_arrow
from .quarantine import Rejected

_NAME = re.compile(r"\d{12,}-\d{12,}\.arrow")
_ARRIVED, _LABEL = b"headrace.arrived_us", b"headrace.label"
OFFSET, RAW, REASON = "_offset", "_raw", "_reason"
PARTITION = "_topic_partition"


@dataclass(frozen=True)
class Segment:
    """Rows that came together, with offsets from ``first`` to before ``end``."""

    first: int
    end: int
    path: Path


class EventLog:
    """The log of one partition. Any process may read it at any time; appending processes wait for each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Segment] = {}
        self._segments: list[Segment] = []
        self._joined = 0

    def segments(self) -> list[Segment]:
        """Return every segment by offset; raises StoreError where one between two others is missing."""
        self._look()
        for before, after in pairwise(self._segments[max(self._joined - 1, 0) :]):
            if before.end != after.first:
                raise StoreError(f"{self._folder} lacks rows {before.end} to {after.first - 1}; restore it from a copy")
        self._joined = len(self._segments)
        return self._segments

    def _look(self) -> list[str]:
        """Take notice of segments that came or went since, and return the names of other files."""
        try:
            # Every push asks, and a Path for each of many segments takes ten times as long.
            names = os.listdir(self._folder)  # noqa: PTH208
        except FileNotFoundError:
            names = []
        fresh = [name for name in names if name not in self._known]
        if len(names) - len(fresh) < len(self._known):
            self._known, self._segments, self._joined, fresh = {}, [], 0, names
        found = {name: self._segment(name) for name in fresh if _NAME.fullmatch(name)}
        if found:
            newer = sorted(found.values(), key=attrgetter("first"))
            if self._segments and newer[0].first < self._segments[-1].first:
                newer = sorted([*self._segments, *newer], key=attrgetter("first"))
                self._segments, self._joined = [], 0
            self._segments = [*self._segments, *newer]
            self._known |= found
        return [name for name in fresh if name not in found]

    def _segment(self, name: str) -> Segment:
        first, _, end = name.removesuffix(".arrow").partition("-")
        return Segment(int(first), int(end), self._folder / name)

    @property
    def end(self) -> int:
        """The offset that the next row gets."""
        self._look()
        return self._segments[-1].end if self._segments else 0

    def holds(self, label: str, first: int) -> bool:
        """Tell whether a segment from offset ``first`` on was appended under this label."""
        late = (segment for segment in self.segments() if segment.first >= first)
        return any((load(segment).schema.metadata or {}).get(_LABEL) == label.encode() for segment in late)

    def newest_label(self) -> str:
        """Return the label of the last segment, "" where there is none."""
        held = self.segments()
        return (load(held[-1]).schema.metadata or {}).get(_LABEL, b"").decode() if held else ""

    def append(self, rows: pa.Table, rejected: Sequence[Rejected] = (), label: str = "") -> Segment:
        """Append rows as one segment, on disk when this returns, or nothing of them.

        ``rejected`` came among the rows and could not be read; the offset of each counts from the first row.
        ``label`` is kept with them.
        """
        make_folder(self._folder)
        with self._appending():
            for name in self._look():
                if name.endswith(".tmp"):
                    (self._folder / name).unlink()
            first = self._segments[-1].end if self._segments else 0
            table = _numbered(rows, rejected, first)
            end = first + len(table)
            path = self._folder / f"{first:012d}-{end:012d}.arrow"
            failpoints.reach("append")
            noted = {_ARRIVED: str(time.time_ns() // 1000), _LABEL: label}
            write_arrow(path, table.replace_schema_metadata(noted))
            failpoints.reach("appended")
        return Segment(first, end, path)

    def forget(self, upto: int) -> None:
        """Remove segments whose offsets all lie below ``upto``; the last one stays, for it says where the log ends."""
        for segment in self.segments()[:-1]:
            if segment.end <= upto:
                segment.path.unlink()

    @contextmanager
    def _appending(self) -> Generator[None]:
        try:
            descriptor = os.open(self._folder / ".append.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            for folder in (self._folder.parent.parent, self._folder.parent):
                sync_folder(folder)
            yield
        finally:
            os.close(descriptor)


def arrived(rows: pa.Table) -> int:
    """Return when the rows of a segment came (µs since 1970)."""
    return int((rows.schema.metadata or {})[_ARRIVED])


def load(segment: Segment) -> pa.Table:
    """Return the rows of a segment; raises StoreError naming one that is damaged or missing."""
    return read_arrow(segment.path)


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
