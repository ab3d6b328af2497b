"""Whatever is written, the compiler answers with definitions or with findings in their place."""

from __future__ import annotations

from pathlib import Path

from headrace.features_sql.definitions import Definitions
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.features_sql.tokens import tokenize
from hypothesis import given, settings
from hypothesis import strategies as st

CASES = Path(__file__).parent / "cases"
TEXT = (CASES / "payments_sources.sql").read_text() + (CASES / "payments_views.sql").read_text()
TOKENS = tokenize(SourceText("a.sql", TEXT)).tokens
WORDS = [*sorted({token.text for token in TOKENS}), *"'\"{}?é", "--", "/*", "}}", "$$", "lambda x: x", ""]
EDIT = st.tuples(st.integers(0, len(TOKENS) - 1), st.sampled_from(WORDS), st.booleans())


def _compile(text: str) -> Definitions | StatementError:
    try:
        return compile_project([SourceText("a.sql", text)])
    except StatementError as error:
        return error


@settings(max_examples=80, deadline=None)
@given(st.lists(EDIT, min_size=1, max_size=3))
def test_edited_text(edits: list[tuple[int, str, bool]]) -> None:
    text = TEXT
    for index, word, keep in sorted(edits, reverse=True):
        token = TOKENS[index]
        text = f"{text[: token.end if keep else token.start]} {word} {text[token.end :]}"
    result = _compile(text)
    if isinstance(result, Definitions):
        assert result.sources
        return
    assert result.diagnostics
    for diagnostic in result.diagnostics:
        assert 0 <= diagnostic.span.start < diagnostic.span.end <= len(text)
        assert str(diagnostic).startswith(f"a.sql:{diagnostic.span.line}:{diagnostic.span.column}: ")
