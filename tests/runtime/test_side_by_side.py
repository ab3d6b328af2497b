"""Two threads do what one does: the same results in the same order, of pieces of work and of a group's views."""

import threading

import pyarrow as pa
import pytest
from headrace.features_sql.groups import source_groups
from headrace.features_sql.project import compile_project
from headrace.features_sql.schedule import schedule
from headrace.features_sql.source_text import SourceText
from headrace.runtime import side_by_side
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.live_view import LiveView
from headrace.runtime.side_by_side import FEWEST, SideBySide
from headrace.runtime.source_schema import source_schema

SQL = """
CREATE SOURCE events (k BIGINT, d DOUBLE, note VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 1 SECOND)
  WITH ('connector' = 'files', 'path' = 'e.csv', 'format' = 'csv');
CREATE FEATURE VIEW close ENTITY k AS SELECT count(*) OVER w AS n, sum(d) OVER w AS total
FROM events WINDOW w AS (TUMBLING SIZE 2 SECONDS) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW deviation ENTITY k AS SELECT mad(d) OVER w AS middle, sum(CAST(note AS INTEGER)) OVER w AS notes
FROM events WINDOW w AS (HOPPING SIZE 4 SECONDS ADVANCE BY 2 SECONDS) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW every ENTITY k AS SELECT stddev(d) OVER w AS spread, last_n(note, 3) OVER w AS notes
FROM events WINDOW w AS (SLIDING SIZE 3 SECONDS) EMIT ON EVENT;
CREATE FEATURE VIEW session ENTITY k AS SELECT avg(d) OVER w AS mean
FROM events WINDOW w AS (SESSION GAP 200 MILLISECONDS) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW above ENTITY k AS SELECT max(spread) OVER w AS widest
FROM every WINDOW w AS (SLIDING SIZE 5 SECONDS) EMIT ON EVENT;
CREATE FEATURE VIEW asked ENTITY k AS SELECT sum(d) OVER w AS recent
FROM events WINDOW w AS (SLIDING SIZE 6 SECONDS) EMIT ON DEMAND;
CREATE FEATURE SERVICE both AS SELECT v.widest, e.spread, a.recent
FROM above v JOIN every e USING (k) JOIN asked a USING (k);
"""


@pytest.fixture(scope="module")
def definitions():
    return compile_project([SourceText("f.sql", SQL)])


def table(definitions, numbers):
    columns = {
        "k": [number * number % 7 for number in numbers],
        "d": [None if number % 5 == 0 else number / 7 for number in numbers],
        "note": ["x" if number % 31 == 0 else str(number) for number in numbers],
        "ts": [number * 50_000 for number in numbers],
        "_partition": [0 for _ in numbers],
        "_offset": list(numbers),
    }
    schema = source_schema(definitions, "events")
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema)


def run(definitions, threads, cut, rows=600):
    """All rows and poison of a stream, restored halfway, and the last snapshot."""
    found, restored = [], False
    with connect() as connection:
        spec = source_groups(definitions)[0]
        group = Group(definitions, spec, connection, threads=threads)
        for start in range(0, rows, cut):
            numbers = range(start, min(start + cut, rows))
            advanced = group.advance({"events": table(definitions, numbers)}, numbers[-1] * 50_000 - 1_000_000)
            found.append((advanced.rows, advanced.poison))
            if start >= rows // 2 and not restored:
                tables, restored = group.snapshot(), True
                group.close()
                group = Group(definitions, spec, connection, threads=threads)
                group.restore(tables)
        last = group.snapshot()
        group.close()
    return found, last


@pytest.mark.parametrize("cut", [37, 200])
def test_a_group_writes_and_keeps_the_same_on_two_threads(definitions, monkeypatch, cut):
    monkeypatch.setattr(side_by_side, "FEWEST", 0)
    seen = set()
    evaluate = LiveView.evaluate

    def noted(live, *given):
        seen.add(threading.get_ident())
        return evaluate(live, *given)

    monkeypatch.setattr(LiveView, "evaluate", noted)
    one, kept = run(definitions, 1, cut)
    assert len(seen) == 1
    two, kept_by_two = run(definitions, 2, cut)
    assert len(seen) > 1
    assert {name for rows, _ in one for name, table in rows.items() if len(table)} == {
        "close", "deviation", "every", "session", "above", "both"
    }  # fmt: skip
    assert any(poison for _, poison in one)
    assert kept == kept_by_two
    for (rows, poison), (other_rows, other_poison) in zip(one, two, strict=True):
        assert list(rows) == list(other_rows)
        assert rows == other_rows
        assert poison == other_poison


def test_views_that_need_each_other_are_in_different_waves(definitions):
    waves = schedule(definitions, source_groups(definitions)[0])
    assert [[(task.view, task.writes) for task in wave] for wave in waves] == [
        [("every", True), ("close", True), ("deviation", True), ("session", True)],
        [("above", True)],
        [("asked", True)],
        [("every", False)],
    ]


@pytest.mark.parametrize("rows", [2 * FEWEST, None])
def test_two_pieces_are_worked_on_at_once(rows):
    both, side = threading.Barrier(2), SideBySide(2)
    ids = side.do([lambda: (both.wait(10), threading.get_ident())[1]] * 2, rows)
    assert ids[0] == threading.get_ident() != ids[1]
    side.close()


def test_pieces_come_back_in_order_whoever_does_them():
    side = SideBySide(2)
    for count in range(6):
        assert side.do([lambda place=place: place for place in range(count)], FEWEST * count) == list(range(count))
    side.close()


@pytest.mark.parametrize(("threads", "rows"), [(1, 2 * FEWEST), (2, 2 * FEWEST - 1)])
def test_one_thread_does_all_where_two_are_not_worth_it(threads, rows):
    side = SideBySide(threads)
    assert side.do([threading.get_ident] * 2, rows) == [threading.get_ident()] * 2
    side.close()


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_comes_out_once_nothing_is_at_work(failing):
    both, ended, side = threading.Barrier(2), [], SideBySide(2)

    def piece(place):
        both.wait(10)
        if place == failing:
            raise ValueError(place)
        # Long after the other one has failed.
        threading.Event().wait(0.05)
        ended.append(place)

    with pytest.raises(ValueError, match=str(failing)):
        side.do([lambda: piece(0), lambda: piece(1)], 2 * FEWEST)
    assert ended == [1 - failing]
    side.close()
