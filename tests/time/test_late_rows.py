"""LATE ROWS TO and DROP: where late rows go, and that they are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from headrace.tests.time.desk import SOURCE, VIEW, Desk

# The watermark stands at 90 when the row at 50 comes, and at 390 when those at 389 and 390 do.
EVENTS = [(1, "a", 100), (2, "a", 50), (3, "b", 95), (4, "a", 400), (5, "b", 389), (6, "b", 390)]
LATE = [(2, 40.0), (5, 1.0)]


def _desk(folder: Path, late: str) -> Desk:
    desk = Desk(folder, SOURCE.format(late=late, options=", 'bounded' = 'true'") + VIEW)
    desk.add(EVENTS)
    desk.run()
    return desk


@pytest.mark.parametrize(
    ("clause", "name"),
    [("", "events$late"), ("LATE ROWS TO events$late", "events$late"), ("LATE ROWS TO tardy", "tardy")],
)
def test_late_rows_are_kept_under_their_name_with_their_lag(tmp_path: Path, clause: str, name: str) -> None:
    desk = _desk(tmp_path, clause)
    assert desk.rows(name, "id, _lag_seconds") == LATE
    assert desk.project.status().late == 2
    assert {path.name for path in (tmp_path / "offline").iterdir()} == {"seen", name}


def test_dropped_rows_are_counted_and_nothing_else(tmp_path: Path) -> None:
    desk = _desk(tmp_path, "LATE ROWS DROP")
    assert desk.project.status().late == 2
    assert {path.name for path in (tmp_path / "offline").iterdir()} == {"seen"}
    assert [row[0] for row in desk.rows("seen", "id")] == [1, 3, 4, 6]
    assert desk.mismatches() == {}


def test_another_clause_builds_nothing_anew(tmp_path: Path) -> None:
    desk = _desk(tmp_path, "")
    (tmp_path / "features.sql").write_text(SOURCE.format(late="LATE ROWS DROP", options=", 'bounded' = 'true'") + VIEW)
    assert {change.name: change.kind for change in desk.project.plan().changes} == {
        "events": "metadata",
        "seen": "unchanged",
    }
