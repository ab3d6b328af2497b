"""Everything the catalog knows about one thing, and a line about each."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from ..features_sql.errors import ReadError
from .names import hint


@dataclass(frozen=True)
class FeatureCard:
    """A live feature of a view, or column of a service.

    ``freshness_us`` is the newest written instant in microseconds and ``freshness`` the same as text;
    both and ``null_rate`` are None while there are no rows. ``window_step``, ``cost`` and
    ``state_bytes`` are None where nothing was noted, as for the columns of a service.
    """

    view: str
    kind: str
    version: int
    feature: str
    type: str
    description: str
    window: str
    expression: str
    inputs: tuple[str, ...]
    window_step: str | None
    cost: str | None
    state_bytes: int | None
    owner: str
    tags: tuple[str, ...]
    rows: int
    nulls: int
    null_rate: float | None
    freshness_us: int | None
    freshness: str | None


@dataclass(frozen=True)
class ViewCard:
    """A live view or service. ``versions`` are all it ever had, ``readers`` the services that read it.

    ``fed`` are the columns of a service that a model is fed; keys, times and lists are carried along.
    """

    name: str
    kind: str
    version: int
    versions: tuple[int, ...]
    hash: str
    entity: tuple[str, ...]
    time: str
    emit: str
    source: str
    owner: str
    tags: tuple[str, ...]
    description: str
    sql: str
    created_at: str
    folder: str
    rows: int
    first: str | None
    freshness_us: int | None
    freshness: str | None
    updated_epoch: int | None
    readers: tuple[str, ...]
    features: tuple[FeatureCard, ...]
    fed: tuple[str, ...]


@dataclass(frozen=True)
class ColumnCard:
    """A declared column; ``computed`` is its SQL, or None."""

    name: str
    type: str
    computed: str | None


@dataclass(frozen=True)
class SourceCard:
    """A live source or table; ``time`` and ``delay`` (microseconds) are None for a table."""

    name: str
    kind: str
    connector: str
    path: str
    time: str | None
    delay: int | None
    primary_key: tuple[str, ...]
    columns: tuple[ColumnCard, ...]
    description: str
    sql: str
    readers: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One line of the catalog's list; counts are None for sources and tables."""

    kind: str
    name: str
    version: int | None
    entity: str
    features: int | None
    rows: int | None
    freshness: str | None
    owner: str
    tags: str
    description: str


def entries(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    """Return a line for each live source, table, view, service, model and stream: in this order, then by name."""
    order = ("source", "table", "view", "service", "model", "stream")
    found = [Entry(*row) for row in connection.execute(_ENTRIES)]
    return tuple(sorted(found, key=lambda entry: (order.index(entry.kind), entry.name)))


def show(connection: sqlite3.Connection, name: str) -> ViewCard | FeatureCard | SourceCard:
    """Return everything known about a live view, service, source or table, or one ``view.feature``.

    Raises ReadError for a name that the catalog does not hold.
    """
    kinds = {entry.name: entry.kind for entry in entries(connection)}
    if name in kinds:
        return _source(connection, name) if kinds[name] in ("source", "table") else _view(connection, name)
    view, _, feature = name.rpartition(".")
    if view not in kinds:
        raise ReadError(f"the catalog has no {view or name}{hint(view or name, kinds)}")
    cards = {card.feature: card for card in _features(connection, view)}
    if feature not in cards:
        raise ReadError(f"{view} has no feature {feature}{hint(feature, cards)}")
    return cards[feature]


_LISTS = frozenset({"entity", "tags", "inputs", "primary_key"})

_ENTRIES = """
SELECT kind, name, NULL, '', NULL, NULL, NULL, '', '', description FROM sources WHERE live
UNION ALL
SELECT v.kind, v.name, v.version, v.entity,
  (SELECT count(*) FROM features f WHERE f.view = v.name AND f.version = v.version),
  coalesce(s.rows, 0), s.last_at, v.owner, v.tags, v.description
FROM views v LEFT JOIN stats s ON s.view = v.name AND s.version = v.version WHERE v.live"""

_VIEW = """
SELECT v.name, v.kind, v.version, v.hash, v.entity, v.time, v.emit, v.source, v.owner, v.tags, v.description, v.sql,
  v.created_at, v.folder, coalesce(s.rows, 0) AS rows, s.first_at AS first, s.last_us AS freshness_us,
  s.last_at AS freshness, s.updated_epoch
FROM views v LEFT JOIN stats s ON s.view = v.name AND s.version = v.version WHERE v.live AND v.name = ?"""

_FEATURES = """
SELECT view, kind, version, feature, type, description, window, expression, inputs, window_step, cost, state_bytes,
  owner, tags, rows, nulls, null_rate, last_us AS freshness_us,
  last_at AS freshness
FROM live_features WHERE view = ? ORDER BY position"""

_SOURCE = """
SELECT name, kind, connector, path, time, delay, primary_key, columns, description, sql
FROM sources WHERE live AND name = ?"""

_FED = "SELECT feature FROM fed_columns WHERE service = ? AND version = ? ORDER BY position"

_READERS = """
SELECT DISTINCT l.target FROM lineage l JOIN views v ON v.name = l.target AND v.version = l.version AND v.live
WHERE l.input_relation = ? ORDER BY 1"""


def _view(connection: sqlite3.Connection, name: str) -> ViewCard:
    (values,) = _named(connection.execute(_VIEW, (name,)))
    versions = connection.execute("SELECT version FROM views WHERE name = ? ORDER BY 1", (name,)).fetchall()
    values |= {
        "versions": tuple(number for (number,) in versions),
        "readers": _readers(connection, name),
        "features": _features(connection, name),
        "fed": tuple(feature for (feature,) in connection.execute(_FED, (name, values["version"]))),
    }
    return ViewCard(**values)


def _features(connection: sqlite3.Connection, view: str) -> tuple[FeatureCard, ...]:
    return tuple(FeatureCard(**row) for row in _named(connection.execute(_FEATURES, (view,))))


def _source(connection: sqlite3.Connection, name: str) -> SourceCard:
    (values,) = _named(connection.execute(_SOURCE, (name,)))
    values |= {
        "columns": tuple(ColumnCard(**column) for column in json.loads(values["columns"])),
        "readers": _readers(connection, name),
    }
    return SourceCard(**values)


def _named(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Return each row by column name, lists as tuples."""
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{name: _items(value) if name in _LISTS else value for name, value in row.items()} for row in rows]


def _readers(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    return tuple(reader for (reader,) in connection.execute(_READERS, (name,)))


def _items(text: str) -> tuple[str, ...]:
    return tuple(text.split(", ")) if text else ()
