"""Rows that break a query, found and set aside so that the rest goes on."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ...features_sql.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Trouble of DuckDB itself or of the query: no single row is to blame.
NOT_ROWS = (
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.ConnectionException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.NotImplementedException,
)

_LONGEST_REASON = 500


@dataclass(frozen=True)
class Rejected:
    """A row that did not become an event: its offset, its bytes as far as they are known, and why."""

    offset: int
    raw: bytes
    reason: str


def bisect(run: Callable[[pa.Table], pa.Table], rows: pa.Table) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Run a query that treats each row by itself, without the rows that break it.

    Returns what ``run`` gives for the good rows, in order, and for each bad row its index in ``rows``
    and DuckDB's reason, by index. Raises StoreError when DuckDB fails for another cause than a row.
    """
    results: list[pa.Table] = []
    bad: list[tuple[int, str]] = []
    spans = [(0, rows.num_rows)]
    while spans:
        start, end = spans.pop()
        try:
            results.append(run(rows.slice(start, end - start)))
        except NOT_ROWS as error:
            raise failure(error) from error
        except duckdb.Error as error:
            if end - start == 0:
                raise failure(error) from error
            if end - start == 1:
                bad.append((start, reason(error)))
            else:
                middle = (start + end) // 2
                spans += [(middle, end), (start, middle)]
    if not results:
        # A query that fails over no rows, too, is itself at fault.
        return bisect(run, rows.slice(0, 0))[0], bad
    return results[0] if len(results) == 1 else pa.concat_tables(results).combine_chunks(), bad


def reason(error: BaseException) -> str:
    """Return the first line of DuckDB's message without the name of its error class."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"^[A-Z][A-Za-z -]* Error: ", "", first)[:_LONGEST_REASON]


def failure(error: duckdb.Error) -> StoreError:
    """Return the error to raise when DuckDB fails for another cause than a row."""
    return StoreError(f"DuckDB failed, and no single row is to blame: {reason(error)}")
