"""Models beside LATE ROWS ACCEPT WITHIN: a row is scored once, when it is first written, and learned from once."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

from headrace.tests.meaning.folders import run_epochs
from headrace.tests.time.desk import SOURCE, Desk, Event, at

SQL = (
    SOURCE.format(late="LATE ROWS ACCEPT WITHIN 1 MINUTE", options="")
    + """
CREATE SOURCE verdicts (id BIGINT, odd BOOLEAN, known_at TIMESTAMP,
  WATERMARK FOR known_at AS known_at - INTERVAL 5 SECONDS) LATE ROWS ACCEPT WITHIN 1 MINUTE
  WITH ('connector' = 'files', 'path' = 'verdicts/*.csv');
CREATE FEATURE VIEW recent ENTITY k AS SELECT id, count(*) OVER w AS n, avg(id) OVER w AS mean FROM events
  WINDOW w AS (SLIDING SIZE 1 MINUTE);
CREATE FEATURE SERVICE served AS SELECT r.id, r.n, r.mean FROM recent r;
CREATE MODEL odd PREDICT odd FROM served LABELS verdicts ON (id) WITHIN 2 MINUTES
  WITH ('provider' = 'river', 'algorithm' = 'linear_model.LogisticRegression', 'quarantine' = 'off');
CREATE STREAM scored AS SELECT id, n, prediction FROM ML_PREDICT(TABLE served, MODEL odd);
"""
)
BESIDE = """
CREATE MODEL base PREDICT odd FROM served LABELS verdicts ON (id) WITHIN 2 MINUTES
  WITH ('provider' = 'lightgbm', 'min_data_in_leaf' = '2');
CREATE STREAM beside WITH ('inference' = 'side_output', 'timeout' = '1 second') AS
  SELECT id, n, reason FROM ML_PREDICT(TABLE served, MODEL base);
"""
COUNTED = "scored, learned, expired, pending"


def _streams() -> tuple[list[Event], list[tuple[int, bool, float]]]:
    """Events of which every third or so is late, some too late; a verdict on each soon after, some of them late too."""
    chance, now, events = Random(3), 100.0, list[Event]()
    for id in range(48):
        now += chance.choice([0, 2, 5, 9])
        events.append((id, chance.choice("ab"), now - chance.choice([0, 0, 0, 3, 30, 55, 80])))
    verdicts = [(id, id % 2 == 1, ts + chance.choice([10, 30, 45])) for id, _, ts in events]
    return events, verdicts


def _desk(folder: Path, more: str = "") -> Desk:
    folder.mkdir()
    desk = Desk(folder, SQL + more, batch_rows=6, snapshot_epochs=3)
    (folder / "verdicts").mkdir()
    desk.project.apply()
    return desk


def _add(desk: Desk, part: slice) -> None:
    events, verdicts = _streams()
    desk.add(events[part])
    lines = [f"{id},{str(odd).lower()},{at(known)}" for id, odd, known in verdicts[part]]
    place = desk.folder / "verdicts" / f"{part.start or 0:04}.csv"
    place.write_text("\n".join(["id,odd,known_at", *lines, ""]))


def _scores(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows("scored", "id, n, prediction")


def test_a_row_is_scored_once_and_so_is_one_that_comes_late(tmp_path: Path) -> None:
    desk = _desk(tmp_path / "whole", BESIDE)
    _add(desk, slice(None, None))
    desk.project.run()
    first = [row[:2] for row in desk.rows("served", "id, n, _revision") if row[2] == 0]
    assert first == [row[:2] for row in _scores(desk)] == desk.rows("beside", "id, n")
    # Rows were written again, with other features than those that are scored.
    assert max(row[0] for row in desk.rows("served", "_revision")) > 0
    late = {row[0] for row in desk.rows("events$late", "id")}
    assert late
    assert not late & {row[0] for row in _scores(desk)}
    ((scored, learned, expired, pending),) = desk.ask(f"SELECT {COUNTED} FROM model_learning WHERE model = 'odd'")
    assert scored == len(_scores(desk)) == learned + expired + pending
    assert learned > 20
    # A row is trained on as it was last written, once.
    fitted = desk.project.train("base")
    assert 30 < fitted.rows_fit + fitted.rows_valid + fitted.rows_dropped <= len(first)
    assert desk.mismatches() == {}


def test_scores_are_the_same_through_stops_and_lost_snapshots(tmp_path: Path) -> None:
    whole, stopped = _desk(tmp_path / "whole"), _desk(tmp_path / "stopped")
    for desk in (whole, stopped):
        _add(desk, slice(None, None))
    whole.project.run()
    run_epochs(stopped.project, 5)
    run_epochs(stopped.project, 1)
    shutil.rmtree(stopped.project.layout.state)
    run_epochs(stopped.project, 4)
    stopped.project.run()
    assert _scores(stopped) == _scores(whole)
    assert len({row[2] for row in _scores(whole)}) > 10
    question = f"SELECT {COUNTED} FROM model_learning ORDER BY epoch DESC LIMIT 1"
    assert stopped.ask(question) == whole.ask(question)
