"""Snapshots of a group's state: immutable Arrow files that a commit names."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa

from . import failpoints
from .durable import read_arrow, sync_folder, write_arrow
from .layout import Layout

FORMAT = 1
KEPT = 2


def stamp(versions: dict[str, int]) -> str:
    """Return what a snapshot must have been made by to be read: view versions, state format, DuckDB version."""
    made_by = json.dumps([FORMAT, duckdb.__version__, sorted(versions.items())])
    return hashlib.sha256(made_by.encode()).hexdigest()[:32]


def write(layout: Layout, group: str, epoch: int, tables: dict[str, pa.Table]) -> str:
    """Write the tables of a snapshot and return its path relative to the store; no commit names it yet."""
    path = Path("state") / f"{group}-{epoch:08d}"
    folder = layout.store / path
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names: dict[str, str] = {}
    for number, (name, table) in enumerate(sorted(tables.items())):
        failpoints.reach("snapshot")
        names[name] = f"{number:04d}.arrow"
        write_arrow(folder / names[name], table)
    index = pa.table({"name": list(names), "file": list(names.values())})
    write_arrow(folder / "index.arrow", index)
    sync_folder(folder.parent)
    return str(path)


def read(layout: Layout, path: str) -> dict[str, pa.Table]:
    """Return the tables of a snapshot; raises StoreError for a damaged file."""
    folder = layout.store / path
    index = read_arrow(folder / "index.arrow").to_pylist()
    return {entry["name"]: read_arrow(folder / entry["file"]) for entry in index}


def newest(connection: sqlite3.Connection, group: str, stamped: str) -> tuple[int, str] | None:
    """Return (epoch, path) of the newest snapshot with this stamp, or None."""
    return connection.execute(
        "SELECT epoch, path FROM snapshots WHERE source_group = ? AND stamp = ? ORDER BY epoch DESC LIMIT 1",
        (group, stamped),
    ).fetchone()


def remember(connection: sqlite3.Connection, group: str, epoch: int, stamped: str, path: str) -> None:
    """Name a snapshot, inside the caller's transaction."""
    connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", (epoch, group, stamped, path))


def forget_old(layout: Layout, connection: sqlite3.Connection) -> None:
    """Remove all but the newest snapshots of each group, and folders that no commit names."""
    rows = connection.execute("SELECT source_group, epoch, path FROM snapshots ORDER BY epoch DESC").fetchall()
    kept: dict[str, list[str]] = {}
    for group, epoch, path in rows:
        if len(kept.setdefault(group, [])) < KEPT:
            kept[group].append(path)
        else:
            connection.execute("DELETE FROM snapshots WHERE source_group = ? AND epoch = ?", (group, epoch))
    named = {path for paths in kept.values() for path in paths}
    for folder in layout.state.iterdir() if layout.state.exists() else ():
        if str(folder.relative_to(layout.store)) not in named:
            shutil.rmtree(folder, ignore_errors=True)
