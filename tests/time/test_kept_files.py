"""Files whose history is kept: they may go once they were found, and are known by the project's own copies."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError, SourceError
from headrace.tests.time.desk import SOURCE, VIEW, Desk

RECENT = "CREATE FEATURE VIEW recent ENTITY k AS SELECT id, count(*) OVER (SLIDING SIZE 1 MINUTE) AS n FROM events;\n"


def _source(history: str) -> str:
    return SOURCE.format(late="", options=f", 'history' = '{history}'" if history else "")


def _empty(desk: Desk) -> None:
    for file in (desk.folder / "events").iterdir():
        file.unlink()


def _copies(desk: Desk) -> int:
    return len(list((desk.folder / ".headrace/log/events/files").glob("[!.]*")))


def test_files_may_go_once_they_were_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path, _source("keep") + VIEW)
    desk.add([(1, "a", 0), (2, "b", 5)])
    desk.add([(3, "a", 60)])
    desk.project.apply()
    assert _copies(desk) == 2
    _empty(desk)
    desk.project.run()
    (tmp_path / "events" / "late.csv").write_text("id,k,ts\n4,b,2024-03-01 00:02:00\n5,,2024-03-01 00:02:01\nbad,a,x\n")
    assert desk.command("run", "--once", failpoint="kept:1:kill").returncode == -9
    _empty(desk)
    # Killed before the file was noted: it is not known, and may come again.
    assert desk.project.run().rows == 0
    (tmp_path / "events" / "late.csv").write_text("id,k,ts\n4,b,2024-03-01 00:02:00\nbad,a,x\n")
    desk.project.run()
    _empty(desk)
    shutil.rmtree(tmp_path / ".headrace/state")
    (tmp_path / "features.sql").write_text(_source("keep") + VIEW + RECENT)
    desk.run()
    assert desk.rows("recent", "id, n") == [(1, 1), (2, 1), (3, 1)]
    assert desk.rows("seen", "id, n") == [(1, 1), (2, 1), (3, 2)]
    assert desk.mismatches() == {}


def test_a_kept_file_that_changes_is_an_error_and_so_is_a_damaged_copy(tmp_path: Path) -> None:
    desk = Desk(tmp_path, _source("keep") + VIEW)
    desk.add([(1, "a", 0), (2, "b", 50)])
    desk.run()
    held = (tmp_path / "events" / "0000.csv").read_bytes()
    (tmp_path / "events" / "0000.csv").write_text("id,k,ts\n")
    with pytest.raises(SourceError, match=r"0000\.csv has changed since it was first read"):
        desk.project.run()
    _empty(desk)
    (copy,) = (tmp_path / ".headrace/log/events/files").iterdir()
    copy.write_bytes(held.replace(b"a", b"b"))
    with pytest.raises(SourceError, match=r"the copy of events/0000\.csv, is damaged; take it away and put the file"):
        desk.project.verify()
    copy.unlink()
    with pytest.raises(SourceError, match=r"0000\.csv has been read and is gone now; put it back"):
        desk.project.run()
    (tmp_path / "events" / "0000.csv").write_bytes(held)
    desk.project.run()
    assert (desk.mismatches(), _copies(desk)) == ({}, 1)


def test_history_may_change_while_the_files_are_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path, _source("") + VIEW)
    desk.add([(1, "a", 0), (2, "b", 50)])
    desk.run()
    (tmp_path / "features.sql").write_text(_source("keep") + VIEW)
    assert desk.mismatches() == {}
    desk.project.run()
    assert _copies(desk) == 1
    (tmp_path / "features.sql").write_text(_source("source") + VIEW)
    desk.project.run()
    assert (desk.mismatches(), _copies(desk)) == ({}, 0)


@pytest.mark.parametrize("bounded", ["", ", 'bounded' = 'true'"])
def test_copies_go_that_neither_history_nor_a_window_needs(tmp_path: Path, bounded: str) -> None:
    sql = SOURCE.format(late="", options=", 'history' = '1 minute'" + bounded) + RECENT
    desk = Desk(tmp_path, sql, snapshot_epochs=1)
    for minute in range(6):
        desk.add([(2 * minute, "a", 60 * minute + 5), (2 * minute + 1, "b", 60 * minute + 35)])
    desk.run()
    # The older snapshot's watermark is 265: what is below 205 may go, but for the file that the rest begins in.
    assert _copies(desk) == 4
    _empty(desk)
    assert desk.project.run().rows == 0
    assert desk.mismatches() == {}
    # Events up to 155 are gone, and a minute later every window is whole.
    with pytest.raises(ReadError, match=r"recent can be computed from 2024-03-01 00:03:35\.000001 on"):
        desk.project.materialize(
            "recent", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 3, 1, 0, 4, tzinfo=UTC)
        )
