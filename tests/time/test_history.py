"""history as a length of time: what is let go of, what can still be asked, and what cannot."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError, StoreError
from headrace.runtime.sources import event_log
from headrace.tests.time.desk import PUSHED, Desk, at

SOURCE = PUSHED.format(options=", 'history' = '1 minute'")
RECENT = "CREATE FEATURE VIEW recent ENTITY k AS SELECT id, count(*) OVER (SLIDING SIZE 2 MINUTES) AS n FROM events;\n"
VIEWS = (
    RECENT
    + """
CREATE FEATURE VIEW minutes ENTITY k WITH ('valid.for' = '1 minute') AS SELECT sum(id) OVER w AS ids FROM events
  WINDOW w AS (TUMBLING SIZE 1 MINUTE) EMIT ON WINDOW CLOSE;
CREATE FEATURE SERVICE served AS SELECT r.n, m.ids FROM recent r JOIN minutes m USING (k);
"""
)
TOTAL = "CREATE FEATURE VIEW total ENTITY k AS SELECT id, count(*) OVER (GLOBAL) AS n FROM events;\n"
WIDE = "CREATE FEATURE VIEW wide ENTITY k AS SELECT id, sum(id) OVER (SLIDING SIZE 2 MINUTES) AS ids FROM events;\n"
MINUTES = 12


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the log go whole: here that is six events."""
    monkeypatch.setattr(event_log, "FULL_PUSHES", 3)


def _desk(folder: Path, views: str) -> Desk:
    """Two events a minute, those of each minute pushed together and kept in a snapshot of their own."""
    desk = Desk(folder, SOURCE + views, snapshot_epochs=1)
    desk.project.apply()
    for minute in range(MINUTES):
        desk.push([(2 * minute, "a", 60 * minute + 5), (2 * minute + 1, "b", 60 * minute + 35)])
    return desk


def test_repeats_of_events_that_are_gone_are_still_known(tmp_path: Path) -> None:
    source = PUSHED.format(options=", 'history' = '1 minute', 'dedupe' = '4 minutes'")
    desk = Desk(tmp_path, source + WIDE, snapshot_epochs=1)
    desk.project.apply()
    for minute in range(MINUTES):
        # Every event comes a second time three minutes later, as a repeat, and a third time when it is none any more.
        again = [(minute - back, "a", 60 * minute + 5.0) for back in (3, 5) if minute >= back]
        desk.push([*again, (minute, "b", 60 * minute + 35)])
    desk.project.run()
    # The events from minute 9 on are there, the first repeats of which came first in minute 6.
    ((cut, row),) = desk.ask("SELECT epoch, row FROM cuts")
    assert row == 18
    repeats = f"SELECT sum(repeated) FROM epoch_ranges WHERE epoch > {cut}"
    ((repeated,),) = desk.ask(repeats)
    assert repeated == 3
    # What is left is judged as it was, though what it repeats is gone.
    assert desk.mismatches() == {}
    shutil.rmtree(desk.project.layout.state)
    (tmp_path / "features.sql").write_text(source + WIDE + RECENT)
    desk.project.apply()
    assert desk.mismatches() == {}
    assert desk.ask(repeats) == [(repeated,)]


def _more(desk: Desk) -> None:
    desk.push([(100, "a", 725), (101, "b", 900)])
    desk.project.run()


def _instant(seconds: float) -> datetime:
    return datetime.fromisoformat(at(seconds)).replace(tzinfo=UTC)


def test_events_go_that_neither_history_nor_a_window_needs(tmp_path: Path) -> None:
    desk = _desk(tmp_path, VIEWS)
    assert desk.command("run", "--once", failpoint=f"forgetting:{MINUTES - 1}:kill").returncode == -9
    desk.project.run()
    # The older snapshot's watermark is 625, windows reach back to 505: the event at 485 stays, for that at 515 does,
    # and the four before it, for they are in one file of the log.
    log = event_log.EventLog(desk.project.layout.events("events"))
    log.look()
    assert log.first == 12
    # Those of 455 and before are gone, so two minutes after it every window is whole.
    checks = desk.project.verify()
    assert {name: (check.mismatches, check.rows) for name, check in checks.items()} == {
        "recent": (0, 3),
        "minutes": (0, 6),
        "served": (0, 3),
    }
    spine = {"k": ["a", "b"], "ts": [_instant(640), _instant(635.5)]}
    read = desk.project.get_historical_features(spine, "served")
    assert read.select(["n", "ids"]).to_pylist() == [{"n": 2, "ids": 18}, {"n": 2, "ids": 19}]
    with pytest.raises(ReadError, match="the spine: served can be computed from 2024-03-01 00:09:35"):
        desk.project.get_historical_features({"k": ["a"], "ts": [_instant(570)]}, "served")
    with pytest.raises(ReadError, match="materialize: recent can be computed from 2024-03-01 00:09:35"):
        desk.project.materialize("recent", start=_instant(570), end=_instant(680))
    _computed_again(desk)


def _computed_again(desk: Desk) -> None:
    """State that rests on bounded windows alone needs no snapshot."""
    shutil.rmtree(desk.project.layout.state)
    _more(desk)
    assert desk.rows("recent", "id, n")[-2:] == [(23, 2), (100, 2)]
    (desk.folder / "features.sql").write_text(SOURCE + VIEWS + WIDE)
    reasons = {change.name: change.reason for change in desk.project.plan().changes if change.kind == "new"}
    assert reasons == {
        "wide": "events before 2024-03-01 00:08:35.000001 are gone: rows are whole from 2024-03-01 00:10:35.000001 on"
    }
    desk.project.apply()
    assert desk.rows("wide", "id, ids")[-1] == (100, 122)
    assert desk.mismatches() == {}


def test_what_rests_on_events_of_any_age_goes_on_and_is_not_computed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = _desk(tmp_path, TOTAL + VIEWS)
    desk.project.run()
    _more(desk)
    assert desk.rows("total", "id, n")[-1] == (100, MINUTES + 1)
    assert "total" not in desk.project.verify()
    assert "total rests on events of any age" in caplog.text
    with pytest.raises(ReadError, match="total rests on events of any age, and those before"):
        desk.project.verify("total")
    assert "recent is compared from" in caplog.text
    (tmp_path / "features.sql").write_text(SOURCE + TOTAL + VIEWS + WIDE)
    (wide,) = (change for change in desk.project.plan().changes if change.name == "wide")
    assert wide.reason.startswith("`apply` refuses it: the state of total is computed again")
    with pytest.raises(StoreError, match="the state of total would have to be computed again"):
        desk.project.apply()
    (tmp_path / "features.sql").write_text(SOURCE + TOTAL + VIEWS)
    shutil.rmtree(desk.project.layout.state)
    with pytest.raises(StoreError, match="the state of total would have to be computed again"):
        desk.project.run()
