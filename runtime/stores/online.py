"""The online store: the newest written row per entity, in the project's SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from ..in_order import in_order
from ..json_texts import json_lists, json_objects, json_of, json_values
from ..windows.keys import KeyIndex

EPOCH = "_epoch"

_FEW = 8
"""So few rows cost less as Python's objects than as columns."""
_AT_ONCE = 200
"""Rows that one statement puts online where there are so many, for two thirds of the cost of one after the other."""
# A revision may be of an instant before the newest.
_KEPT = (
    'ON CONFLICT DO UPDATE SET epoch = excluded.epoch, at_us = excluded.at_us, "row" = excluded."row" '
    "WHERE excluded.at_us >= at_us"
)
_UPSERT = f"INSERT INTO online_rows VALUES (?, ?, ?, ?, ?) {_KEPT}"
_MANY = ", ".join(["(?, ?, ?, ?)"] * _AT_ONCE)
_UPSERT_MANY = f"INSERT INTO online_rows SELECT ?, * FROM (VALUES {_MANY}) WHERE true {_KEPT}"


def newest_rows(rows: pa.Table, entity: Sequence[str], time: str) -> pa.Table:
    """Return the newest row of each entity: of those of its latest instant the last; none of what has a NULL key."""
    if len(rows) == 1 and not any(rows.column(name).null_count for name in entity):
        return rows
    times = rows.column(time).cast(pa.int64()).to_numpy()
    if (times[1:] < times[:-1]).any():
        rows = rows.take(pa.array(in_order(times)))
    keys = rows.select(list(entity))
    index = KeyIndex(keys.schema)
    slots = index.add(keys)
    last = np.full(len(index) + 1, -1, np.int64)
    # Later rows overwrite earlier ones; slot -1 (a NULL key) lands in the spare last place.
    last[slots] = np.arange(len(slots))
    kept = np.zeros(len(slots), np.bool_)
    kept[last[:-1]] = True
    return rows.take(pa.array(np.flatnonzero(kept)))


def texts_of(rows: pa.Table, entity: Sequence[str], time: str) -> pa.Table:
    """Return rows (one per entity) as the store holds them: key, epoch, instant (µs) and row; many in order of key.

    Their column ``_epoch`` is the epoch that wrote each.
    """
    visible = [column for column in rows.column_names if not column.startswith("_")]
    instants = rows.column(time).cast(pa.int64())
    records = _few_records(rows.select(visible))
    if records is not None:
        keys, objects = [json_of([record[column] for column in entity]) for record in records], map(json_of, records)
        return pa.table({"key": keys, "epoch": rows.column(EPOCH), "at_us": instants, "row": list(objects)})
    texts = {column: json_values(rows.column(column)) for column in {*visible, *entity}}
    held = {
        "key": json_lists([texts[column] for column in entity]),
        "epoch": rows.column(EPOCH),
        "at_us": instants,
        "row": json_objects({column: texts[column] for column in visible}),
    }
    # By key, so that a page of the table is written once.
    return pa.table(held).sort_by("key")


def _few_records(rows: pa.Table) -> list[dict[str, object]] | None:
    """Return rows as Python has them; None where they are many, or hold instants beyond its years."""
    if len(rows) > _FEW:
        return None
    try:
        return rows.to_pylist()
    except (OverflowError, ValueError):
        return None


def upsert(connection: sqlite3.Connection, name: str, version: int, texts: pa.Table) -> None:
    """Keep rows (``texts_of`` them) as the newest, where no later one is, inside the caller's transaction."""
    view = _number(connection, name, version)
    for part in texts.to_batches(_AT_ONCE):
        rows = zip(*(column.to_pylist() for column in part.columns), strict=True)
        if len(part) == _AT_ONCE:
            connection.execute(_UPSERT_MANY, [view, *chain.from_iterable(rows)])
        else:
            connection.executemany(_UPSERT, ((view, *row) for row in rows))


def _number(connection: sqlite3.Connection, name: str, version: int) -> int:
    """Return the number under which rows of a version are held."""
    connection.execute("INSERT OR IGNORE INTO online_views (name, version) VALUES (?, ?)", (name, version))
    found = connection.execute("SELECT view FROM online_views WHERE name = ? AND version = ?", (name, version))
    return found.fetchone()[0]


def forget(
    connection: sqlite3.Connection, name: str, version: int, entity: Sequence[str], time: str, rows: pa.Table
) -> None:
    """Let go of rows that are gone, inside the caller's transaction: of each entity there is none until the next."""
    view, instants = _number(connection, name, version), rows.column(time).cast(pa.int64()).to_pylist()
    keys = json_lists([json_values(rows.column(column)) for column in entity]).to_pylist()
    gone = zip([view] * len(rows), keys, instants, strict=True)
    connection.executemany("DELETE FROM online_rows WHERE view = ? AND key = ? AND at_us = ?", gone)
