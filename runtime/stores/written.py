"""The written rows of a dataset, as its offline store holds them, and of revisions the newest."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.names import quote
from ..duck import query
from ..sources.lateness import BEGINNING
from . import offline
from .datasets import Dataset
from .layout import Layout

REVISION, DELETED = "_revision", "_deleted"


def placed_rows(layout: Layout, dataset: Dataset, since: int = BEGINNING) -> pa.Table:
    """Return every placed row of a dataset, in order of month and epoch; of months past ``since`` (µs) only."""
    files = offline.files_of(layout, dataset.folder)
    if since > BEGINNING:
        first = offline.date_of(since, dataset.partition)
        files = [path for path in files if path.parent.name.removeprefix("_date=") >= first]
    parts = [offline.read_file(path) for path in files]
    return pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({})


def written_rows(connection: duckdb.DuckDBPyConnection, layout: Layout, dataset: Dataset) -> pa.Table:
    """Return the written rows of a dataset; where rows are revised, the newest of each that is not deleted."""
    rows = placed_rows(layout, dataset)
    if not dataset.revised or not len(rows):
        return rows
    newest = newest_revisions(connection, dataset, rows)
    return newest.filter(pc.invert(newest.column(DELETED))).drop_columns([REVISION, DELETED])


def newest_revisions(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: pa.Table) -> pa.Table:
    """Return the newest revision of each written row, deleted ones too, in the order of ``rows``."""
    same = ", ".join(quote(name) for name in dataset.identity)
    numbered = "SELECT *, row_number() OVER () AS _place FROM _written"
    newest = f"row_number() OVER (PARTITION BY {same} ORDER BY {REVISION} DESC, _place DESC) = 1"
    sql = f"SELECT * EXCLUDE (_place) FROM ({numbered}) QUALIFY {newest} ORDER BY _place"
    return query(connection, sql, {"_written": rows}).cast(rows.schema)


def first_written(rows: pa.Table) -> pa.Table:
    """Return the rows that are written for the first time; all of them where none is revised."""
    return rows.filter(pc.equal(rows.column(REVISION), 0)) if REVISION in rows.column_names else rows


def first_revisions(rows: pa.Table) -> pa.Table:
    """Return rows as they are written for the first time."""
    rows = rows.append_column(REVISION, pa.array(np.zeros(len(rows), np.int64)))
    return rows.append_column(DELETED, pa.array(np.zeros(len(rows), np.bool_)))
