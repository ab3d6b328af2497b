"""Flink's SQL: whole projects beside what they compile to, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError
from headrace.features_sql.flink import FlinkProgram, to_flink
from headrace.features_sql.flink_expressions import translated
from headrace.features_sql.flink_verdicts import NoCounterpartError
from headrace.features_sql.flink_words import interval, type_name
from headrace.features_sql.parse_ask import read_ask
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

FOLDER = Path(__file__).parent / "flink"
PROJECTS = sorted(path for path in FOLDER.glob("*.sql") if not path.name.endswith(".flink.sql"))
SECOND = 1_000_000


def _written(program: FlinkProgram) -> str:
    """A program as a golden file holds it: the verdicts as comments, then the SQL."""
    lines = [f"-- {one.clause}: {one.kind}{f': {one.reason}' if one.reason else ''}" for one in program.verdicts]
    return "\n".join([f"-- {program.name}", *lines, program.sql or "-- no SQL", ""])


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_projects_compile_to_what_stands_beside_them(path: Path) -> None:
    definitions = compile_project([SourceText(path.name, path.read_text())])
    names = [*definitions.views, *definitions.services]
    found = "\n".join(_written(to_flink(definitions, name)) for name in names)
    assert found == path.with_suffix(".flink.sql").read_text()
    # Where brokers are and what they are told stays in the project.
    assert "secret" not in found
    with pytest.raises(ReadError, match="there is no view or service 'none'"):
        to_flink(definitions, "none")


@pytest.mark.parametrize(
    ("microseconds", "expected"),
    [
        (3600 * SECOND, "INTERVAL '1' HOUR"),
        (120 * 86_400 * SECOND, "INTERVAL '120' DAY(3)"),
        (100 * SECOND, "INTERVAL '100' SECOND(3)"),
        (2_000, "INTERVAL '0.002' SECOND(2, 3)"),
        (300 * SECOND - 1_000, "INTERVAL '299.999' SECOND(3, 3)"),
        (5_000 * SECOND, "INTERVAL '0 01:23:20.000' DAY(2) TO SECOND(3)"),
        (86_400 * SECOND - 1_000, "INTERVAL '0 23:59:59.999' DAY(2) TO SECOND(3)"),
        (120 * 86_400 * SECOND - 1_000, "INTERVAL '119 23:59:59.999' DAY(3) TO SECOND(3)"),
    ],
)
def test_lengths_of_time(microseconds: int, expected: str) -> None:
    assert interval(microseconds) == expected


def test_what_flink_cannot_hold_is_refused() -> None:
    with pytest.raises(NoCounterpartError, match="has milliseconds"):
        interval(1_500)
    with pytest.raises(NoCounterpartError, match="three digits of days"):
        interval(1_000 * 86_400 * SECOND)
    with pytest.raises(NoCounterpartError, match="compared as a DOUBLE there"):
        type_name("FLOAT")
    with pytest.raises(NoCounterpartError, match="more than six places"):
        type_name("DECIMAL(18,7)")
    with pytest.raises(NoCounterpartError, match="the type UBIGINT is not translated"):
        type_name("UBIGINT")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a IS NOT NULL AND NOT b", "NOT a IS NULL AND NOT b"),
        ("CASE a WHEN 1 THEN 'it''s' ELSE NULL END", "CASE a WHEN 1 THEN 'it''s' ELSE NULL END"),
        ("abs(-a) * (1 + length(b))", "ABS(-a) * (1 + CHAR_LENGTH(b))"),
        ("a / nullif(b, 0)", "CAST(a AS DOUBLE) / CAST(NULLIF(b, 0) AS DOUBLE)"),
        ("a - - -1", "a - - -1"),
        ("a NOT LIKE '%x%'", "a NOT LIKE '%x%'"),
        ("coalesce(a, b, 0.5) <> 1", "COALESCE(a, b, 0.5) <> 1"),
        ("a = b IS NULL", "(a = b) IS NULL"),
        ("a IS NOT DISTINCT FROM b", "a IS NOT DISTINCT FROM b"),
        ("a NOT IN (1, 2) OR b LIKE 'x%'", "NOT a IN (1, 2) OR b LIKE 'x%'"),
    ],
)
def test_expressions(sql: str, expected: str) -> None:
    assert translated(sql, lambda _, name: name) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "a / b",
        "a / 0",
        "a % 2",
        "a || b",
        "a::BIGINT",
        "TRY_CAST(a AS DOUBLE)",
        "greatest(a, b)",
        "upper(a)",
        "a LIKE 'x_'",
        "a LIKE b",
        "a BETWEEN SYMMETRIC 2 AND 1",
        "a.b.c",
        "NULL",
        "a > 0 = b",
        "round(a)",
        "a ILIKE 'x'",
        "a IN (SELECT 1)",
        "list_sum(a)",
        "a ->> 'x'",
        "ts + INTERVAL 1 DAY",
    ],
)
def test_expressions_without_a_counterpart(sql: str) -> None:
    with pytest.raises(NoCounterpartError):
        translated(sql, lambda _, name: name)


def test_what_may_be_asked() -> None:
    asked = read_ask(SourceText("<sql>", "EXPLAIN FLINK v"))
    assert (asked.name, asked.flink, asked.statement) == ("v", True, None)
    asked = read_ask(SourceText("<sql>", "explain flink CREATE FEATURE VIEW w ENTITY k AS SELECT id FROM s"))
    assert asked.flink
    assert asked.statement is not None
    assert asked.statement.text.strip() == "CREATE FEATURE VIEW w ENTITY k AS SELECT id FROM s"
    # A view may have that name.
    asked = read_ask(SourceText("<sql>", "EXPLAIN flink"))
    assert (asked.name, asked.flink) == ("flink", False)
