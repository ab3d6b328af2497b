"""Feature tests as text: what they give and expect, and what is said of mistakes in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Column, Definitions
from headrace.features_sql.errors import StatementError
from headrace.features_sql.fixture import reached
from headrace.features_sql.resolve_fixture import compile_fixtures
from headrace.features_sql.source_text import SourceText

Compile = Callable[..., Definitions]

PROJECT = """
CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n, merchant_id FROM transactions;
CREATE FEATURE VIEW up ENTITY card_id AS SELECT max(n) OVER (GLOBAL) AS most FROM v;
CREATE FEATURE VIEW live ENTITY merchant_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions EMIT ON DEMAND;
CREATE FEATURE VIEW other ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW both ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM v UNION ALL SELECT card_id, ts FROM other) u;
CREATE FEATURE SERVICE x AS SELECT v.n, l.n AS of_merchant FROM v JOIN live l USING (merchant_id);
"""
GOOD = "EXPECT v NOTHING;"


@pytest.fixture
def definitions(compile_sql: Compile) -> Definitions:
    return compile_sql(PROJECT)


def test_rows_have_the_types_of_their_columns(definitions: Definitions) -> None:
    text = """-- What it says.
    INSERT INTO TRANSACTIONS (Card_Id, amount) VALUES ('c1', 1.5), ('c' || 2, NULL);
    EXPECT v (N, card_id) VALUES (1 + 1, 'c1');
    EXPECT READ x (card_id, ts, of_merchant) VALUES ('c1', TIMESTAMP '2026-01-01', 3);"""
    (fixture,) = compile_fixtures([SourceText("t.sql", text)], definitions)
    (given,), (written, read) = fixture.given, fixture.expected
    assert fixture.description == "What it says."
    assert (given.relation, given.columns) == (
        "transactions",
        (Column("card_id", "VARCHAR"), Column("amount", "DECIMAL(12,2)")),
    )
    assert given.rows[1] == ("CAST('c' || 2 AS VARCHAR)", "CAST(NULL AS DECIMAL(12,2))")
    assert (written.asked, written.columns[0], written.rows) == (
        "written",
        Column("n", "BIGINT"),
        (("CAST(1 + 1 AS BIGINT)", "CAST('c1' AS VARCHAR)"),),
    )
    assert (read.asked, read.span.line) == ("read", 4)


def test_columns_left_out_are_all_of_them(definitions: Definitions) -> None:
    text = "EXPECT up VALUES ('c1', '2026-01-01', 1); INSERT INTO merchants VALUES ('m1', 0.5, '2026-01-01')"
    (fixture,) = compile_fixtures([SourceText("t.sql", text)], definitions)
    assert [column.name for column in fixture.expected[0].columns] == ["card_id", "ts", "most"]


def test_only_what_is_expected_is_computed(definitions: Definitions) -> None:
    assert (set(reached(definitions, frozenset({"up"})).views), set(definitions.views)) == (
        {"v", "up"},
        {"v", "up", "live", "other", "both"},
    )
    assert set(reached(definitions, frozenset({"both"})).views) == {"v", "other", "both"}
    of_service = reached(definitions, frozenset({"x"}))
    assert (set(of_service.views), set(of_service.services)) == ({"v", "live"}, {"x"})


@pytest.mark.parametrize(
    ("text", "words", "message", "hint"),
    [
        (
            "INSERT INTO transaction VALUES (1)",
            "transaction",
            "there is no source or table transaction",
            "transactions",
        ),
        ("INSERT INTO v VALUES (1)", "v", "v is a view; rows are given to a source or table", ""),
        ("EXPECT transactions NOTHING", "transactions", "transactions is a source; EXPECT takes a view or", ""),
        ("EXPECT READ v (n) VALUES (1)", "v", "v is a view; EXPECT READ takes a service", ""),
        ("EXPECT zzz NOTHING", "zzz", "there is no view or service zzz", "both, live, other, up, v, x"),
        ("EXPECT live NOTHING", "live", "live is ON DEMAND: it writes no rows", "EXPECT READ service"),
        ("EXPECT READ x (card_id, n) VALUES ('a', 1)", "x", "a read must say its ts", ""),
        ("EXPECT v (m) VALUES (1)", "m", "v has no column m to give or expect", "columns: card_id, ts, n"),
        ("EXPECT v (n, N) VALUES (1, 1)", "N", "n stands twice", ""),
        ("EXPECT v NOTHING", "v", "the rows of v are expected twice", "every row of a view"),
        ("EXPECT v (n) VALUES (1), (1, 2)", "(1, 2)", "expected 1 values; got 2", "the columns are n"),
        ("EXPECT v (n) VALUES (1.5)", "1.5", "1.5 does not fit n, which is BIGINT", ""),
        ("EXPECT v (ts) VALUES ('soon')", "'soon'", "'soon' does not fit ts, which is TIMESTAMP", ""),
        ("EXPECT v (card_id) VALUES (c1)", "c1", "a test's values are constants; got c1", "text is quoted: 'c1'"),
        ("EXPECT v (n) VALUES (count(*) OVER w)", "count(*) OVER w", "aggregates cannot stand here", "constants"),
        ("EXPECT v (n) VALUES (1,)", ")", "expected a value; got )", ""),
        ("EXPECT v (n) VALUES 1", "1", "expected ( and the values of a row; got 1", "EXPECT view"),
        ("EXPECT v (n) NOTHING", "NOTHING", "expected VALUES; got NOTHING", "EXPECT view"),
        ("EXPECT v NOTHING AT ALL", "AT", "expected the end of the statement; got AT", "EXPECT view"),
        ("EXPECTS v NOTHING", "EXPECTS", "expected INSERT or EXPECT; got EXPECTS", "did you mean EXPECT?"),
        ("INSERT transactions VALUES (1)", "transactions", "expected INTO; got transactions", "INSERT INTO"),
    ],
)
def test_mistakes(definitions: Definitions, text: str, words: str, message: str, hint: str) -> None:
    good = GOOD if " v" not in text or text == "EXPECT v NOTHING" else "EXPECT up NOTHING;"
    with pytest.raises(StatementError) as refused:
        compile_fixtures([SourceText("t.sql", f"{good} {text};")], definitions)
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.span.text == words
    assert diagnostic.message.startswith(message)
    assert hint in diagnostic.hint


def test_a_test_expects_something(definitions: Definitions) -> None:
    texts = [SourceText("a.sql", "-- later"), SourceText("b.sql", GOOD), SourceText("c.sql", "'")]
    with pytest.raises(StatementError) as refused:
        compile_fixtures(texts, definitions)
    assert [(one.span.source.path, one.message) for one in refused.value.diagnostics] == [
        ("a.sql", "a test must EXPECT something"),
        ("c.sql", "this string is never closed"),
    ]
