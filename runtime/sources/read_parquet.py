"""Parquet files: typed columns, read one row group at a time."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...features_sql.errors import SourceError
from .records import FileRequest, Records, missing_column, row_as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH_ROWS = 65_536


def read(request: FileRequest) -> Iterator[Records]:
    """Yield the rows of a Parquet file, typed as the file types them; only the columns asked for are read.

    A row whose text is not valid UTF-8 is rejected; its bytes are a JSON object of its columns. Raises
    SourceError for a missing column, pa.ArrowException and OSError for a file that is no Parquet file.
    """
    names = [column.name for column in request.columns]
    with pq.ParquetFile(request.path, coerce_int96_timestamp_unit="us") as file:
        _check_columns(request, names, file.schema_arrow.names)
        first = 0
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if first + rows > request.start:
                yield from _group(file, group, names, first)
            first += rows


def _check_columns(request: FileRequest, names: list[str], present: list[str]) -> None:
    for name in names:
        if name not in present:
            raise missing_column(request, name, present)
        if present.count(name) > 1:
            raise SourceError(f"{request.name} has more than one column {name}")


def _group(file: pq.ParquetFile, group: int, names: list[str], first: int) -> Iterator[Records]:
    for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=names):
        rows = pa.Table.from_batches([batch]).select(names).replace_schema_metadata(None)
        bad = _invalid(rows, 0, rows.num_rows)
        good = np.delete(np.arange(rows.num_rows), bad)
        rejected = [(first + row, row_as_json(rows, row), _reason(rows, row)) for row in bad]
        whole = rows.take(pa.array(good)) if bad else rows
        yield Records(first, rows.num_rows, whole, good + first, rejected)
        first += rows.num_rows


def _invalid(rows: pa.Table, start: int, end: int) -> list[int]:
    """Return the rows from ``start`` to ``end`` that hold text which is not UTF-8."""
    if start == end:
        return []
    try:
        # A copy, since the text of lists is validated beyond the edges of a slice.
        part = rows if end - start == rows.num_rows else rows.take(pa.array(range(start, end)))
        part.validate(full=True)
    except pa.ArrowInvalid:
        if end - start == 1:
            return [start]
        middle = (start + end) // 2
        return _invalid(rows, start, middle) + _invalid(rows, middle, end)
    return []


def _reason(rows: pa.Table, row: int) -> str:
    one = rows.take(pa.array([row]))
    bad = [name for name in rows.column_names if _invalid(one.select([name]), 0, 1)]
    return f"{', '.join(bad)} is not valid UTF-8"
