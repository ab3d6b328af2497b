"""How findings print, and that one run reports all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.diagnostics import Diagnostic
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText, Span

Refuse = Callable[..., tuple[Diagnostic, ...]]


def _diagnostic(text: str, word: str, hint: str = "") -> str:
    start = text.index(word)
    return str(Diagnostic(Span(SourceText("a.sql", text), start, start + len(word)), "wrong", hint))


def test_format() -> None:
    assert _diagnostic("one\n  two words\n", "words", "try") == (
        "a.sql:2:7: wrong\n      two words\n          ^^^^^\n    hint: try"
    )


def test_tabs_stay_tabs_and_wide_characters_are_two_wide() -> None:
    assert _diagnostic("\tx two", "two").splitlines()[2] == "    \t  ^^^"
    assert _diagnostic("日本 two", "two").splitlines()[2] == "         ^^^"
    assert _diagnostic("e\u0301 two", "two").splitlines()[2] == "      ^^^"
    assert _diagnostic("日本", "日本").splitlines()[2] == "    ^^^^"


def test_a_span_over_lines_is_marked_on_its_first() -> None:
    text = "a (b,\r\n c)"
    diagnostic = str(Diagnostic(Span(SourceText("a.sql", text), 2, len(text)), "wrong"))
    assert diagnostic == "a.sql:1:3: wrong\n    a (b,\n      ^^^"


def test_long_lines_are_cut_around_the_place() -> None:
    text = "x" * 300 + " two " + "y" * 300
    _, line, carets = _diagnostic(text, "two").splitlines()
    assert len(line) < 180
    assert line[carets.index("^") : carets.rindex("^") + 1] == "two"


FIRST = """CREATE SOURCE s (
  id BIGNIT,
  price DOUBLE,
  twice DOUBLE AS (prize * 2),
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECNDS
) WITH ('connector' = 'files', 'path' = '${ROT}/x.csv', 'bounded' = 'maybe');

CREATE FEATURE VIEW a ENTITY id AS
SELECT pric, sum(price) OVR w AS t, count(*) OVER w AS n, id + 1 AS m
FROM s
WHERE price
GROUP BY id
WINDOW w AS (SLIDING SIZE 5 MINUTES ADVANCE BY 1 MINUTE)
EMIT ON EVENT LATER;
"""
SECOND = """CREATE FEATURE SERVICE b AS SELECT a.n, a.nn, zz + 1 AS q FROM a JOIN missing m USING (id) WHERE a.n > 1;
CREATE SINK alerts FROM x;
CREATE FEATURE VIEW a ENTITY id AS SELECT price FROM s;
"""


def test_all_errors_of_a_project_in_one_run() -> None:
    with pytest.raises(StatementError) as caught:
        compile_project([SourceText("1.sql", FIRST), SourceText("2.sql", SECOND)], {"ROOT": "secret-root"})
    found = [(d.span.source.path, d.span.line, d.span.text) for d in caught.value.diagnostics]
    assert found == [
        ("1.sql", 2, "BIGNIT"),
        ("1.sql", 6, "5 SECNDS"),
        ("1.sql", 7, "${ROT}"),
        ("1.sql", 7, "'maybe'"),
        ("1.sql", 10, "OVR"),
        ("1.sql", 12, "price"),
        ("1.sql", 13, "GROUP BY"),
        ("1.sql", 14, "ADVANCE BY"),
        ("1.sql", 15, "LATER"),
        ("2.sql", 1, "missing"),
        ("2.sql", 1, "WHERE"),
        ("2.sql", 2, "alerts"),
        ("2.sql", 3, "a"),
    ]
    assert "secret-root" not in str(caught.value)


def test_what_rests_on_a_refused_statement_is_not_refused_too(refuse_sql: Refuse) -> None:
    found = refuse_sql("""CREATE SOURCE s (id BIGINT;
        CREATE FEATURE VIEW v ENTITY id AS SELECT count(*) OVER (GLOBAL) AS n FROM s;
        CREATE FEATURE SERVICE x AS SELECT v.n FROM v;""")
    assert [diagnostic.span.text for diagnostic in found] == ["("]


def test_text_that_cannot_be_read_hides_no_other_file() -> None:
    broken = SourceText("1.sql", "CREATE TABLE t (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv); SELECT\n")
    other = SourceText("2.sql", "CREATE FEATURE VIEW v ENTITY id AS SELECT 1 AS a FROM t, u;")
    with pytest.raises(StatementError) as caught:
        compile_project([broken, other])
    assert [d.span.source.path for d in caught.value.diagnostics] == ["1.sql", "2.sql"]


def test_places_are_right_after_comments_and_other_scripts(refuse_sql: Refuse) -> None:
    sql = """-- größer 🎉 日本
    /* multi
       line é */ CREATE FEATURE VIEW v ENTITY card_id AS -- ß
    SELECT 'ß🎉' || card_id AS a, /* 日 */ upper('é') || nope AS b, -- x
      sum(naught) OVER (SLIDING SIZE 5 MINUTES) AS c
    FROM transactions;"""
    found = refuse_sql(sql)
    assert [diagnostic.span.text for diagnostic in found] == ["nope", "naught"]
    assert [(d.span.line, d.span.column) for d in found] == [(4, 56), (5, 11)]


def test_a_large_file_is_refused() -> None:
    with pytest.raises(StatementError, match="a file may hold 256 KB"):
        compile_project([SourceText("a.sql", "-" * 300_000)])


@pytest.mark.parametrize("char", ["\0", "\ud800"])
def test_text_must_be_text(char: str) -> None:
    with pytest.raises(StatementError, match="not text in UTF-8"):
        compile_project([SourceText("a.sql", f"SELECT {char}")])


@pytest.mark.parametrize("text", ["+".join(["amount"] * 2000), "(" * 3000 + "amount" + ")" * 3000, "-" + " -" * 3000])
def test_deep_expressions_are_refused(refuse_sql: Refuse, text: str) -> None:
    (diagnostic,) = refuse_sql(f"CREATE FEATURE VIEW v ENTITY card_id AS SELECT {text} AS a FROM transactions;")
    assert diagnostic.message in ("this expression is nested too deeply", "this expression ends too early")


def test_nothing_at_all_is_a_project() -> None:
    definitions = compile_project([SourceText("a.sql", " ;; -- nothing\n")])
    assert not definitions.sources
    assert not definitions.services
