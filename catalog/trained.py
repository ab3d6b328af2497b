"""Trained versions of models, and what models have learned since, as tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class TrainedVersion:
    """One trained version; ``first_us`` and ``last_us`` are the instants of its rows, ``importances`` by gain."""

    model: str
    version: int
    parent: int | None
    live: bool
    rows_fit: int
    rows_valid: int
    rows_dropped: int
    first_us: int
    last_us: int
    metrics: Mapping[str, float]
    created_at: str
    importances: Sequence[tuple[str, float, int]]


@dataclass(frozen=True)
class Learning:
    """How far a model has learned at the commit of an epoch. Always scored = learned + withheld + expired + pending.

    ``counts`` holds these and what else the label join counts; ``weights`` are the mixture's, by arm.
    """

    model: str
    epoch: int
    scored: int
    learned: int
    withheld: int
    expired: int
    pending: int
    counts: Mapping[str, int]
    weights: Mapping[str, float]
    state: str


def record_version(connection: sqlite3.Connection, held: TrainedVersion) -> None:
    """Write a trained version inside the caller's transaction; a live one is the only live one."""
    rows = (held.rows_fit, held.rows_valid, held.rows_dropped, held.first_us, held.last_us)
    connection.execute(
        "INSERT OR REPLACE INTO model_versions VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
        (held.model, held.version, held.parent, *rows, json.dumps(dict(held.metrics)), held.created_at),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO model_features VALUES (?, ?, ?, ?, ?, ?)",
        [
            (held.model, held.version, name, position, gain, splits)
            for position, (name, gain, splits) in enumerate(held.importances)
        ],
    )
    if held.live:
        set_live(connection, held.model, held.version)


def set_live(connection: sqlite3.Connection, model: str, version: int) -> None:
    """Note which version serves, inside the caller's transaction."""
    connection.execute("UPDATE model_versions SET live = (version = ?) WHERE model = ?", (version, model))


def versions(connection: sqlite3.Connection, model: str) -> tuple[TrainedVersion, ...]:
    """Return a model's trained versions, oldest first."""
    found: list[TrainedVersion] = []
    for row in _named(connection.execute("SELECT * FROM model_versions WHERE model = ? ORDER BY version", (model,))):
        features = connection.execute(
            "SELECT feature, gain, splits FROM model_features WHERE model = ? AND version = ? ORDER BY position",
            (model, row["version"]),
        ).fetchall()
        known = {field.name for field in fields(TrainedVersion)}
        values = {name: value for name, value in row.items() if name in known}
        values |= {"live": bool(row["live"]), "metrics": json.loads(row["metrics"]), "importances": features}
        found.append(TrainedVersion(**values))
    return tuple(found)


def record_learning(connection: sqlite3.Connection, held: Learning) -> None:
    """Write how far a model has learned, inside the transaction that commits the epoch."""
    counts = (held.scored, held.learned, held.withheld, held.expired, held.pending)
    words = (json.dumps(dict(held.counts)), json.dumps(dict(held.weights)), held.state)
    connection.execute(
        "INSERT OR REPLACE INTO model_learning VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (held.model, held.epoch, *counts, *words),
    )


def learning(connection: sqlite3.Connection) -> dict[str, Learning]:
    """Return how far each live model has learned, by name."""
    sql = "SELECT l.* FROM model_learning l JOIN views v ON v.name = l.model AND v.live ORDER BY model"
    rows = _named(connection.execute(sql))
    return {
        row["model"]: Learning(**row | {name: json.loads(row[name]) for name in ("counts", "weights")}) for row in rows
    }


def scores(connection: sqlite3.Connection, model: str) -> list[dict[str, Any]]:
    """Return month, arm, n and each measure by its name: how the arms did, each row before its label.

    A month is ``YYYY-MM``; ``all``, which comes last, is over all of them.
    """
    query = "SELECT month, arm, metric, n, value FROM model_scores WHERE model = ? ORDER BY month, rowid"
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for month, arm, metric, n, value in connection.execute(query, (model,)):
        found.setdefault((month, arm), {"month": month, "arm": arm, "n": n})[metric] = value
    return list(found.values())


def comparisons(connection: sqlite3.Connection, model: str) -> list[dict[str, Any]]:
    """Return how the arms compare: arm, against, n, effect, low, high, e, verdict, since_us, now.

    ``verdict`` was given once, at the first evidence; ``now`` is what the interval of all labels says.
    """
    rows = _named(connection.execute("SELECT * FROM model_comparisons WHERE model = ? ORDER BY rowid", (model,)))
    told = [{name: value for name, value in row.items() if name != "model"} for row in rows]
    return [row | {"now": _side(row["low"], row["high"])} for row in told]


def points(connection: sqlite3.Connection, model: str) -> dict[str, list[dict[str, Any]]]:
    """Return by arm how its comparison went, in order of labels: n, at_us, effect, low, high."""
    query = "SELECT arm, n, at_us, effect, low, high FROM model_comparison_points WHERE model = ? ORDER BY rowid"
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _named(connection.execute(query, (model,))):
        found.setdefault(row.pop("arm"), []).append(row)
    return found


def events(connection: sqlite3.Connection, model: str) -> list[dict[str, Any]]:
    """Return what befell a model, in order: epoch, at, kind, arm, detail, value."""
    query = "SELECT epoch, at, kind, arm, detail, value FROM model_events WHERE model = ? ORDER BY rowid"
    return _named(connection.execute(query, (model,)))


def _side(low: float, high: float) -> str:
    """Return on which side of zero an interval of what an arm gains lies."""
    return "better" if low > 0 else "worse" if high < 0 else "undecided"


def _named(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def replace_rows(connection: sqlite3.Connection, table: str, model: str, rows: Iterable[Sequence[Any]]) -> None:
    """Replace what a table of a model's measures holds of it, inside the caller's transaction."""
    connection.execute(f"DELETE FROM {table} WHERE model = ?", (model,))
    for row in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * (len(row) + 1))})", (model, *row))


def add_events(connection: sqlite3.Connection, epoch: int, model: str, rows: Iterable[Sequence[Any]]) -> None:
    """Add (at_us, kind, arm, detail, value) of what befell a model in an epoch, inside the caller's transaction."""
    connection.executemany(
        "INSERT INTO model_events (epoch, model, at_us, kind, arm, detail, value) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(epoch, model, *row) for row in rows],
    )


def forget(connection: sqlite3.Connection, model: str) -> None:
    """Forget what a model has learned, inside the caller's transaction: it learns again from the first epoch."""
    for table in ("model_learning", "model_scores", "model_comparisons", "model_comparison_points", "model_events"):
        connection.execute(f"DELETE FROM {table} WHERE model = ?", (model,))
