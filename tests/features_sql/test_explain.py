"""What explain says, and that the SQL it prints is the program's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest
import sqlglot
from headrace.features_sql import explain as explaining
from headrace.features_sql import program
from headrace.features_sql.definitions import Definitions, Window
from headrace.features_sql.errors import ReadError
from headrace.features_sql.explain import ServiceProgram, ViewProgram, explain, explain_view, pretty
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

Compile = Callable[..., Definitions]

EVERYTHING = """
CREATE SOURCE sales (shop VARCHAR, amount DOUBLE, note VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
  WITH ('connector' = 'files', 'path' = 'sales/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW activity ENTITY shop WITH ('recompute' = 'allowed') AS SELECT
  note,
  count(*) OVER five AS sales_5m,  -- sales in five minutes
  sum(amount) OVER five / nullif(mad(amount) OVER hop, 0) AS mixed,
  max(amount) OVER day AS best,
  last_n(note, 4) OVER visit AS notes,
  since_last() OVER life AS idle,
  avg(amount) OVER newest AS mean_10,
  sum(amount) OVER frame AS framed,
  sum(amount) OVER three AS three_rows,
  sum(amount) OVER whole AS all_rows
FROM sales
WINDOW five AS (SLIDING SIZE 5 MINUTES), hop AS (HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES),
  day AS (TUMBLING SIZE 1 DAY), visit AS (SESSION GAP 30 MINUTES), life AS (GLOBAL), newest AS (LAST 10 ROWS),
  frame AS (RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW),
  three AS (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), whole AS (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
EMIT ON EVENT;
CREATE FEATURE VIEW hourly ENTITY shop WITH ('valid.for' = '2 hours') AS
SELECT sum(amount) OVER h AS total, mad(amount) OVER h AS middle FROM sales
WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;
CREATE FEATURE SERVICE board AS
SELECT a.*, h.total AS total_1h, b.sales_5m AS again
FROM activity a JOIN hourly h USING (shop) JOIN activity b USING (shop);
"""


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return compile_project([SourceText("sales.sql", EVERYTHING)])


@pytest.fixture(scope="module")
def activity(definitions: Definitions) -> ViewProgram:
    held = explain(definitions, "activity")
    assert isinstance(held, ViewProgram)
    return held


def test_head(activity: ViewProgram) -> None:
    assert (activity.source, activity.time, activity.emit.kind, activity.delay) == ("sales", "ts", "event", 60_000_000)
    assert [(column.name, column.type) for column in activity.entity] == [("shop", "VARCHAR")]


def test_steps_costs_and_inputs_of_features(activity: ViewProgram) -> None:
    held = {feature.name: feature for feature in activity.features}
    note, count, mixed = held["note"], held["sales_5m"], held["mixed"]
    assert (note.steps, note.cost, note.state_bytes, note.windows) == ((), "O(1) per event", 0, ())
    assert (count.steps, count.cost, count.state_bytes) == (("fold",), "O(1) per event", 8)
    assert (count.inputs, count.description) == (("sales.*",), "sales in five minutes")
    assert [window.name for window in mixed.windows] == ["five", "hop"]
    # The dearest of its aggregates, and the state of the one that keeps any.
    assert (mixed.steps, mixed.cost) == (("fold", "recompute"), "O(rows in window) per event")
    assert (mixed.state_bytes, mixed.inputs) == (64, ("sales.amount",))
    assert held["notes"].state_bytes == 32 + 4 * 24


def test_every_step_holds_its_measures_once(definitions: Definitions, activity: ViewProgram) -> None:
    assert [step.name for step in activity.steps] == ["fold", "recompute"]
    measures = [measure.id for step in activity.steps for measure in step.measures]
    assert sorted(measures) == sorted(measure.id for measure in definitions.views["activity"].measures)
    hourly = explain(definitions, "hourly")
    assert isinstance(hourly, ViewProgram)
    assert [(step.name, len(step.measures)) for step in hourly.steps] == [("tiles", 1), ("recompute", 1)]


def test_a_tile_holds_the_values_of_a_fold_where_these_can_be_put_together() -> None:
    view = """CREATE FEATURE VIEW closed ENTITY shop AS SELECT count(*) OVER w AS n, avg(amount) OVER w AS mean,
      mad(amount) OVER w AS middle, max(note) OVER w AS longest
    FROM sales WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES) EMIT ON WINDOW CLOSE;"""
    program = explain(compile_project([SourceText("sales.sql", EVERYTHING), SourceText("view.sql", view)]), "closed")
    assert isinstance(program, ViewProgram)
    held = {feature.name: (feature.steps, feature.state_bytes) for feature in program.features}
    assert held == {
        "n": (("tiles",), 8),
        "mean": (("tiles",), 64),
        "middle": (("recompute",), 0),
        "longest": (("tiles",), 8),
    }


def test_a_union_has_a_query_for_each_branch(definitions: Definitions, activity: ViewProgram) -> None:
    over = """CREATE FEATURE VIEW together ENTITY shop AS SELECT count(*) OVER (GLOBAL) AS n FROM (
      SELECT shop, ts FROM sales WHERE amount > 1 UNION ALL SELECT shop, as_of AS ts FROM hourly) u;"""
    both = compile_project([SourceText("sales.sql", EVERYTHING), SourceText("both.sql", over)])
    program = explain(both, "together")
    assert isinstance(program, ViewProgram)
    assert program.source == "sales + hourly"
    assert [source for source, _ in program.branches] == ["sales", "hourly"]
    assert 'FROM _read AS "sales"\nWHERE ("sales"."amount" > 1)' in program.branches[0][1]
    assert activity.branches == ()


def test_finish_judges_which_rows_are_written(definitions: Definitions, activity: ViewProgram) -> None:
    select = "CREATE FEATURE VIEW {} ENTITY shop AS SELECT count(*) OVER (GLOBAL) AS n FROM sales QUALIFY n > 2 {};"
    asked = {"shown": "EMIT ON EVENT", "turned": "EMIT WHEN n > 7"}
    views = SourceText("views.sql", "".join(select.format(name, emit) for name, emit in asked.items()))
    both = compile_project([SourceText("sales.sql", EVERYTHING), views])
    shown, turned = (explain(both, name) for name in asked)
    assert isinstance(shown, ViewProgram)
    assert isinstance(turned, ViewProgram)
    assert (activity.judged, shown.judged, turned.judged) == ((), ("_kept",), ("_true", "_kept"))
    with duckdb.connect() as connection:
        origin = "0::BIGINT AS _partition, 0::BIGINT AS _offset"
        connection.execute(
            f"CREATE TABLE _evaluated AS SELECT 'a' AS _k0, i AS _t, i AS m0, i AS _i, {origin} FROM range(6, 9) t(i)"
        )
        found = connection.sql(turned.finish).select("n, _true, _kept").order("n").fetchall()
    assert found == [(6, False, True), (7, False, True), (8, True, True)]


def test_only_recompute_runs_sql(activity: ViewProgram) -> None:
    fold, recompute = activity.steps
    assert fold.sql is None
    assert recompute.sql is not None
    assert {measure.id for measure in recompute.measures} <= set(recompute.sql.replace(",", " ").split())
    (counted,) = [measure for measure in fold.measures if measure.gathers == "count(*)"]
    assert (counted.window, counted.type, counted.value) == ("five", "BIGINT", f"CAST({counted.id} AS BIGINT)")


@pytest.mark.parametrize(
    ("window", "time", "rows", "kept"),
    [
        ("five", 300_000_000, None, "rows"),
        ("hop", 3_600_000_000, None, "rows"),
        ("day", 86_400_000_000, None, "values"),
        ("visit", None, None, "values"),
        ("life", None, None, "values"),
        ("newest", None, 10, "rows"),
        ("frame", 300_000_000, None, "rows"),
        ("three", None, 3, "rows"),
        ("whole", None, None, "rows"),
    ],
)
def test_retention(activity: ViewProgram, window: str, time: int | None, rows: int | None, kept: str) -> None:
    (held,) = [one for one in activity.retention if one.window.name == window]
    assert (held.time, held.rows, held.kept) == (time, rows, kept)


def test_a_cost_is_known_for_every_step_and_window() -> None:
    for step in explaining.STEP_NAMES:
        for kind in ("sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"):
            for function in ("count", "entropy", "median"):
                assert explaining.cost_class(step, Window("w", kind), function) in explaining.COSTS


def test_an_answer_of_a_tally_goes_over_its_values() -> None:
    day = Window("w", "sliding", size=5)
    assert explaining.cost_class("fold", day, "mode") == "O(distinct values in window) per event"
    assert explaining.cost_class("fold", day, "count") == "O(1) per event"
    assert explaining.cost_class("fold", day, "median") == "O(rows in window) per event"


def test_a_service_sends_probes(definitions: Definitions) -> None:
    board = explain(definitions, "board")
    assert isinstance(board, ServiceProgram)
    assert (board.view, board.alias, board.time) == ("activity", "a", "ts")
    stored, function = board.probes
    assert (stored.view, stored.keys, stored.read, stored.valid_for) == ("hourly", ("shop",), "stored", 7_200_000_000)
    assert (function.view, function.alias, function.read, function.valid_for) == ("activity", "b", "function", None)
    assert [name for name, _ in board.batch] == ["activity", "h", "b", "board"]
    assert [column.name for column in board.columns][-2:] == ["total_1h", "again"]


def test_an_unknown_name_gets_the_nearest(definitions: Definitions) -> None:
    with pytest.raises(ReadError, match=r"no view or service 'hourl'; did you mean hourly\?"):
        explain(definitions, "hourl")
    with pytest.raises(ReadError, match="there are: activity, board, hourly"):
        explain(definitions, "zzz")


def test_the_printed_batch_program_gives_the_programs_rows(definitions: Definitions) -> None:
    view = definitions.views["activity"]
    assert any(len(line) > 200 for line in program.batch_sql(view, definitions).splitlines())
    printed = explain_view(view, definitions).batch
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE sales AS SELECT 's' || i % 3 AS shop, i * 1.5 AS amount, 'it''s, \"' || i AS note,"
            " make_timestamp(i * 77_000_000) AS ts, 0::BIGINT AS _partition, i AS _offset FROM range(60) t(i)"
        )
        written = program.batch_sql(view, definitions)
        rows = [connection.sql(sql).order("_offset").fetchall() for sql in (printed, written)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 60


class TestPretty:
    LONG = "SELECT " + ", ".join(f"coalesce(a_long_column_{place}, 'x, y') AS column_{place}" for place in range(9))

    def test_a_long_line_is_broken_after_outermost_commas(self) -> None:
        lines = pretty(self.LONG + "\nFROM t").splitlines()
        assert len(lines) > 3
        assert max(map(len, lines)) <= 112
        assert lines[-1] == "FROM t"
        assert all(line.endswith(",") for line in lines[:-2])
        assert all(line.startswith("  coalesce(") for line in lines[1:-1])

    def test_words_and_quotes_stay_as_they_are(self) -> None:
        assert pretty(self.LONG).split() == self.LONG.split()
        quoted = "SELECT '" + "a, " * 60 + "it''s\n, b' AS \"c, d\""
        assert pretty(quoted) == quoted

    def test_short_lines_stay_as_they_are(self) -> None:
        assert pretty("SELECT a, b\n\nFROM t\n") == "SELECT a, b\n\nFROM t\n"

    def test_the_same_tree(self, definitions: Definitions) -> None:
        for view in definitions.views.values():
            sql = program.finish_sql(replace(view, name="x"))
            assert sqlglot.parse_one(pretty(sql), dialect="duckdb") == sqlglot.parse_one(sql, dialect="duckdb")
