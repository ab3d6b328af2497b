"""A run that waits is woken by what is handed in: it does not sleep until it looks for files again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from headrace.runtime import engine
from headrace.runtime.group_run import EpochReport
from headrace.runtime.project import Project
from headrace.runtime.sources.bell import listening, ring
from headrace.tests.time.desk import PUSHED, Desk

PATIENCE = 60.0
VIEW = "CREATE FEATURE VIEW seen ENTITY k AS SELECT id FROM events EMIT ON EVENT IMMEDIATELY;"


class Enough(BaseException):
    """Ends a run from within."""


@contextmanager
def watching(project: Project, epochs: int) -> Iterator[threading.Semaphore]:
    """Run in a thread that ends after so many epochs, each of which the semaphore tells."""
    committed, left = threading.Semaphore(0), epochs

    def told(_: EpochReport) -> None:
        nonlocal left
        committed.release()
        left -= 1
        if not left:
            raise Enough

    def run() -> None:
        with pytest.raises(Enough):
            project.run(once=False, on_epoch=told)

    thread = threading.Thread(target=run)
    thread.start()
    yield committed
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_what_is_pushed_is_computed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events come one at a time, each after the row of the last; a run that slept would sleep for an hour."""
    monkeypatch.setattr(engine, "POLL_SECONDS", 3600.0)
    desk = Desk(tmp_path, PUSHED.format(options="") + VIEW)
    desk.project.apply()
    desk.push([(0, "a", 1)])
    with watching(desk.project, 4) as committed:
        for number in (1, 2, 3):
            assert committed.acquire(timeout=PATIENCE)
            assert len(desk.rows("seen", "id")) == number
            desk.push([(number, "a", 1 + number)])
        assert committed.acquire(timeout=PATIENCE)
    assert [id for (id,) in desk.rows("seen", "id")] == [0, 1, 2, 3]
    assert not desk.project.layout.bell.exists()


def test_a_bell_that_nobody_hears(tmp_path: Path) -> None:
    bell = tmp_path / "bell"
    ring(bell)
    with listening(bell) as heard:
        assert not heard.wait(0.0)
        ring(bell)
        ring(bell)
        assert heard.wait(PATIENCE)
        assert not heard.wait(0.0)
    assert not bell.exists()
    with listening(tmp_path / "nowhere" / "bell") as heard:
        ring(tmp_path / "nowhere" / "bell")
        assert not heard.wait(0.0)
    for text in ("nonsense", "70000", ""):
        bell.write_text(text)
        ring(bell)
