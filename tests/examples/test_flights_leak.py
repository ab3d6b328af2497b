"""No feature of a departure may depend on what was not yet known at its instant.

At an instant T the raw CSV is cut to what was known: flights scheduled after T are removed, the outcome of
each flight that had not landed by T is blanked, later weather is removed. A project built from nothing on what
is left must give the departures before T the features that the project with all the data gives them.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, str]
Raw = dict[str, list[Row]]
Key = tuple[datetime, str, int]
OUTCOMES = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time")
FIRST, LAST = datetime(2013, 1, 2), datetime(2013, 3, 1)
_random = random.Random(20)
INSTANTS = sorted(FIRST + timedelta(seconds=_random.randrange(int((LAST - FIRST).total_seconds()))) for _ in range(20))

# A leak on purpose: departures that carry how late they will leave.
PLANTED = """
CREATE SOURCE planted (
  row_id BIGINT, scheduled_at TIMESTAMP, origin VARCHAR, dep_delay INTEGER,
  WATERMARK FOR scheduled_at AS scheduled_at - INTERVAL 2 HOURS,
  PRIMARY KEY (row_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'planted/*.csv', 'format' = 'csv', 'csv.null' = 'NA', 'bounded' = 'true');

CREATE FEATURE VIEW planted_delay ENTITY origin AS
SELECT avg(dep_delay) OVER recent AS mean_delay_3h FROM planted WINDOW recent AS (SLIDING SIZE 3 HOURS) EMIT ON EVENT;

CREATE FEATURE SERVICE planted_features AS
SELECT d.flight, d.carrier, d.departures_1h, p.mean_delay_3h AS planted_mean_delay_3h
FROM departure_board d JOIN planted_delay p USING (origin);
"""


@pytest.fixture(scope="session")
def known_by(
    raw: Raw, scheduled_at: Callable[[Row], datetime], landed_at: Callable[[Row], datetime | None]
) -> Callable[[datetime], Raw]:
    """The function from an instant to the raw rows as they were known at it."""
    flights = [(scheduled_at(row), landed_at(row) or datetime.max, row) for row in raw["flights"]]
    blank = dict.fromkeys(OUTCOMES, "NA")
    weather = [(datetime.fromisoformat(row["time_hour"].removesuffix("Z")), row) for row in raw["weather"]]

    def cut(instant: datetime) -> Raw:
        known = [row if landed <= instant else {**row, **blank} for due, landed, row in flights if due <= instant]
        return {**raw, "flights": known, "weather": [row for observed, row in weather if observed <= instant]}

    return cut


@pytest.fixture(scope="session")
def nearest(
    offline: Callable[[Path, str, str], list[dict[str, Any]]],
) -> Callable[[Path, str, datetime], dict[Key, dict[str, Any]]]:
    """The function that reads a service's rows of the 50 departures nearest before or at an instant."""

    def read(project: Path, service: str, instant: datetime) -> dict[Key, dict[str, Any]]:
        order = "ORDER BY scheduled_at DESC, carrier, flight LIMIT 50"
        columns = "SELECT * EXCLUDE (_partition, _offset)"
        rows = offline(project, service, f"{columns} FROM written WHERE scheduled_at <= TIMESTAMP '{instant}' {order}")
        return {(row["scheduled_at"], row["carrier"], row["flight"]): row for row in rows}

    return read


def differences(one: dict[Key, dict[str, Any]], other: dict[Key, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """List (departure, column, value, other value) wherever two reads differ; a float by more than 1e-9 of it."""
    assert len(one) == 50
    assert one.keys() == other.keys()
    return [
        (key, name, value, other[key].get(name))
        for key, row in one.items()
        for name, value in row.items()
        if not same(value, other[key].get(name))
    ]


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def plant(project: Path, raw: Raw, scheduled_at: Callable[[Row], datetime]) -> None:
    """Add the leaking source, view and service, fed from raw flights, to a project."""
    (project / "features" / "planted.sql").write_text(PLANTED)
    (project / "planted").mkdir()
    rows = sorted(raw["flights"], key=lambda row: (scheduled_at(row), row["carrier"], row["flight"]))
    with (project / "planted" / "2013.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row_id", "scheduled_at", "origin", "dep_delay"])
        for number, row in enumerate(rows):
            writer.writerow([number, scheduled_at(row), row["origin"], row["dep_delay"]])


@pytest.mark.parametrize("instant", INSTANTS, ids=str)
def test_no_feature_sees_what_was_not_yet_known(
    instant: datetime,
    tmp_path: Path,
    two_months: Path,
    known_by: Callable[[datetime], Raw],
    build: Callable[..., Path],
    nearest: Callable[[Path, str, datetime], dict[Key, dict[str, Any]]],
) -> None:
    project = build(tmp_path, known_by(instant))
    full, cut = (nearest(folder, "flight_features", instant) for folder in (two_months, project))
    assert len(next(iter(full.values()))) > 40
    assert differences(full, cut) == []


def test_a_planted_leak_is_found(
    tmp_path: Path,
    raw: Raw,
    scheduled_at: Callable[[Row], datetime],
    known_by: Callable[[datetime], Raw],
    build: Callable[..., Path],
    nearest: Callable[[Path, str, datetime], dict[Key, dict[str, Any]]],
) -> None:
    instant = INSTANTS[0]
    known = known_by(instant)
    full_project = build(tmp_path / "full", raw, lambda project: plant(project, raw, scheduled_at))
    cut_project = build(tmp_path / "cut", known, lambda project: plant(project, known, scheduled_at))
    full, cut = (nearest(project, "planted_features", instant) for project in (full_project, cut_project))
    found = differences(full, cut)
    assert found
    assert {name for _, name, _, _ in found} == {"planted_mean_delay_3h"}
