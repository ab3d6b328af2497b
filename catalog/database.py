"""The project's SQLite file: opened durably, its schema made once, its troubles said in one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..features_sql.errors import ReadError, StoreError
from .schema import FORMAT, STATEMENTS

# Long enough for another process's commit, short enough to tell a person that something holds on.
_BUSY_SECONDS = 5.0

_SENTENCES = {
    "SQLITE_FULL": "cannot be written: the disk is full. Free some space and run the command again; nothing is lost",
    "SQLITE_IOERR": "cannot be read or written: the disk is full, a file-size limit is reached, or the disk fails",
    "SQLITE_BUSY": "is locked by another process; run the command again when that one is done",
    "SQLITE_LOCKED": "is locked by another process; run the command again when that one is done",
    "SQLITE_CORRUPT": "is damaged; restore it from a copy, or move it away and run `headrace apply` to build it anew",
    "SQLITE_NOTADB": "is no headrace database; move it away and run `headrace apply` to build it anew",
    "SQLITE_READONLY": "cannot be written: this user may only read it",
    "SQLITE_PERM": "cannot be opened: this user may not read it",
    "SQLITE_CANTOPEN": "cannot be opened; is its folder there, and may this user write to it?",
}


def connect(path: Path, readonly: bool = False) -> sqlite3.Connection:
    """Open the project's database, and make it where it is missing.

    Transactions are explicit (see ``transaction``); a commit is on disk when it returns (WAL,
    synchronous=FULL); foreign keys are checked. A read-only connection makes and changes nothing.

    Raises StoreError for a file that cannot be used or that another headrace wrote; ReadError where
    a read-only connection finds nothing applied yet.
    """
    with store_errors(path):
        if readonly:
            return _connect_readonly(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent} cannot be made: {error.strerror}") from error
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        with _closed_on_error(connection):
            if _format(connection, path) < FORMAT:
                # Many upserts at a time take 0.84 of the time of pages of 4,096 bytes; few take no longer.
                connection.execute("PRAGMA page_size = 16384")
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # Each epoch comes back to the pages it upserts: 16,000 KiB of them stay, 2,000 go to the file at a time.
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute("PRAGMA wal_autocheckpoint = 2000")
            _make_schema(connection, path)
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Commit what the block writes, or nothing of it; the write lock is taken at once.

    Raises StoreError for a full disk, a locked or a damaged file; the transaction is rolled back.
    """
    with store_errors(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise


@contextmanager
def store_errors(store: Path | sqlite3.Connection) -> Generator[None]:
    """Raise StoreError, in one sentence naming the file, for an SQLite error that is not a programmer's mistake."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        sentence = next((said for known, said in _SENTENCES.items() if name.startswith(known)), None)
        if sentence is None:
            raise
        # It takes a query to find out which file that of a connection is.
        raise StoreError(f"{store if isinstance(store, Path) else _file(store)} {sentence}") from error


def _connect_readonly(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise ReadError(f"{path} does not exist: nothing is applied yet; run `headrace apply` first")
    address = path.resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    with _closed_on_error(connection):
        if _format(connection, path) == 0:
            raise ReadError(f"{path} is empty: nothing is applied yet; run `headrace apply` first")
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Generator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _format(connection: sqlite3.Connection, path: Path) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise StoreError(
            f"{path} was written by a newer headrace (format {found}; this one knows {FORMAT}); upgrade headrace"
        )
    if 0 < found < FORMAT:
        raise StoreError(
            f"{path} was written by an older headrace (format {found}; this one knows {FORMAT}); move it away and "
            "apply the project again: everything is computed from history, but for events that were pushed to it"
        )
    return found


def _make_schema(connection: sqlite3.Connection, path: Path) -> None:
    if _format(connection, path) == FORMAT:
        return
    with transaction(connection):
        for statement in STATEMENTS:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _file(connection: sqlite3.Connection) -> Path:
    rows = connection.execute("PRAGMA database_list").fetchall()
    return Path(next(str(file) for _, schema, file in rows if schema == "main"))
