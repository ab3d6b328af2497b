"""The registry: every definition under its version, as tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..features_sql.definitions import (
    Definitions,
    Feature,
    Model,
    Service,
    ServiceColumn,
    Source,
    Table,
    Target,
    View,
)
from ..features_sql.fed_columns import fed_columns
from ..features_sql.predictions import prediction_columns
from .identity import content, content_hash, content_text, path_as_written
from .window_text import emit_text, window_text


@dataclass(frozen=True)
class StepNote:
    """How one feature is computed: its window step, its cost class, and the bytes of state per key."""

    step: str
    cost: str
    state_bytes: int


Steps = Mapping[tuple[str, str], StepNote]


def record(
    connection: sqlite3.Connection, definitions: Definitions, steps: Steps, now: datetime | None = None
) -> dict[str, int]:
    """Write every definition inside the caller's transaction, and return the live version of each target.

    A definition whose content hash is that of its live version keeps that version (descriptions,
    owner, tags, text and step notes are updated in place); any other gets the next integer. What is
    no longer defined stops being live and is kept. ``steps`` is by (view, feature); a feature without
    a note has NULLs there. ``now`` is the creation time of new versions, the clock's by default.
    """
    versions = next_versions(connection, definitions)
    created_at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    connection.execute("UPDATE sources SET live = 0")
    connection.execute("UPDATE views SET live = 0")
    for source in (*definitions.sources.values(), *definitions.tables.values()):
        _record_definition(connection, source, definitions)
        _record_source(connection, source, definitions)
    for target in definitions.targets:
        _record_definition(connection, target, definitions)
        _record_target(connection, target, definitions, versions[target.name], created_at)
        _record_features(connection, target, definitions, versions[target.name], steps)
    return versions


def live_versions(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the live version of each view, service, model and stream that the catalog holds."""
    return dict(connection.execute("SELECT name, version FROM views WHERE live"))


def next_versions(connection: sqlite3.Connection, definitions: Definitions) -> dict[str, int]:
    """Return the version under which ``record`` would write each target now."""
    live = {name: (version, hash) for name, version, hash in connection.execute(_LIVE)}
    latest: dict[str, int] = dict(connection.execute("SELECT name, max(version) FROM views GROUP BY name"))
    versions: dict[str, int] = {}
    for target in definitions.targets:
        version, hash = live.get(target.name, (0, ""))
        same = hash == content_hash(target, definitions)
        versions[target.name] = version if same else latest.get(target.name, 0) + 1
    return versions


def folder(name: str, version: int) -> str:
    """Return where a version's offline rows lie, relative to the project's folder."""
    return f".headrace/offline/{name}/v{version}"


def kind_of(definition: Source | Table | Target) -> str:
    """Return the word for a definition: source, table, view, service, model or stream."""
    return type(definition).__name__.lower()


_LIVE = "SELECT name, version, hash FROM views WHERE live"


def _record_definition(
    connection: sqlite3.Connection, definition: Source | Table | Target, definitions: Definitions
) -> None:
    row = (
        content_hash(definition, definitions),
        definition.name,
        kind_of(definition),
        definition.sql,
        content_text(content(definition, definitions)),
    )
    connection.execute("INSERT OR REPLACE INTO definitions VALUES (?, ?, ?, ?, ?)", row)


def _record_source(connection: sqlite3.Connection, source: Source | Table, definitions: Definitions) -> None:
    columns = [{"name": column.name, "type": column.type, "computed": column.computed} for column in source.columns]
    row = (
        source.name,
        kind_of(source),
        source.connector.kind,
        path_as_written(source),
        source.time if isinstance(source, Source) else None,
        source.delay if isinstance(source, Source) else None,
        ", ".join(source.primary_key),
        json.dumps(columns),
        source.description,
        source.sql,
        content_hash(source, definitions),
    )
    connection.execute(f"INSERT OR REPLACE INTO sources VALUES ({', '.join('?' * len(row))}, 1)", row)


def columns_of(target: Target) -> tuple[Feature | ServiceColumn, ...]:
    """Return what a target computes for each of its rows, in order."""
    if isinstance(target, Model):
        return prediction_columns(target)
    return target.features if isinstance(target, View) else target.columns


