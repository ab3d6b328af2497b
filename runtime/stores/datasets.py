"""The live datasets of a project: what each view, service, stream and late stream writes, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...features_sql.accepting import is_revised
from ...features_sql.definitions import Definitions, Partition, Stream
from ...features_sql.program import ORIGIN
from ..sources.lateness import BEGINNING
from .offline import live_folder


@dataclass(frozen=True)
class Dataset:
    """Rows of one version: its folder (relative to the store, divided by ``partition``), entity and time columns.

    ``watermark``: every instant below it (µs) is written. ``from_events``: an event drives each row.
    ``on_arrival``: rows are written as events arrive, also such as lie past ``watermark``.
    ``revised``: rows may be written again, with ``_revision`` counting from 0 and ``_deleted``.
    """

    name: str
    version: int
    folder: str
    entity: tuple[str, ...]
    time: str
    watermark: int
    from_events: bool
    partition: Partition
    revised: bool
    on_arrival: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that tell a written row from every other, whatever its revision."""
        return (*self.entity, self.time, *(ORIGIN if self.from_events else ()))


def describe(definitions: Definitions, versions: Mapping[str, int]) -> dict[str, Dataset]:
    """Return every view, service and stream as a dataset that holds nothing yet."""
    writing = (*definitions.views.values(), *definitions.services.values(), *definitions.streams.values())
    driving = [(target, definitions.driver(target)) for target in writing]
    return {
        target.name: Dataset(
            target.name,
            versions[target.name],
            live_folder(target.name, versions[target.name]),
            tuple(column.name for column in view.entity),
            view.time,
            BEGINNING,
            view.emit.from_events,
            target.partition,
            is_revised(definitions, target),
            view.emit.kind == "immediately" and not isinstance(target, Stream),
        )
        for target, view in driving
    }


def load(connection: sqlite3.Connection, definitions: Definitions, versions: Mapping[str, int]) -> dict[str, Dataset]:
    """Return every view, service and stream with the folder and watermark that the ledger holds for this version."""
    held = {row[0]: row[1:] for row in connection.execute("SELECT name, version, folder, watermark FROM live")}
    found: dict[str, Dataset] = {}
    for name, fresh in describe(definitions, versions).items():
        version, folder, watermark = held.get(name, (None, "", BEGINNING))
        if version == fresh.version:
            fresh = replace(fresh, folder=folder, watermark=watermark)
        found[name] = fresh
    return found


def save(connection: sqlite3.Connection, name: str, version: int, folder: str, watermark: int) -> None:
    """Make a version live, inside the caller's transaction."""
    connection.execute("INSERT OR REPLACE INTO live VALUES (?, ?, ?, ?)", (name, version, folder, watermark))


def advance(connection: sqlite3.Connection, names: list[str], watermark: int) -> None:
    """Note that every instant below ``watermark`` is written, inside the caller's transaction."""
    connection.executemany(
        "UPDATE live SET watermark = max(watermark, ?) WHERE name = ?", [(watermark, name) for name in names]
    )
