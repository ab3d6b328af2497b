"""Rows, NULLs and freshness of written rows, counted as each epoch commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc


def count(
    connection: sqlite3.Connection, view: str, version: int, epoch: int, table: pa.Table, time_column: str
) -> None:
    """Add the rows that ``epoch`` writes to a version's statistics, inside the caller's transaction.

    ``table`` holds the written rows: every recorded feature by name, and ``time_column``, a
    timestamp (or int64 microseconds). The version must be recorded. NULLs are counted per feature,
    and the oldest and newest instant are moved. A table without rows changes nothing.
    """
    if table.num_rows == 0:
        return
    first, last = _bounds(table, time_column)
    connection.execute(
        "INSERT INTO stats (view, version, rows, first_us, last_us, updated_epoch) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (view, version) DO UPDATE SET"
        " rows = rows + excluded.rows, updated_epoch = excluded.updated_epoch,"
        " first_us = min(coalesce(first_us, excluded.first_us), coalesce(excluded.first_us, first_us)),"
        " last_us = max(coalesce(last_us, excluded.last_us), coalesce(excluded.last_us, last_us))",
        (view, version, table.num_rows, first, last, epoch),
    )
    nulls = ((view, version, name, table.column(name).null_count) for name in _features(connection, view, version))
    connection.executemany(
        "INSERT INTO feature_stats VALUES (?, ?, ?, ?)"
        " ON CONFLICT (view, version, feature) DO UPDATE SET nulls = nulls + excluded.nulls",
        nulls,
    )


def clear(connection: sqlite3.Connection, view: str, version: int) -> None:
    """Forget a version's statistics, so that rows which replace others can be counted from nothing."""
    connection.execute("DELETE FROM stats WHERE view = ? AND version = ?", (view, version))
    connection.execute("DELETE FROM feature_stats WHERE view = ? AND version = ?", (view, version))


def _bounds(table: pa.Table, time_column: str) -> tuple[int | None, int | None]:
    instants = table.column(time_column)
    if not pa.types.is_integer(instants.type):
        instants = instants.cast(pa.timestamp("us", tz=instants.type.tz)).cast(pa.int64())
    bounds = pc.min_max(instants)
    return bounds["min"].as_py(), bounds["max"].as_py()


def _features(connection: sqlite3.Connection, view: str, version: int) -> Iterable[str]:
    rows = connection.execute("SELECT feature FROM features WHERE view = ? AND version = ?", (view, version)).fetchall()
    return (name for (name,) in rows)
