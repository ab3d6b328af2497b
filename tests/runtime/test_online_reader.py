"""A reader that stays open answers as one that is opened for each read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError
from headrace.runtime import batch
from headrace.runtime.project import Project
from headrace.runtime.reads import direct_view, online_reads, read_log
from headrace.tests.runtime.test_read_log import FIRST, SECOND, SQL, add

AT = [datetime(2026, 3, 1, 8, minute) for minute in (15, 25)]


def test_an_open_reader_follows_what_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL)
    add(tmp_path, "1.csv", FIRST)
    project = Project(tmp_path)
    project.apply()
    project.run()
    keys = [{"card": card} for card in ("c2", "unseen", "c1", "c1")]
    seen: list[object] = []
    monkeypatch.setattr(online_reads, "LOG_EVERY", 3600.0)
    with project.online_reader("checks") as reader:
        # At first the later instant lies past the watermark; with the second file both lie below it.
        for lines in (SECOND, []):
            for instant in AT:
                expected = project.get_online_features("checks", keys, instant)
                for few in (0, batch.FEW_KEYS):
                    monkeypatch.setattr(batch, "FEW_KEYS", few)
                    assert reader.read(keys, instant) == expected
                seen.append(expected.to_pylist())
            add(tmp_path, f"{len(seen)}.csv", lines)
            project.run()
        assert seen[1] != seen[3]
        logged = read_log.logged(project.layout, "checks", 1)
        assert len(logged) == 4 + 1, "an open reader logs one read in so many seconds"
        (tmp_path / "features.sql").write_text(SQL.replace("sum(amount)", "max(amount)"))
        project.apply()
        with pytest.raises(ReadError, match="open the reader again"):
            reader.read(keys, AT[0])


QUICK = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, shop VARCHAR, amount DOUBLE, cents BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 10 MINUTES, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW cards ENTITY card AS
SELECT shop, amount, sum(amount) OVER w AS spent, stddev(amount) OVER w AS spread, min(amount) OVER w AS least,
  max(cents) OVER w AS most, sum(cents) OVER life AS cents, since_last() OVER life AS idle,
  last(shop) OVER w AS last_shop, last_n(shop, 2) OVER life AS shops,
  count(*) OVER visit AS visits, avg(amount) OVER (LAST 2 ROWS) AS lately
FROM payments WHERE amount > 0 WINDOW w AS (SLIDING SIZE 1 HOUR), life AS (GLOBAL), visit AS (SESSION GAP 30 MINUTES);
CREATE FEATURE VIEW shops ENTITY shop AS SELECT count(*) OVER (HOPPING SIZE 2 HOURS ADVANCE BY 1 HOUR) AS n
FROM payments EMIT ON DEMAND;
CREATE FEATURE VIEW numbered ENTITY cents AS SELECT count(*) OVER (TUMBLING SIZE 1 DAY) AS n
FROM payments EMIT ON DEMAND;
CREATE FEATURE VIEW closed ENTITY card WITH ('valid.for' = '45 minutes') AS SELECT count(*) OVER h AS paid FROM payments
WINDOW h AS (TUMBLING SIZE 20 MINUTES) EMIT ON WINDOW CLOSE;
CREATE FEATURE SERVICE quick AS
SELECT c.*, s.n AS at_shop, n.n AS alike, p.paid, p.as_of AS counted FROM cards c JOIN shops s ON c.last_shop = s.shop
JOIN numbered n ON c.most = n.cents JOIN closed p USING (card);
"""
PAID = """id,card,shop,amount,cents,ts
1,c1,bakery,0.1,10,2026-03-01 08:00:00
2,c1,cinema,0.2,20,2026-03-01 08:20:00
3,c2,bakery,5.5,,2026-03-01 08:30:00
4,c1,,7.25,7,2026-03-01 09:00:00
5,c3,bakery,1,20,2026-03-01 09:05:00
6,c3,kiosk,-1,20,2026-03-01 09:06:00
7,c1,bakery,2,2,2026-03-01 09:07:00
8,c2,kiosk,3,3,2026-03-01 08:59:00
"""


def test_a_key_is_read_without_a_query_where_features_are_running_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "headrace.toml").write_text("")
    (tmp_path / "features.sql").write_text(QUICK)
    (tmp_path / "payments").mkdir()
    (tmp_path / "payments" / "1.csv").write_text(PAID)
    project = Project(tmp_path)
    project.apply()
    project.run()
    keys = [{"card": card} for card in ("c1", "c2", "c3", "unseen")]
    # From the watermark on; some rows wait until after the first of these.
    instants = [datetime(2026, 3, 1, *at) for at in ((8, 57), (9, 0), (9, 5), (9, 7), (9, 45), (11, 0))]
    with project.online_reader("quick") as reader:
        expected = [[reader.read([key, key], instant).slice(0, 1) for key in keys] for instant in instants]
        assert {row.column("paid")[0].as_py() for rows in expected for row in rows} == {None, 1}
        monkeypatch.setattr(online_reads, "read_service", None)
        monkeypatch.setattr(direct_view, "MOST_AHEAD", 2)
        for instant, rows in zip(instants, expected, strict=True):
            for key, row in zip(keys, rows, strict=True):
                assert reader.read([key], instant) == row
                assert reader.row(key, instant) == row.to_pylist()[0]
        assert len({str(row.to_pylist()) for rows in expected for row in rows}) == len(keys) * len(instants)
        monkeypatch.undo()
        assert reader.row(keys[0], instants[0]) == expected[0][0].to_pylist()[0], "it has looked further ahead"
        with pytest.raises(ReadError, match="a key must give card"):
            reader.row({"crad": "c1"}, instants[0])
        assert reader.row({"card": None}, instants[0])["spent"] is None
    assert all(check.passed for check in project.verify().values())


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL)
    add(tmp_path, "1.csv", FIRST)
    project = Project(tmp_path)
    project.apply()
    project.run()
    key = {"card": "c1"}
    asked: list[tuple[object, object, str]] = [
        ([key], "2026-03-01 08:15", "as_of must be a datetime; got '2026-03-01 08:15'"),
        (key, None, "keys must be a list of mappings, each from column to value; got {'card': 'c1'}"),
        (None, None, "keys must be a list of mappings, each from column to value; got None"),
        ([[key]], None, r"a key must be a mapping from column to value; got \[\{'card': 'c1'\}\]"),
        ([{"card": 5}], AT[1], "key column card must be VARCHAR; got 5"),
    ]
    with project.online_reader("checks") as reader:
        for keys, instant, said in asked:
            with pytest.raises(ReadError, match=said):
                reader.read(keys, instant)  # pyright: ignore[reportArgumentType]
        with pytest.raises(ReadError, match="a key must be a mapping from column to value; got 'c1'"):
            reader.row("c1")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ReadError, match="this reader is closed; open another"):
        reader.row(key)


def test_a_key_is_not_rounded(tmp_path: Path) -> None:
    more = """CREATE FEATURE VIEW per_id ENTITY id AS SELECT count(*) OVER (GLOBAL) AS n FROM payments;
    CREATE FEATURE SERVICE ids AS SELECT p.* FROM per_id p;"""
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL + more)
    add(tmp_path, "1.csv", FIRST)
    project = Project(tmp_path)
    project.apply()
    project.run()
    assert project.get_online_features("ids", [{"id": 2.0}, {"id": 3}]).column("n").to_pylist() == [1, 0]
    for key in (1.5, Decimal("1.5"), float("nan")):
        with pytest.raises(ReadError, match=r"key column id must be BIGINT; got"):
            project.get_online_features("ids", [{"id": key}])
