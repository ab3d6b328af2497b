"""What applying a project would change against the catalog."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ..features_sql.definitions import Definitions, Source, Table, Target
from .identity import content, content_hash, differences
from .registry import columns_of, kind_of, next_versions

ChangeKind = Literal["new", "changed", "metadata", "dropped", "unchanged"]


@dataclass(frozen=True)
class Change:
    """What becomes of one definition.

    ``changed`` gives a view, service, model or stream a new version, built from history; ``metadata`` (description,
    owner, tags, text) and ``unchanged`` keep version, rows and state. ``version`` is the one after
    the change, None for sources, tables and sinks; ``reason`` says in a few words what differs.
    """

    kind: ChangeKind
    object_kind: str
    name: str
    version: int | None
    reason: str


@dataclass(frozen=True)
class Plan:
    """All changes: sources, tables, views, services, models and streams, then what is dropped."""

    changes: tuple[Change, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to apply."""
        return all(change.kind == "unchanged" for change in self.changes)


@dataclass(frozen=True)
class _Stored:
    """The live row of a definition: what ``plan`` compares with."""

    kind: str
    hash: str
    version: int | None
    metadata: dict[str, Any]
    content: dict[str, Any]


def plan(connection: sqlite3.Connection, definitions: Definitions) -> Plan:
    """Compare a project with the live definitions of the catalog; change nothing."""
    versions = next_versions(connection, definitions)
    stored = dict(_stored_sources(connection)) | dict(_stored_targets(connection))
    wanted = {
        **definitions.sources,
        **definitions.tables,
        **{target.name: target for target in definitions.targets},
    }
    changes = [
        _change(definition, definitions, stored.get(name), versions.get(name)) for name, definition in wanted.items()
    ]
    gone = sorted(name for name in stored if name not in wanted)
    changes += [Change("dropped", stored[name].kind, name, stored[name].version, "no longer defined") for name in gone]
    return Plan(tuple(changes))


def _change(
    definition: Source | Table | Target, definitions: Definitions, stored: _Stored | None, version: int | None
) -> Change:
    kind, name = kind_of(definition), definition.name
    if stored is None:
        return Change("new", kind, name, version, "")
    if stored.kind != kind:
        return Change("changed", kind, name, version, f"was a {stored.kind}")
    if stored.hash != content_hash(definition, definitions):
        reasons = differences(stored.content, content(definition, definitions))
        return Change("changed", kind, name, version, _shortened(reasons))
    metadata = _metadata(definition)
    touched = [part for part, value in metadata.items() if stored.metadata[part] != value]
    if touched:
        # The text holds everything else, so it alone is worth a word only when nothing else is named.
        named = [part for part in touched if part != "sql"] or ["text"]
        return Change("metadata", kind, name, version, f"{', '.join(named)} changed")
    return Change("unchanged", kind, name, version, "")


def _shortened(reasons: tuple[str, ...], shown: int = 6) -> str:
    rest = len(reasons) - shown
    return ", ".join(reasons[:shown]) + (f" and {rest} more" if rest > 0 else "")


def _metadata(definition: Source | Table | Target) -> dict[str, Any]:
    """Return what the catalog shows of a definition and its content hash leaves out."""
    common = {"description": definition.description, "sql": definition.sql}
    if isinstance(definition, Source | Table):
        return common
    described = {column.name: column.description for column in columns_of(definition)}
    return {"owner": definition.owner, "tags": ", ".join(definition.tags), "feature descriptions": described, **common}


def _stored_sources(connection: sqlite3.Connection) -> Iterator[tuple[str, _Stored]]:
    query = (
        "SELECT s.name, s.kind, s.hash, s.description, s.sql, d.content"
        " FROM sources s JOIN definitions d ON d.name = s.name AND d.hash = s.hash WHERE s.live"
    )
    for name, kind, hash, description, sql, text in connection.execute(query):
        yield name, _Stored(kind, hash, None, {"description": description, "sql": sql}, json.loads(text))


def _stored_targets(connection: sqlite3.Connection) -> Iterator[tuple[str, _Stored]]:
    described: dict[str, dict[str, str]] = {}
    for view, feature, description in connection.execute("SELECT view, feature, description FROM live_features"):
        described.setdefault(view, {})[feature] = description
    query = (
        "SELECT v.name, v.kind, v.hash, v.version, v.owner, v.tags, v.description, v.sql, d.content"
        " FROM views v JOIN definitions d ON d.name = v.name AND d.hash = v.hash WHERE v.live"
    )
    for name, kind, hash, version, owner, tags, description, sql, text in connection.execute(query):
        metadata = {"owner": owner, "tags": tags, "description": description, "sql": sql}
        metadata["feature descriptions"] = described.get(name, {})
        yield name, _Stored(kind, hash, version, metadata, json.loads(text))
