"""What the language has and this version has not is refused as such, at its own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.diagnostics import Diagnostic

Refuse = Callable[..., tuple[Diagnostic, ...]]

SOURCE = """CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 's.csv');
"""


def _view(item: str = "count(*) OVER h AS n", rest: str = "") -> str:
    return f"""CREATE FEATURE VIEW v ENTITY card_id AS SELECT {item} FROM transactions
    WINDOW h AS (TUMBLING SIZE 1 HOUR) {rest};"""


def _source(rest: str = "", columns: str = "", options: str = "'connector' = 'files', 'path' = 's.csv'") -> str:
    return f"CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts{columns}) {rest} WITH ({options});"


AT_ONCE = """CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n
  FROM transactions t EMIT ON EVENT IMMEDIATELY;
"""
LATE = """CREATE SOURCE s (card_id VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS ACCEPT WITHIN 1 HOUR
  WITH ('connector' = 'files', 'path' = 's.csv');
CREATE FEATURE VIEW late ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM s;
"""
LOGGED = "'connector' = 'push', 'history' = '90 days'"
FILES = "'connector' = 'files', 'path' = 's.csv'"
WALK: list[tuple[str, str]] = [
    (
        "EMIT ON EVENT IMMEDIATELY",
        LATE + AT_ONCE + "CREATE FEATURE SERVICE z AS SELECT w.n FROM w JOIN late USING (card_id);",
    ),
    (
        "v",
        AT_ONCE
        + "CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM w;"
        + "CREATE FEATURE SERVICE x AS SELECT w.n AS m, v.n FROM w JOIN v USING (card_id);",
    ),
    (
        "y",
        AT_ONCE
        + """CREATE FEATURE SERVICE x AS SELECT w.n FROM w;
        CREATE MODEL y PREDICT ok FROM x LABELS transactions ON (card_id) WITHIN 1 DAY
        WITH ('provider' = 'lightgbm');""",
    ),
]


@pytest.mark.parametrize(("words", "sql"), WALK, ids=[f"{i}-{words}" for i, (words, _) in enumerate(WALK)])
def test_refused_at_its_words(refuse_sql: Refuse, words: str, sql: str) -> None:
    (diagnostic,) = refuse_sql(sql)
    assert diagnostic.kind == "not built yet"
    assert diagnostic.span.text == words
    assert diagnostic.message.endswith("is not built yet")
