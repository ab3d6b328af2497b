"""EMIT ON EVENT IMMEDIATELY: rows by the order of arrival alone, however the stream is cut and computed again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import ReadError
from headrace.tests.meaning.folders import Folder, everything_verified, run_epochs
from headrace.tests.meaning.replay import END, Replay, batch_program, definitions_of, records, table_of

SECOND = 1_000_000
SOURCE = """CREATE SOURCE taps (i BIGINT, k VARCHAR, gate VARCHAR, x BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS, PRIMARY KEY (i) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'taps/*.parquet'{bounded});
"""
VIEW = """CREATE FEATURE VIEW now ENTITY k WITH ('recompute' = 'allowed') AS
SELECT i, x, count(*) OVER (SLIDING SIZE 5 SECONDS) AS n,
  count(*) OVER (SLIDING SIZE 5 SECONDS EXCLUDE CURRENT ROW) AS rest,
  sum(x) OVER (LAST 2 ROWS) AS two, sum(x) OVER (LAST 2 ROWS EXCLUDE CURRENT ROW) AS before,
  sum(x) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS pair, since_last() OVER (GLOBAL) AS idle,
  count(*) OVER (GLOBAL EXCLUDE CURRENT GROUP) AS earlier, session_index() OVER (SESSION GAP 3 SECONDS) AS visit,
  since_last() OVER (SLIDING SIZE 9 SECONDS EXCLUDE CURRENT GROUP) AS gap,
  count(*) OVER (PARTITION BY (k, gate) SLIDING SIZE 1 MINUTE) AS here
FROM taps WHERE x > 0 EMIT ON EVENT IMMEDIATELY;
"""
# (k, gate, x, second) in the order of arrival; that of second 1 comes 12 s behind and is late.
TAPS = [("a", "n", 1, 0), ("a", "s", 2, 4), ("b", "n", 4, 6), ("a", None, 8, 3), ("a", "n", 16, 6), ("b", "n", 0, 9)]
TAPS += [
    ("a", "s", 32, 12),
    (None, "s", 1, 13),
    ("a", "n", 64, 1),
    ("a", "n", 128, 12),
    ("a", "n", 256, 4),
    ("c", "n", 512, 11),
]
ROWS = [{"i": i, "k": k, "gate": g, "x": x, "ts": at * SECOND} for i, (k, g, x, at) in enumerate(TAPS)]
NAMES = ("i", "as_of", "ts", "n", "rest", "two", "before", "pair", "idle", "earlier", "visit", "here", "gap")
BY_HAND = [
    (0, 0, 0, 1, 0, 1, None, 1, None, 0, 1, 1, None),
    (1, 4, 4, 2, 1, 3, 1, 3, 4.0, 1, 2, 1, 4.0),
    (2, 6, 6, 1, 0, 4, None, 4, None, 0, 1, 1, None),
    # At second 6 the event of second 3 has one before it and one after it: the visit that was two is one.
    (3, 6, 3, 2, 1, 9, 1, 9, 2.0, 3, 1, 0, 2.0),
    (4, 6, 6, 3, 2, 18, 10, 18, 2.0, 3, 1, 2, 2.0),
    (6, 12, 12, 1, 0, 48, 18, 48, 6.0, 4, 2, 2, 6.0),
    (9, 13, 12, 2, 1, 160, 48, 160, 1.0, 6, 2, 3, 1.0),
    (10, 13, 4, 2, 2, 258, 10, 258, 1.0, 7, 2, 4, 1.0),
    (11, 13, 11, 1, 0, 512, None, 512, None, 1, 1, 1, None),
]


def shown(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    times = ("as_of", "ts")
    return [tuple(row[name] // SECOND if name in times else row[name] for name in NAMES) for row in rows]


@pytest.mark.parametrize(
    ("batches", "restarts"), [([1], frozenset({3, 7})), ([4], frozenset({1})), ([100], frozenset())]
)
def test_rows_worked_out_by_hand(batches: list[int], restarts: frozenset[int]) -> None:
    replay = Replay(SOURCE.format(bounded="") + VIEW, {"taps": ROWS})
    assert shown(replay.finish(batches, restarts)["now"]) == BY_HAND


def test_the_batch_program_says_the_same() -> None:
    sql = SOURCE.format(bounded="") + VIEW
    replay = Replay(sql, {"taps": ROWS})
    replay.finish([100])
    events = table_of(definitions_of(sql), "taps", ROWS, replay.sources["taps"].accepted)
    assert shown(records(batch_program(sql, "now").run(taps=events).sort_by("_i"))) == BY_HAND


ABOVE = """CREATE FEATURE VIEW above ENTITY k AS SELECT i, count(*) OVER (SLIDING SIZE 6 SECONDS) AS recent,
  list(i) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS newest FROM now EMIT ON EVENT;
