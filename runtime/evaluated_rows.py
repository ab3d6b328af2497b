"""Evaluated rows: what the windows of a view came to, before its features are made of that."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, View
from .duck import arrow_schema
from .windows.keys import UNSEEN


def evaluated_schema(view: View) -> pa.Schema:
    """Return the schema of a view's evaluated rows: keys, ``_t``, ``_i``, the origin, row terms, measures."""
    keys = zip(program.key_columns(view), view.entity, strict=True)
    return arrow_schema(
        [
            *(Column(name, key.type) for name, key in keys),
            *(Column(name, "BIGINT") for name in ("_t", "_i", *program.ORIGIN)),
            *(Column(name, view.term(name).type) for name in program.row_terms(view)),
            *(Column(measure.id, measure.type) for measure in view.measures),
        ]
    )


def assemble(
    schema: pa.Schema, keys: pa.Table, times: npt.NDArray[np.int64], values: pa.Table, carried: pa.Table | None
) -> pa.Table:
    """Lay out evaluated rows for finish; a column that nobody supplies is NULL, ``_i`` the place of a row."""
    if not len(times):
        return schema.empty_table()
    given: dict[str, pa.ChunkedArray | pa.Array] = dict(zip(keys.column_names, keys.columns, strict=True))
    given |= {"_t": pa.array(times), "_i": pa.array(np.arange(len(times)))}
    for table in (values, carried):
        if table is not None:
            given |= dict(zip(table.column_names, table.columns, strict=True))
    columns = [given[f.name] if f.name in given else pa.nulls(len(times), f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def by_probe(finished: pa.Table, keys: pa.Table) -> pa.Table:
    """Return a row per probe, told by ``_i``: for a NULL key, or a row that failed, NULL in every column."""
    places = np.full(len(keys), UNSEEN, np.int64)
    places[finished.column("_i").to_numpy()] = np.arange(len(finished))
    for column in keys.columns:
        places[np.asarray(column.is_null())] = UNSEEN
    return finished.take(pa.array(places, mask=places == UNSEEN))
