"""Whole rows that a read brings along: each is the current row of its read, counts like an event, and is not stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Definitions, Source, View
from ...features_sql.errors import ReadError
from ..live_view import CURRENT
from ..sources.decode import Decoder
from ..workplace import Workplace


def whole_source(definitions: Definitions, driver: View, keys: Sequence[Mapping[str, object]]) -> Source | None:
    """Return the source of which every key is a whole row; None where they are not, or no event drives the view.

    Its event time may be left out where it is not computed: the row's time is then the instant of the read.
    """
    source = _source(definitions, driver)
    if source is None or not keys or any(_missing(source, key) for key in keys):
        return None
    return source


def missing_of_row(definitions: Definitions, driver: View, name: str, keys: Sequence[Mapping[str, object]]) -> str:
    """Return what to say where ``name`` would belong to a whole row that lacks columns; nothing where it would not."""
    source = _source(definitions, driver)
    if source is None or name not in {column.name for column in source.columns}:
        return ""
    missing = _missing(source, keys[0])
    return f"; a whole row of {source.name} would count as an event: it lacks {', '.join(missing)}" if missing else ""


def current_row(place: Workplace, source: Source, key: Mapping[str, object], instant: int) -> pa.Table:
    """Return the event that a whole row is; its offset says that it comes after all others of its time.

    Raises ReadError for a value that is not of its column's type.
    """
    values = {source.time: np.datetime64(instant, "us").astype(object)} | dict(key)
    names = [column.name for column in source.columns if column.computed is None]
    raw = pa.table({name: _array(values[name]) for name in names} | {"_offset": pa.array([CURRENT])})
    decoded = Decoder(source.columns, source.time, place.duck, source.name).decode(raw)
    for rejected in decoded.rejected:
        raise ReadError(f"the row that is given is no event of {source.name}: {rejected.reason}")
    return decoded.rows


def _source(definitions: Definitions, driver: View) -> Source | None:
    """The source whose events drive a view; None where these are closes, or come from several branches.

    Nor is it one where they are rows written on arrival: what a read brings along does not arrive.
    """
    if driver.union is not None:
        return None
    below = definitions.relation(driver.source)
    if isinstance(below, Source):
        return below
    follows = program.is_event_driven(below) and below.emit.kind != "immediately"
    return _source(definitions, below) if follows else None


def _missing(source: Source, key: Mapping[str, object]) -> list[str]:
    wanted = [column.name for column in source.columns if column.computed is None and column.name != source.time]
    return [name for name in wanted if name not in key]


def _array(value: object) -> pa.Array:
    if value is None:
        return pa.nulls(1, pa.string())
    if isinstance(value, list | dict):
        return pa.array([json.dumps(value, default=str)])
    return pa.array([value])
