"""A bare commit: the files and transactions of one event and its row, with nothing read back, checked or computed."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from headrace.runtime.stores import memory

from .cards import cards

_ROW = pa.table({"card_id": [1], **{f"feature_{place}": [1.0] for place in range(6)}})
_TABLES = """
CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, said TEXT);
CREATE TABLE online (key TEXT PRIMARY KEY, row TEXT);
"""


def bare_commit(mode: str, times: int = 300) -> float:
    """Return the p50 in ms of an event on file, a promise, its row's Parquet file, and a commit with the row online."""
    with TemporaryDirectory(dir=memory.home(Path()).parent if mode == "memory" else None) as folder:
        return float(np.median(list(_commits(Path(folder), mode == "durable", times))[10:])) * 1e3


def _commits(folder: Path, durable: bool, times: int) -> Iterator[float]:
    events = cards(times)
    with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        store.executescript(_TABLES)
        for epoch in range(times):
            before = monotonic()
            written = pa.BufferOutputStream()
            with pa.ipc.new_stream(written, events.schema) as file:
                file.write_table(events.slice(epoch, 1))
            with (folder / "events.log").open("ab") as log:
                _write(log, written, durable)
            store.execute("INSERT INTO epochs VALUES (?, 'promised')", [epoch])
            written = pa.BufferOutputStream()
            pq.write_table(_ROW, written, use_dictionary=False, compression="NONE")
            _place(folder / f"{epoch}.parquet", written, durable)
            store.execute("BEGIN IMMEDIATE")
            store.execute("UPDATE epochs SET said = 'committed' WHERE epoch = ?", [epoch])
            store.execute("INSERT OR REPLACE INTO online VALUES (?, ?)", [str(epoch % 50), "1.0, " * 6])
            store.execute("COMMIT")
            yield monotonic() - before


def _place(path: Path, written: pa.BufferOutputStream, durable: bool) -> None:
    staged = path.with_suffix(".tmp")
    with staged.open("wb") as file:
        _write(file, written, durable)
    staged.replace(path)
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _write(file: BinaryIO, written: pa.BufferOutputStream, durable: bool) -> None:
    file.write(written.getvalue())
    file.flush()
    if durable:
        os.fsync(file.fileno())
