"""Opening the file: what it promises, and each way it can fail."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from headrace.catalog.database import connect, transaction
from headrace.catalog.schema import FORMAT
from headrace.features_sql.errors import ReadError, StoreError


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_it_is_durable_and_checks_foreign_keys(connection: sqlite3.Connection) -> None:
    assert pragma(connection, "journal_mode") == "wal"
    assert pragma(connection, "synchronous") == 2
    assert pragma(connection, "foreign_keys") == 1
    assert not connection.in_transaction
    with pytest.raises(sqlite3.IntegrityError), transaction(connection):
        connection.execute("INSERT INTO stats (view, version, rows) VALUES ('nobody', 1, 1)")


def test_opening_again_keeps_what_was_committed(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO definitions VALUES ('h', 'n', 'view', '', '{}')")
    with closing(connect(path)) as again:
        assert again.execute("SELECT name FROM definitions").fetchall() == [("n",)]
        assert pragma(again, "synchronous") == 2


def test_a_failed_transaction_leaves_nothing(connection: sqlite3.Connection) -> None:
    def interrupted() -> None:
        with transaction(connection):
            connection.execute("INSERT INTO definitions VALUES ('h', 'n', 'view', '', '{}')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert connection.execute("SELECT count(*) FROM definitions").fetchone() == (0,)
    assert not connection.in_transaction


def test_a_reader_reads_beside_a_writer_and_writes_nothing(connection: sqlite3.Connection, path: Path) -> None:
    with closing(connect(path, readonly=True)) as reader, transaction(connection):
        connection.execute("INSERT INTO definitions VALUES ('h', 'n', 'view', '', '{}')")
        assert reader.execute("SELECT count(*) FROM definitions").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM definitions")


def test_a_path_with_odd_characters_opens_read_only(tmp_path: Path) -> None:
    path = tmp_path / "a b?c#d%20" / "headrace.db"
    connect(path).close()
    with closing(connect(path, readonly=True)) as reader:
        assert reader.execute("SELECT count(*) FROM views").fetchone() == (0,)


def test_reading_before_anything_is_applied(path: Path) -> None:
    with pytest.raises(ReadError, match="run `headrace apply` first"):
        connect(path, readonly=True)
    assert not path.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(ReadError, match="nothing is applied yet"):
        connect(path, readonly=True)


@pytest.mark.parametrize(
    ("format", "age", "advice"), [(99, "newer", "upgrade"), (1, "older", "move it away and apply")]
)
def test_a_file_of_another_format_is_refused(
    connection: sqlite3.Connection, path: Path, format: int, age: str, advice: str
) -> None:
    connection.execute(f"PRAGMA user_version = {format}")
    said = rf"{age} headrace \(format {format}; this one knows {FORMAT}\); {advice}"
    for readonly in (False, True):
        with pytest.raises(StoreError, match=said):
            connect(path, readonly=readonly)


def test_a_file_of_another_kind_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("card,amount\n1,2\n" * 100)
    for readonly in (False, True):
        with pytest.raises(StoreError, match="is no headrace database"):
            connect(path, readonly=readonly)
    assert path.read_text().startswith("card,amount")


def test_a_damaged_file_is_named(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(200)
        file.write(b"\xff" * (size - 200))
    with pytest.raises(StoreError, match="is damaged"), closing(connect(path)) as damaged, transaction(damaged):
        damaged.execute("SELECT * FROM views").fetchall()


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        connect(tmp_path / "file" / "headrace.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        connect(tmp_path)


def test_a_locked_file_is_named(connection: sqlite3.Connection, path: Path) -> None:
    with closing(connect(path)) as other, transaction(other):
        connection.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreError, match="locked by another process"), transaction(connection):
            pass
    with transaction(connection):
        connection.execute("INSERT INTO definitions VALUES ('h', 'n', 'view', '', '{}')")


FILL = """
import resource, sqlite3, sys
from pathlib import Path
from headrace.catalog.database import connect, transaction
from headrace.features_sql.errors import StoreError

connection = connect(Path(sys.argv[1]))
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
written = 0
try:
    while True:
        with transaction(connection):
            connection.execute("INSERT INTO definitions VALUES (?, 'n', 'view', '', ?)", (str(written), "x" * 100_000))
        written += 1
except StoreError as error:
    print(written, error)
"""


def test_a_file_that_may_not_grow_is_said_and_loses_nothing(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path), "2000000"], capture_output=True, text=True, check=True, env=os.environ
    )
    written, _, message = done.stdout.partition(" ")
    assert int(written) > 3
    assert message.startswith(str(path))
    assert "the disk is full" in message
    with closing(connect(path)) as connection, transaction(connection):
        assert connection.execute("SELECT count(*) FROM definitions").fetchone() == (int(written),)
        connection.execute("INSERT INTO definitions VALUES ('more', 'n', 'view', '', '{}')")


def test_a_full_database_is_said(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA max_page_count = {pragma(connection, 'page_count')}")
    with pytest.raises(StoreError, match="the disk is full"), transaction(connection):
        connection.execute("INSERT INTO definitions VALUES ('h', 'n', 'view', ?, '{}')", ("x" * 100_000,))
    assert connection.execute("SELECT count(*) FROM definitions").fetchone() == (0,)
