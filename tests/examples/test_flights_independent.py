"""Features of the example computed a second time, in plain Python from the raw CSV, for 500 departures.

Nothing here is slow to read: each feature is a filter over lists and one line of arithmetic.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, str]
Flight = tuple[datetime, str, int]
FEATURES = (
    *("departures_in_bank", "carrier_mean_delay_3h", "carrier_late_share_6h", "aircraft_mean_delay_5"),
    *("carrier_route_last_delays", "origin_mean_departure_delay_1h", "aircraft_hours_flown_last_day"),
)
EPOCH = datetime(1970, 1, 1)


class Log:
    """Raw flights of each key in the order in which they count; ``until`` gives those that count at an instant."""

    def __init__(self, rows: Iterable[tuple[tuple[str, ...], datetime, Flight, Row]]) -> None:
        self.times: dict[tuple[str, ...], list[datetime]] = defaultdict(list)
        self.rows: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for key, time, _, row in sorted(rows, key=lambda entry: (entry[1], entry[2])):
            self.times[key].append(time)
            self.rows[key].append(row)

    def until(self, instant: datetime, *key: str, days: int = 365) -> list[tuple[datetime, Row]]:
        """Return (time, row) of the key's flights of so many days up to and with the instant, oldest first."""
        start = bisect_right(self.times[key], instant - timedelta(days=days))
        end = bisect_right(self.times[key], instant)
        return list(zip(self.times[key][start:end], self.rows[key][start:end], strict=True))


def mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None


def boundary(instant: datetime, width: timedelta) -> datetime:
    """Return the newest multiple of ``width`` since 1970 that is not after the instant."""
    return instant - (instant - EPOCH) % width


def flights_in_bank(due: list[tuple[datetime, Row]]) -> int:
    """Count the newest flights that follow each other within 5 minutes."""
    count = 1
    while count < len(due) and due[-count][0] - due[-count - 1][0] <= timedelta(minutes=5):
        count += 1
    return count


def delay_of_newest_hour(landed: list[tuple[datetime, Row]], instant: datetime) -> float | None:
    """Average the departure delay over the newest full clock hour with a landing, unless that ended 12 hours ago."""
    now = boundary(instant, timedelta(hours=1))
    before = [(boundary(time, timedelta(hours=1)), row) for time, row in landed if time < now]
    if not before or instant - (before[-1][0] + timedelta(hours=1)) > timedelta(hours=12):
        return None
    return mean([int(row["dep_delay"]) for hour, row in before if hour == before[-1][0]])


def hours_of_last_shift(landed: list[tuple[datetime, Row]], instant: datetime) -> float | None:
    """Sum the air time of the newest working day that was over by the instant, at most 14 days ago."""
    gap = timedelta(hours=8)
    shifts: list[list[tuple[datetime, Row]]] = []
    for time, row in landed:
        if not shifts or time - shifts[-1][-1][0] > gap:
            shifts.append([])
        shifts[-1].append((time, row))
    over = [shift for shift in shifts if shift[-1][0] + gap <= instant]
    if not over or instant - (over[-1][-1][0] + gap) > timedelta(days=14):
        return None
    return sum(int(row["air_time"]) for _, row in over[-1]) / 60


@pytest.fixture(scope="module")
def expected(
    raw: dict[str, list[Row]],
    scheduled_at: Callable[[Row], datetime],
    landed_at: Callable[[Row], datetime | None],
) -> dict[Flight, dict[str, Any]]:
    def log(columns: str, time: Callable[[Row], datetime | None]) -> Log:
        timed = ((row, time(row)) for row in raw["flights"] if "NA" not in (row[name] for name in columns.split()))
        return Log((tuple(row[name] for name in columns.split()), at, number(row), row) for row, at in timed if at)

    def number(row: Row) -> Flight:
        return scheduled_at(row), row["carrier"], int(row["flight"])

    due = log("origin", scheduled_at)
    carriers, aircraft, origins = log("carrier", landed_at), log("tailnum", landed_at), log("origin", landed_at)
    routes = log("carrier origin dest", landed_at)

    def features(row: Row) -> dict[str, Any]:
        t = scheduled_at(row)
        carrier = carriers.until(t, row["carrier"], days=1)
        plane = aircraft.until(t, row["tailnum"])
        route = routes.until(t, row["carrier"], row["origin"], row["dest"])
        hop = boundary(t, timedelta(minutes=30)) + timedelta(minutes=30)
        late = [int(r["arr_delay"]) > 15 for at, r in carrier if at >= hop - timedelta(hours=6)]
        return {
            "departures_in_bank": flights_in_bank(due.until(t, row["origin"], days=1)),
            "carrier_mean_delay_3h": mean([int(r["arr_delay"]) for at, r in carrier if at > t - timedelta(hours=3)]),
            "carrier_late_share_6h": sum(late) / len(late) if late else None,
            "aircraft_mean_delay_5": mean([int(r["arr_delay"]) for _, r in plane[-5:]]),
            "carrier_route_last_delays": [int(r["arr_delay"]) for _, r in route[-5:]] or None,
            "origin_mean_departure_delay_1h": delay_of_newest_hour(origins.until(t, row["origin"], days=1), t),
            "aircraft_hours_flown_last_day": hours_of_last_shift(plane, t),
        }

    chosen = random.Random(500).sample(raw["flights"], 500)
    return {number(row): features(row) for row in chosen}


def test_plain_python_gives_the_same_features(
    expected: dict[Flight, dict[str, Any]],
    two_months: Path,
    offline: Callable[[Path, str, str], list[dict[str, Any]]],
) -> None:
    columns = ", ".join(FEATURES)
    rows = offline(two_months, "flight_features", f"SELECT scheduled_at, carrier, flight, {columns} FROM written")
    served = {(row["scheduled_at"], row["carrier"], row["flight"]): row for row in rows}
    assert len(served) == 51_955
    different = [
        (flight, name, value, served[flight][name])
        for flight, features in expected.items()
        for name, value in features.items()
        if served[flight][name] != (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)
    ]
    assert different == []


def test_the_sample_exercises_each_feature(expected: dict[Flight, dict[str, Any]]) -> None:
    assert len(expected) == 500
    for name in FEATURES:
        values = [repr(features[name]) for features in expected.values() if features[name] is not None]
        assert len(values) > 250, name
        assert len(set(values)) >= 10, name
