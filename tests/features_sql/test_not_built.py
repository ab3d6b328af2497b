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


def _stream(way: str, more: str = "") -> str:
    return (
        _view()
        + f"""CREATE FEATURE SERVICE x AS SELECT v.n FROM v;
    CREATE MODEL y PREDICT ok FROM x LABELS transactions ON (card_id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');
    CREATE STREAM s WITH ('inference' = '{way}') AS SELECT prediction FROM ML_PREDICT(TABLE x, MODEL y{more});"""
    )


LOGGED = "'connector' = 'push', 'history' = '90 days'"
FILES = "'connector' = 'files', 'path' = 's.csv'"
WALK: list[tuple[str, str]] = [
    ("IMMEDIATELY", _view(rest="EMIT ON EVENT IMMEDIATELY")),
    ("DESCRIPTOR", _stream("embedded", ", DESCRIPTOR(n)")),
]


@pytest.mark.parametrize(("words", "sql"), WALK, ids=[f"{i}-{words}" for i, (words, _) in enumerate(WALK)])
def test_refused_at_its_words(refuse_sql: Refuse, words: str, sql: str) -> None:
    (diagnostic,) = refuse_sql(sql)
    assert diagnostic.kind == "not built yet"
    assert diagnostic.span.text == words
    assert diagnostic.message.endswith("is not built yet")
