"""Projects whose runs keep everything in memory: the same rows and scores, quickly, and nothing once a run is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from headrace.catalog import models
from headrace.features_sql.errors import ConfigError, ReadError
from headrace.runtime import engine
from headrace.runtime.project import Project
from headrace.tests.inference.shop import TAUGHT, Shop, stream
from headrace.tests.sent import file_rows
from headrace.tests.time.desk import PUSHED, SOURCE, VIEW, Desk, Event
from headrace.tests.time.test_bell import VIEW as AT_ONCE
from headrace.tests.time.test_bell import watching

EVENTS: list[Event] = [(number, "ab"[number % 2], 10 * number) for number in range(1, 12)]
SINK = "CREATE SINK sent FROM seen WITH ('connector' = 'files', 'path' = 'sent');\n"


def in_memory(folder: Path, sql: str) -> Desk:
    desk = Desk(folder, sql)
    with (folder / "headrace.toml").open("a") as settings:
        settings.write('durability = "memory"\n')
    return desk


def sent(folder: Path) -> list[int]:
    return [row["id"] for row in file_rows(folder / "sent")]


def nothing_is_left(project: Project) -> bool:
    assert project.layout.memory is not None
    return not project.layout.memory.exists()


def test_a_run_sends_its_rows_and_leaves_nothing(tmp_path: Path) -> None:
    sql = SOURCE.format(late="", options=", 'bounded' = 'true'") + VIEW + SINK
    kept, desk = Desk(_made(tmp_path / "kept"), sql), in_memory(_made(tmp_path / "memory"), sql)
    for one in (kept, desk):
        one.add(EVENTS)
    kept.run()
    report = desk.project.run()
    assert report.rows == len(EVENTS)
    assert sent(desk.folder) == sent(kept.folder) == [id for id, *_ in EVENTS]
    assert nothing_is_left(desk.project)
    assert {path.name for path in (desk.folder / ".headrace").iterdir()} == {"memory.lock", "writer.lock"}
    assert not (desk.folder / "offline").exists()
    # The next run knows nothing of it: what it reads again it sends again, beside what is there.
    with desk.project.session() as _, pytest.raises(ConfigError, match="begins with applying the project"):
        desk.project.apply()
    ran = desk.command("run")
    assert ran.returncode == 0
    assert "What this run kept in memory is gone" in ran.stderr
    assert sent(desk.folder) == [id for id, *_ in EVENTS] * 2


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_is_pushed_is_written_and_sent_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "POLL_SECONDS", 3600.0)
    desk = in_memory(tmp_path, PUSHED.format(options="") + AT_ONCE + SINK)
    project = desk.project
    for ask in (project.status, lambda: desk.push([(0, "a", 1)])):
        with pytest.raises(ReadError, match="no run is going"):
            ask()
    with project.session():
        desk.push([(0, "a", 1)])
        with watching(project, 4) as committed:
            for number in (1, 2, 3):
                assert committed.acquire(timeout=60)
                assert desk.project.status().views["seen"].rows == number
                assert sent(tmp_path) == list(range(number))
                desk.push([(number, "a", 1 + number)])
            assert committed.acquire(timeout=60)
        assert list((desk.project.layout.state).iterdir()) == []
    assert sent(tmp_path) == [0, 1, 2, 3]
    assert nothing_is_left(project)


def test_what_a_killed_run_has_left_goes_with_the_next(tmp_path: Path) -> None:
    desk = in_memory(tmp_path, SOURCE.format(late="", options=", 'bounded' = 'true'") + VIEW + SINK)
    desk.add(EVENTS)
    assert desk.command("run", failpoint="committed:3:kill").returncode == -9
    memory = desk.project.layout.memory
    assert memory is not None
    assert memory.exists()
    with pytest.raises(ReadError, match="no run is going"):
        desk.project.status()
    desk.project.run()
    assert sent(tmp_path)[-len(EVENTS) :] == [id for id, *_ in EVENTS]
    assert nothing_is_left(desk.project)


def test_models_that_were_trained_on_the_disk_score_in_memory(tmp_path: Path) -> None:
    shop = Shop.taught(_made(tmp_path / "shop"))
    sink = "CREATE SINK scores FROM scored WITH ('connector' = 'files', 'path' = 'scores');\n"
    shop.open(stream("scored", "embedded", "id, prediction, model_version"), sink)
    shop.pay(20)
    shop.project.run()
    with (shop.folder / "headrace.toml").open("a") as settings:
        settings.write('durability = "memory"\n')
    shop.pay(10)
    project = shop.project
    with project.session():
        project.run()
        with project.catalog() as store:
            versions = {entry.name: entry.version for entry in models.entries(store)}
    assert versions == {"fraud": 1, "size": 1}
    before, after = scored(shop.folder)[:20], scored(shop.folder)[20:]
    # The newest payment of each run waits for one that comes after it.
    assert [row["id"] for row in after] == list(range(TAUGHT + 29))
    assert {row["model_version"] for row in after} == {"1"}
    assert after[TAUGHT - 1 : TAUGHT + 19] == before
    assert nothing_is_left(project)


def scored(folder: Path) -> list[dict[str, Any]]:
    names = ("id", "prediction", "model_version")
    return [{name: row[name] for name in names} for row in file_rows(folder / "scores")]


def test_a_mode_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "headrace.toml").write_text('durability = "group"\n')
    with pytest.raises(ConfigError, match="durability must be 'durable' or 'memory'; got 'group'"):
        Project(tmp_path)
