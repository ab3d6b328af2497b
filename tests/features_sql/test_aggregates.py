"""Every allowed aggregate compiles, under the name the program uses, with its type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.functions import AGGREGATES

Compile = Callable[..., Definitions]

BY_HAND = {
    "count_if": "count_if(ok)",
    "bool_and": "bool_and(ok)",
    "bool_or": "bool_or(ok)",
    "quantile_cont": "quantile_cont(amount, 0.5)",
    "quantile_disc": "quantile_disc(amount, 0.5)",
    "string_agg": "string_agg(card_id, ',')",
    "corr": "corr(amount, txn_id)",
    "covar_samp": "covar_samp(amount, txn_id)",
    "covar_pop": "covar_pop(amount, txn_id)",
    "bit_and": "bit_and(txn_id)",
    "bit_or": "bit_or(txn_id)",
    "bit_xor": "bit_xor(txn_id)",
    "last_n": "last_n(amount, 3)",
    "since_last": "since_last()",
    "rate": "rate(amount, '1 minute')",
}
TYPES = {
    "count": "BIGINT",
    "avg": "DOUBLE",
    "sum": "DECIMAL(38,2)",
    "last": "DECIMAL(12,2)",
    "list": "DECIMAL(12,2)[]",
    "last_n": "DECIMAL(12,2)[]",
    "since_last": "DOUBLE",
    "rate": "DOUBLE",
    "string_agg": "VARCHAR",
    "bool_and": "BOOLEAN",
}


@pytest.mark.parametrize("name", sorted(AGGREGATES))
def test_compiles(compile_sql: Compile, name: str) -> None:
    call = BY_HAND.get(name, f"{name}(amount)")
    view = compile_sql(f"""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT {call.upper() if "'" not in call else call} FILTER (WHERE ok) OVER (SLIDING SIZE 1 DAY) AS x
        FROM transactions;""").views["v"]
    (measure,) = view.measures
    function = AGGREGATES[name]
    assert (measure.function, measure.filter) == (function, "f0")
    assert measure.type == view.features[0].type
    if function in TYPES:
        assert measure.type == TYPES[function]
