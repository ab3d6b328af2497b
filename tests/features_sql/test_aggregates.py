"""Every allowed aggregate compiles, under the name the program uses, with its type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.composites import COMPOSITES
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.diagnostics import Diagnostic
from headrace.features_sql.functions import AGGREGATES, known_functions
from headrace.features_sql.signatures import REFUSED, SIGNATURES

Compile = Callable[..., Definitions]
Refuse = Callable[..., tuple[Diagnostic, ...]]
SESSION = {"session_duration": "DOUBLE", "session_index": "BIGINT"}
OWN = {"first_n", "last_n", "last_n_distinct", "top_n", "rate", "since_last", "decayed_count", "decayed_sum", "ewma"}
OWN |= SESSION.keys()

ARGUMENTS = {
    "(ok)": "count_if countif bool_and bool_or",
    "(amount, 0.5)": "quantile quantile_cont quantile_disc approx_quantile",
    "(card_id, ',')": "string_agg group_concat listagg",
    "(txn_id)": "bit_and bit_or bit_xor",
    "(txn_id, 0, 63)": "bitstring_agg",
    "(amount, [10, 20])": "histogram_exact",
    "(amount, 3)": "first_n last_n last_n_distinct top_n approx_top_k",
    "(amount, '1 minute')": "rate decayed_sum ewma",
    "('1 minute')": "decayed_count",
    "()": "since_last",
}
BY_HAND = {name: f"{name}{arguments}" for arguments, names in ARGUMENTS.items() for name in names.split()}
TYPES = {
    "count": "BIGINT",
    "avg": "DOUBLE",
    "sum": "DECIMAL(38,2)",
    "last": "DECIMAL(12,2)",
    "list": "DECIMAL(12,2)[]",
    "last_n": "DECIMAL(12,2)[]",
    "top_n": "DECIMAL(12,2)[]",
    "mode": "DECIMAL(12,2)",
    "fsum": "DOUBLE",
    "ewma": "DOUBLE",
    "bitstring_agg": "VARCHAR",
    "histogram": "MAP(DECIMAL(12,2), UBIGINT)",
    "since_last": "DOUBLE",
    "rate": "DOUBLE",
    "string_agg": "VARCHAR",
    "bool_and": "BOOLEAN",
}


def call_of(name: str) -> str:
    two = SIGNATURES[AGGREGATES[name]].columns == 2
    return BY_HAND.get(name, f"{name}(amount, txn_id)" if two else f"{name}(amount)")


@pytest.mark.parametrize("name", SESSION)
def test_word_of_a_session_compiles(compile_sql: Compile, name: str) -> None:
    view = compile_sql(f"""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT {name.upper()}() OVER (SESSION GAP 1 DAY) AS x FROM transactions;""").views["v"]
    assert [(measure.function, measure.type) for measure in view.measures] == [(name, SESSION[name])]


@pytest.mark.parametrize("name", sorted(AGGREGATES.keys() - SESSION.keys()))
def test_compiles(compile_sql: Compile, name: str) -> None:
    call = call_of(name)
    view = compile_sql(f"""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT {call.upper() if "'" not in call else call} FILTER (WHERE ok) OVER (SLIDING SIZE 1 DAY) AS x
        FROM transactions;""").views["v"]
    function = AGGREGATES[name]
    assert all(measure.filter == "f0" for measure in view.measures)
    if function in COMPOSITES:
        assert [measure.function for measure in view.measures] == [part.function for part in COMPOSITES[function].parts]
    else:
        (measure,) = view.measures
        assert measure.function == function
        assert measure.type == view.features[0].type
    if function in TYPES:
        assert view.features[0].type == TYPES[function]


def test_every_aggregate_of_duckdb_is_allowed_or_refused_with_a_reason(refuse_sql: Refuse) -> None:
    assert known_functions().aggregate == (AGGREGATES.keys() - OWN) | REFUSED.keys()
    for name, (reason, hint) in REFUSED.items():
        (diagnostic,) = refuse_sql(
            f"CREATE FEATURE VIEW v ENTITY card_id AS SELECT {name}(amount) OVER (GLOBAL) AS x FROM transactions;"
        )
        assert (diagnostic.message, diagnostic.hint, diagnostic.span.text) == (f"{name} {reason}", hint, name)


@pytest.mark.parametrize(
    ("call", "function", "arguments", "filter"),
    [
        ("last(amount IGNORE NULLS)", "last", ("x0",), "f0"),
        ("last(amount) IGNORE NULLS", "last", ("x0",), "f0"),
        ("list(amount RESPECT NULLS)", "list", ("x0",), None),
        ("quantile_cont(0.9) WITHIN GROUP (ORDER BY amount)", "quantile_cont", ("x0", "0.9"), None),
        ("percentile_disc(0.9) WITHIN GROUP (ORDER BY amount ASC)", "quantile_disc", ("x0", "0.9"), None),
        ("mode() WITHIN GROUP (ORDER BY card_id) FILTER (WHERE ok)", "mode", ("x0",), "f0"),
        ("min(DISTINCT amount)", "min", ("x0",), None),
    ],
)
def test_forms_of_a_call(
    compile_sql: Compile, call: str, function: str, arguments: tuple[str, ...], filter: str | None
) -> None:
    sql = f"CREATE FEATURE VIEW v ENTITY card_id AS SELECT {call} OVER (LAST 3 ROWS) AS x FROM transactions;"
    (measure,) = compile_sql(sql).views["v"].measures
    assert (measure.function, measure.arguments, measure.filter, measure.distinct) == (
        function,
        arguments,
        filter,
        False,
    )


def test_composites_are_written_out_over_shared_arguments(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT weighted_avg(amount, txn_id) OVER w AS mean, sem(amount) OVER w AS error, favg(amount) OVER w AS middle
        FROM transactions WINDOW w AS (LAST 9 ROWS);""").views["v"]
    assert [feature.sql for feature in view.features] == ["(m0 / m1)", "(m2 / sqrt(m3))", "m4"]
    assert [measure.arguments for measure in view.measures[2:]] == [("x2",)] * 3
