"""'offline.partition': folders of the offline store by month or by day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from headrace.tests.time.desk import SOURCE, VIEW, Desk

DAY_VIEW = VIEW.replace("ENTITY k AS", "ENTITY k WITH ('offline.partition' = 'day') AS")
SERVICE = "CREATE FEATURE SERVICE s WITH ('offline.partition' = 'day') AS SELECT n FROM seen;"


def _dates(desk: Desk, name: str) -> list[str]:
    return sorted(path.name for path in (desk.folder / "offline" / name).iterdir())


@pytest.mark.parametrize("late", ["", "LATE ROWS DROP"])
def test_each_day_has_its_folder(tmp_path: Path, late: str) -> None:
    desk = Desk(tmp_path, SOURCE.format(late=late, options=", 'bounded' = 'true'") + DAY_VIEW + SERVICE)
    desk.add([(1, "a", 10), (2, "a", 20)])
    (tmp_path / "events" / "0001.csv").write_text("id,k,ts\n3,a,2024-03-02\n4,b,2024-04-01\n")
    desk.run()
    days = ["_date=2024-03-01", "_date=2024-03-02", "_date=2024-04-01"]
    assert (_dates(desk, "seen"), _dates(desk, "s")) == (days, days)
    assert desk.mismatches() == {}
    assert desk.project.materialize("seen", datetime(2024, 3, 2), datetime(2024, 3, 3)) == 1
    assert _dates(desk, "seen") == days
    assert desk.mismatches() == {}


def test_another_partition_is_another_version(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SOURCE.format(late="", options=", 'bounded' = 'true'") + VIEW)
    desk.add([(1, "a", 10)])
    desk.run()
    assert _dates(desk, "seen") == ["_date=2024-03"]
    (tmp_path / "features.sql").write_text(SOURCE.format(late="", options=", 'bounded' = 'true'") + DAY_VIEW)
    desk.project.apply()
    assert _dates(desk, "seen") == ["_date=2024-03-01"]