def read_by(target: Target) -> tuple[str, ...]:
    """Return the relations whose rows a target's rows follow."""
    if isinstance(target, View):
        return target.reads
    return (target.view if isinstance(target, Service) else target.service,)


def _record_target(
    connection: sqlite3.Connection, target: Target, definitions: Definitions, version: int, created_at: str
) -> None:
    driving = definitions.driver(target)
    row = (
        target.name,
        kind_of(target),
        version,
        content_hash(target, definitions),
        ", ".join(column.name for column in driving.entity),
        driving.time,
        emit_text(driving.emit),
        ", ".join(read_by(target)),
        target.owner,
        ", ".join(target.tags),
        target.description,
        target.sql,
        created_at,
        folder(target.name, version),
    )
    connection.execute(
        "INSERT INTO views (name, kind, version, hash, entity, time, emit, source, owner, tags, description, sql,"
        f" created_at, folder, live) VALUES ({', '.join('?' * len(row))}, 1) ON CONFLICT (name, version) DO UPDATE SET"
        " kind = excluded.kind, owner = excluded.owner, tags = excluded.tags, description = excluded.description,"
        " emit = excluded.emit, sql = excluded.sql, live = 1",
        row,
    )


def _record_features(
    connection: sqlite3.Connection, target: Target, definitions: Definitions, version: int, steps: Steps
) -> None:
    columns = columns_of(target)
    rows = [
        (target.name, version, column.name, position, *_described(target, column, steps))
        for position, column in enumerate(columns)
    ]
    for table, key in (("features", "view"), ("lineage", "target"), ("fed_columns", "service")):
        connection.execute(f"DELETE FROM {table} WHERE {key} = ? AND version = ?", (target.name, version))
    connection.executemany(f"INSERT INTO features VALUES ({', '.join('?' * 14)})", rows)
    inputs = ((target.name, *edge, version) for edge in sorted(set(_edges(target, columns, definitions))))
    connection.executemany("INSERT INTO lineage VALUES (?, ?, ?, ?, ?)", inputs)
    if isinstance(target, Service):
        fed = ((target.name, version, one.name, at) for at, one in enumerate(fed_columns(target, definitions)))
        connection.executemany("INSERT INTO fed_columns VALUES (?, ?, ?, ?)", fed)


def _described(target: Target, column: Feature | ServiceColumn, steps: Steps) -> tuple[str | int | None, ...]:
    """Return the features row after its position: type to tags."""
    windows = ""
    if isinstance(target, View) and isinstance(column, Feature):
        windows = ", ".join(window_text(target.window(name)) for name in column.windows)
    note = steps.get((target.name, column.name))
    noted = (note.step, note.cost, note.state_bytes) if note else (None, None, None)
    inputs = ", ".join(_inputs(target, column))
    owned = (target.owner, ", ".join(target.tags))
    return (column.type, column.description, windows, column.text, inputs, *noted, *owned)


def _inputs(target: Target, column: Feature | ServiceColumn) -> tuple[str, ...]:
    """Return the columns read; ``source.*`` for an aggregate that reads none, such as ``count(*)``."""
    if isinstance(target, View) and isinstance(column, Feature) and column.measures and not column.lineage:
        return tuple(f"{name}.*" for name in target.reads)
    return column.lineage


def _edges(
    target: Target, columns: Iterable[Feature | ServiceColumn], definitions: Definitions
) -> Iterator[tuple[str, str, str]]:
    """Yield (column, input relation, input column) for every written column, entity and time included."""
    for column in columns:
        for read in _inputs(target, column):
            relation, _, name = read.rpartition(".")
            yield column.name, relation, name
    driving = definitions.driver(target)
    leading = [key.name for key in driving.entity]
    if not isinstance(target, View) or driving.emit.kind == "event":
        leading.append(driving.time)
    for name in leading:
        for read in _behind(target, name):
            relation, _, column = read.rpartition(".")
            yield name, relation, column


def _behind(target: Target, column: str) -> tuple[str, ...]:
    """Return the columns that a leading column repeats."""
    if isinstance(target, View) and target.union is not None:
        return target.union.behind(column)
    return tuple(f"{relation}.{column}" for relation in read_by(target))
