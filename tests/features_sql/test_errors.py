"""Each file ``cases/error_*.sql`` holds a mistake and, after ``-- expected:``, all that is said of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

CASES = sorted((Path(__file__).parent / "cases").glob("error_*.sql"))
ENVIRONMENT = {"ROOT": "r", "SECRET": "hunter2"}


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_message(
    path: Path, payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    sql, _, comment = path.read_text().partition("-- expected:\n")
    expected = "\n".join(line.removeprefix("--").removeprefix(" ") for line in comment.splitlines())
    modelled = path.name.startswith(("error_model", "error_stream", "error_sink"))
    others = payments + (payment_views if modelled or re.search("card_velo|merchant_hourly", sql) else [])
    others += payment_models if modelled else []
    with pytest.raises(StatementError) as caught:
        compile_project([*others, SourceText(path.name, sql)], ENVIRONMENT)
    assert str(caught.value) == expected
    assert all(diagnostic.span.source.path == path.name for diagnostic in caught.value.diagnostics)


def test_there_are_many() -> None:
    assert len(CASES) > 200


def test_secrets_are_in_no_message() -> None:
    assert not any("hunter2" in path.read_text() for path in CASES)
