"""Statements that change or describe what other statements define, and questions about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.errors import StatementError
from headrace.features_sql.parse_ask import Ask, read_ask
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

Compile = Callable[..., Definitions]

VIEW = "CREATE FEATURE VIEW v ENTITY card_id AS SELECT {} OVER (LAST 9 ROWS) AS n FROM transactions;\n"


def test_comment_on_takes_the_place_of_the_comment_beside(compile_sql: Compile) -> None:
    definitions = compile_sql(
        """-- above
        CREATE FEATURE VIEW v ENTITY card_id AS SELECT
          count(*) OVER (LAST 9 ROWS) AS n,  -- beside
          count(*) OVER (LAST 5 ROWS) AS m  -- kept
        FROM transactions;
        CREATE FEATURE SERVICE x AS SELECT v.n, v.m FROM v;
        COMMENT ON FEATURE V.N IS 'it''s first'; COMMENT ON FEATURE v.n IS 'how many';
        COMMENT ON FEATURE x.m IS 'as read'; COMMENT ON FEATURE VIEW v IS 'counts'; COMMENT ON SERVICE x IS 'read it';
        COMMENT ON SOURCE transactions IS ' payments '; COMMENT ON TABLE merchants IS 'shops';"""
    )
    view, service = definitions.views["v"], definitions.services["x"]
    assert [feature.description for feature in view.features] == ["how many", "kept"]
    assert next(column.description for column in service.columns if column.name == "m") == "as read"
    assert (view.description, service.description) == ("counts", "read it")
    assert definitions.sources["transactions"].description == "payments"
    assert definitions.tables["merchants"].description == "shops"


def test_comments_may_come_first(compile_sql: Compile) -> None:
    view = compile_sql("COMMENT ON FEATURE v.n IS 'how many';" + VIEW.format("count(*)")).views["v"]
    assert view.features[0].description == "how many"


def test_or_replace_takes_the_place_of_what_stands_before(compile_sql: Compile) -> None:
    later = VIEW.format("sum(amount)").replace("CREATE", "CREATE OR REPLACE")
    assert compile_sql(VIEW.format("count(*)") + later).views["v"].features[0].text.startswith("sum")
    assert compile_sql(later).views["v"].features[0].text.startswith("sum")


def test_drop_takes_out_what_stands_before(compile_sql: Compile) -> None:
    view = VIEW.format("count(*)")
    assert "v" not in compile_sql(f"{view} DROP FEATURE VIEW v; DROP VIEW IF EXISTS v;").views
    again = VIEW.format("sum(amount)")
    assert compile_sql(f"{view} DROP VIEW v; {again}").views["v"].features[0].text.startswith("sum")


@pytest.mark.parametrize("alias", ["AS m", "m", ""])
def test_for_system_time_is_an_asof_join(compile_sql: Compile, alias: str) -> None:
    name = "m" if alias else "merchants"
    sql = f"""CREATE FEATURE VIEW v ENTITY card_id AS SELECT {name}.risk AS risk FROM transactions t
        LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.ts {alias} ON t.merchant_id = {name}.merchant_id;"""
    asof = f"""CREATE FEATURE VIEW v ENTITY card_id AS SELECT {name}.risk AS risk FROM transactions t
        ASOF LEFT JOIN merchants {alias} ON t.merchant_id = {name}.merchant_id AND t.ts >= {name}.valid_from;"""
    assert compile_sql(sql).views["v"].joins == compile_sql(asof).views["v"].joins


def test_a_trial_takes_the_place_of_a_definition(payments: list[SourceText]) -> None:
    texts = [*payments, SourceText("views.sql", VIEW.format("count(*)"))]
    trial = SourceText("trial.sql", VIEW.format("sum(amount)"))
    assert compile_project(texts, {}, trial).views["v"].features[0].text.startswith("sum")


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("SHOW SOURCES", Ask("show", "sources")),
        ("show feature views;", Ask("show", "views")),
        ("DESCRIBE card_velocity", Ask("describe", "card_velocity")),
        ("DESCRIBE FEATURE VIEW card_velocity;", Ask("describe", "card_velocity")),
        ("DESCRIBE source", Ask("describe", "source")),
        ("EXPLAIN v", Ask("explain", "v")),
    ],
)
def test_questions(text: str, ask: Ask) -> None:
    assert read_ask(SourceText("<sql>", text)) == ask


def test_a_question_about_a_statement_keeps_its_place() -> None:
    text = f"EXPLAIN {VIEW.format('count(*)')}"
    ask = read_ask(SourceText("<sql>", text))
    assert ask.statement is not None
    assert (ask.kind, ask.name, ask.statement.text.index("CREATE")) == ("explain", "v", text.index("CREATE"))


@pytest.mark.parametrize(
    ("text", "message", "words"),
    [
        ("SELECT 1", "expected SHOW, DESCRIBE or EXPLAIN; got SELECT", "SELECT"),
        ("SHOW FEATURES", "SERVICES, MODELS, STREAMS or SINKS; got FEATURES", "FEATURES"),
        ("DESCRIBE", "expected a name; the statement ends here", "E"),
        ("DESCRIBE a b", "expected the end of the statement; got b", "b"),
        ("EXPLAIN FLINK v w", "expected the end of the statement; got w", "w"),
        ("EXPLAIN CREATE SOURCE s", "EXPLAIN takes a view or a service", "CREATE SOURCE s"),
    ],
)
def test_what_is_no_question(text: str, message: str, words: str) -> None:
    with pytest.raises(StatementError) as refused:
        read_ask(SourceText("<sql>", text))
    (diagnostic,) = refused.value.diagnostics
    assert (diagnostic.message[-len(message) :], diagnostic.span.text) == (message, words)
