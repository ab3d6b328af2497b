"""Online reads are logged, and verify answers them again from what was known when they were asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from headrace.runtime.project import Project
from headrace.runtime.reads import read_log
from headrace.runtime.reads.read_log import LoggedRead
from headrace.runtime.stores.layout import Layout

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, shop VARCHAR, amount DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 10 MINUTES, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW cards ENTITY card AS SELECT shop, sum(amount) OVER w AS spent, since_last() OVER w AS idle
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE VIEW shops ENTITY shop AS SELECT count(*) OVER h AS n FROM payments
WINDOW h AS (TUMBLING SIZE 10 MINUTES) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW totals ENTITY card AS SELECT sum(spent) OVER (GLOBAL) AS total FROM cards;
CREATE FEATURE VIEW asked ENTITY card AS SELECT last(shop) OVER (GLOBAL) AS shop FROM payments EMIT ON DEMAND;
CREATE FEATURE SERVICE checks AS
SELECT c.*, s.n, t.total FROM cards c JOIN shops s USING (shop) JOIN totals t USING (card);
CREATE FEATURE SERVICE only_read AS SELECT a.shop, t.total FROM asked a JOIN totals t USING (card);
"""
FIRST = ["1,c1,bakery,0.1,2026-03-01 08:00:00", "2,c1,cinema,0.2,2026-03-01 08:20:00"]
SECOND = ["3,c1,cinema,0.3,2026-03-01 08:18:00", "4,c2,bakery,1e16,2026-03-01 09:00:00"]
SOON = datetime(2026, 3, 1, 8, 25)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL)
    add(tmp_path, "1.csv", FIRST)
    made = Project(tmp_path)
    made.apply()
    made.get_online_features("checks", [{"card": "c1"}], SOON)
    made.run()
    return made


def add(folder: Path, name: str, lines: Sequence[str]) -> None:
    (folder / "payments").mkdir(exist_ok=True)
    (folder / "payments" / name).write_text("\n".join(["id,card,shop,amount,ts", *lines]) + "\n")


def read(instant: int, key: str) -> LoggedRead:
    return LoggedRead(7, -(2**62), instant, {"k": key}, pa.table({"x": [instant]}))


def damage(project: Project, sql: str) -> None:
    with closing(sqlite3.connect(project.layout.reads, isolation_level=None)) as log:
        assert log.execute(sql).rowcount == 1


def test_reads_are_answered_again_as_they_were_known(project: Project) -> None:
    (before,) = project.get_online_features("checks", [{"card": "c1"}], SOON).to_pylist()
    project.get_online_features("checks", [{"card": "c1", "shop": "bakery"}], SOON)
    project.get_online_features("checks", [{"card": "unseen"}])
    project.get_online_features("only_read", [{"card": "c1"}], SOON)
    add(project.layout.root, "2.csv", SECOND)
    project.run()
    (after,) = project.get_online_features("checks", [{"card": "c1"}], SOON).to_pylist()
    assert after != before, "a row that came since counts"
    checks = project.verify()
    assert {name: check.reads for name, check in checks.items() if check.reads} == {"checks": 5, "only_read": 1}
    assert all(check.passed for check in checks.values()), checks


def test_an_answer_that_differs_is_a_mismatch(project: Project) -> None:
    for card in ("c1", "c2"):
        project.get_online_features("checks", [{"card": card}], SOON)
    assert project.verify("checks")["checks"].passed
    damage(project, "UPDATE reads SET instant_us = instant_us + 1000000 WHERE number = 2")
    check = project.verify("checks")["checks"]
    assert (check.reads, check.wrong_reads) == (3, 2), "a read at another instant is missing, and one too many"
    assert not check.passed


def test_the_log_keeps_the_newest_and_never_fails_a_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = Layout(tmp_path)
    layout.create()
    monkeypatch.setattr(read_log, "KEPT", 3)
    for instant in range(5):
        read_log.note(layout, "s", 1, read(instant, f"ключ{instant}"))
    read_log.note(layout, "s", 2, read(9, "other"))
    kept = read_log.logged(layout, "s", 1)
    assert [(one.instant, one.key, one.answer.to_pylist()) for one in kept] == [
        (3, {"k": "ключ3"}, [{"x": 3}]),
        (4, {"k": "ключ4"}, [{"x": 4}]),
    ]
    read_log.note(Layout(tmp_path / "nowhere"), "s", 1, read(1, "any"))
    assert "this read is not logged" in caplog.text
