"""Options: values, defaults and the environment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions, FilesConnector
from headrace.features_sql.diagnostics import Diagnostic

Compile = Callable[..., Definitions]

SOURCE = "CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'files', {});"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("'path' = 'a/*.parquet'", FilesConnector("a/*.parquet", "parquet")),
        ("'path' = 'a.ndjson', 'bounded' = 'true'", FilesConnector("a.ndjson", "jsonl", bounded=True)),
        ("'PATH' = 'a', 'format' = 'csv'", FilesConnector("a", "csv")),
        (
            "'path' = 'it''s.csv', 'csv.header' = 'false', 'csv.delimiter' = ';', 'csv.null' = 'NA,-'",
            FilesConnector("it's.csv", "csv", header=False, delimiter=";", nulls=("NA", "-")),
        ),
        ("'path' = 'a.csv', 'csv.delimiter' = '\\t'", FilesConnector("a.csv", "csv", delimiter="\t")),
        ("'path' = '${ROOT}/${DAY}.csv'", FilesConnector("/data/7.csv", "csv")),
    ],
)
def test_files(compile_sql: Compile, options: str, expected: FilesConnector) -> None:
    source = compile_sql(SOURCE.format(options), ROOT="/data", DAY="7").sources["s"]
    assert source.connector == expected


def test_the_environment_stays_out_of_the_statement(compile_sql: Compile) -> None:
    source = compile_sql(SOURCE.format("'path' = '${ROOT}/x.csv'"), ROOT="/hidden").sources["s"]
    assert "/hidden" not in source.sql
    assert "${ROOT}" in source.sql


@pytest.mark.parametrize(
    "options", ["'path' = 'x.csv', 'format' = '${S}'", "'path' = '${S}'", "'path' = 'x.csv', 'bounded' = '${S}'"]
)
def test_no_message_holds_a_variables_value(refuse_sql: Callable[..., tuple[Diagnostic, ...]], options: str) -> None:
    assert not any("hunter2" in str(diagnostic) for diagnostic in refuse_sql(SOURCE.format(options), S="hunter2"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("500 ms", 500_000), ("10 s", 10_000_000), ("1 minute", 60_000_000), ("2 days", 172_800_000_000)],
)
def test_valid_for(compile_sql: Compile, text: str, expected: int) -> None:
    view = compile_sql(f"""CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '{text}') AS
        SELECT count(*) OVER h AS n FROM transactions WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;""")
    assert view.views["v"].valid_for == expected


def test_recompute_lets_any_aggregate_run_over_all_history(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id WITH ('recompute' = 'allowed') AS
        SELECT median(amount) OVER (GLOBAL) AS n FROM transactions;""").views["v"]
    assert view.recompute_allowed
