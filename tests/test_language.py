"""docs/language.md, run: every statement compiles, and every table of rows is what its view writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime import datasets
from headrace.runtime.engine import workplace
from headrace.runtime.project import Project
from headrace.runtime.verify import written_rows

PAGE = Path(__file__).parents[1] / "docs" / "language.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    kind: str
    label: str
    body: str


def blocks() -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(PAGE.read_text())]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("language")
    (folder / "headrace.toml").write_text('name = "language"\n')
    statements = ""
    for block in blocks():
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


def rows_of(project: Project, name: str) -> pa.Table:
    with workplace(project.layout, project.settings, project.definitions(), write=False) as place:
        dataset = datasets.load(place.store, place.definitions, place.versions)[name]
        rows = written_rows(place, dataset)
        visible = [column for column in rows.column_names if not column.startswith("_")]
        return rows.sort_by([(key, "ascending") for key in (dataset.time, *visible[: len(dataset.entity)])]).select(
            visible
        )


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) or "NULL" for item in value) + "]"
    return str(value).removesuffix("+00:00").replace("2026-03-01 ", "")


def table(rows: pa.Table) -> str:
    """The rows as the page prints them: aligned, NULL as nothing, the day left out of instants."""
    lines = [rows.column_names, *([shown(value) for value in row.values()] for row in rows.to_pylist())]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


@pytest.mark.parametrize("block", [block for block in blocks() if block.kind == "rows"], ids=lambda block: block.label)
def test_page_shows_the_rows_that_are_written(project: Project, block: Block) -> None:
    assert table(rows_of(project, block.label)) == block.body


def test_every_view_of_the_page_verifies(project: Project) -> None:
    assert {name: check.mismatches for name, check in project.verify().items() if not check.passed} == {}


def test_page_shows_the_message_of_a_mistake(project: Project) -> None:
    page = blocks()
    place = next(at for at, block in enumerate(page) if (block.kind, block.label) == ("sql", "error"))
    texts = [*project.texts(), SourceText("oops.sql", page[place].body)]
    with pytest.raises(StatementError) as refused:
        compile_project(texts)
    assert str(refused.value) + "\n" == page[place + 1].body


def test_every_sql_block_is_run() -> None:
    labels = {block.label for block in blocks() if block.kind == "sql"}
    assert labels == {"project", "error"}
