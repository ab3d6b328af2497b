"""The catalog over what the compiler makes of feature SQL: which edits make a new version, and which do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from headrace.catalog.database import transaction
from headrace.catalog.plan import plan
from headrace.catalog.registry import record
from headrace.catalog.search import search
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

SQL = """
-- every payment
CREATE SOURCE payments (card VARCHAR, shop VARCHAR, amount DOUBLE, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS)
WITH ('connector' = 'files', 'path' = '${FOLDER}/*.csv', 'format' = 'csv');

CREATE FEATURE VIEW velocity ENTITY card WITH ('owner' = 'risk') AS
SELECT shop, count(*) OVER w AS n_5m, -- payments just now
  sum(amount) FILTER (WHERE ok) OVER w / nullif(count(*) OVER w, 0) AS mean_5m
FROM payments WINDOW w AS (SLIDING SIZE 5 MINUTES) EMIT ON EVENT;

CREATE FEATURE VIEW hourly ENTITY shop WITH ('valid.for' = '1 day') AS
SELECT sum(amount) OVER h AS turnover FROM payments WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;

CREATE FEATURE SERVICE fraud AS SELECT v.n_5m, h.turnover FROM velocity v JOIN hourly h USING (shop);
"""


def compiled(sql: str = SQL, folder: str = "secret-folder") -> Definitions:
    return compile_project([SourceText("shop.sql", sql)], {"FOLDER": folder})


@pytest.fixture
def applied(connection: sqlite3.Connection) -> sqlite3.Connection:
    with transaction(connection):
        record(connection, compiled(), {})
    return connection


def replaced(old: str, new: str) -> Definitions:
    assert old in SQL
    return compiled(SQL.replace(old, new))


NEW_SOURCE = {
    ("changed", "payments"),
    ("changed", "velocity"),
    ("changed", "hourly"),
    ("changed", "fraud"),
}


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (lambda: compiled("\n\n" + SQL), set[tuple[str, str]]()),
        (lambda: replaced("just now", "of late"), {("metadata", "velocity"), ("metadata", "fraud")}),
        (lambda: replaced("'risk'", "'fraud team'"), {("metadata", "velocity")}),
        (
            lambda: compiled(SQL.replace("OVER w", "OVER five").replace("WINDOW w", "WINDOW five")),
            {("metadata", "velocity")},
        ),
        (lambda: replaced("5 MINUTES", "300 SECONDS"), {("metadata", "velocity")}),
        (lambda: replaced("5 MINUTES", "6 MINUTES"), {("changed", "velocity"), ("changed", "fraud")}),
        (lambda: replaced("WHERE ok", "WHERE NOT ok"), {("changed", "velocity"), ("changed", "fraud")}),
        (lambda: replaced("'1 day'", "'2 days'"), {("metadata", "hourly"), ("changed", "fraud")}),
        (lambda: replaced("5 SECONDS", "6 SECONDS"), NEW_SOURCE),
        (lambda: compiled(folder="another"), NEW_SOURCE),
    ],
)
def test_edits(applied: sqlite3.Connection, edited: Callable[[], Definitions], expected: set[tuple[str, str]]) -> None:
    changes = plan(applied, edited()).changes
    assert {(change.kind, change.name) for change in changes if change.kind != "unchanged"} == expected


def test_the_value_of_a_variable_is_not_stored(applied: sqlite3.Connection) -> None:
    stored = "\n".join(applied.iterdump())
    assert "${FOLDER}/*.csv" in stored
    assert "secret-folder" not in stored


def test_a_comment_is_found(applied: sqlite3.Connection) -> None:
    found = search(applied, "just now")
    assert found[0].feature == "n_5m"
    assert found[0].description == "payments just now"
