"""Spines: what is kept, what is given, which column is the time, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
from headrace.features_sql.errors import ReadError
from headrace.runtime.project import Project

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, shop VARCHAR, code VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'payments.csv');
CREATE FEATURE VIEW cards ENTITY card AS SELECT shop, code, count(*) OVER (GLOBAL) AS n FROM payments;
CREATE FEATURE VIEW shops ENTITY shop AS SELECT count(*) OVER (GLOBAL) AS n FROM payments;
CREATE FEATURE VIEW hours ENTITY card WITH ('valid.for' = '1 hour') AS
SELECT count(*) OVER h AS n, last(shop) OVER h AS shop FROM payments
WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;
CREATE FEATURE SERVICE plain AS SELECT c.shop, c.n, s.n AS shop_n FROM cards c JOIN shops s USING (shop);
CREATE FEATURE SERVICE renamed AS SELECT c.shop AS place, upper(c.code) AS shop, s.n
FROM cards c JOIN shops s USING (shop);
CREATE FEATURE SERVICE numbers AS SELECT CAST(c.code AS INTEGER) AS number FROM cards c;
CREATE FEATURE SERVICE stored AS SELECT h.n, s.n AS shop_n FROM hours h JOIN shops s USING (shop);
"""
ROWS = """id,card,shop,code,ts
1,c1,bakery,1,2026-03-01 08:00:00
2,c1,cinema,x,2026-03-01 08:10:00
3,c2,bakery,2,2026-03-01 08:20:00
4,c9,garage,3,2026-03-01 12:00:00
"""


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 1, hour, minute)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("spines")
    (folder / "headrace.toml").write_text('clock = "event"\n')
    (folder / "features.sql").write_text(SQL)
    (folder / "payments.csv").write_text(ROWS)
    made = Project(folder)
    made.apply()
    made.run()
    return made


def test_rows_and_columns_are_kept_and_features_follow(project: Project) -> None:
    spine = pa.table({"note": [7, 8, 7], "card": ["c2", "c1", "c2"], "ts": [at(9), at(8, 5), at(9)]})
    found = project.get_historical_features(spine, "plain")
    assert found.column_names == ["note", "card", "ts", "shop", "n", "shop_n"]
    assert found.to_pylist() == [
        {"note": 7, "card": "c2", "ts": at(9), "shop": "bakery", "n": 1, "shop_n": 2},
        {"note": 8, "card": "c1", "ts": at(8, 5), "shop": "bakery", "n": 1, "shop_n": 1},
        {"note": 7, "card": "c2", "ts": at(9), "shop": "bakery", "n": 1, "shop_n": 2},
    ]


def test_a_column_of_the_driving_view_is_used_as_given(project: Project) -> None:
    spine = pa.table({"card": ["c1", "c1"], "ts": [at(9), at(9)], "shop": ["bakery", None]})
    found = project.get_historical_features(spine, "plain")
    assert found.column_names == ["card", "ts", "shop", "n", "shop_n"]
    assert found.column("shop_n").to_pylist() == [2, None]


def test_the_time_has_the_views_name_or_as_of_or_one_that_is_told(project: Project) -> None:
    times = {"as_of": [at(8, 5)], "asked": [at(9)]}
    spine = pa.table({"card": ["c1"], **times})
    assert project.get_historical_features(spine, "plain").column("n").to_pylist() == [1]
    assert project.get_historical_features(spine, "plain", "asked").column("n").to_pylist() == [2]
    both = spine.append_column("ts", pa.array([at(8)]))
    assert project.get_historical_features(both, "plain").column("n").to_pylist() == [1]
    with pytest.raises(ReadError, match="the spine must have a time column ts or as_of; it has: card, asked"):
        project.get_historical_features(spine.drop_columns(["as_of"]), "plain")


def test_a_stored_view_drives_with_its_newest_row_while_it_is_valid(project: Project) -> None:
    spine = pa.table({"card": ["c1", "c1", "c1", "c3"], "as_of": [at(8, 59), at(9), at(10, 1), at(9)]})
    found = project.get_historical_features(spine, "stored")
    assert [(row["n"], row["shop_n"]) for row in found.to_pylist()] == [
        (None, None),
        (2, 1),
        (None, None),
        (None, None),
    ]


def test_a_name_that_is_another_feature_is_a_clash(project: Project) -> None:
    spine = pa.table({"card": ["c1"], "ts": [at(9)], "shop": ["bakery"]})
    with pytest.raises(ReadError, match="the spine's column shop is also a feature of the service"):
        project.get_historical_features(spine, "renamed")
    (row,) = project.get_online_features("renamed", [{"card": "c1", "shop": "bakery"}], at(9)).to_pylist()
    assert (row["place"], row["shop"], row["n"]) == ("bakery", "X", 2)


def test_a_row_that_cannot_be_computed_is_told(project: Project) -> None:
    spine = pa.table({"card": ["c2", "c1"], "ts": [at(9), at(9)]})
    with pytest.raises(ReadError, match=r"service numbers cannot be computed for row 1: .*'x'"):
        project.get_historical_features(spine, "numbers")


def test_an_instant_that_may_still_change_is_refused(project: Project) -> None:
    spine = pa.table({"card": ["c1", "c1"], "ts": [at(9), at(12)]})
    with pytest.raises(ReadError, match="row 1 of the spine asks for 2026-03-01 12:00:00, at or past the watermark"):
        project.get_historical_features(spine, "plain")
