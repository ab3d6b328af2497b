"""'max.future': a row too far ahead of its arrival is quarantined and moves nothing."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from headrace.tests.time.desk import SOURCE, VIEW, Desk


def _ahead(**span: float) -> str:
    return (datetime.now(UTC).replace(tzinfo=None) + timedelta(**span)).isoformat(sep=" ")


def _desk(folder: Path, options: str = "") -> Desk:
    return Desk(folder, SOURCE.format(late="", options=options) + VIEW)


def _put(desk: Desk, *lines: str) -> None:
    number = len(list((desk.folder / "events").iterdir()))
    (desk.folder / "events" / f"{number:04}.csv").write_text("\n".join(["id,k,ts", *lines, ""]))


def test_a_row_from_the_future_is_a_dead_letter_and_moves_no_watermark(tmp_path: Path) -> None:
    desk, ahead = _desk(tmp_path), _ahead(days=1, hours=1)
    _put(desk, "1,a,2024-03-01 00:00:10", f"2,a,{ahead}", "3,b,2024-03-01 00:00:20", "4,b,2024-03-01 00:00:40")
    desk.run()
    status = desk.project.status()
    assert (status.sources["events"].accepted, status.late, status.quarantined) == (3, 0, 1)
    assert status.sources["events"].greatest == "2024-03-01 00:00:40.000000"
    ((offset, raw, reason),) = desk.ask('SELECT "offset", raw, reason FROM dead_letters')
    assert (offset, json.loads(raw)["id"]) == (1, "2")
    assert reason.startswith("ts must be at most 'max.future' past the row's arrival at 20")
    assert [row[0] for row in desk.rows("seen", "id")] == [1, 3]
    assert desk.mismatches() == {}


def test_a_time_past_the_years_of_python_is_one_from_the_future(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    _put(desk, "1,a,2024-03-01 00:00:10", "2,a,12000-01-01 00:00:00", "3,b,2024-03-01 00:00:40")
    desk.run()
    assert (desk.project.status().events, desk.project.status().quarantined) == (2, 1)
    ((reason,),) = desk.ask("SELECT reason FROM dead_letters")
    assert "must be at most 'max.future' past" in reason


def test_the_option_sets_how_far(tmp_path: Path) -> None:
    desk = _desk(tmp_path, ", 'max.future' = '3 days'")
    _put(desk, f"1,a,{_ahead(days=2)}", f"2,a,{_ahead(days=4)}")
    desk.run()
    assert (desk.project.status().events, desk.project.status().quarantined) == (1, 1)


@pytest.mark.parametrize(("options", "accepted"), [("", 2), (", 'max.future' = '1 day'", 1)])
def test_a_bounded_source_has_no_future_unless_it_is_asked_for(tmp_path: Path, options: str, accepted: int) -> None:
    desk = _desk(tmp_path, f", 'bounded' = 'true' {options}")
    _put(desk, "1,a,2024-03-01 00:00:10", "2,a,2999-01-01")
    desk.run()
    assert desk.project.status().events == accepted


def test_what_arrived_long_ago_is_judged_by_its_arrival(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    _put(desk, "1,a,2024-03-01 00:00:10", "2,a,2024-03-05 00:00:00", "3,a,2024-03-01 00:00:20")
    desk.project.apply()
    with sqlite3.connect(desk.project.layout.database) as store:
        found = datetime(2024, 3, 2, tzinfo=UTC).timestamp() * 1_000_000
        assert store.execute("UPDATE files SET found_us = ?", (int(found),)).rowcount == 1
    desk.project.run()
    assert [row[0] for row in desk.ask('SELECT "offset" FROM dead_letters')] == [1]
    assert desk.project.status().late == 0


def test_a_changed_rule_judges_every_row_anew(tmp_path: Path) -> None:
    desk, ahead = _desk(tmp_path, ", 'max.future' = '3000 days'"), _ahead(days=400)
    _put(desk, "1,a,2024-03-01 00:00:10", f"2,a,{ahead}", "3,a,2024-03-01 00:00:20")
    desk.run()
    assert (desk.project.status().late, desk.project.status().quarantined) == (1, 0)
    (tmp_path / "features.sql").write_text(SOURCE.format(late="", options="") + VIEW)
    _put(desk, "4,a,2024-03-01 00:00:50", "5,a,2024-03-01 00:01:30")
    desk.run()
    status = desk.project.status()
    assert (status.events, status.late, status.quarantined) == (4, 0, 1)
    assert [row[0] for row in desk.rows("seen", "id")] == [1, 3, 4]
    assert desk.mismatches() == {}
