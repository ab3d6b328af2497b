"""Services: which views they read, by which keys, and what they give."""

from __future__ import annotations

from collections.abc import Callable

from headrace.features_sql.definitions import Definitions, ServiceJoin

Compile = Callable[..., Definitions]

VIEWS = """
CREATE FEATURE VIEW card ENTITY card_id AS
SELECT merchant_id AS shop, amount, upper(merchant_id) AS loud, count(*) OVER (LAST 3 ROWS EXCLUDE CURRENT ROW) AS n
FROM transactions;
CREATE FEATURE VIEW shop ENTITY merchant_id AS SELECT avg(amount) OVER (GLOBAL) AS mean FROM transactions;
CREATE FEATURE VIEW pair ENTITY (merchant_id, card_id) AS
SELECT sum(amount) OVER h AS total FROM transactions WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;
"""


def test_keys_are_in_the_order_of_the_joined_entity(compile_sql: Compile) -> None:
    service = compile_sql(f"""{VIEWS} CREATE FEATURE SERVICE s WITH ('owner' = 'me', 'tags' = 'a, b') AS
        SELECT c.*, p.*, x.mean AS m FROM card AS c
        LEFT JOIN pair p ON c.card_id = p.card_id AND p.merchant_id = c.shop
        JOIN shop x ON x.merchant_id = c.SHOP;""").services["s"]
    assert service.joins == (ServiceJoin("pair", "p", ("shop", "card_id")), ServiceJoin("shop", "x", ("shop",)))
    assert [column.name for column in service.columns] == ["shop", "amount", "loud", "n", "total", "m"]
    assert (service.owner, service.tags) == ("me", ("a", "b"))


def test_a_view_may_be_joined_twice(compile_sql: Compile) -> None:
    service = compile_sql(f"""{VIEWS} CREATE FEATURE SERVICE s AS
        SELECT a.mean AS one, b.mean AS two FROM card
        JOIN shop a ON card.shop = a.merchant_id JOIN shop b ON card.shop = b.merchant_id;""").services["s"]
    assert [join.alias for join in service.joins] == ["a", "b"]
    assert [column.sql for column in service.columns] == ['"a.mean"', '"b.mean"']


def test_expressions(compile_sql: Compile) -> None:
    service = compile_sql(
        f"""{VIEWS} CREATE FEATURE SERVICE s AS
        SELECT card.card_id, ts, c_amount / nullif(mean, 0) AS ratio, card.ts AS moment, card_id || '!' AS loud_id
        FROM card JOIN shop x ON card.shop = x.merchant_id;""".replace("c_amount", "amount")
    ).services["s"]
    columns = {column.name: column for column in service.columns}
    assert list(columns) == ["ratio", "moment", "loud_id"]
    assert columns["ratio"].sql == '"card.amount" / nullif("x.mean", 0)'
    assert columns["ratio"].type == "DOUBLE"
    assert columns["ratio"].lineage == ("card.amount", "shop.mean")
    assert columns["ratio"].text == "amount / nullif(mean, 0)"
    assert columns["moment"].type == "TIMESTAMP"
    assert columns["loud_id"].sql == "\"card.card_id\" || '!'"


def test_a_view_written_on_close_may_drive(compile_sql: Compile) -> None:
    service = compile_sql(f"""{VIEWS} CREATE FEATURE SERVICE s AS
        SELECT p.as_of, p.total, x.mean FROM pair p JOIN shop x USING (merchant_id);""").services["s"]
    assert [column.name for column in service.columns] == ["total", "mean"]
    assert service.joins == (ServiceJoin("shop", "x", ("merchant_id",)),)


def test_any_column_but_the_time_may_be_a_key(compile_sql: Compile) -> None:
    service = compile_sql(f"""{VIEWS}
        CREATE FEATURE VIEW card_habit ENTITY card_id WITH ('recompute' = 'allowed') AS
        SELECT upper(merchant_id) AS loud, mode(merchant_id) OVER (GLOBAL) AS usual FROM transactions;
        CREATE FEATURE SERVICE s AS SELECT a.mean AS one, b.mean AS two FROM card_habit h
        JOIN shop a ON h.loud = a.merchant_id JOIN shop b ON b.merchant_id = h.usual;""").services["s"]
    assert [join.keys for join in service.joins] == [("loud",), ("usual",)]


def test_the_joined_views_own_key_and_time_may_be_selected(compile_sql: Compile) -> None:
    service = compile_sql(f"""{VIEWS} CREATE FEATURE SERVICE s AS
        SELECT x.merchant_id, x.ts AS at, p.as_of, p.merchant_id AS paired
        FROM card JOIN shop x ON card.shop = x.merchant_id
        JOIN pair p ON card.shop = p.merchant_id AND card.card_id = p.card_id;""").services["s"]
    assert [(column.name, column.type, column.lineage) for column in service.columns] == [
        ("merchant_id", "VARCHAR", ("shop.merchant_id",)),
        ("at", "TIMESTAMP", ("shop.ts",)),
        ("as_of", "TIMESTAMP", ("pair.as_of",)),
        ("paired", "VARCHAR", ("pair.merchant_id",)),
    ]
