"""Events handed in: kept whole or not at all, read from the log like any source, again after a crash."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from headrace.features_sql.errors import SourceError, StoreError
from headrace.runtime.sources import event_log
from headrace.tests.time.desk import PUSHED, SOURCE, VIEW, Desk, Event

EVENTS: list[Event] = [(number, "ab"[number % 2], 10 * number) for number in range(1, 12)]
READY = [id for id, _, second in EVENTS if second < 100]


def _desk(folder: Path, options: str = "", batch_rows: int = 2) -> Desk:
    return Desk(folder, PUSHED.format(options=options) + VIEW, batch_rows=batch_rows)


def _ids(desk: Desk) -> list[int]:
    return [id for (id,) in desk.rows("seen", "id")]


def test_events_are_read_from_the_log_and_again_from_history(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.project.apply()
    for start in range(0, len(EVENTS), 3):
        pushed = desk.push(EVENTS[start : start + 3])
        assert (pushed.rows, pushed.first) == (min(3, len(EVENTS) - start), start)
        desk.project.run()
    assert _ids(desk) == READY
    assert desk.mismatches() == {}
    (tmp_path / "features.sql").write_text(PUSHED.format(options="") + VIEW + VIEW.replace("seen", "again"))
    desk.project.apply()
    assert desk.rows("again", "* EXCLUDE (_partition)") == desk.rows("seen", "* EXCLUDE (_partition)")


@pytest.mark.parametrize("batch_rows", [1, 4, 100])
def test_any_table_goes_in_and_bad_values_are_quarantined(tmp_path: Path, batch_rows: int) -> None:
    desk = _desk(tmp_path, batch_rows=batch_rows)
    times = [datetime(2024, 3, 1, 0, 0, second) for second in (1, 2, 30)]
    desk.project.push("events", pa.table({"id": [1, 2, 3], "k": ["a", None, "a"], "ts": times, "more": [1, 2, 3]}))
    desk.project.push(
        "events", [{"id": "4", "k": "b", "ts": "2024-03-01 00:00:25"}, {"id": "x", "k": None, "ts": None}]
    )
    desk.project.push("events", pa.table({"id": pa.array([], pa.int64()), "k": [], "ts": []}))
    desk.project.push("events", pa.table({"id": [6], "k": [None], "ts": ["2024-03-01 00:00:50"]}))
    desk.run()
    assert _ids(desk) == [1, 3, 4]
    ((offset, raw, reason),) = desk.ask('SELECT "offset", raw, reason FROM dead_letters')
    assert (offset, json.loads(raw)["id"], reason) == (4, "x", "id must be BIGINT; got 'x'")
    assert desk.mismatches() == {}


def test_a_file_goes_in_with_the_lines_that_cannot_be_read(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    lines = ["1,a,2024-03-01 00:00:01", "2,b", "3,a,2024-03-01 00:00:02", "4,b,2024-03-01 00:01:00", "5"]
    (tmp_path / "_more.csv").write_text("\n".join(["id,k,ts", *lines, ""]))
    ran = desk.command("push", "events", str(tmp_path / "_more.csv"))
    assert (ran.returncode, ran.stdout) == (0, "events: 5 events kept, from offset 0 on.\n")
    (tmp_path / "more.jsonl").write_text('\n{"id": 6, "k": "a", "ts": "2024-03-01 00:00:55"}\n\nnonsense\n')
    ran = desk.command("push", "events", str(tmp_path / "more.jsonl"), "--format", "json")
    assert json.loads(ran.stdout) == {"source": "events", "rows": 2, "first": 5}
    assert desk.project.push("events", pa.table({"id": pa.array([], pa.int64()), "k": [], "ts": []})).first == 7
    desk.run()
    assert _ids(desk) == [1, 3]
    letters = desk.ask('SELECT "offset", raw FROM dead_letters ORDER BY 1')
    assert letters == [(1, b"2,b"), (4, b"5"), (6, b"nonsense")]
    assert desk.project.status().sources["events"].accepted == 4


def test_values_of_several_kinds_in_a_column_are_told_apart_where_they_are_read(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    ids = [1, "2", 2.5, "x", True, 2**70, [3], None, "é"]
    desk.project.push("events", [{"id": id, "k": "a", "ts": "2024-03-01 00:00:01"} for id in ids])
    desk.project.push("events", [{"id": 7, "k": "a", "ts": "2024-03-01 00:01:00"}])
    desk.run()
    assert _ids(desk) == [1, 2, 3, None]
    reasons = [reason for (reason,) in desk.ask('SELECT reason FROM dead_letters ORDER BY "offset"')]
    assert reasons == [f"id must be BIGINT; got {text!r}" for text in ("x", "true", str(2**70), "[3]", "é")]
    with pytest.raises(SourceError, match="half of a surrogate pair"):
        desk.project.push("events", [{"id": 1, "k": "\ud800", "ts": None}])


@pytest.mark.parametrize(
    ("failpoint", "kept"),
    [("append:1:kill", False), ("write:1:kill", False), ("synced:1:kill", True), ("appended:1:kill", True)],
)
def test_a_crash_in_the_middle_of_a_push_keeps_it_whole_or_loses_it_whole(
    tmp_path: Path, failpoint: str, kept: bool
) -> None:
    desk = _desk(tmp_path)
    desk.push(EVENTS[:4])
    (tmp_path / "more.csv").write_text("id,k,ts\n5,a,2024-03-01 00:00:50\n6,b,2024-03-01 00:01:00\n")
    assert desk.command("push", "events", str(tmp_path / "more.csv"), failpoint=failpoint).returncode == -9
    assert desk.push(EVENTS[6:]).first == (6 if kept else 4)
    desk.run()
    assert _ids(desk) == [id for id in READY if kept or id not in {5, 6}]
    assert not list(desk.project.layout.events("events").glob(".*.tmp"))


@pytest.mark.parametrize("failpoint", ["promised:3:kill", "commit:2:kill", "committed:4:kill", "rename:2:kill"])
def test_a_killed_run_goes_on_to_the_same_bits(tmp_path: Path, failpoint: str) -> None:
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    whole, killed = _desk(tmp_path / "whole"), _desk(tmp_path / "killed")
    for desk in (whole, killed):
        desk.push(EVENTS)
        desk.project.apply()
    whole.project.run()
    assert killed.command("run", "--once", failpoint=failpoint).returncode == -9
    killed.project.run()
    assert killed.rows("seen") == whole.rows("seen")
    ranges = "SELECT epoch, from_row, to_row, rows, high, floor, accepted, late FROM epoch_ranges ORDER BY epoch"
    assert killed.ask(ranges) == whole.ask(ranges)


def test_a_log_that_is_damaged_or_lacks_a_part_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 1)
    desk = _desk(tmp_path)
    for event in EVENTS[:3]:
        desk.push([event])
    first, second, third = sorted(desk.project.layout.events("events").glob("*.log"))
    whole = second.read_bytes()
    second.write_bytes(whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:])
    desk.project.apply()
    with pytest.raises(StoreError, match=second.name):
        desk.project.run()
    second.unlink()
    with pytest.raises(StoreError, match="lacks rows from 1 on"):
        desk.project.run()
    second.write_bytes(whole)
    assert desk.project.run().rows == 3
    first.unlink()
    with pytest.raises(SourceError, match="event 0 is gone; its log begins with event 1"):
        desk.project.verify()
    third.unlink()
    with pytest.raises(SourceError, match="ends before event 2, and events before 3 have been read"):
        desk.project.run()


def test_what_cannot_be_pushed_is_refused(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    with pytest.raises(SourceError, match="must have a column ts; there are: at, id, k"):
        desk.project.push("events", [{"id": 1, "k": "a", "at": "2024-03-01"}])
    with pytest.raises(SourceError, match="there is no source 'event'; did you mean events"):
        desk.project.push("event", [])
    with pytest.raises(SourceError, match="must be a table or a list of rows"):
        desk.project.push("events", 7)
    assert desk.command("push", "events", "missing.csv").stderr == "error: missing.csv is no file\n"
    assert "must end in" in desk.command("push", "events", "events.txt").stderr
    assert not desk.project.layout.events("events").exists()
    (tmp_path / "features.sql").write_text(SOURCE.format(late="", options=""))
    with pytest.raises(SourceError, match="source events reads files"):
        desk.project.push("events", [])
