"""A project's definitions, as its Python face hands them out."""

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
