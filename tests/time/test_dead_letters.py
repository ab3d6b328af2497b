"""Dead letters: looked at, and handed in again exactly once when the cause is mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError
from headrace.runtime.sources.event_log import EventLog
from headrace.tests.time.desk import PUSHED, SOURCE, VIEW, Desk

FAR = ", 'max.future' = '36500 days'"
ROWS = [
    {"id": 1, "k": "a", "ts": "2024-03-01 00:00:01"},
    {"id": 2, "k": "a", "ts": "2050-03-01 00:00:00"},
    {"id": "x", "k": "a", "ts": "2024-03-01 00:00:03"},
    {"id": 4, "k": "b", "ts": "2024-03-01 00:00:30"},
]
# id as text, so that the row whose id is no number can be taken.
LENIENT = (PUSHED + VIEW).replace("id BIGINT", "id VARCHAR")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, PUSHED.format(options="") + VIEW)
    desk.project.push("events", [{name: str(value) for name, value in row.items()} for row in ROWS])
    (tmp_path / "bad.jsonl").write_text("nonsense\n")
    desk.project.push_file("events", tmp_path / "bad.jsonl")
    desk.run()
    return desk


def _mend(desk: Desk, sql: str) -> None:
    (desk.folder / "features.sql").write_text(sql)
    desk.project.apply()


def test_the_list_says_where_and_why(desk: Desk) -> None:
    listed = json.loads(desk.command("dead-letters", "list", "--format", "json").stdout)
    assert sorted(one["offset"] for one in listed) == [1, 2, 4]
    assert {(one["origin"], one["replay"]) for one in listed} == {("events", None)}
    reasons = {one["offset"]: one["reason"] for one in listed}
    assert reasons[2] == "id must be BIGINT; got 'x'"
    assert next(one["raw"] for one in listed if one["offset"] == 4) == "nonsense"


def test_what_was_mended_is_handed_in_again_once(desk: Desk) -> None:
    done = desk.project.replay_dead_letters()
    assert dict(done.rows) == {"events": 2}
    ((letter, why),) = done.refused
    assert (letter.offset, why) == (4, "its bytes are no row; mend them and push them")
    desk.project.run()
    # Nothing was mended, so both are back, as new letters.
    left = desk.ask('SELECT "offset" FROM dead_letters WHERE replay IS NULL ORDER BY 1')
    assert left == [(4,), (5,), (6,)]
    again = desk.project.replay_dead_letters(origin="events")
    assert sorted(why for _, why in again.refused)[:2] == ["it was handed in again already, by replay 1"] * 2
    _mend(desk, LENIENT.format(options=FAR))
    desk.project.run()
    # Each is let in at its newest place alone; the one of 2050 comes first there, so the other is late.
    assert sorted(row[0] for row in desk.rows("seen", "id")) == ["1", "4"]
    assert desk.rows("events$late", "id, _offset") == [("x", 8)]
    events = desk.project.status().sources["events"]
    assert (events.accepted, events.late, events.rejected) == (3, 1, 5)
    assert desk.mismatches() == {}


@pytest.mark.parametrize("point", ["replay", "appended"])
def test_a_killed_replay_is_finished_by_the_next(desk: Desk, point: str) -> None:
    assert desk.command("dead-letters", "replay", failpoint=f"{point}:1:kill").returncode == -9
    desk.project.replay_dead_letters()
    log = EventLog(desk.project.layout.events("events"))
    log.look()
    assert log.end == 7
    assert desk.ask("SELECT count(*), sum(done) FROM replays") == [(1, 1)]
    assert dict(desk.project.replay_dead_letters().rows) == {}


def test_what_cannot_be_replayed_is_refused_with_the_reason(tmp_path: Path) -> None:
    poison = VIEW.replace("SELECT id,", "SELECT CAST(k AS BIGINT) AS number,")
    desk = Desk(tmp_path, SOURCE.format(late="", options=", 'bounded' = 'true'") + poison)
    desk.add([(1, "7", 1.0), (2, "b", 2.0)])
    (tmp_path / "events" / "0001.csv").write_text("id,k,ts\nx,3,2024-03-01\n")
    desk.run()
    ran = desk.command("dead-letters", "replay", "--format", "json")
    assert ran.returncode == 1
    why = {one["origin"]: one["why"] for one in json.loads(ran.stdout)["refused"]}
    assert why == {
        "seen": "its event is read: it broke seen, which is computed from history when its SQL changes",
        "events": "events reads files: put the mended row into a new one",
    }
    with pytest.raises(ReadError, match="there is no dead letter 99"):
        desk.project.replay_dead_letters([99])
