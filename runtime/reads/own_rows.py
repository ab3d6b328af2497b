"""Spines over a view that leaves out the current row: the primary key says which event each row of the spine is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Definitions, Source, View
from ...features_sql.errors import ReadError
from ...features_sql.names import quote
from ..batch import Batch
from ..duck import query
from ..live_view import Probes
from ..source_schema import source_schema
from ..workplace import Workplace


def needs_own_rows(driver: View) -> bool:
    """Tell whether what a driving view says at an instant depends on which event is the current row."""
    return not program.is_stored(driver) and any(window.exclude == "row" for window in driver.windows)


def require_primary_key(definitions: Definitions, driver: View, spine: pa.Table) -> None:
    """Raise ReadError for a spine that does not say which event each of its rows is."""
    if driver.emit.kind == "immediately":
        raise ReadError(
            f"view {driver.name} excludes the current row and is written IMMEDIATELY: a spine cannot say what had "
            "arrived by then; EXCLUDE CURRENT GROUP can be read at any instant"
        )
    source = definitions.upstream(driver)
    key = source.primary_key if isinstance(source, Source) else ()
    if not key:
        raise ReadError(
            f"view {driver.name} excludes the current row, and {source.name} has no PRIMARY KEY by which a spine could "
            "name it; EXCLUDE CURRENT GROUP can be read at any instant"
        )
    missing = [name for name in key if name not in spine.column_names]
    if missing:
        raise ReadError(
            f"view {driver.name} excludes the current row, so the spine must have the primary key of {source.name}: "
            f"{', '.join(missing)} is missing; it has: {', '.join(spine.column_names)}"
        )


def with_own_rows(
    place: Workplace, batch: Batch, driver: View, spine: pa.Table, probes: Probes, answer: pa.Table
) -> pa.Table:
    """Return ``answer`` with each row replaced by that of the event which the spine names there.

    A spine's row is the event of its entity, its time and its primary key; where there is none, no row is left out.
    """
    source = place.definitions.sources[driver.source]
    own = batch.view_at_rows(driver, probes.keys)
    own = own.append_column("_place", pa.array(np.arange(len(own))))
    types = {field.name: field.type for field in source_schema(place.definitions, source.name)}
    asked = probes.keys.append_column("_t", pa.array(probes.times))
    asked = asked.append_column("_row", pa.array(np.arange(len(asked))))
    for name in source.primary_key:
        asked = asked.append_column(f"_key_{name}", _cast(spine, name, types[name]))
    relations = {"_spine": asked, "_events": batch.events(source.name), "_own": own}
    found = query(place.duck, places_sql(driver, source), relations)
    chosen = np.arange(len(own), len(own) + len(answer))
    chosen[found.column("_row").to_numpy()] = found.column("_place").to_numpy()
    own = own.select(answer.column_names)
    return pa.concat_tables([own, answer.cast(own.schema)]).take(pa.array(chosen))


def _cast(spine: pa.Table, name: str, type: pa.DataType) -> pa.ChunkedArray:
    try:
        return spine.column(name).cast(type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReadError(f"the spine's column {name} must be {type}: {error}") from error


def places_sql(driver: View, source: Source) -> str:
    """Return the query for the place in ``_own`` (the view at its events) of the event that each ``_spine`` row names.

    ``_events`` are the source's. A key that stands on several events of one time names the last.
    """
    pairs = [(f"s.{quote(f'_key_{name}')}", f"e.{quote(name)}") for name in source.primary_key]
    pairs += [
        (f"s.{key}", f"o.{quote(column.name)}")
        for key, column in zip(program.key_columns(driver), driver.entity, strict=True)
    ]
    same = " AND ".join(f"{left} = {right}" for left, right in pairs)
    return (
        f"SELECT s._row, o._place FROM _spine s JOIN _events e ON epoch_us(e.{quote(source.time)}) = s._t "
        f"JOIN _own o ON o._partition = e._partition AND o._offset = e._offset AND {same} "
        "QUALIFY row_number() OVER (PARTITION BY s._row ORDER BY o._i DESC) = 1"
    )
