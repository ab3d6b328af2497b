"""Hand-worked cases: a project, its events and the rows it must write, in files that can be read side by side.

``cases/<name>.sql`` is a project's SQL. Its comments hold a table for each view or service that is checked,
after a line ``-- expect <view>``; the column ``working`` explains a row and is not compared. Times of the cases' one
day are written without it; lists are written as their items with blanks between them, numbers with twelve digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from headrace.features_sql.definitions import Definitions, FilesConnector, Source, View
from headrace.runtime.project import Project

from .replay import Row, definitions_of

FOLDER = Path(__file__).parent / "cases"
DAY = 19783 * 86_400_000_000
"""2024-03-01, the day of every case, in µs since 1970."""

Line = tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """The rows a view or service must write, in order: its user-visible columns, or some of them."""

    columns: tuple[str, ...]
    rows: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """A project with expected rows by view and service."""

    name: str
    sql: str
    expected: Mapping[str, Expected]

    @property
    def definitions(self) -> Definitions:
        return definitions_of(self.sql)

    @property
    def files(self) -> list[Path]:
        """The files that the project's sources read."""
        return [FOLDER / _path(source) for source in self.definitions.sources.values()]

    def streams(self) -> dict[str, list[Row]]:
        """The rows of each source in order of arrival; times are µs since 1970."""
        return {name: _rows(_path(source), source.columns) for name, source in self.definitions.sources.items()}

    def text_of(self, view: str, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Rows as the expected ones are written, the columns that those have; closes by (instant, entity)."""
        driver = driving_view(self.definitions, view)
        if driver.emit.kind != "event":
            rows = sorted(rows, key=lambda row: (row[driver.time], *(row[key.name] for key in driver.entity)))
        return [
            tuple(_text(row[name], time=name in self.times) for name in self.expected[view].columns) for row in rows
        ]

    @property
    def times(self) -> frozenset[str]:
        return frozenset(
            {"as_of", "window_start", "window_end"} | {source.time for source in self.definitions.sources.values()}
        )


def driving_view(definitions: Definitions, name: str) -> View:
    """The view itself, or the one that drives the service."""
    return definitions.views[name if name in definitions.views else definitions.services[name].view]


def load(name: str) -> Case:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Case(name, text, _expected(text))


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def project(case: Case, folder: Path, batch_rows: int = 3, snapshot_epochs: int = 2) -> Project:
    """Lay the case out as a project in an empty folder."""
    (folder / "headrace.toml").write_text(f"batch_rows = {batch_rows}\nsnapshot_epochs = {snapshot_epochs}\n")
    (folder / "features.sql").write_text(case.sql, encoding="utf-8")
    for path in case.files:
        (folder / path.name).write_bytes(path.read_bytes())
    return Project(folder)


def _expected(text: str) -> dict[str, Expected]:
    tables: dict[str, list[Line]] = {}
    view = ""
    for line in text.splitlines():
        if line.startswith("-- expect "):
            view = line.split()[2]
        elif line.startswith("-- |"):
            tables.setdefault(view, []).append(tuple(cell.strip() for cell in line[2:].strip().strip("|").split("|")))
        else:
            view = ""
    found: dict[str, Expected] = {}
    for view, (header, *rows) in tables.items():
        assert view, "a table must follow a line `-- expect <view>`"
        assert header[-1] == "working"
        assert all(len(row) == len(header) for row in rows)
        found[view] = Expected(header[:-1], tuple(row[:-1] for row in rows))
    return found


def _path(source: Source) -> str:
    assert isinstance(source.connector, FilesConnector)
    return source.connector.path


def _rows(path: str, columns: Sequence[Any]) -> list[Row]:
    types = ", ".join(f"'{column.name}': '{column.type}'" for column in columns)
    listed = ", ".join(
        f'epoch_us("{column.name}")' if column.type == "TIMESTAMP" else f'"{column.name}"' for column in columns
    )
    with duckdb.connect(":memory:") as connection:
        read = f"SELECT {listed} FROM read_csv('{FOLDER / path}', header = true, columns = {{{types}}})"
        rows = connection.execute(read).fetchall()
    return [dict(zip((column.name for column in columns), row, strict=True)) for row in rows]


def _text(value: Any, *, time: bool) -> str:
    if value is None:
        return "NULL"
    if time:
        if not 0 <= value - DAY < 86_400_000_000:
            return str(datetime(1970, 1, 1) + timedelta(microseconds=value))
        seconds, more = divmod(value - DAY, 1_000_000)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{more:06}" if more else "")
    if isinstance(value, list):
        return " ".join(_text(item, time=False) for item in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
