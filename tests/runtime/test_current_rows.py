"""Reads that bring a whole row along, and spines whose rows are events: both say what streaming writes there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import ReadError
from headrace.runtime.project import Project

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, shop VARCHAR, amount BIGINT, at VARCHAR,
  ts TIMESTAMP AS (CAST(at AS TIMESTAMP)), WATERMARK FOR ts AS ts - INTERVAL 10 MINUTES, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'format' = 'csv'{bounded});
CREATE FEATURE VIEW cards ENTITY card AS
SELECT id, shop, upper(shop) AS loud, sum(amount) OVER w AS spent, since_last() OVER w AS idle,
  sum(amount) OVER (LAST 2 ROWS) AS last_two, list(id) OVER x AS others
FROM payments WHERE amount > 0
WINDOW w AS (SLIDING SIZE 1 HOUR), x AS (SLIDING SIZE 1 HOUR EXCLUDE CURRENT ROW);
CREATE FEATURE VIEW shops ENTITY shop AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM payments;
CREATE FEATURE SERVICE checks AS SELECT c.*, s.n FROM cards c JOIN shops s USING (shop);
"""
ROWS: list[dict[str, Any]] = [
    {"id": 1, "card": "c1", "shop": "bakery", "amount": 4, "at": "2026-03-01 08:00:00"},
    {"id": 2, "card": "c1", "shop": "cinema", "amount": 5, "at": "2026-03-01 08:20:00"},
    {"id": 3, "card": "c2", "shop": "bakery", "amount": 6, "at": "2026-03-01 08:25:00"},
    {"id": 4, "card": "c1", "shop": "bakery", "amount": 7, "at": "2026-03-01 08:25:00"},
    {"id": 6, "card": "c1", "shop": "cinema", "amount": 8, "at": "2026-03-01 08:25:00"},
]
LAST: dict[str, Any] = {"id": 5, "card": "c1", "shop": "bakery", "amount": 9, "at": "2026-03-01 08:25:00"}


def project(folder: Path, *, bounded: bool) -> Project:
    (folder / "headrace.toml").write_text('clock = "event"\n')
    (folder / "features.sql").write_text(SQL.format(bounded=", 'bounded' = 'true'" if bounded else ""))
    add(folder, "1.csv", ROWS)
    made = Project(folder)
    made.apply()
    made.run()
    return made


def add(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / "payments").mkdir(exist_ok=True)
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    (folder / "payments" / name).write_text("\n".join(lines) + "\n")


def written(made: Project, id: int) -> Mapping[str, Any]:
    files = sorted(made.layout.root.glob("offline/checks/*/*.parquet"))
    rows = pa.concat_tables([pq.ParquetFile(path).read() for path in files]).to_pylist()
    return next({name: row[name] for name in row if not name.startswith("_")} for row in rows if row["id"] == id)


def test_a_whole_row_gets_what_streaming_writes_when_it_arrives(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=False)
    (row,) = made.get_online_features("checks", [LAST]).to_pylist()
    assert made.get_online_features("checks", [{"card": "c1"}]).to_pylist()[0]["spent"] == 24, "nothing is kept"
    add(tmp_path, "2.csv", [LAST, {**LAST, "id": 9, "card": "c9", "at": "2026-03-01 10:00:00"}])
    made.run()
    assert row == written(made, 5)
    assert (row["spent"], row["idle"], row["last_two"], row["others"]) == (33, 0, 16, [1, 2, 4, 6])
    assert row["n"] == 4


def test_a_whole_row_of_the_past_is_a_historical_read(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=True)
    (row,) = made.get_online_features("checks", [LAST]).to_pylist()
    assert (row["spent"], row["idle"], row["last_two"], row["others"], row["n"]) == (33, 0, 16, [1, 2, 4, 6], 4)
    assert (row["id"], row["loud"], row["ts"]) == (5, "BAKERY", datetime(2026, 3, 1, 8, 25))


def test_rows_are_alone_with_history_and_where_may_remove_one(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=False)
    rows = [LAST, {**LAST, "id": 7, "amount": 1}, {**LAST, "id": 8, "amount": -1}]
    found = made.get_online_features("checks", rows).to_pylist()
    assert [row["spent"] for row in found] == [33, 25, 24]
    assert [row["id"] for row in found] == [5, 7, 6], "what WHERE removes is no event: the newest one's columns stand"


