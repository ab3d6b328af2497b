"""Rows on their way into the store: files of the offline store, counts, and the newest of each entity online."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sqlite3

import pyarrow as pa
import pyarrow.compute as pc

from ...catalog import statistics
from . import offline, online
from .datasets import Dataset
from .layout import Layout
from .ledger import Output
from .offline import Draft
from .online_backlog import OnlineBacklog
from .written import DELETED, REVISION


def drafts_of(epoch: int, dataset: Dataset, rows: pa.Table) -> list[Draft]:
    """Return the files of rows of a view or service; a row that no event drives carries no origin."""
    if not dataset.from_events:
        rows = rows.drop_columns(["_partition", "_offset"])
    return offline.drafts(epoch, dataset.name, dataset.folder, dataset.time, rows, dataset.partition)


def stage_rows(layout: Layout, epoch: int, dataset: Dataset, rows: pa.Table) -> list[Output]:
    """Write the rows of a view or service to staging."""
    return offline.stage(layout, drafts_of(epoch, dataset, rows))


def note_rows(
    store: sqlite3.Connection, epoch: int, dataset: Dataset, rows: pa.Table, backlog: OnlineBacklog
) -> None:  # fmt: skip
    """Count written rows, inside the caller's transaction, and hand the newest of each entity to ``backlog``."""
    counted = rows
    if dataset.revised:
        counted = rows.filter(pc.equal(rows.column(REVISION), 0))
        gone = rows.filter(rows.column(DELETED))
        online.forget(store, dataset.name, dataset.version, dataset.entity, dataset.time, gone)
        rows = rows.filter(pc.invert(rows.column(DELETED)))
    statistics.count(store, dataset.name, dataset.version, epoch, counted, dataset.time)
    backlog.add(epoch, dataset, rows)
