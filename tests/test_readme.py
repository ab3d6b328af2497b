"""README.md, run: its view is the one that ``init`` writes, and its rows are what the view writes."""

from __future__ import annotations

from pathlib import Path

import headrace.examples.flights
import pyarrow.compute as pc
import pytest
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime.commands.new_project import create
from headrace.runtime.project import Project
from headrace.tests.pages import blocks, rows_of, table

FLIGHTS = Path(str(headrace.examples.flights.__file__)).parent
PAGE = {(block.kind, block.label): block.body for block in blocks("README.md")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("readme") / "shop"
    create(folder)
    made = Project(folder)
    made.apply()
    made.run()
    return made


def test_readme_shows_a_view_of_a_new_project(shop: Project) -> None:
    text = next(Path(shop.layout.root).glob("features/*.sql")).read_text()
    assert PAGE["sql", "view"] in text
    assert len(PAGE["sql", "view"].splitlines()) <= 20


def test_readme_shows_the_rows_of_that_view(shop: Project) -> None:
    rows = rows_of(shop, "visitor_activity")
    assert table(rows.filter(pc.equal(rows.column("visitor_id"), "ada"))) == PAGE["rows", "ada"]


def test_readme_models_stand_on_the_flights() -> None:
    files = {path.name: path for path in FLIGHTS.glob("features/*.sql") if path.name != "models.sql"}
    texts = [SourceText(name, path.read_text()) for name, path in sorted(files.items())]
    definitions = compile_project([*texts, SourceText("README.md", PAGE["sql", "models"])])
    assert sorted(definitions.models) == ["arrival_late", "arrival_late_live"]
    assert list(definitions.streams) == ["scored_flights"]


def test_readme_python_runs(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.layout.root.parent)
    scope: dict[str, object] = {}
    exec(PAGE["python", ""], scope)
    assert isinstance(scope["shop"], Project)