def test_a_column_of_the_source_alone_is_not_enough(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=False)
    with pytest.raises(ReadError, match="a whole row of payments would count as an event: it lacks id, shop, at"):
        made.get_online_features("checks", [{"card": "c1", "amount": 3}])
    with pytest.raises(ReadError, match="is no event of payments"):
        made.get_online_features("checks", [{**LAST, "amount": "much"}])


def test_a_spine_names_the_row_that_is_left_out(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=True)
    moment = datetime(2026, 3, 1, 8, 25)
    spine = pa.table({"card": ["c1", "c1", "c2", "c1"], "ts": [moment] * 4, "id": [4, 6, 4, 77]})
    found = made.get_historical_features(spine, "checks").to_pylist()
    assert [row["others"] for row in found] == [[1, 2, 6], [1, 2, 4], [3], [1, 2, 4, 6]]
    assert [row["last_two"] for row in found] == [12, 15, 6, 15]
    assert {name: found[0][name] for name in ("spent", "idle", "n")} == {
        name: written(made, 4)[name] for name in ("spent", "idle", "n")
    }
    with pytest.raises(ReadError, match="the spine must have the primary key of payments: id is missing"):
        made.get_historical_features(spine.drop_columns(["id"]), "checks")
    keys = [{"card": "c1", "shop": "cinema"}, {"card": "c2", "shop": None}]
    read = made.get_online_features("checks", keys, moment).to_pylist()
    assert [(row["others"], row["last_two"], row["n"]) for row in read] == [([1, 2, 4, 6], 15, 2), ([3], 6, None)]


def test_a_view_on_demand_is_read_and_writes_nothing(tmp_path: Path) -> None:
    made = project(tmp_path, bounded=True)
    (tmp_path / "more.sql").write_text("""
        CREATE FEATURE VIEW now ENTITY card AS
        SELECT sum(amount) OVER (SLIDING SIZE 1 HOUR) AS spent FROM payments EMIT ON DEMAND;
        CREATE FEATURE SERVICE joined AS SELECT c.spent, n.spent AS now FROM cards c JOIN now n USING (card);
        CREATE FEATURE SERVICE read_only AS SELECT n.spent FROM now n;
    """)
    made.apply()
    with pytest.raises(ReadError, match="read_only is ON DEMAND: it is read, and writes no rows"):
        made.verify("read_only")
    moment = datetime(2026, 3, 1, 9, 10)
    (row,) = made.get_online_features("read_only", [{"card": "c1"}], moment).to_pylist()
    assert row == {"card": "c1", "as_of": moment, "spent": 20}
    spine = pa.table({"card": ["c1", "c2"], "as_of": [moment, moment]})
    assert made.get_historical_features(spine, "read_only").column("spent").to_pylist() == [20, 6]
    checks = made.verify()
    assert "now" not in checks
    assert (checks["read_only"].rows, checks["read_only"].reads, checks["read_only"].passed) == (0, 1, True)
    assert checks["joined"].passed
    assert not list(tmp_path.glob("offline/now/*/*"))
    with pytest.raises(ReadError, match="now is ON DEMAND"):
        made.materialize("now", moment, moment)


PULSES = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
  WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'bounded' = 'true');
CREATE SOURCE visits (card VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
  WITH ('connector' = 'push');
CREATE FEATURE VIEW pulse ENTITY card AS SELECT count(*) OVER (GLOBAL) AS n FROM payments EMIT EVERY 5 MINUTES REPEAT;
CREATE FEATURE VIEW cards ENTITY card AS SELECT id, count(*) OVER (GLOBAL) AS n FROM payments;
CREATE FEATURE VIEW seen ENTITY card AS SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card, ts FROM payments UNION ALL SELECT card, ts FROM visits) u;
CREATE FEATURE SERVICE checks AS SELECT c.*, p.n AS pulses, p.as_of AS pulse_at FROM cards c JOIN pulse p USING (card);
"""


def test_what_is_written_below_the_watermark_stays_past_the_end_of_a_source(tmp_path: Path) -> None:
    """No boundary follows the end of a bounded source, though a row that is brought along lies past several."""
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(PULSES)
    add(tmp_path, "1.csv", [{"id": 1, "card": "c1", "ts": "2026-03-01 08:01:00"}])
    made = Project(tmp_path)
    made.apply()
    made.push("visits", [{"card": "c1", "ts": "2026-03-01 08:40:00"}])
    made.run()
    whole = {"id": 2, "card": "c1", "ts": "2026-03-01 08:45:00"}
    (row,) = made.get_online_features("checks", [whole]).to_pylist()
    assert (row["n"], row["pulses"], row["pulse_at"]) == (2, 1, datetime(2026, 3, 1, 8, 5))
