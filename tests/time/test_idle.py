"""'idle.timeout': a source without rows goes on with the wall clock; each advance is recorded and replayed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from headrace.features_sql.groups import source_groups
from headrace.runtime import failpoints
from headrace.runtime.engine import workplace
from headrace.runtime.group_run import GroupRun
from headrace.tests.time.desk import PUSHED, SOURCE, VIEW, Desk

SECOND = 1_000_000
DAY = 19783 * 86_400 * SECOND
HOURLY = """CREATE FEATURE VIEW counted ENTITY k AS
  SELECT count(*) OVER w AS n FROM events WINDOW w AS (TUMBLING SIZE 1 MINUTE) EMIT ON WINDOW CLOSE;
"""


@contextmanager
def _group(desk: Desk) -> Generator[GroupRun]:
    """The desk's group as a run that waits for rows has it: all that is there is read."""
    project = desk.project
    with workplace(project.layout, project.settings, project.definitions(), write=True) as place:
        (spec,) = source_groups(place.definitions)
        group = GroupRun(place, spec)
        try:
            group.restore()
            while group.step(None):
                pass
            yield group
        finally:
            group.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, PUSHED.format(options="") + VIEW + HOURLY)
    desk.project.apply()
    return desk


def _came(group: GroupRun) -> int:
    """When the newest row came."""
    return group.progress["events"].clock


def test_an_idle_source_goes_on_by_the_time_that_has_passed(desk: Desk) -> None:
    desk.push([(1, "a", 30), (2, "a", 35)])
    with _group(desk) as group:
        came = _came(group)
        assert group.watermark == DAY + 25 * SECOND
        assert group.pass_time(None, came + 9_999_999) is None
        assert group.pass_time(None, came + 10 * SECOND)
        assert group.watermark == DAY + 35 * SECOND
        assert group.pass_time(None, came + 19 * SECOND) is None
        assert group.pass_time(None, came + 45 * SECOND)
        assert group.watermark == DAY + 70 * SECOND
    assert desk.rows("seen", "id") == [(1,), (2,)]
    assert desk.rows("counted", "n") == [(2,)]
    assert desk.mismatches() == {}


def test_a_row_that_comes_back_is_judged_by_how_far_the_source_went(desk: Desk) -> None:
    desk.push([(1, "a", 30)])
    with _group(desk) as group:
        group.pass_time(None, _came(group) + 40 * SECOND)
    desk.push([(2, "a", 59), (3, "a", 60), (4, "a", 62), (5, "a", 59.5)])
    desk.project.run()
    assert desk.rows("events$late", "id, _lag_seconds") == [(2, 1.0), (5, 0.5)]
    assert desk.project.status().sources["events"].accepted == 3
    with _group(desk) as group:
        assert group.watermark == DAY + 60 * SECOND
        group.pass_time(None, _came(group) + 10 * SECOND)
        assert group.watermark == DAY + 70 * SECOND
    assert desk.rows("seen", "id") == [(1,), (3,), (4,)]
    assert desk.mismatches() == {}


def test_advances_are_replayed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.push([(1, "a", 30), (2, "b", 31)])
    with _group(desk) as group:
        group.pass_time(None, _came(group) + 20 * SECOND)

        def die(name: str) -> None:
            if name == "commit":
                raise KeyboardInterrupt

        monkeypatch.setattr(failpoints, "reach", die)
        with pytest.raises(KeyboardInterrupt):
            group.pass_time(None, group.progress["events"].clock + 100 * SECOND)
        monkeypatch.undo()
    assert desk.rows("counted", "n") == []
    desk.project.run()
    assert desk.rows("counted", "n") == [(1,), (1,)]
    assert desk.project.status().views["counted"].watermark == "2024-03-01 00:02:21.000000"
    (desk.folder / "features.sql").write_text(PUSHED.format(options="") + VIEW + HOURLY.replace("AS n", "AS m"))
    desk.project.apply()
    assert desk.rows("counted", "m") == [(1,), (1,)]
    assert desk.mismatches() == {}


def test_a_source_that_never_had_a_row_stays_where_it_is(desk: Desk) -> None:
    with _group(desk) as group:
        assert group.pass_time(None, 2 * DAY) is None


@pytest.mark.parametrize(("options", "moves"), [("", False), (", 'idle.timeout' = '1 minute'", True)])
def test_files_are_idle_only_where_it_is_asked_for(tmp_path: Path, options: str, moves: bool) -> None:
    desk = Desk(tmp_path, SOURCE.format(late="", options=options) + VIEW)
    desk.project.apply()
    desk.add([(1, "a", 30)])
    desk.project.run()
    with _group(desk) as group:
        assert group.pass_time(None, _came(group) + 59 * SECOND) is None
        assert (group.pass_time(None, _came(group) + 60 * SECOND) is not None) == moves


def test_another_timeout_builds_nothing_anew(desk: Desk) -> None:
    (desk.folder / "features.sql").write_text(PUSHED.format(options=", 'idle.timeout' = '1 hour'") + VIEW + HOURLY)
    kinds = {change.name: change.kind for change in desk.project.plan().changes}
    assert kinds == {"events": "metadata", "seen": "unchanged", "counted": "unchanged"}
