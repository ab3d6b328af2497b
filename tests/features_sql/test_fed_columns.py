"""Which columns of a service a model is fed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.fed_columns import fed_columns

Compile = Callable[..., Definitions]

VIEWS = """
CREATE SOURCE payments (
  payment_id BIGINT, card_id VARCHAR, shop VARCHAR, city VARCHAR, amount DECIMAL(12,2), ok BOOLEAN, booked DATE,
  ts TIMESTAMP, WATERMARK FOR ts AS ts, PRIMARY KEY (payment_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'p/*.parquet');
CREATE FEATURE VIEW card ENTITY card_id AS
SELECT payment_id AS number, card_id AS holder, shop AS place, city, amount, ok, booked, payment_id % 7 AS bucket,
  upper(shop) AS loud, last(payment_id) OVER w AS last_number, count(*) OVER w AS n, last_n(amount, 3) OVER w AS amounts
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR EXCLUDE CURRENT GROUP);
CREATE FEATURE VIEW shops ENTITY shop AS
SELECT avg(amount) OVER h AS mean, last(city) OVER h AS town, last(shop) OVER h AS named
FROM payments WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;
"""


def _fed(compile_sql: Compile, select: str) -> list[str]:
    definitions = compile_sql(f"{VIEWS} CREATE FEATURE SERVICE s AS {select};")
    return [column.name for column in fed_columns(definitions.services["s"], definitions)]


def test_numbers_conditions_and_categories_are_fed_and_keys_times_and_lists_are_not(compile_sql: Compile) -> None:
    fed = _fed(compile_sql, "SELECT c.*, s.mean, s.town FROM card c JOIN shops s ON c.place = s.shop")
    assert fed == ["city", "amount", "ok", "bucket", "loud", "n", "mean", "town"]


def test_a_column_is_a_key_by_what_the_service_joins(compile_sql: Compile) -> None:
    assert _fed(compile_sql, "SELECT c.place, c.city FROM card c") == ["place", "city"]
    assert _fed(compile_sql, "SELECT c.place, c.city FROM card c JOIN shops s ON c.city = s.shop") == []


def test_a_key_is_found_through_views_and_branches(compile_sql: Compile) -> None:
    definitions = compile_sql(f"""{VIEWS}
    CREATE FEATURE VIEW both ENTITY who AS SELECT id, place, what, amount, count(*) OVER (LAST 3 ROWS) AS n FROM (
      SELECT number AS id, holder AS who, 'a' AS what, place, amount, ts FROM card
      UNION ALL SELECT payment_id * 2, card_id, city, shop, amount, ts FROM payments) u;
    CREATE FEATURE SERVICE s AS SELECT b.* FROM both b JOIN shops s ON b.place = s.shop;""")
    assert [column.name for column in fed_columns(definitions.services["s"], definitions)] == ["what", "amount", "n"]


@pytest.mark.parametrize(
    ("expression", "fed"),
    [
        ("c.number AS a", False),
        ("c.number + 1 AS a", True),
        ("c.card_id || '!' AS a", True),
        ("c.holder AS a", False),
        ("s.named AS a", False),
        ("c.ts AS a", False),
        ("c.amounts[1] AS a", True),
    ],
)
def test_a_key_under_another_name_is_a_key_and_an_expression_over_one_is_not(
    compile_sql: Compile, expression: str, fed: bool
) -> None:
    select = f"SELECT {expression} FROM card c JOIN shops s ON c.place = s.shop"
    assert _fed(compile_sql, select) == (["a"] if fed else [])
