"""What the catalog knows about models: a line about each, and everything about one."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from ..features_sql.errors import ReadError
from . import trained
from .names import hint
from .trained import Learning, TrainedVersion


@dataclass(frozen=True)
class ModelEntry:
    """One line of the list of models.

    ``base`` is the model that it corrects, "" for none; ``algorithm`` is LightGBM or what learns online; ``version``
    is the trained one that serves, None where there is none. ``learning`` is None before the first epoch.
    """

    name: str
    service: str
    base: str
    algorithm: str
    version: int | None
    learning: Learning | None
    description: str


@dataclass(frozen=True)
class ModelCard:
    """Everything about one model: ``features`` are fed, in order; ``scores`` and what follows as ``trained`` has it."""

    entry: ModelEntry
    target: str
    labels: str
    keys: tuple[str, ...]
    within_us: int
    features: tuple[str, ...]
    settings: dict[str, Any]
    versions: tuple[TrainedVersion, ...]
    scores: tuple[dict[str, Any], ...]
    comparisons: tuple[dict[str, Any], ...]
    points: dict[str, list[dict[str, Any]]]
    events: tuple[dict[str, Any], ...]
    sql: str


_LIVE = (
    "SELECT v.name, v.source, v.description, v.sql, d.content FROM views v"
    " JOIN definitions d ON d.name = v.name AND d.hash = v.hash WHERE v.live AND v.kind = 'model' ORDER BY v.name"
)


def entries(connection: sqlite3.Connection) -> tuple[ModelEntry, ...]:
    """Return a line for each live model, by name."""
    learning = trained.learning(connection)
    serving = dict(connection.execute("SELECT model, version FROM model_versions WHERE live"))
    found: list[ModelEntry] = []
    for name, service, description, _, text in connection.execute(_LIVE).fetchall():
        content = json.loads(text)
        base = next(iter(content["base"]), "")
        algorithm = content["settings"].get("algorithm", "LightGBM")
        found.append(
            ModelEntry(name, service, base, algorithm, serving.get(base or name), learning.get(name), description)
        )
    return tuple(found)


def show(connection: sqlite3.Connection, name: str) -> ModelCard:
    """Return everything known about a live model; raises ReadError for a name that the catalog does not hold."""
    known = {entry.name: entry for entry in entries(connection)}
    if name not in known:
        raise ReadError(f"there is no model {name!r}{hint(name, known)}")
    rows = {row[0]: row for row in connection.execute(_LIVE).fetchall()}
    *_, sql, text = rows[name]
    content = json.loads(text)
    return ModelCard(
        entry=known[name],
        target=content["target"][0],
        labels=next(iter(content["labels"])),
        keys=tuple(content["keys"]),
        within_us=content["within"],
        features=tuple(feature[0] for feature in content["features"]),
        settings=content["settings"],
        versions=trained.versions(connection, known[name].base or name),
        scores=tuple(trained.scores(connection, name)),
        comparisons=tuple(trained.comparisons(connection, name)),
        points=trained.points(connection, name),
        events=tuple(trained.events(connection, name)),
        sql=sql,
    )
