"""Every kind of window, as written and as resolved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions, Window

Compile = Callable[..., Definitions]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

KINDS = {
    "SLIDING SIZE 5 MINUTES": Window("w", "sliding", size=5 * MINUTE),
    "rolling size 1 hour": Window("w", "sliding", size=HOUR),
    "SLIDING SIZE 30 SECONDS": Window("w", "sliding", size=30 * SECOND),
    "SLIDING SIZE 500 MILLISECONDS": Window("w", "sliding", size=500_000),
    "SLIDING SIZE 1 WEEK": Window("w", "sliding", size=7 * DAY),
    "SLIDING SIZE 2 DAYS EXCLUDE CURRENT GROUP": Window("w", "sliding", size=2 * DAY, exclude="group"),
    "SLIDING SIZE 2 DAYS EXCLUDE NO OTHERS": Window("w", "sliding", size=2 * DAY),
    "TUMBLING SIZE 1 HOUR": Window("w", "tumbling", size=HOUR),
    "TUMBLING SIZE 1 HOUR OFFSET 5 MINUTES": Window("w", "tumbling", size=HOUR, offset=5 * MINUTE),
    "TUMBLING SIZE 1 DAY TIME ZONE 'europe/berlin'": Window("w", "tumbling", size=DAY, zone="Europe/Berlin"),
    "TUMBLING SIZE 1 WEEK TIME ZONE 'Asia/Kolkata' OFFSET 4 DAYS EXCLUDE CURRENT GROUP": Window(
        "w", "tumbling", size=7 * DAY, offset=4 * DAY, zone="Asia/Kolkata", exclude="group"
    ),
    "TUMBLING SIZE 1 MONTH": Window("w", "tumbling", months=1),
    "TUMBLING SIZE 2 QUARTERS OFFSET 0 DAYS": Window("w", "tumbling", months=6, offset=0),
    "TUMBLING SIZE 1 YEAR TIME ZONE 'UTC'": Window("w", "tumbling", months=12, zone="UTC"),
    "HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES OFFSET 90 SECONDS TIME ZONE 'America/Havana'": Window(
        "w", "hopping", size=HOUR, advance=5 * MINUTE, offset=90 * SECOND, zone="America/Havana"
    ),
    "HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES": Window("w", "hopping", size=HOUR, advance=5 * MINUTE),
    "SESSION GAP 30 MINUTES": Window("w", "session", gap=30 * MINUTE),
    "SESSION GAP 30 MINUTES MAX 8 HOURS": Window("w", "session", gap=30 * MINUTE, most=8 * HOUR),
    "GLOBAL": Window("w", "global"),
    "UNBOUNDED": Window("w", "global"),
    "LAST 10 ROWS": Window("w", "last", rows=10),
    "LAST 10 ROWS EXCLUDE CURRENT ROW": Window("w", "last", rows=10, exclude="row"),
    "RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW": Window("w", "range", start=5 * MINUTE, end=0),
    "RANGE INTERVAL '5 minutes' PRECEDING": Window("w", "range", start=5 * MINUTE, end=0),
    "RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND INTERVAL 1 HOUR PRECEDING": Window("w", "range", start=DAY, end=HOUR),
    "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW": Window("w", "global"),
    "RANGE UNBOUNDED PRECEDING EXCLUDE CURRENT ROW": Window("w", "global", exclude="row"),
    "ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING": Window("w", "rows", start=3, end=1),
    "ROWS UNBOUNDED PRECEDING": Window("w", "rows", end=0),
    "ROWS BETWEEN 3 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW": Window("w", "rows", start=3, end=0, exclude="row"),
    "PARTITION BY card_id ORDER BY ts LAST 3 ROWS": Window("w", "last", rows=3),
    "PARTITION BY (CARD_ID) ORDER BY transactions.ts ASC LAST 3 ROWS": Window("w", "last", rows=3),
}


@pytest.mark.parametrize("words", KINDS)
def test_kind(compile_sql: Compile, words: str) -> None:
    named = f"SELECT sum(amount) OVER w AS n FROM transactions WINDOW w AS ({words})"
    inline = f"SELECT sum(amount) OVER ({words}) AS n FROM transactions"
    for select, name in ((named, "w"), (inline, "_w0")):
        options = "WITH ('recompute' = 'allowed')"
        view = compile_sql(f"CREATE FEATURE VIEW v ENTITY card_id {options} AS {select};").views["v"]
        expected = KINDS[words]
        assert view.windows == (Window(**{**vars(expected), "name": name}),)


def test_equal_inline_window_is_the_declared_one(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT count(*) OVER (SLIDING SIZE 60 MINUTES) AS a, count(*) OVER w AS b, sum(amount) OVER (LAST 2 ROWS) AS c,
               count(*) OVER (LAST 2 ROWS) AS d
        FROM transactions WINDOW w AS (SLIDING SIZE 1 HOUR), unused AS (LAST 9 ROWS);""").views["v"]
    assert [window.name for window in view.windows] == ["w", "_w0"]
    assert [feature.sql for feature in view.features] == ["m0", "m0", "m1", "m2"]


def test_the_only_window_that_closes_is_the_one_meant(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT count(*) OVER life AS a, count(*) OVER (SESSION GAP 5 MINUTES) AS b
        FROM transactions WINDOW life AS (GLOBAL) EMIT ON WINDOW CLOSE;""").views["v"]
    assert view.emit.window == "_w0"
    assert view.window("_w0").gap == 5 * MINUTE


def test_the_window_that_closes_may_serve_no_feature(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS a
        FROM transactions WINDOW d AS (TUMBLING SIZE 1 DAY), h AS (TUMBLING SIZE 1 HOUR)
        EMIT ON WINDOW CLOSE d;""").views["v"]
    assert [window.name for window in view.windows] == ["d", "_w0"]
    assert view.emit.window == "d"


def test_recompute_over_all_history_is_allowed_on_close(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS SELECT median(amount) OVER (GLOBAL) AS a
        FROM transactions WINDOW d AS (TUMBLING SIZE 1 DAY) EMIT ON WINDOW CLOSE;""").views["v"]
    assert view.measures[0].type == "DECIMAL(12,2)" or view.measures[0].type == "DOUBLE"
