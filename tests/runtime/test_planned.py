"""What applying would change of sinks, and that a run waits for it."""

from pathlib import Path

import pytest
from headrace.catalog.plan import Change
from headrace.features_sql.errors import ConfigError
from headrace.runtime.project import Project

VIEWS = """
CREATE SOURCE clicks (who VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = '*.csv', 'format' = 'csv');
CREATE FEATURE VIEW often ENTITY who AS SELECT count(*) OVER w AS n FROM clicks WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE VIEW daily ENTITY who AS SELECT count(*) OVER w AS n FROM clicks WINDOW w AS (SLIDING SIZE 1 DAY);
"""
SINK = "CREATE SINK alerts FROM {source} WITH ('connector' = 'files', 'path' = 'alerts');"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "headrace.toml").write_text("")
    (tmp_path / "clicks.csv").write_text("who,ts\na,2026-01-01 00:00:00\na,2026-01-01 00:01:00\n")
    return Project(tmp_path)


def write(project: Project, *, sink: str | None = None) -> None:
    (project.layout.root / "features.sql").write_text(VIEWS + (SINK.format(source=sink) if sink else ""))


def changes(project: Project) -> list[Change]:
    return [change for change in project.plan().changes if change.kind != "unchanged"]


def test_sinks_are_planned_from_the_first(project: Project) -> None:
    write(project, sink="often")
    assert changes(project)[-1] == Change("new", "sink", "alerts", None, "")
    project.apply()
    assert changes(project) == []


def test_a_run_waits_until_a_sink_is_applied(project: Project) -> None:
    write(project)
    project.apply()
    write(project, sink="often")
    assert changes(project) == [Change("new", "sink", "alerts", None, "")]
    with pytest.raises(ConfigError, match=r"not applied yet: alerts \(new\)"):
        project.run()
    assert changes(project) == [Change("new", "sink", "alerts", None, "")]
    project.apply()
    project.run()
    assert [path.name for path in (project.layout.root / "alerts").iterdir()] == ["00000001.jsonl"]


def test_a_sink_of_another_relation_and_one_that_is_gone_are_changes(project: Project) -> None:
    write(project, sink="often")
    project.apply()
    write(project, sink="daily")
    assert changes(project) == [Change("changed", "sink", "alerts", None, "was FROM often")]
    project.apply()
    write(project)
    assert changes(project) == [Change("dropped", "sink", "alerts", None, "no longer defined")]
    with pytest.raises(ConfigError, match=r"not applied yet: alerts \(dropped\)"):
        project.run()
    project.apply()
    assert changes(project) == []


def test_another_condition_and_another_place_of_a_sink_are_changes(project: Project) -> None:
    def rewrite(sink: str) -> list[Change]:
        (project.layout.root / "features.sql").write_text(VIEWS + sink)
        return changes(project)

    rewrite("CREATE SINK alerts FROM often WITH ('connector' = 'files', 'path' = 'alerts');")
    project.apply()
    there = "CREATE SINK alerts FROM often WHERE n < 2 WITH ('connector' = 'files', 'path' = 'there');"
    assert rewrite(there) == [Change("changed", "sink", "alerts", None, "WHERE changed, place changed")]
    with pytest.raises(ConfigError, match=r"not applied yet: alerts \(changed\)"):
        project.run()
    project.apply()
    assert changes(project) == []
    assert rewrite(there.replace("WITH", "\n  WITH")) == [Change("metadata", "sink", "alerts", None, "text changed")]
    project.run()
    (file,) = (project.layout.root / "there").iterdir()
    assert [line for line in file.read_text().splitlines() if line] == [
        '{"who":"a","ts":"2026-01-01 00:00:00","n":1,"_partition":0,"_offset":0}'
    ]
    assert not (project.layout.root / "alerts").exists()
