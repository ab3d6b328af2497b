"""Push: hand events in to a source that keeps its own log."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa

from ...catalog.names import hint
from ...features_sql.definitions import Definitions, FilesConnector, PushConnector, Source
from ...features_sql.errors import SourceError
from ...features_sql.source_options import FORMATS
from ..stores.layout import Layout
from . import bell
from .event_log import EventLog
from .file_feed import ALL_ROWS
from .files import FilesReader, Position, identify
from .quarantine import Rejected


@dataclass(frozen=True)
class Pushed:
    """Rows that are in the log of ``source`` now, at offsets ``first`` to ``first + rows - 1``."""

    source: str
    rows: int
    first: int


def push(layout: Layout, source: Source, rows: pa.Table, rejected: Sequence[Rejected] = ()) -> Pushed:
    """Append rows to a source's log: all of them are on disk when this returns, or none is.

    ``rows`` have the declared columns that are not computed, in any types that can be cast to the declared ones;
    a row that cannot is quarantined when it is read. Other columns are left out. ``rejected`` stood among the rows
    and could not be read; the offset of each counts from the first row. A run that waits for events reads them at once.
    Raises SourceError for a missing column.
    """
    held = shaped(source, rows)
    total = len(rows) + len(rejected)
    log = _log(layout.events(source.name))
    if not total:
        log.look()
        return Pushed(source.name, 0, log.end)
    segment = log.append(held, rejected)
    bell.ring(layout.bell)
    return Pushed(source.name, total, segment.first)


@lru_cache(maxsize=64)
def _log(folder: Path) -> EventLog:
    """Return the log in a folder, the same one each time: it does not look again at segments that it knows."""
    return EventLog(folder)


# A thread of the process that forks may be pushing right then.
os.register_at_fork(after_in_child=_log.cache_clear)


def shaped(source: Source, rows: pa.Table) -> pa.Table:
    """Return the columns of ``rows`` that a source declares; raises SourceError for one that is missing."""
    wanted = [column.name for column in source.columns if column.computed is None]
    for name in wanted:
        if name not in rows.column_names:
            known = hint(name, rows.column_names)
            raise SourceError(f"what is pushed to {source.name} must have a column {name}{known}")
    held = rows.select(wanted)
    for place, field in enumerate(held.schema):
        if pa.types.is_null(field.type):
            held = held.set_column(place, field.name, pa.nulls(len(held), pa.string()))
    return held


def push_source(definitions: Definitions, name: str) -> Source:
    """Return the source with this name; raises SourceError for one that is not there or not pushed to."""
    pushed = [one.name for one in definitions.sources.values() if isinstance(one.connector, PushConnector)]
    if name not in definitions.sources:
        raise SourceError(f"there is no source {name!r}{hint(name, pushed)}")
    source = definitions.sources[name]
    if name not in pushed:
        raise SourceError(
            f"source {name} reads {source.connector.kind}: events are pushed to a source with 'connector' = 'push'"
        )
    return source


def table_of(data: object) -> pa.Table:
    """Return a table, a frame with the Arrow C interface, or a list of mappings as a table; raises SourceError."""
    try:
        if isinstance(data, pa.Table):
            return data
        if isinstance(data, list):
            rows = cast("list[dict[str, object]]", data)
            # from_pylist knows the first row's names alone.
            names = dict.fromkeys(name for row in rows for name in row)
            return pa.table({name: _column([row.get(name) for row in rows]) for name in names})
        return pa.table(data)
    except UnicodeEncodeError as error:
        raise SourceError("what is pushed holds half of a surrogate pair, which no text may") from error
    except (pa.ArrowException, TypeError, AttributeError) as error:
        raise SourceError(f"what is pushed must be a table or a list of rows: {error}") from error


def _column(values: list[object]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        # They are of several kinds, or large: what of them fits is told where they are read, one by one.
        return pa.array([text_of(value) for value in values], pa.string())


def text_of(value: object) -> str | None:
    """Return a value as a file of JSON lines would have it as text."""
    if isinstance(value, bool | int | float | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return None if value is None else str(value)


def read_rows(source: Source, path: Path) -> tuple[pa.Table, list[Rejected]]:
    """Return the rows of a file as its source would read them, and those that cannot be read.

    The file's ending tells its format. Raises ValueError for another ending, SourceError for a file that cannot be
    read or lacks a column.
    """
    format = FORMATS.get(path.suffix.lower())
    if format is None:
        raise ValueError(f"{path} must end in {', '.join(FORMATS)}")
    whole = path.absolute()
    if not whole.is_file():
        raise SourceError(f"{path} is no file")
    reader = FilesReader(replace(source, connector=FilesConnector(whole.name, format)), whole.parent)
    reader.set_files([identify(source.name, 0, whole.name, whole.parent)])
    parts: list[pa.Table] = []
    rejected: list[Rejected] = []
    at = Position(0, 0)
    while (raw := reader.read(at, ALL_ROWS)).end != at:
        parts.append(raw.rows)
        rejected += raw.rejected
        at = raw.end
    rows = pa.concat_tables(parts) if parts else raw.rows
    offsets = rows.column("_offset").to_numpy()
    # Blank lines have numbers too, but no place among the rows.
    ranked = [
        replace(row, offset=int(np.searchsorted(offsets, row.offset)) + before) for before, row in enumerate(rejected)
    ]
    return rows.drop_columns(["_offset"]), ranked
