"""Events whose entity has a NULL part: they are in no window and make no row, but are counted."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Upstream, View


def null_entities(rows: pa.Table, view: View, upstream: Upstream) -> pa.Table:
    """Return the event times of the rows whose entity has a NULL part, in order.

    ``rows`` are those of ``upstream``, before the view's WHERE. The column is named as the view names its time.
    """
    times = pa.table({view.time: rows.column(upstream.time)})
    absent = [column.is_null() for key in view.entity if (column := rows.column(key.name)).null_count]
    return times.filter(reduce(pc.or_, absent)) if absent else times.slice(0, 0)


def count(connection: sqlite3.Connection, view: str, version: int, rows: int) -> None:
    """Add to a version's count, inside the caller's transaction."""
    if rows:
        connection.execute(
            "INSERT INTO null_entities VALUES (?, ?, ?)"
            " ON CONFLICT (view, version) DO UPDATE SET rows = rows + excluded.rows",
            (view, version, rows),
        )


def clear(connection: sqlite3.Connection, view: str, version: int) -> None:
    """Forget a version's count, so that a build from history can count from nothing."""
    connection.execute("DELETE FROM null_entities WHERE view = ? AND version = ?", (view, version))