CREATE FEATURE VIEW closed ENTITY k AS SELECT count(*) OVER five AS n, sum(rest) OVER five AS rest FROM now
WINDOW five AS (TUMBLING SIZE 5 SECONDS) EMIT ON WINDOW CLOSE;
"""
# Rows of one as_of follow each other as they arrived, whatever the times of their events.
OVER = [(0, 1, [0]), (1, 2, [0, 1]), (2, 1, [2]), (3, 3, [0, 1, 3]), (4, 3, [1, 3, 4]), (6, 1, [3, 4, 6])]
OVER += [(9, 3, [4, 6, 9]), (10, 3, [6, 9, 10]), (11, 1, [11])]
CLOSED = [("a", 5, 2, 1), ("a", 10, 2, 3), ("b", 10, 1, 0), ("a", 15, 3, 3), ("c", 15, 1, 0)]


@pytest.mark.parametrize(
    ("batches", "restarts"), [([1], frozenset({5})), ([4], frozenset({1, 2})), ([100], frozenset())]
)
def test_views_over_its_rows_have_them_in_the_order_of_arrival(batches: list[int], restarts: frozenset[int]) -> None:
    sql = SOURCE.format(bounded="") + VIEW + ABOVE
    replay = Replay(sql, {"taps": ROWS})
    written = replay.finish(batches, restarts)
    events = table_of(definitions_of(sql), "taps", ROWS, replay.sources["taps"].accepted)
    batch = {name: records(batch_program(sql, name).run(taps=events).sort_by("_i")) for name in ("above", "closed")}
    for rows in (written, batch):
        assert [(row["i"], row["recent"], row["newest"]) for row in rows["above"]] == OVER
        closed = [(row["k"], row["as_of"] // SECOND, row["n"], row["rest"]) for row in rows["closed"]]
        assert sorted(closed, key=lambda row: (row[1], row[0])) == CLOSED


def test_an_event_that_fails_is_quarantined_once() -> None:
    sql = SOURCE.format(bounded="") + VIEW.replace(
        "sum(x) OVER (LAST 2 ROWS)", "sum(CAST(gate AS BIGINT)) OVER (LAST 2 ROWS)"
    )
    replay = Replay(sql, {"taps": ROWS})
    events = table_of(replay.definitions, "taps", ROWS, range(3))
    advanced = replay.group.advance({"taps": events}, END)
    assert [one.offset for one in advanced.poison["now"]] == [0, 1, 2]
    assert not len(advanced.rows["now"])


LATER = """CREATE TABLE gates (gate VARCHAR, lanes BIGINT, since TIMESTAMP, PRIMARY KEY (gate, since) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'gates/*.parquet');
CREATE FEATURE VIEW laned ENTITY k AS SELECT i, t.gate, sum(g.lanes) OVER (SLIDING SIZE 1 MINUTE) AS lanes
FROM taps t ASOF LEFT JOIN gates g ON t.gate = g.gate AND t.ts >= g.since
QUALIFY lanes > 1 EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW load ENTITY gate AS SELECT count(*) OVER (SLIDING SIZE 1 MINUTE) AS taps FROM taps EMIT ON DEMAND;
CREATE FEATURE VIEW others ENTITY k AS SELECT count(*) OVER (SLIDING SIZE 1 MINUTE) AS asked FROM asks;
CREATE SOURCE asks (k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
CREATE FEATURE VIEW seconds ENTITY k WITH ('valid.for' = '12 seconds') AS
SELECT count(*) OVER (TUMBLING SIZE 1 SECOND) AS n FROM taps EMIT ON WINDOW CLOSE;
CREATE FEATURE SERVICE checked AS SELECT l.i, l.lanes, g.taps, o.asked, s.n AS closed
FROM laned l JOIN load g USING (gate) JOIN others o ON l.k = o.k JOIN seconds s ON l.k = s.k;
"""
# The table has ten times as many lanes from the third event on, and the first row is left out.
# The one second that closes, that of the first tap, does so when the watermark is at 3, and is read 12 s later.
SERVED = [(1, 3, 1, 1, None), (2, 10, 2, 0, None), (3, 3, None, 1, None), (4, 13, 3, 1, None), (5, 20, 4, 0, None)]
SERVED += [(6, 33, 2, 1, None), (9, 43, 5, 2, 1), (10, 53, 6, 2, 1), (11, 10, 7, 0, None)]


def test_a_project_through_stops_new_tables_and_new_views(tmp_path: Path) -> None:
    sql = SOURCE.format(bounded="") + LATER
    folder, definitions = Folder(tmp_path, sql, batch_rows=2, snapshot_epochs=2), definitions_of(sql)
    put_gates(tmp_path, 1)
    folder.add(definitions, "taps", ROWS[:6])
    folder.project.apply()
    folder.project.push("asks", [{"k": "a", "ts": "1970-01-01 00:00:01"}])
    run_epochs(folder.project, 2)
    put_gates(tmp_path, 10)
    folder.project.run()
    folder.add(definitions, "taps", ROWS[6:])
    folder.project.push("asks", [{"k": "a", "ts": "1970-01-01 00:00:05"}])
    folder.project.run()
    found = [
        tuple(row[name] for name in ("i", "lanes", "taps", "asked", "closed")) for row in folder.rows("checked", "taps")
    ]
    assert found == SERVED
    folder.write_sql(sql + VIEW + "CREATE FEATURE SERVICE exact AS SELECT n.here FROM now n;")
    folder.project.apply()
    assert shown(folder.rows("now")) == BY_HAND
    assert everything_verified(folder.project) == {
        "laned": 9,
        "now": 9,
        "others": 1,
        "seconds": 1,
        "checked": 9,
        "exact": 9,
    }
    start, end = (datetime(1970, 1, 1, second=second, tzinfo=UTC) for second in (0, 3))
    assert folder.project.materialize("now", start, end) == 1
    assert sorted(shown(folder.rows("now"))) == BY_HAND
    spine = pa.table({"k": ["a"], "as_of": pa.array([2 * SECOND], pa.timestamp("us"))})
    # A read joins the table that was in force when the watermark passed the event.
    assert folder.project.get_historical_features(spine, "checked").column("lanes").to_pylist() == [10]
    with pytest.raises(ReadError, match="written IMMEDIATELY: a spine cannot say what had arrived"):
        folder.project.get_historical_features(spine, "exact")


TIMED = """CREATE SOURCE taps (i BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS)
  WITH ('connector' = 'push');
CREATE TABLE limits (k VARCHAR, most BIGINT, since TIMESTAMP, WATERMARK FOR since AS since - INTERVAL 1 HOUR,
  PRIMARY KEY (k, since) NOT ENFORCED) WITH ('connector' = 'push');
CREATE FEATURE VIEW held ENTITY k AS SELECT i, l.most, sum(l.most) OVER (SLIDING SIZE 1 MINUTE) AS all_most
FROM taps t LEFT JOIN limits FOR SYSTEM_TIME AS OF t.ts AS l ON t.k = l.k EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW allowed ENTITY k AS SELECT sum(l.most) OVER (SLIDING SIZE 1 MINUTE) AS total
FROM taps t LEFT JOIN limits FOR SYSTEM_TIME AS OF t.ts AS l ON t.k = l.k EMIT ON DEMAND;
CREATE FEATURE VIEW over_held ENTITY k AS SELECT count(most) OVER (SLIDING SIZE 1 MINUTE) AS held
FROM held EMIT ON DEMAND;
CREATE FEATURE SERVICE asked AS SELECT h.i, a.total, o.held
FROM held h JOIN allowed a USING (k) JOIN over_held o USING (k);
"""
# A limit is in force for the taps that arrive after it: at its own time, and never for those that came before.
PUSHED = [("taps", [(0, 4), (1, 6)]), ("limits", [(10, 5)]), ("taps", [(2, 3), (3, 5)])]
PUSHED += [("limits", [(100, 1), (1000, 7)]), ("taps", [(4, 4), (5, 6), (6, 9)])]
# A read joins every tap that waits with the limits that have come by then, as it would once the watermark passes it.
ALLOWED = [(0, None, 0), (1, None, 0), (2, 10, 0), (3, 20, 1), (4, 320, 2), (5, 330, 3), (6, 1330, 4)]
LIMITED = [(0, None, None), (1, None, None), (2, None, None), (3, 10, 10), (4, 100, 110), (5, 10, 120), (6, 1000, 1120)]


def test_a_streaming_table_is_joined_as_far_as_it_has_arrived(tmp_path: Path) -> None:
    folder = Folder(tmp_path, TIMED, batch_rows=2, snapshot_epochs=2)
    folder.project.apply()
    for name, rows in PUSHED:
        named = ("i", "ts") if name == "taps" else ("most", "since")
        told = [{"k": "a", named[0]: value, named[1]: f"1970-01-01 00:00:{at:02}"} for value, at in rows]
        folder.project.push(name, told)
        folder.project.run()
    columns = ("i", "most", "all_most")
    assert [tuple(row[name] for name in columns) for row in folder.rows("held")] == LIMITED
    assert [tuple(row[name] for name in ("i", "total", "held")) for row in folder.rows("asked")] == ALLOWED
    again = TIMED[TIMED.index("CREATE FEATURE") : TIMED.index("CREATE FEATURE VIEW allowed")]
    folder.write_sql(TIMED + again.replace("held", "again"))
    folder.project.apply()
    assert [tuple(row[name] for name in columns) for row in folder.rows("again")] == LIMITED
    assert everything_verified(folder.project) == {"held": 7, "again": 7, "asked": 7}


PRICES = """CREATE TABLE prices (i BIGINT, k VARCHAR, base VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 2 SECONDS)
  WITH ('connector' = 'push');
CREATE FEATURE VIEW based ENTITY k AS SELECT p.i, b.i AS found, count(b.i) OVER (SLIDING SIZE 4 SECONDS) AS n
FROM prices p LEFT JOIN prices FOR SYSTEM_TIME AS OF p.ts AS b ON p.base = b.k EMIT ON EVENT IMMEDIATELY;
"""


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_a_table_is_joined_with_what_has_arrived_of_itself(tmp_path: Path, batch_rows: int) -> None:
    folder = Folder(tmp_path, PRICES, batch_rows=batch_rows, snapshot_epochs=2)
    folder.project.apply()
    rows = [("b", 1), ("a", 2), ("b", 2), ("b", 1), ("a", 4), ("b", 3), ("b", 9), ("a", 8), ("b", 8)]
    told = [{"i": i, "k": k, "base": "a", "ts": f"1970-01-01 00:00:{ts:02}"} for i, (k, ts) in enumerate(rows)]
    folder.project.push("prices", told)
    folder.project.run()
    expected, joined = list[tuple[int, int | None, int]](), list[int | None]()
    for i, (k, ts) in enumerate(rows):
        bases = [(at, place) for place, (base, at) in enumerate(rows[: i + 1]) if base == "a" and at <= ts]
        joined.append(max(bases)[1] if bases else None)
        now = max(at for _, at in rows[: i + 1])
        mine = [place for place, (key, at) in enumerate(rows[: i + 1]) if key == k and now - 4 < at <= now]
        expected.append((i, joined[i], sum(joined[place] is not None for place in mine)))
    assert [(row["i"], row["found"], row["n"]) for row in folder.rows("based")] == expected
    assert everything_verified(folder.project) == {"based": 9}


def put_gates(path: Path, lanes: int) -> None:
    (path / "gates").mkdir(exist_ok=True)
    since = pa.array([0, 0], pa.timestamp("us"))
    table = pa.table({"gate": ["n", "s"], "lanes": pa.array([lanes, 2 * lanes], pa.int64()), "since": since})
    pq.write_table(table, path / "gates" / "all.parquet")
