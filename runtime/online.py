"""The online store: the newest written row per entity, in the project's SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa

from .keys import KeyIndex


def newest_rows(rows: pa.Table, entity: Sequence[str]) -> pa.Table:
    """Return the last row of each entity; ``rows`` are in the order of their instants."""
    keys = rows.select(list(entity))
    index = KeyIndex(keys.schema)
    slots = index.add(keys)
    last = np.full(len(index) + 1, -1, np.int64)
    # Later rows overwrite earlier ones; slot -1 (a NULL key) lands in the spare last place.
    last[slots] = np.arange(len(slots))
    places = last[:-1]
    return rows.take(pa.array(np.sort(places[places >= 0])))


def upsert(
    connection: sqlite3.Connection,
    epoch: int,
    name: str,
    version: int,
    entity: Sequence[str],
    time: str,
    rows: pa.Table,
) -> None:
    """Keep ``rows`` (one per entity) as the newest, where no later one is, inside the caller's transaction."""
    visible = [column for column in rows.column_names if not column.startswith("_")]
    records = rows.select(visible).to_pylist()
    values = [
        (name, version, encode_key([record[column] for column in entity]), epoch, str(record[time]), _json(record))
        for record in records
    ]
    # A revision may be of an instant before the newest.
    later = "epoch = excluded.epoch, at = excluded.at, row = excluded.row WHERE excluded.at >= at"
    sql = f"INSERT INTO online VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {later}"
    connection.executemany(sql, values)


def forget(
    connection: sqlite3.Connection, name: str, version: int, entity: Sequence[str], time: str, rows: pa.Table
) -> None:
    """Let go of rows that are gone, inside the caller's transaction: of each entity there is none until the next."""
    keys = [
        (name, version, encode_key([record[column] for column in entity]), str(record[time]))
        for record in rows.select([*entity, time]).to_pylist()
    ]
    connection.executemany("DELETE FROM online WHERE name = ? AND version = ? AND key = ? AND at = ?", keys)


def read(connection: sqlite3.Connection, name: str, version: int, key: Sequence[object]) -> Mapping[str, object] | None:
    """Return the newest written row of an entity, or None; values are JSON values."""
    row = connection.execute(
        'SELECT "row" FROM online WHERE name = ? AND version = ? AND key = ?', (name, version, encode_key(key))
    ).fetchone()
    return None if row is None else json.loads(row[0])


def encode_key(values: Sequence[object]) -> str:
    """Return the one text that stands for an entity: a JSON list of its key values."""
    return json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))


def _json(record: Mapping[str, object]) -> str:
    return json.dumps(record, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value
