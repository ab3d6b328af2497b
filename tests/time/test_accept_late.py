"""LATE ROWS ACCEPT WITHIN: rows that come late change what was written, as if they had come in time."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from headrace.tests.meaning.folders import run_epochs
from headrace.tests.time.desk import Desk, Event

COLUMNS = "id BIGINT, k VARCHAR, ts TIMESTAMP"
SOURCE = f"""CREATE SOURCE events ({COLUMNS}, WATERMARK FOR ts AS ts - INTERVAL {{delay}} SECONDS,
  PRIMARY KEY (id) NOT ENFORCED) {{late}} WITH ('connector' = 'files', 'path' = 'events/*.csv' {{options}});
"""
LATE = {"delay": 10, "late": "LATE ROWS ACCEPT WITHIN 1 MINUTE"}
# The same rows are let in, and none of them is late.
PATIENT = {"delay": 70, "late": ""}
VIEWS = """
CREATE FEATURE VIEW recent ENTITY k AS SELECT id, avg(id) OVER (SLIDING SIZE 30 SECONDS) AS mean,
  mad(id) OVER (SLIDING SIZE 30 SECONDS) AS middle FROM events;
CREATE FEATURE VIEW visits ENTITY k AS SELECT count(*) OVER s AS n, sum(id) OVER s AS ids
  FROM events WINDOW s AS (SESSION GAP 20 SECONDS) EMIT ON WINDOW CLOSE;
"""
MORE = """
CREATE FEATURE VIEW totals ENTITY k AS SELECT count(*) OVER (GLOBAL) AS n FROM events EMIT EVERY 30 SECONDS;
CREATE FEATURE VIEW of_visits ENTITY k AS SELECT sum(n) OVER (SLIDING SIZE 1 MINUTE) AS total FROM visits;
CREATE FEATURE SERVICE served AS
  SELECT r.mean, v.ids, t.n FROM recent r JOIN visits v USING (k) JOIN totals t USING (k);
"""
NEWEST = """* EXCLUDE (_revision, _deleted)
  FROM (SELECT * FROM read_parquet('{path}/*/*.parquet', hive_partitioning = false)
  QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY _revision DESC) = 1) WHERE NOT _deleted ORDER BY ALL --"""
NAMED = """
CREATE TABLE names (k VARCHAR, name VARCHAR, since TIMESTAMP)
  WITH ('connector' = 'files', 'path' = 'names/*.csv');
CREATE FEATURE VIEW both ENTITY k AS SELECT id, count(*) OVER (SLIDING SIZE 1 MINUTE) AS n
  FROM (SELECT id, k, ts FROM events UNION ALL SELECT -id AS id, k, ts FROM events WHERE id > 2) u;
CREATE FEATURE VIEW named ENTITY k AS SELECT id, n.name, count(*) OVER (SLIDING SIZE 1 MINUTE) AS n
  FROM events e ASOF LEFT JOIN names n ON e.k = n.k AND e.ts >= n.since;
"""
WRITING = ("recent", "visits", "totals", "of_visits", "served")
# The watermark stands at 150 when those at 99 and 89 come: the one within a minute of it, the other not.
EVENTS = [(1, "a", 100), (2, "a", 110), (3, "b", 125), (4, "a", 160), (5, "a", 99), (6, "a", 89), (7, "b", 300)]


def _newest(desk: Desk, name: str) -> list[tuple[Any, ...]]:
    identity = "k, ts, _partition, _offset" if name in ("recent", "served") else "k, as_of"
    return desk.rows(name, NEWEST.format(path=desk.folder / "offline" / name, identity=identity))


def _random_events(random: Random) -> list[Event]:
    now, events = 100.0, list[Event]()
    for id in range(40):
        now += random.choice([0, 1, 4, 9, 25])
        back = random.choice([0, 0, 3, 12, 35, 70, 71, 90])
        events.append((id, random.choice("ab"), max(0, now - back)))
    return events


def test_a_late_row_writes_what_it_changes_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SOURCE.format(**LATE, options=", 'bounded' = 'true'") + VIEWS)
    desk.add(EVENTS)
    desk.run()
    assert desk.rows("recent", "id, mean, _revision, _deleted") == [
        (1, 1.0, 0, False),
        (1, 3.0, 1, False),
        (2, 1.5, 0, False),
        (2, 8 / 3, 1, False),
        (3, 3.0, 0, False),
        (4, 4.0, 0, False),
        (5, 5.0, 0, False),
        (7, 7.0, 0, False),
    ]
    visits = "epoch(as_of)::BIGINT % 86400, k, n, ids, _revision, _deleted"
    assert desk.rows("visits", visits) == [
        (130, "a", 2, 3, 0, False),
        (130, "a", 3, 8, 1, False),
        (145, "b", 1, 3, 0, False),
        (180, "a", 1, 4, 0, False),
        (320, "b", 1, 7, 0, False),
    ]
    assert desk.rows("events$late", "id, _lag_seconds") == [(6, 61.0)]
    assert desk.mismatches() == {}


def test_in_the_end_all_is_as_if_no_row_had_been_late(tmp_path: Path) -> None:
    events = _random_events(Random(0))
    desks = list[Desk]()
    for name, rules in (("late", LATE), ("patient", PATIENT)):
        (tmp_path / name).mkdir()
        desks.append(Desk(tmp_path / name, SOURCE.format(**rules, options="") + VIEWS + MORE, batch_rows=5))
    late, patient = desks
    late.project.apply()
    for part in (events[:17], [*events[17:], (1000, "a", 2000.0)]):
        late.add(part)
        patient.add(part)
        run_epochs(late.project, 2)
    late.project.run()
    patient.run()
    for name in WRITING:
        written = [row for row in patient.rows(name) if row[1].hour == 0 and row[1].minute < 20]
        assert len(written) > 10
        assert [row for row in _newest(late, name) if row[1].hour == 0 and row[1].minute < 20] == written
    assert late.mismatches() == {}
    assert max(row[0] for row in late.rows("recent", "_revision")) > 0


def test_rebuilt_views_and_replaced_tables(tmp_path: Path) -> None:
    sql = SOURCE.format(**LATE, options="") + VIEWS + NAMED
    desk = Desk(tmp_path, sql)
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "names.csv").write_text("k,name,since\nb,early,2024-01-01\n")
    desk.add(EVENTS)
    desk.run()
    held = _newest(desk, "visits")
    (tmp_path / "features.sql").write_text(sql.replace("sum(id)", "max(id)"))
    desk.project.apply()
    # The instants written so far were joined with what the table held then, and so are those written again.
    (tmp_path / "names" / "names.csv").write_text("k,name,since\nb,late,2024-01-01\n")
    desk.add([(8, "b", 350), (9, "b", 285), (10, "b", 420), (11, "b", 351)])
    desk.project.run()
    named = {row[0]: row[1] for row in desk.rows("named", "id, name")}
    assert (named[3], named[9], named[8], named[11]) == ("early", "early", "late", "late")
    assert [row[:3] for row in _newest(desk, "visits")][: len(held)] == [row[:3] for row in held]
    assert desk.mismatches() == {}
