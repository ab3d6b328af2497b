"""Rows of one file as its reader hands them on, before they are given offsets and types."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import bisect
import difflib
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
import pyarrow as pa

from ...features_sql.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ...features_sql.definitions import FilesConnector, SourceColumn


@dataclass(frozen=True)
class FileRequest:
    """What to read: the columns ``columns`` of the file ``path``, from row ``start`` on.

    ``name`` is how errors call the file. ``required`` are the columns without which no row is an event.
    """

    name: str
    path: Path
    columns: tuple[SourceColumn, ...]
    required: frozenset[str]
    connector: FilesConnector
    start: int


@dataclass(frozen=True)
class Records:
    """The rows numbered ``first`` to ``first + count - 1`` of a file.

    ``rows`` are the whole ones, with the requested columns in order; ``numbers`` are their numbers,
    ascending. ``rejected`` holds (number, raw bytes, reason) of the others, by number; a blank line is in neither.
    """

    first: int
    count: int
    rows: pa.Table
    numbers: NDArray[np.int64]
    rejected: Sequence[tuple[int, bytes, str]] = ()

    def between(self, first: int, end: int) -> Records:
        """Return the part with numbers from ``first`` (inclusive) to ``end`` (exclusive)."""
        first, end = max(first, self.first), min(end, self.first + self.count)
        low, high = (int(place) for place in np.searchsorted(self.numbers, (first, end)))
        lowest, highest = (bisect.bisect_left(self.rejected, number, key=lambda row: row[0]) for number in (first, end))
        return Records(
            first,
            max(end - first, 0),
            self.rows.slice(low, max(high - low, 0)),
            self.numbers[low:high],
            self.rejected[lowest:highest],
        )


def open_bytes(path: Path) -> BinaryIO:
    """Open a file to read its bytes, unpacked where its name ends in ``.gz``; raises OSError."""
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def row_as_json(rows: pa.Table, row: int) -> bytes:
    """Return a row as a JSON object: numbers, texts and NULLs as they are, all else as Python prints it."""
    values = {name: readable(rows.column(name)[row]) for name in rows.column_names}
    return json.dumps(values, default=str, ensure_ascii=False).encode("utf-8", "backslashreplace")


def readable(value: pa.Scalar) -> object:
    """Return the Python value of a scalar, as text where Python has no such value."""
    if value.is_valid and pa.types.is_timestamp(value.type) and value.type.unit == "ns":
        return value.cast(pa.string()).as_py()
    try:
        return value.as_py()
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "backslashreplace")
    except (ValueError, OverflowError, KeyError):
        # Years past 9999, nanoseconds within a list, unknown time zones.
        number = getattr(value, "value", None)
        return f"{value.type}" if number is None else f"{number} in {value.type}"


def missing_column(request: FileRequest, column: str, present: Sequence[str]) -> SourceError:
    """Return the error that says which column a file lacks, what it has instead, and the nearest name."""
    if not all(name.isprintable() for name in present):
        return SourceError(f"{request.name} has no column {column}; it has a first line that is not text")
    near = difflib.get_close_matches(column.lower(), [name.lower() for name in present], n=1, cutoff=0.6)
    message = f"{request.name} has no column {column}; it has {', '.join(map(_shown, present)) or 'none'}"
    if near:
        message += f"; did you mean {_shown(next(name for name in present if name.lower() == near[0]))}?"
    return SourceError(message)


def _shown(name: str) -> str:
    """A name in quotes where blanks around it would not be seen."""
    return name if name == name.strip() else f'"{name}"'
