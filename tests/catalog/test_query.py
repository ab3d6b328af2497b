"""SQL over the catalog: everything readable, nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from headrace.catalog.query import query, tables
from headrace.features_sql.errors import ReadError, StoreError

pytestmark = pytest.mark.usefixtures("catalog")


def test_an_answer_has_names_and_rows(path: Path) -> None:
    answer = query(path, "SELECT view, count(*) AS n FROM features GROUP BY view ORDER BY n DESC, view;")
    assert answer.columns == ("view", "n")
    assert answer.rows == (("velocity", 4), ("fraud", 2), ("hourly", 1))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT feature, window FROM features WHERE window LIKE 'SLIDING%'",
        "WITH w AS (SELECT 1 AS a) SELECT * FROM w",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
        "SELECT json_extract(columns, '$[0].name') FROM sources",
        "SELECT name FROM sqlite_master",
        "VALUES (1)",
        "SELECT f.feature, round(null_rate, 2) FROM live_features f JOIN views v ON v.name = f.view AND v.live",
    ],
)
def test_what_may_be_asked(path: Path, sql: str) -> None:
    assert query(path, sql).rows


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM features",
        "UPDATE features SET owner = 'me'",
        "INSERT INTO definitions VALUES ('h', 'n', 'view', '', '{}')",
        "DROP TABLE features",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 5",
        "PRAGMA journal_mode = DELETE",
        "VACUUM INTO 'copy.db'",
        "BEGIN IMMEDIATE",
        "SELECT * FROM pragma_table_info('features')",
        "EXPLAIN DELETE FROM features",
    ],
)
def test_nothing_but_select(path: Path, catalog: sqlite3.Connection, sql: str) -> None:
    before = list(catalog.iterdump())
    with pytest.raises(ReadError, match="must be one SELECT"):
        query(path, sql)
    assert list(catalog.iterdump()) == before


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM feature", "the catalog has no table feature; did you mean features?"),
        ("SELECT fetaure FROM features", "no such column: fetaure; did you mean feature?"),
        ("SELECT f.widow FROM features f", "no such column: f.widow; did you mean window?"),
        ("SELEC 1", 'the catalog cannot answer this query: near "SELEC": syntax error'),
        ("SELECT nosuch(1)", "the catalog cannot answer this query: no such function: nosuch"),
        ("SELECT 1; SELECT 2", "a catalog query must be one SELECT; got several statements"),
        ("  -- nothing", "a catalog query must be one SELECT; got no statement"),
        ("SELECT load_extension('x')", "a catalog query must be one SELECT over its tables"),
        ("SELECT ?", "the catalog cannot answer this query"),
        ("SELECT '\0'", "the catalog cannot answer this query"),
        ("SELECT abs(-9223372036854775808)", "the catalog cannot answer this query: integer overflow"),
    ],
)
def test_mistakes_are_told(path: Path, sql: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        query(path, sql)
    assert str(caught.value).startswith(message)


def test_an_unknown_table_lists_the_known_ones(path: Path) -> None:
    with pytest.raises(ReadError, match="definitions, feature_stats, features, fed_columns, lineage, live_features"):
        query(path, "SELECT * FROM qqq")


def test_the_tables_and_columns_are_told(path: Path) -> None:
    known = tables(path)
    assert set(known) == {
        "sources",
        "views",
        "features",
        "fed_columns",
        "lineage",
        "stats",
        "feature_stats",
        "definitions",
        "live_features",
        "model_versions",
        "model_features",
        "model_learning",
        "model_scores",
        "model_comparison_points",
        "model_comparisons",
        "model_events",
    }
    assert "last_at" in known["stats"]


def test_before_anything_is_applied(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="run `headrace apply` first"):
        query(tmp_path / "none.db", "SELECT 1")


def test_a_damaged_file_is_the_stores_trouble(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database at all " * 100)
    with pytest.raises(StoreError, match="is no headrace database"):
        query(other, "SELECT 1")
