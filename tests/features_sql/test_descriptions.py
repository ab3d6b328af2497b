"""Comments beside features and above statements become descriptions."""

from __future__ import annotations

from collections.abc import Callable

from headrace.features_sql.definitions import Definitions

Compile = Callable[..., Definitions]

SQL = """-- a header about the file

-- what a card does
-- in a short time
CREATE FEATURE VIEW v ENTITY card_id AS  -- not about a feature
SELECT
  -- the amount
  -- as it was paid
  amount,
  ok,               -- whether it went through
  merchant_id, txn_id, -- number of the payment
  /* how many */ count(*) OVER w AS n,
  sum(amount)       -- the sum,
    OVER w AS total -- in euros
  ,
  max(amount) OVER w AS top,
  'a -- b' AS dashes  /* not
                       * a comment */
  -- about nothing
FROM transactions   -- nor this
WINDOW w AS (LAST 3 ROWS);  -- after it
CREATE FEATURE VIEW w ENTITY card_id AS SELECT ok FROM transactions;
/* by itself */
CREATE FEATURE SERVICE s AS
SELECT v.amount, v.ok AS fine /* fine */, v.n FROM v;
"""


def test_features(compile_sql: Compile) -> None:
    features = {feature.name: feature.description for feature in compile_sql(SQL).views["v"].features}
    assert features == {
        "amount": "the amount as it was paid",
        "ok": "whether it went through",
        "merchant_id": "",
        "txn_id": "number of the payment",
        "n": "how many",
        "total": "the sum, in euros",
        "top": "",
        "dashes": "not a comment",
    }


def test_statements(compile_sql: Compile) -> None:
    definitions = compile_sql(SQL)
    assert definitions.views["v"].description == "what a card does in a short time"
    assert definitions.views["w"].description == ""
    assert definitions.services["s"].description == "by itself"


def test_services_inherit(compile_sql: Compile) -> None:
    columns = {column.name: column.description for column in compile_sql(SQL).services["s"].columns}
    assert columns == {"amount": "the amount as it was paid", "fine": "fine", "n": "how many"}


def test_text_is_without_comments(compile_sql: Compile) -> None:
    features = {feature.name: feature.text for feature in compile_sql(SQL).views["v"].features}
    assert features["total"] == "sum(amount) OVER w"
    assert features["dashes"] == "'a -- b'"
