"""Questions to the catalog in SQL: read only, on the tables that headrace itself reads."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..features_sql.errors import ReadError
from .database import connect, store_errors
from .names import hint

_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_UNKNOWN = re.compile(r"no such (table|column): (?:\w+\.)?(\w+)")
_PYTHON_EVERY = 100_000


@dataclass(frozen=True)
class Answer:
    """The result of a query: column names, and rows in the order the query gives."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def query(path: Path, sql: str) -> Answer:
    """Answer one SELECT over the database at ``path``, on a connection that can write nothing.

    Raises ReadError for anything but one SELECT, for a syntax error, and for an unknown table or
    column with the nearest name; StoreError for a file that cannot be read.
    """
    with closing(connect(path, readonly=True)) as connection, store_errors(path):
        columns = _columns(connection)
        connection.set_authorizer(_authorize)
        # A handler in Python lets Ctrl-C end a long query.
        connection.set_progress_handler(lambda: 0, _PYTHON_EVERY)
        try:
            cursor = connection.execute(sql)
            if cursor.description is None:
                raise ReadError("a catalog query must be one SELECT; got no statement")
            names = tuple(column[0] for column in cursor.description)
            return Answer(names, tuple(cursor.fetchall()))
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise _read_error(error, columns) or error from error


def tables(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the tables that a query may name, each with its columns."""
    with closing(connect(path, readonly=True)) as connection, store_errors(path):
        return _columns(connection)


def _authorize(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _columns(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    found = connection.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c"
        " WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
    )
    columns: dict[str, tuple[str, ...]] = {}
    for table, column in found:
        columns[table] = (*columns.get(table, ()), column)
    return columns


def _read_error(error: Exception, columns: dict[str, tuple[str, ...]]) -> ReadError | None:
    """Return the user's mistake in words, or None where the file is at fault."""
    said = str(error)
    unknown = _UNKNOWN.search(said)
    if unknown and unknown[1] == "table":
        return ReadError(f"the catalog has no table {unknown[2]}{hint(unknown[2], columns)}")
    if unknown:
        known = (column for table in columns.values() for column in table)
        return ReadError(f"{said}{hint(unknown[2], known)}")
    if isinstance(error, sqlite3.Warning) or "one statement" in said:
        return ReadError("a catalog query must be one SELECT; got several statements")
    # What is refused while a statement is prepared is a plain SQLITE_ERROR with this text.
    if "not authorized" in said or getattr(error, "sqlite_errorname", "") == "SQLITE_AUTH":
        return ReadError("a catalog query must be one SELECT over its tables; it may change nothing and open nothing")
    if isinstance(error, sqlite3.ProgrammingError) or getattr(error, "sqlite_errorname", "") in ("SQLITE_ERROR", ""):
        return ReadError(f"the catalog cannot answer this query: {said}")
    return None
