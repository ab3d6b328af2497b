"""What is still to be put online: each entity's newest row, once for many epochs while a run catches up."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ...catalog.database import transaction
from ..side_by_side import FEWEST
from . import ledger, offline, online
from .datasets import Dataset
from .layout import Layout

LONGEST_SECONDS = 10.0
MOST_BYTES = 64 << 20
"""So much is held at most: then only the newest row of each entity is left, and all go online if that is over half."""


@dataclass
class _Waiting:
    dataset: Dataset
    first_epoch: int
    parts: list[pa.Table] = field(default_factory=list[pa.Table])

    def newest(self) -> pa.Table:
        """Return the newest row of each entity."""
        if len(self.parts) == 1:
            return self.parts[0]
        return online.newest_rows(pa.concat_tables(self.parts), self.dataset.entity, self.dataset.time)

    def texts(self) -> pa.Table:
        """Return what is put online of them."""
        return online.texts_of(self.newest(), self.dataset.entity, self.dataset.time)


class OnlineBacklog:
    """Rows of epochs, committed or about to be, that are not online yet.

    They wait in memory. The ledger holds since which epoch (``note``), so that after a crash ``recover`` puts them
    online from the offline store's files.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._waiting: dict[str, _Waiting] = {}
        self._bytes = 0
        self._full = False
        self._since = 0.0

    @property
    def due(self) -> bool:
        """Whether the first has waited for 10 seconds, they are too many to wait, or the next epoch may revise them."""
        if self._full or any(waiting.dataset.revised for waiting in self._waiting.values()):
            return True
        return bool(self._waiting) and time.monotonic() - self._since >= LONGEST_SECONDS

    def add(self, epoch: int, dataset: Dataset, rows: pa.Table) -> None:
        """Let the newest row of each entity wait."""
        if not len(rows):
            return
        if not self._waiting:
            self._since = time.monotonic()
        waiting = self._waiting.setdefault(dataset.name, _Waiting(dataset, epoch))
        newest = online.newest_rows(rows, dataset.entity, dataset.time)
        visible = [name for name in newest.column_names if not name.startswith("_")]
        epochs = pa.array(np.full(len(newest), epoch, np.int64))
        waiting.parts.append(newest.select(visible).append_column(online.EPOCH, epochs))
        self._bytes += waiting.parts[-1].nbytes
        if self._bytes >= MOST_BYTES:
            self._leave_newest()

    def _leave_newest(self) -> None:
        """Let go of rows of which later epochs hold newer ones."""
        for waiting in self._waiting.values():
            waiting.parts = [waiting.newest()]
        self._bytes = sum(waiting.parts[0].nbytes for waiting in self._waiting.values())
        self._full = 2 * self._bytes >= MOST_BYTES

    def note(self, store: sqlite3.Connection) -> None:
        """Note which rows wait, inside the transaction of their epoch."""
        marks = [(name, held.dataset.version, held.first_epoch - 1) for name, held in self._waiting.items()]
        store.executemany("INSERT OR IGNORE INTO online_behind VALUES (?, ?, ?)", marks)

    def settle(self, store: sqlite3.Connection, besides: Callable[[], object] | None = None) -> None:
        """Put every row that waits online, before a run waits itself or ends.

        ``besides`` is done too, meanwhile where there is another thread.
        """
        # A commit for each view: SQLite's cache holds what one writes, and need not write some of it sooner.
        self._put(store, lambda: transaction(store), besides)

    def put(self, store: sqlite3.Connection) -> None:
        """Put every row that waits online, inside the caller's transaction."""
        self._put(store, nullcontext, None)

    def _put(
        self,
        store: sqlite3.Connection,
        inside: Callable[[], AbstractContextManager[None]],
        besides: Callable[[], object] | None,
    ) -> None:
        # The smallest first: SQLite waits for its texts alone.
        waiting = sorted(self._waiting.values(), key=lambda held: sum(part.nbytes for part in held.parts))
        rows = sum(len(part) for held in waiting for part in held.parts)
        ahead = self._threads > 1 and len(waiting) > 1 and rows >= FEWEST
        for held, texts in zip(waiting, (_ahead if ahead else _in_turn)(waiting, besides), strict=True):
            with inside():
                online.upsert(store, held.dataset.name, held.dataset.version, texts)
                store.execute("DELETE FROM online_behind WHERE name = ?", (held.dataset.name,))
        self._waiting.clear()
        self._bytes, self._full = 0, False


def _in_turn(waiting: Sequence[_Waiting], besides: Callable[[], object] | None) -> Iterator[pa.Table]:
    """Yield the texts of each, and do what is to be done besides."""
    for held in waiting:
        yield held.texts()
    if besides is not None:
        besides()


def _ahead(waiting: Sequence[_Waiting], besides: Callable[[], object] | None) -> Iterator[pa.Table]:
    """Do as ``_in_turn``; another thread makes the next two while the caller puts these into the store."""
    other = ThreadPoolExecutor(1, "headrace")
    try:
        coming = deque(other.submit(held.texts) for held in waiting[1:3])
        yield waiting[0].texts()
        for held in waiting[3:]:
            texts = coming.popleft().result()
            coming.append(other.submit(held.texts))
            yield texts
        done = None if besides is None else other.submit(besides)
        while coming:
            yield coming.popleft().result()
        if done is not None:
            done.result()
    finally:
        # Where the caller breaks off, what is not begun is left.
        other.shutdown(cancel_futures=True)


def recover(layout: Layout, store: sqlite3.Connection, live: Mapping[str, Dataset]) -> None:
    """Put online what a run that was broken off had written and not put there."""
    behind = store.execute("SELECT name, version, epoch FROM online_behind").fetchall()
    if not behind:
        return
    backlog = OnlineBacklog()
    with transaction(store):
        for name, version, epoch in behind:
            dataset = live.get(name)
            if dataset is None or dataset.version != version:
                continue
            for number, paths in ledger.outputs_after(store, name, epoch):
                for path in paths:
                    backlog.add(number, dataset, offline.read_file(layout.store / path))
                if backlog.due:
                    backlog.put(store)
        backlog.put(store)
        store.execute("DELETE FROM online_behind")
