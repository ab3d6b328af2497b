"""A bounded log of online reads: what was asked, what was known then, and what was answered.

It is a file of its own beside the project's database, because every process that reads writes to it.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..stores.layout import Layout
from ..stores.packed import pack, unpack

KEPT = 1_000
"""So many reads are kept, the newest."""

LOG = logging.getLogger("headrace")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS reads (
  number INTEGER PRIMARY KEY, service TEXT NOT NULL, version INTEGER NOT NULL, epoch INTEGER NOT NULL,
  watermark_us INTEGER NOT NULL, instant_us INTEGER NOT NULL, key TEXT NOT NULL, answer BLOB NOT NULL
) STRICT"""


@dataclass(frozen=True)
class LoggedRead:
    """One key of a read: the last epoch it knew of, and its watermark, the instant (µs), the columns given by name.

    ``answer`` is the one row returned. Reads are numbered as they are logged.
    """

    epoch: int
    watermark: int
    instant: int
    key: Mapping[str, object]
    answer: pa.Table
    number: int = 0


def note(layout: Layout, service: str, version: int, read: LoggedRead) -> None:
    """Keep a read, and let go of the oldest past ``KEPT``.

    It survives the process that writes it; a power cut may take the last few. A log that cannot be written is
    warned of and never fails the read.
    """
    given = json.dumps(dict(read.key), default=str, ensure_ascii=False)
    try:
        with closing(sqlite3.connect(layout.reads, timeout=1.0, isolation_level=None)) as log:
            log.execute("PRAGMA journal_mode = WAL")
            log.execute("PRAGMA synchronous = NORMAL")
            log.execute(_SCHEMA)
            row = (service, version, read.epoch, read.watermark, read.instant, given, pack(read.answer))
            columns = "service, version, epoch, watermark_us, instant_us, key, answer"
            added = log.execute(f"INSERT INTO reads ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            log.execute("DELETE FROM reads WHERE number <= ?", ((added.lastrowid or 0) - KEPT,))
    except sqlite3.Error as error:
        LOG.warning("%s: this read is not logged, so verify will not check it: %s", layout.reads, error)


def logged(layout: Layout, service: str, version: int) -> list[LoggedRead]:
    """Return the reads of a service's version that are kept, oldest first."""
    if not Path(layout.reads).exists():
        return []
    columns = "epoch, watermark_us, instant_us, key, answer, number"
    sql = f"SELECT {columns} FROM reads WHERE service = ? AND version = ? ORDER BY number"
    with closing(sqlite3.connect(layout.reads, timeout=1.0)) as log:
        rows: Sequence[tuple[int, int, int, str, bytes, int]] = log.execute(sql, (service, version)).fetchall()
    return [
        LoggedRead(epoch, watermark, instant, json.loads(key), unpack(answer), number)
        for epoch, watermark, instant, key, answer, number in rows
    ]
