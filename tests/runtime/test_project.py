"""A project's definitions, as its Python face hands them out."""

import os
from pathlib import Path

import pytest
from headrace.features_sql.errors import ConfigError
from headrace.runtime.project import Project

SOURCE = """
CREATE SOURCE {name} (ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = '${{WHERE}}/*.csv');
"""


def test_definitions_are_compiled_again_when_what_they_rest_on_has_changed(tmp_path, monkeypatch):
    (tmp_path / "headrace.toml").write_text("")
    file = tmp_path / "features.sql"
    file.write_text(SOURCE.format(name="clicks"))
    project = Project(tmp_path)
    monkeypatch.setenv("WHERE", "here")
    first = project.definitions()
    assert project.definitions() is first
    monkeypatch.setenv("WHERE", "there")
    assert project.definitions().sources["clicks"] != first.sources["clicks"]
    file.write_text(SOURCE.format(name="views"))
    assert list(project.definitions().sources) == ["views"]


def test_what_a_run_writes_is_not_looked_into_for_definitions(tmp_path, monkeypatch):
    for name in (
        "a.sql",
        "more/offline/b.sql",
        "more/.c.sql",
        "offline/v/d.sql",
        ".headrace/e.sql",
        "tests/f.sql",
        "g.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "headrace.toml").write_text("")
    seen = []
    monkeypatch.setattr(os, "scandir", lambda path, real=os.scandir: seen.append(Path(path).name) or real(path))
    assert [text.path for text in Project(tmp_path).texts()] == ["a.sql", "more/offline/b.sql"]
    assert sorted(seen) == ["more", "offline", tmp_path.name]


def test_a_file_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "headrace.toml").write_text("")
    with pytest.raises(ConfigError, match=r"headrace\.toml is a file; a project is the folder of its headrace\.toml"):
        Project(tmp_path / "headrace.toml")
