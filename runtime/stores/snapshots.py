"""Snapshots of a group's state: immutable Arrow files that a commit names, with their checksums."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ...catalog.database import transaction
from ...features_sql.errors import StoreError
from .. import failpoints
from .durable import checksum, make_folder, read_arrow, write_arrow
from .layout import Layout

FORMAT = 6
KEPT = 2
INDEX = "index.arrow"


@dataclass(frozen=True)
class Snapshot:
    """A group's state after ``epoch``: a folder (relative to the store) whose index has this checksum."""

    epoch: int
    path: str
    sha256: str


def stamp(versions: dict[str, int]) -> str:
    """Return what a snapshot must have been made by to be read: view versions, state format, DuckDB version."""
    made_by = json.dumps([FORMAT, duckdb.__version__, sorted(versions.items())])
    return hashlib.sha256(made_by.encode()).hexdigest()[:32]


def write(layout: Layout, group: str, epoch: int, tables: dict[str, pa.Table]) -> Snapshot:
    """Write the tables of a snapshot into a folder of its own; no commit names it yet."""
    path = Path("state") / f"{group}-{epoch:08d}-{uuid.uuid4().hex[:8]}"
    folder = layout.store / path
    make_folder(folder)
    index: list[dict[str, str]] = []
    for number, (name, table) in enumerate(sorted(tables.items())):
        failpoints.reach("snapshot")
        file = folder / f"{number:04d}.arrow"
        write_arrow(file, table)
        index.append({"name": name, "file": file.name, "sha256": checksum(file)})
    schema = pa.schema([(column, pa.string()) for column in ("name", "file", "sha256")])
    write_arrow(folder / INDEX, pa.Table.from_pylist(index, schema))
    return Snapshot(epoch, str(path), checksum(folder / INDEX))


def read(layout: Layout, snapshot: Snapshot) -> dict[str, pa.Table]:
    """Return the tables of a snapshot; raises StoreError naming the file that is damaged or missing."""
    folder = layout.store / snapshot.path
    index = _checked(folder / INDEX, snapshot.sha256).to_pylist()
    return {entry["name"]: _checked(folder / entry["file"], entry["sha256"]) for entry in index}


def _checked(path: Path, sha256: str) -> pa.Table:
    if not path.exists():
        raise StoreError(f"{path} is missing")
    if checksum(path) != sha256:
        raise StoreError(f"{path} is damaged: its bytes are not the ones that were written")
    return read_arrow(path)


def found(connection: sqlite3.Connection, group: str, stamped: str) -> list[Snapshot]:
    """Return the snapshots of a group with this stamp, newest first."""
    sql = "SELECT epoch, path, sha256 FROM snapshots WHERE source_group = ? AND stamp = ? ORDER BY epoch DESC"
    return [Snapshot(*row) for row in connection.execute(sql, (group, stamped))]


def remember(connection: sqlite3.Connection, group: str, stamped: str, snapshot: Snapshot) -> None:
    """Name a snapshot, inside the caller's transaction."""
    row = (snapshot.epoch, group, stamped, snapshot.path, snapshot.sha256)
    connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", row)


def forget_old(layout: Layout, connection: sqlite3.Connection) -> None:
    """Remove all but the newest snapshots of each group, and folders that no commit names."""
    rows = connection.execute("SELECT source_group, epoch, path FROM snapshots ORDER BY epoch DESC").fetchall()
    kept: dict[str, list[str]] = {}
    old: list[tuple[str, int]] = []
    for group, epoch, path in rows:
        if len(kept.setdefault(group, [])) < KEPT:
            kept[group].append(path)
        else:
            old.append((group, epoch))
    if old:
        with transaction(connection):
            connection.executemany("DELETE FROM snapshots WHERE source_group = ? AND epoch = ?", old)
    named = {path for paths in kept.values() for path in paths}
    for folder in layout.state.iterdir() if layout.state.exists() else ():
        if str(folder.relative_to(layout.store)) not in named:
            shutil.rmtree(folder, ignore_errors=True)
