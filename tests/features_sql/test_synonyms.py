"""Other words for the same: what they compile to is what the canonical form does, to the last part of its content."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.catalog.identity import content
from headrace.features_sql.definitions import Definitions

Compile = Callable[..., Definitions]

SOURCE = "(id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS)"
FILES = "WITH ('connector' = 'files', 'path' = 's/*.csv')"
SERVED = """CREATE FEATURE VIEW card ENTITY card_id AS SELECT merchant_id FROM transactions;
CREATE FEATURE VIEW shop ENTITY merchant_id AS SELECT avg(amount) OVER (GLOBAL) AS mean FROM transactions;
CREATE FEATURE SERVICE same AS """


def _windowed(window: str, emit: str = "") -> str:
    select = "SELECT sum(amount) OVER w AS n FROM transactions t"
    return f"CREATE FEATURE VIEW same ENTITY card_id AS {select} {window} {emit};"


def _window(words: str) -> str:
    return _windowed(f"WINDOW w AS ({words})")


def _joined(join: str) -> str:
    return f"CREATE FEATURE VIEW same ENTITY card_id AS SELECT m.risk AS risk FROM transactions t {join};"


def _united(branches: str) -> str:
    return f"CREATE FEATURE VIEW same ENTITY card_id AS SELECT sum(amount) OVER (GLOBAL) AS n FROM ({branches}) u;"


ASOF = "ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from"
EQUAL = "ON t.merchant_id = m.merchant_id"
VIEWS = {
    "rolling": (_window("ROLLING SIZE 5 MINUTES"), _window("SLIDING SIZE 5 MINUTES")),
    "unbounded": (_window("UNBOUNDED"), _window("GLOBAL")),
    "other units": (_window("sliding size 300 seconds"), _window("SLIDING SIZE 5 MINUTES")),
    "partition and order": (
        _window("PARTITION BY card_id ORDER BY t.ts ASC SESSION GAP 1 HOUR"),
        _window("SESSION GAP 1 HOUR"),
    ),
    "exclude no others": (_window("LAST 3 ROWS EXCLUDE NO OTHERS"), _window("LAST 3 ROWS")),
    "short frame": (_window("ROWS 9 PRECEDING"), _window("ROWS BETWEEN 9 PRECEDING AND CURRENT ROW")),
    "interval in quotes": (
        _window("RANGE BETWEEN INTERVAL '5' MINUTE PRECEDING AND CURRENT ROW"),
        _window("RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW"),
    ),
    "time zone before offset": (
        _window("TUMBLING SIZE 1 DAY TIME ZONE 'europe/berlin' OFFSET 4 HOURS"),
        _window("TUMBLING SIZE 1 DAY OFFSET 4 HOURS TIME ZONE 'Europe/Berlin'"),
    ),
    "inline window": (_windowed("").replace("OVER w", "OVER (GLOBAL)"), _window("GLOBAL")),
    "emission left out": (_window("GLOBAL"), _windowed("WINDOW w AS (GLOBAL)", "EMIT ON EVENT")),
    "closing window left out": (
        _windowed("WINDOW w AS (TUMBLING SIZE 1 HOUR)", "EMIT ON WINDOW CLOSE"),
        _windowed("WINDOW w AS (TUMBLING SIZE 1 HOUR)", "EMIT ON WINDOW CLOSE w"),
    ),
    "entity in brackets": (_window("GLOBAL").replace("card_id", "(card_id)"), _window("GLOBAL")),
    "branches in brackets": (
        _united(
            "(SELECT card_id, amount, ts FROM transactions) UNION ALL (SELECT card_id, NULL, ts FROM transactions)"
        ),
        _united("SELECT card_id, amount, ts FROM transactions UNION ALL SELECT card_id, NULL, ts FROM transactions"),
    ),
    "system time": (_joined(f"LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.ts AS m {EQUAL}"), _joined(ASOF)),
    "system time after the alias": (
        _joined(f"LEFT JOIN merchants m FOR SYSTEM_TIME AS OF t.ts {EQUAL}"),
        _joined(ASOF),
    ),
    "system time, outer": (_joined(f"LEFT OUTER JOIN merchants FOR SYSTEM_TIME AS OF ts m {EQUAL}"), _joined(ASOF)),
}


def test_views(compile_sql: Compile) -> None:
    pairs = [
        sql.replace("VIEW same", f"VIEW {way}{place}")
        for place, both in enumerate(VIEWS.values())
        for way, sql in zip(("other", "plain"), both, strict=True)
    ]
    found = compile_sql("\n".join(pairs))
    differing = [
        name
        for place, name in enumerate(VIEWS)
        if content(found.views[f"other{place}"], found) != content(found.views[f"plain{place}"], found)
    ]
    assert differing == []
    assert content(found.views["plain0"], found) != content(found.views["plain1"], found)


@pytest.mark.parametrize(
    "join", ["LEFT JOIN shop s USING (merchant_id)", "INNER JOIN shop s ON ((c.merchant_id == s.merchant_id))"]
)
def test_joins_of_a_service(compile_sql: Compile, join: str) -> None:
    select = "SELECT c.merchant_id AS shop, s.mean FROM card c "
    other = compile_sql(f"{SERVED} {select} {join};")
    canonical = compile_sql(f"{SERVED} {select} JOIN shop s ON s.merchant_id = c.merchant_id;")
    assert content(other.services["same"], other) == content(canonical.services["same"], canonical)


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE TABLE same {SOURCE} {FILES};",
        f"CREATE SOURCE same {SOURCE} LATE ROWS TO same$late {FILES};",
        f"create source same {SOURCE.replace('BIGINT', 'INT8')} {FILES};".replace("5 SECONDS", "'5' SECOND"),
        f"CREATE SOURCE same {SOURCE} {FILES[:-1]}, 'history' = 'source', 'csv.header' = 'true');",
    ],
)
def test_sources(compile_sql: Compile, statement: str) -> None:
    other, canonical = compile_sql(statement), compile_sql(f"CREATE SOURCE same {SOURCE} {FILES};")
    assert content(other.sources["same"], other) == content(canonical.sources["same"], canonical)


def test_models(compile_sql: Compile) -> None:
    canonical = compile_sql(
        f"""{SERVED} SELECT s.mean FROM card c JOIN shop s USING (merchant_id);
        CREATE MODEL same_model PREDICT ok FROM same LABELS transactions ON (card_id) WITHIN 30 DAYS
        WITH ('provider' = 'lightgbm');"""
    )
    flink = compile_sql(
        f"""{SERVED} SELECT s.mean FROM card c JOIN shop s USING (merchant_id);
        CREATE MODEL same_model INPUT (mean DOUBLE) OUTPUT (ok BOOLEAN) WITH ('provider' = 'lightgbm',
        'service' = 'same', 'labels' = 'transactions', 'labels.on' = 'card_id', 'labels.within' = '30 days');"""
    )
    assert content(flink.models["same_model"], flink) == content(canonical.models["same_model"], canonical)
