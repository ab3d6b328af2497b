"""What prepare writes: counts, order in time, no outcome among the departures, the same bytes each time."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from headrace.examples.flights.prepare import Counts, find_raw, main, prepare
from headrace.features_sql.errors import SourceError
from pyarrow import csv, parquet

HOUR = np.timedelta64(3600, "s")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, raw_folder: Path) -> tuple[Path, Counts]:
    folder = tmp_path_factory.mktemp("prepared")
    return folder, prepare(folder, raw_folder)


def stream(folder: Path) -> pa.Table:
    """Read the files of a stream in path order, as a source does."""
    read: dict[str, Callable[[Path], pa.Table]] = {".csv": csv.read_csv, ".parquet": parquet.read_table}
    return pa.concat_tables(read[path.suffix](path) for path in sorted(folder.iterdir()))


def most_behind(times: pa.ChunkedArray) -> np.timedelta64:
    """Return how far the furthest row lags the greatest time read before it."""
    instants = times.to_numpy()
    return (np.maximum.accumulate(instants) - instants).max()


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_flight_departs_and_those_with_a_known_time_land(prepared: tuple[Path, Counts]) -> None:
    folder, counts = prepared
    assert counts == Counts(departures=336_776, landings=327_346, weather=26_115, planes=3_322)
    departures, landings = stream(folder / "departures"), stream(folder / "landings")
    assert (len(departures), len(landings)) == (336_776, 327_346)
    assert departures.column("flight_id").to_numpy().min() == 1
    assert len(departures.column("flight_id").unique()) == 336_776
    assert sum(landings.column(name).null_count for name in ("landed_at", "dep_delay", "arr_delay", "air_time")) == 0


def test_departures_are_shuffled_but_none_is_two_hours_behind(prepared: tuple[Path, Counts]) -> None:
    behind = most_behind(stream(prepared[0] / "departures").column("scheduled_at"))
    assert HOUR < behind < 2 * HOUR


def test_landings_keep_the_order_of_the_schedule_and_none_is_33_hours_behind(prepared: tuple[Path, Counts]) -> None:
    landings = stream(prepared[0] / "landings")
    assert most_behind(landings.column("scheduled_at")) == np.timedelta64(0)
    assert 31 * HOUR < most_behind(landings.column("landed_at")) < 33 * HOUR


def test_a_file_holds_a_month(prepared: tuple[Path, Counts]) -> None:
    months = [f"2013-{month:02d}" for month in range(1, 13)]
    for name in ("departures", "landings"):
        assert sorted(path.stem for path in (prepared[0] / name).iterdir()) == months


def test_departures_hold_no_outcome(prepared: tuple[Path, Counts]) -> None:
    assert stream(prepared[0] / "departures").column_names == [
        *("flight_id", "scheduled_at", "carrier", "flight", "tailnum", "origin", "dest"),
        *("distance", "sched_dep_time", "sched_arr_time"),
    ]


def test_the_number_of_a_flight_follows_the_schedule_alone(prepared: tuple[Path, Counts]) -> None:
    departures = stream(prepared[0] / "departures").select(["flight_id", "scheduled_at", "carrier", "flight"])
    numbered = sorted(departures.to_pylist(), key=lambda row: row["flight_id"])
    schedule = [(row["scheduled_at"], row["carrier"], row["flight"]) for row in numbered]
    assert schedule == sorted(schedule)
    assert len(set(schedule)) == len(schedule)


def test_the_same_raw_files_give_the_same_bytes(
    prepared: tuple[Path, Counts], raw_folder: Path, tmp_path: Path
) -> None:
    prepare(tmp_path, raw_folder)
    prepare(tmp_path, raw_folder)
    assert digests(tmp_path) == digests(prepared[0])


def test_flights_removed_from_the_end_leave_the_others_as_they_are(
    prepared: tuple[Path, Counts],
    raw: dict[str, list[dict[str, str]]],
    write_raw: Callable[[dict[str, list[dict[str, str]]], Path], Path],
    scheduled_at: Callable[[dict[str, str]], datetime],
    tmp_path: Path,
) -> None:
    end = datetime(2013, 2, 3, 17, 30)
    kept = {**raw, "flights": [row for row in raw["flights"] if scheduled_at(row) <= end]}
    prepare(tmp_path / "kept", write_raw(kept, tmp_path / "raw"))
    for name, time in (("departures", "scheduled_at"), ("landings", "scheduled_at")):
        full, cut = stream(prepared[0] / name), stream(tmp_path / "kept" / name)
        assert cut.to_pylist() == [row for row in full.to_pylist()[:60_000] if row[time] <= end]


def test_a_missing_package_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(name: str, package: str | None = None) -> None:
        """Find no package."""

    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    with pytest.raises(SourceError, match=r'pip install "headrace\[demo\]"'):
        find_raw()
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip().endswith('pip install "headrace[demo]"')
