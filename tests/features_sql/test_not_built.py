"""What the language has and this version has not is refused as such, at its own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.diagnostics import Diagnostic

Refuse = Callable[..., tuple[Diagnostic, ...]]

AT_ONCE = """CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n
  FROM transactions t EMIT ON EVENT IMMEDIATELY;
"""
WALK: list[tuple[str, str]] = [
    (
        "v",
        AT_ONCE
        + "CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM w;"
        + "CREATE FEATURE SERVICE x AS SELECT w.n AS m, v.n FROM w JOIN v USING (card_id);",
    ),
]


@pytest.mark.parametrize(("words", "sql"), WALK, ids=[f"{i}-{words}" for i, (words, _) in enumerate(WALK)])
def test_refused_at_its_words(refuse_sql: Refuse, words: str, sql: str) -> None:
    (diagnostic,) = refuse_sql(sql)
    assert diagnostic.kind == "not built yet"
    assert diagnostic.span.text == words
    assert diagnostic.message.endswith("is not built yet")
