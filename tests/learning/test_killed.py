"""Learning through kills: the same predictions and the same weights to the bit, no label too early, none twice."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable

import pytest
from headrace.runtime import failpoints
from headrace.tests.process import headrace

from .state import alike, plain
from .till import MODELS, TAUGHT, Till, payments

POINTS = ("intent", "promised", "staging", "commit", "committed", "rename", "write", "snapshot")
KILLS = 20


class Killed(BaseException):
    """Stands for SIGKILL within the process: nothing below the project's own loop catches it."""


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[Till, str, int], None]:
    """The function that runs a till and stops it dead when it reaches a point for the n-th time."""

    def run(till: Till, point: str, count: int) -> None:
        left = count

        def reach(name: str) -> None:
            nonlocal left
            left -= name == point
            if left == 0:
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(failpoints, "reach", reach)
            with pytest.raises(Killed):
                till.project.run()

    return run


def assert_conserved(till: Till) -> None:
    """What the store says of every model fits what has been committed: nothing is learned of a row not yet there."""
    status = till.project.status()
    for model in MODELS:
        held = status.models[model]
        assert held.scored == held.learned + held.withheld + held.expired + held.pending
        # The tree scores from the first payment on, the others since their base was trained.
        assert held.scored == status.views[f"scored_{model}"].rows - (0 if model == "tree" else TAUGHT)


def assert_same(till: Till, undisturbed: Till) -> None:
    for model in MODELS:
        found, expected = (
            [
                (row["id"], row["prediction"].hex() if row["prediction"] is not None else None, row["model_version"])
                for row in one.written(f"scored_{model}")
            ]
            for one in (till, undisturbed)
        )
        assert found == expected
    weights, wanted = till.learned(), undisturbed.learned()
    assert weights.keys() == wanted.keys()
    assert [name for name, table in wanted.items() if not alike(plain(weights[name]), plain(table))] == []
    assert till.project.status().models == undisturbed.project.status().models


def test_every_label_is_learned_once_or_not_at_all(undisturbed: Till) -> None:
    models = undisturbed.project.status().models
    for model in MODELS:
        rows = [p for p in payments() if model == "tree" or p.id >= TAUGHT]
        learned = sum(p.learned for p in rows)
        held = models[model]
        assert (held.scored, held.learned, held.expired) == (len(rows), learned, len(rows) - learned)
        assert (held.pending, held.withheld) == (0, 0)
        assert held.counts["duplicates"] + held.counts["corrected"] > 0
        assert held.counts["late"] > 0


def test_stopped_dead_at_random_points(till: Till, undisturbed: Till, kill: Callable[[Till, str, int], None]) -> None:
    chance = random.Random(20)
    for _ in range(KILLS):
        kill(till, chance.choice(POINTS), chance.randint(1, 3))
        assert_conserved(till)
    till.project.run()
    assert_conserved(till)
    assert_same(till, undisturbed)


def test_killed_by_the_system(till: Till, undisturbed: Till) -> None:
    for point in ("commit:4", "rename:9"):
        ended = headrace(till.folder, "run", failpoint=f"{point}:kill")
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    till.project.run()
    assert_same(till, undisturbed)
