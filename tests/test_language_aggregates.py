"""The table of aggregates in docs/language.md: every one that is allowed, and its value over no rows."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
from headrace.features_sql.signatures import SIGNATURES, SYNONYMS
from headrace.runtime.project import Project
from headrace.tests.pages import ROOT, blocks

SECTION = (ROOT / "docs/language.md").read_text().partition("## Aggregates")[2].partition("```")[0]
ROWS = re.findall(r"^\| (`.*?`) \| (0|NULL) \|", SECTION, re.MULTILINE)
CALLS = {call: value for calls, value in ROWS for call in re.findall(r"`([^`]+)`", calls)}


def test_table_has_every_aggregate() -> None:
    assert {call.partition("(")[0] for call in CALLS} == SIGNATURES.keys()


def test_every_other_name_is_listed() -> None:
    (listed,) = re.findall(r"^- Other names of these: (.*?)\.$", SECTION, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed)) - SIGNATURES.keys() == SYNONYMS.keys()


def empty_window(call: str) -> str:
    if call.startswith("session_"):
        return "OVER (SESSION GAP 1 HOUR EXCLUDE CURRENT GROUP)"
    return "FILTER (WHERE amount < 0) OVER w"


def test_value_over_no_rows(tmp_path: Path) -> None:
    page = blocks("docs/language.md")
    source = next(block.body for block in page if block.kind == "sql" and "CREATE SOURCE payments" in block.body)
    columns = ", ".join(f"{call} {empty_window(call)} AS f{place}" for place, call in enumerate(CALLS))
    (tmp_path / "headrace.toml").write_text('name = "empty"\n')
    (tmp_path / "features.sql").write_text(
        f"{source}\nCREATE FEATURE VIEW v ENTITY card_id AS SELECT {columns} FROM payments\n"
        "WINDOW w AS (SLIDING SIZE 1 HOUR);"
    )
    (tmp_path / "payments").mkdir()
    (tmp_path / "payments/one.csv").write_text(
        "payment_id,card_id,shop,amount,ok,at\n1,c1,bakery,4.50,true,2026-03-01 08:00:00\n"
    )
    project = Project(tmp_path)
    project.apply()
    project.run()
    (path,) = (tmp_path / "offline/v").glob("*/*.parquet")
    (written,) = pq.ParquetFile(path).read().to_pylist()
    for place, (call, value) in enumerate(CALLS.items()):
        assert written[f"f{place}"] == (0 if value == "0" else None), call
