"""Events whose entity is NULL: they make no row, and every one of them is counted once."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path

import pytest
from headrace.runtime.commands import report
from headrace.runtime.commands.shown import Listing
from headrace.tests.time.desk import SOURCE, Desk

COUNT = "count(*) OVER (SLIDING SIZE 1 HOUR) AS n"
MINUTE = "(TUMBLING SIZE 1 MINUTE)"
BOTH = "(SELECT k, ts FROM events UNION ALL SELECT spoilt, ts FROM seen)"
VIEWS = f"""
CREATE FEATURE VIEW seen ENTITY k AS SELECT id, nullif(k, 'b') AS spoilt, {COUNT} FROM events;
CREATE FEATURE VIEW pairs ENTITY (id, k) AS SELECT {COUNT} FROM events WHERE id <> 4;
CREATE FEATURE VIEW again ENTITY spoilt AS SELECT {COUNT} FROM seen;
CREATE FEATURE VIEW both ENTITY k AS SELECT {COUNT} FROM {BOTH} u;
CREATE FEATURE VIEW closed ENTITY k AS SELECT sum(id) OVER {MINUTE} AS n FROM events EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW arrived ENTITY k AS SELECT {COUNT} FROM events EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW whole ENTITY id AS SELECT {COUNT} FROM events;
"""
OPTIONS = ", 'csv.null' = '-', 'bounded' = 'true'"
# NULL in k: 2, 4, 5 and 8; in id: one. Of the rows of "seen" those of b are three.
EVENTS = [
    *((1, "a", 10), (2, "-", 20), (3, "b", 30), (4, "-", 40), (5, "-", 100)),
    *((6, "b", 110), ("-", "a", 120), (8, "-", 130), (9, "b", 140)),
]
COUNTS = {"again": 3, "arrived": 4, "both": 7, "closed": 4, "pairs": 5, "seen": 4, "whole": 1}


def _desk(folder: Path, late: str = "", options: str = OPTIONS, views: str = VIEWS) -> Desk:
    return Desk(folder, SOURCE.format(late=late, options=options) + views)


def _counts(desk: Desk) -> dict[str, int]:
    return {name: view.null_entities for name, view in desk.project.status().views.items()}


def test_they_are_counted_over_batches_runs_and_views_that_are_built_later(tmp_path: Path) -> None:
    desk = _desk(tmp_path, options=OPTIONS.replace("'bounded' = 'true'", "'bounded' = 'false'"), views="")
    sql = (tmp_path / "features.sql").read_text()
    first, *later = VIEWS.strip().splitlines(keepends=True)
    (tmp_path / "features.sql").write_text(sql + first)
    desk.add(EVENTS[:5])
    desk.run()
    # The watermark stands at 90: the event at 100 waits.
    assert _counts(desk) == {"seen": 2}
    (tmp_path / "features.sql").write_text(sql + first + "".join(later))
    desk.project.apply()
    assert _counts(desk) == {"again": 1, "arrived": 2, "both": 3, "closed": 2, "pairs": 2, "seen": 2, "whole": 0}
    desk.add([*EVENTS[5:], (10, "a", 1000)])
    desk.project.run()
    assert _counts(desk) == COUNTS
    assert desk.mismatches() == {}
    desk.project.materialize("seen", start=datetime(2024, 3, 1), end=datetime(2024, 3, 1, 0, 1))
    assert _counts(desk) == COUNTS


@pytest.mark.parametrize(
    ("late", "point"), [("", "committed:2:kill"), ("LATE ROWS ACCEPT WITHIN 1 MINUTE", "commit:3:kill")]
)
def test_an_epoch_that_is_killed_and_computed_again_counts_once(tmp_path: Path, late: str, point: str) -> None:
    views = VIEWS if not late else "".join(line for line in VIEWS.splitlines(True) if "arrived" not in line)
    desk = _desk(tmp_path, late, views=views)
    # Out of order, so that late rows are let in.
    desk.add([EVENTS[place] for place in (0, 1, 2, 4, 3, 5, 6, 7, 8)] if late else EVENTS)
    desk.project.apply()
    assert desk.command("run", "--once", failpoint=point).returncode == -signal.SIGKILL
    desk.project.run()
    assert _counts(desk) == {name: count for name, count in COUNTS.items() if name in views}
    assert desk.mismatches() == {}


def test_the_status_names_the_views_that_have_any(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.add(EVENTS)
    desk.run()
    shown = report.status(desk.project.status())
    listed = [part.rows for part in shown.parts if isinstance(part, Listing) and "NULL" in part.columns[-1]]
    assert listed == [tuple(COUNTS.items())]
    assert isinstance(shown.data, dict)
    assert shown.data["details"]["pairs"]["null_entities"] == 5
