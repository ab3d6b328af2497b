"""Historical reads: a service at the rows of a spine, point in time, from history alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql import program
from ...features_sql.definitions import Column, Service, View
from ...features_sql.errors import ReadError
from ...features_sql.names import quote
from ..batch import Batch
from ..duck import arrow_schema
from ..live_view import Probes
from ..sources.records import readable
from ..sources.retention import past
from ..workplace import Workplace
from .own_rows import needs_own_rows, require_primary_key, with_own_rows
from .service_name import find_service


def historical_features(place: Workplace, spine: pa.Table, name: str, time: str | None = None) -> pa.Table:
    """Return the spine with the service's features beside it: its columns, row order and duplicates are kept.

    The spine has the driving view's entity columns and an instant per row: the column ``time``, else the
    driving view's event-time name, else ``as_of``. Any other column of the driving view is used as given. Where that
    view leaves out the current row, the primary key of its source says which event each row of the spine is.
    Raises ReadError for a missing column, a name clash, or an instant at or past the watermark.
    """
    service = find_service(place.definitions, name)
    driver = place.definitions.views[service.view]
    if needs_own_rows(driver):
        require_primary_key(place.definitions, driver, spine)
    batch = Batch(place, folded=True)
    column = _time_column(spine, driver, time)
    moments = _moments(spine, column)
    _refuse_future(place, batch, service, spine, column, moments)
    if len(moments):
        past(place.store, place.definitions, service).require(pc.min(moments).as_py(), "the spine")
    driving = _driving_rows(place, batch, driver, spine, column, moments)
    return _beside(spine, service, driver, batch.read(service, driving))


def _time_column(spine: pa.Table, driver: View, time: str | None) -> str:
    for name in (time,) if time is not None else (driver.time, "as_of"):
        if name in spine.column_names:
            return name
    wanted = time or f"{driver.time} or as_of"
    raise ReadError(f"the spine must have a time column {wanted}; it has: {', '.join(spine.column_names)}")


def _moments(spine: pa.Table, column: str) -> pa.ChunkedArray:
    values = spine.column(column)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        try:
            values = pc.cast(values, pa.timestamp("us"))
        except pa.ArrowInvalid as error:
            raise ReadError(f"the spine's column {column} must hold timestamps: {error}") from error
    if not pa.types.is_timestamp(values.type):
        raise ReadError(f"the spine's column {column} must be a TIMESTAMP; got {values.type}")
    if values.null_count:
        raise ReadError(f"the spine's column {column} must not hold NULL; {values.null_count} rows do")
    return pc.cast(pc.cast(values, pa.timestamp("us"), safe=False), pa.int64())


def _refuse_future(
    place: Workplace, batch: Batch, service: Service, spine: pa.Table, column: str, moments: pa.ChunkedArray
) -> None:
    watermark = batch.watermark(service.name)
    past = np.flatnonzero(moments.to_numpy() >= watermark)
    if len(past):
        value = readable(spine.column(column)[int(past[0])])
        raise ReadError(
            f"row {int(past[0])} of the spine asks for {value}, at or past the watermark; "
            "later events may still change it. Read it online, or run on"
        )


def _driving_rows(
    place: Workplace, batch: Batch, driver: View, spine: pa.Table, column: str, moments: pa.ChunkedArray
) -> pa.Table:
    """The driving view at each spine row; columns of it that the spine has are used as they are."""
    names = program.key_columns(driver)
    missing = [key.name for key in driver.entity if key.name not in spine.column_names]
    if missing:
        raise ReadError(f"the spine must have the entity column {missing[0]}; it has: {', '.join(spine.column_names)}")
    schema = arrow_schema([Column(name, key.type) for name, key in zip(names, driver.entity, strict=True)])
    keys = pa.table({f.name: _cast(spine, key, f.type) for f, key in zip(schema, driver.entity, strict=True)})
    probes = Probes(keys, moments.to_numpy())
    answer = driving_at(batch, driver, probes, strict=not needs_own_rows(driver))
    if needs_own_rows(driver):
        answer = with_own_rows(place, batch, driver, spine, probes, answer)
    rows = {name: answer.column(name) for name in answer.column_names}
    for held in driver.columns[len(driver.entity) + 1 :]:
        if held.name in spine.column_names and held.name != column:
            rows[held.name] = _cast(spine, held, answer.column(held.name).type)
    return pa.table(rows)


def driving_at(batch: Batch, driver: View, probes: Probes, *, scales: bool = False, strict: bool = False) -> pa.Table:
    """Return a driving view at each probe: its columns, the entity and instant being the probe's, and the origin.

    A row that cannot be computed is NULL in every other column; ``strict`` raises ReadError.
    """
    if program.is_stored(driver):
        answer = batch.stored_at(driver, probes, scales=scales)
    else:
        answer = batch.view_at(driver, probes, scales=scales, strict=strict)
    rows = {name: answer.column(name) for name in answer.column_names if name != "_i"}
    for key, name in zip(driver.entity, program.key_columns(driver), strict=True):
        rows[key.name] = probes.keys.column(name)
    rows[driver.time] = pc.cast(pa.chunked_array([pa.array(probes.times)]), pa.timestamp("us"))
    rows |= {name: rows.get(name, pa.nulls(len(probes.times), pa.int64())) for name in program.ORIGIN}
    return pa.table(rows)


def _cast(spine: pa.Table, column: Column, type: pa.DataType) -> pa.ChunkedArray:
    try:
        return spine.column(column.name).cast(type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        found = spine.column(column.name).type
        raise ReadError(f"the spine's column {column.name} must be {column.type}; got {found}: {error}") from error


def _beside(spine: pa.Table, service: Service, driver: View, features: pa.Table) -> pa.Table:
    """Return the spine and the features that it does not hold: a column of the driving view may stand in both."""
    same = {one.name for one in service.columns if one.sql == quote(f"{service.alias}.{one.name}")}
    lead = {*(key.name for key in driver.entity), driver.time}
    result = spine
    for name in features.column_names:
        if name in lead or (name in same and name in spine.column_names):
            continue
        if name in spine.column_names:
            raise ReadError(f"the spine's column {name} is also a feature of the service; rename it in the spine")
        result = result.append_column(name, features.column(name))
    return result
