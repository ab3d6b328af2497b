"""Feature tests: a project's views over small rows given, each test in a project of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ..features_sql.definitions import Definitions, FilesConnector, Source, Table
from ..features_sql.fixture import Fixture, FixtureRows, reached
from ..features_sql.names import quote
from . import engine
from .apply import apply
from .commands.row_differences import Differences, row_differences
from .duck import arrow_schema, fetch, query
from .reads.historical import historical_features
from .settings import Settings
from .sources.dead_letters import Letter, letters
from .status import SourceStatus, status
from .stores import datasets
from .stores.layout import Layout
from .stores.written import written_rows
from .workplace import Workplace


@dataclass(frozen=True)
class Expectation:
    """How the rows of one view or service compare: how many were expected, and at which line of the test."""

    name: str
    line: int
    rows: int
    differences: Differences


@dataclass(frozen=True)
class FixtureCheck:
    """What came of one feature test; ``sources`` say which of the rows given were late, repeated or rejected.

    ``reasons`` are why rows of a source were rejected, each reason once.
    """

    path: str
    description: str
    expectations: tuple[Expectation, ...]
    sources: dict[str, SourceStatus]
    reasons: dict[str, tuple[str, ...]]

    @property
    def passed(self) -> bool:
        """Whether every row is as expected."""
        return not any(one.differences.rows for one in self.expectations)


def run_fixtures(
    definitions: Definitions, fixtures: Sequence[Fixture], on_check: Callable[[FixtureCheck], None] | None = None
) -> list[FixtureCheck]:
    """Run each test with the engine that runs a project: rows given are all of a bounded source's, in their order."""
    checks = list[FixtureCheck]()
    for fixture in fixtures:
        with tempfile.TemporaryDirectory(prefix="headrace-test-") as folder:
            checks.append(_check(Layout(Path(folder).resolve()), definitions, fixture))
        if on_check is not None:
            on_check(checks[-1])
    return checks


def _check(layout: Layout, definitions: Definitions, fixture: Fixture) -> FixtureCheck:
    settings = Settings("test")
    wanted = reached(definitions, frozenset(rows.relation for rows in fixture.expected))
    wanted = replace(
        wanted,
        sources={name: _source(source) for name, source in wanted.sources.items()},
        tables={name: replace(table, connector=_files(name)) for name, table in wanted.tables.items()},
    )
    with engine.workplace(layout, settings, wanted, write=True) as place:
        for relation in (*wanted.sources.values(), *wanted.tables.values()):
            _write(place, relation, [rows for rows in fixture.given if rows.relation == relation.name])
        apply(place)
    with engine.workplace(layout, settings, wanted, write=True) as place:
        engine.run(place)
        compared = tuple(_compare(place, rows) for rows in fixture.expected)
        return FixtureCheck(
            fixture.path, fixture.description, compared, status(place.store).sources, _reasons(letters(place.store))
        )


def _reasons(rejected: Sequence[Letter]) -> dict[str, tuple[str, ...]]:
    found = dict[str, dict[str, None]]()
    for letter in rejected:
        found.setdefault(letter.origin, {})[letter.reason] = None
    return {origin: tuple(reasons) for origin, reasons in found.items()}


def _source(source: Source) -> Source:
    """The source with the test's rows; when they arrive says nothing, so none comes from the future or is awaited."""
    return replace(source, connector=_files(source.name), max_future=None, idle_timeout=None)


def _files(name: str) -> FilesConnector:
    return FilesConnector(f"{name}.parquet", "parquet", bounded=True)


def _write(place: Workplace, relation: Source | Table, given: Sequence[FixtureRows]) -> None:
    declared = [column for column in relation.columns if column.computed is None]
    tables = [_table(place.duck, rows) for rows in given]
    columns = [quote(column.name) for column in declared]
    types = [f"CAST(NULL AS {column.type}) AS {name}" for column, name in zip(declared, columns, strict=True)]
    whole = fetch(place.duck, f"SELECT {', '.join(types)} LIMIT 0")
    for table in tables:
        missing = [field for field in whole.schema if field.name not in table.column_names]
        for field in missing:
            table = table.append_column(field, pa.nulls(len(table), field.type))
        whole = pa.concat_tables([whole, table.select(whole.column_names)])
    pq.write_table(_storable(place.duck, whole), place.layout.root / f"{relation.name}.parquet")


def _storable(duck: duckdb.DuckDBPyConnection, rows: pa.Table) -> pa.Table:
    """The rows with text for intervals, which Parquet does not have; a source reads it as an interval."""
    names = [field.name for field in rows.schema if pa.types.is_interval(field.type)]
    if not names:
        return rows
    texts = ", ".join(f"CAST({quote(name)} AS VARCHAR) AS {quote(name)}" for name in names)
    return query(duck, f"SELECT * REPLACE ({texts}) FROM _given", {"_given": rows})


def _table(duck: duckdb.DuckDBPyConnection, rows: FixtureRows) -> pa.Table:
    """The rows as Arrow, in their order."""
    if not rows.rows:
        return arrow_schema(rows.columns).empty_table()
    values = ", ".join(f"({', '.join(row)})" for row in rows.rows)
    names = ", ".join(quote(column.name) for column in rows.columns)
    return fetch(duck, f"SELECT * FROM (VALUES {values}) AS given({names})")


def _compare(place: Workplace, rows: FixtureRows) -> Expectation:
    dataset = datasets.load(place.store, place.definitions, place.versions)[rows.relation]
    identity, names = (*dataset.entity, dataset.time), tuple(column.name for column in rows.columns)
    expected = _table(place.duck, rows)
    if rows.asked == "read":
        found = historical_features(place, expected.select(identity), rows.relation).select(names)
    else:
        written = written_rows(place.duck, place.layout, dataset)
        found = written.select(names) if len(written) else expected.schema.empty_table()
    differences = Differences(names, tuple(row_differences(expected, found, identity)))
    return Expectation(rows.relation, rows.span.line, len(expected), differences)
