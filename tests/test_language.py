"""docs/language.md, run: every statement compiles, and every table of rows is what its view writes."""

from __future__ import annotations

import pytest
from headrace.features_sql.errors import StatementError
from headrace.features_sql.flink import to_flink
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime.project import Project
from headrace.tests.pages import Block, blocks, rows_of, table

PAGE = blocks("docs/language.md")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("language")
    (folder / "headrace.toml").write_text('name = "language"\n')
    statements = ""
    for block in PAGE:
        if block.kind == "csv":
            path = folder / block.label
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.body)
        elif (block.kind, block.label) == ("sql", "project"):
            statements += block.body
    (folder / "features.sql").write_text(statements)
    made = Project(folder)
    made.apply()
    made.run()
    return made


@pytest.mark.parametrize("block", [block for block in PAGE if block.kind == "rows"], ids=lambda block: block.label)
def test_page_shows_the_rows_that_are_written(project: Project, block: Block) -> None:
    assert table(rows_of(project, block.label)) == block.body


@pytest.mark.parametrize("block", [block for block in PAGE if block.kind == "jsonl"], ids=lambda block: block.label)
def test_page_shows_what_a_sink_is_sent(project: Project, block: Block) -> None:
    assert "".join(path.read_text() for path in sorted(project.layout.root.glob(block.label))) == block.body


def test_every_view_of_the_page_verifies(project: Project) -> None:
    assert {name: check.mismatches for name, check in project.verify().items() if not check.passed} == {}


def test_the_page_s_feature_test_passes(project: Project) -> None:
    (body,) = (block.body for block in PAGE if (block.kind, block.label) == ("sql", "test"))
    (project.layout.root / "tests").mkdir()
    (project.layout.root / "tests" / "page.sql").write_text(body)
    (check,) = project.test()
    assert (check.passed, [one.rows for one in check.expectations]) == (True, [2, 1, 0, 1])


def test_page_shows_the_message_of_a_mistake(project: Project) -> None:
    place = next(at for at, block in enumerate(PAGE) if (block.kind, block.label) == ("sql", "error"))
    texts = [*project.texts(), SourceText("oops.sql", PAGE[place].body)]
    with pytest.raises(StatementError) as refused:
        compile_project(texts)
    assert str(refused.value) + "\n" == PAGE[place + 1].body


def test_page_shows_what_flink_would_be_given(project: Project) -> None:
    (verdicts,) = (block for block in PAGE if block.kind == "verdicts")
    (sql,) = (block for block in PAGE if block.kind == "flink")
    assert verdicts.label == sql.label
    program = to_flink(project.definitions(), sql.label)
    said = [": ".join(filter(None, (one.clause, one.kind, one.reason))) for one in program.verdicts]
    assert "".join(f"{line}\n" for line in said) == verdicts.body
    assert f"{program.sql}\n" == sql.body


def test_every_sql_block_is_run() -> None:
    labels = {block.label for block in PAGE if block.kind == "sql"}
    assert labels == {"project", "error", "test"}
