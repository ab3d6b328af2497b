"""The fraud example on a few cards: the simulation is the same each time, and the whole model life runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import headrace.examples.fraud
import pytest
from headrace.catalog import models
from headrace.examples.fraud import demo
from headrace.examples.fraud.prepare import Counts, prepare
from headrace.runtime.commands.report_models import picture
from headrace.runtime.project import Project

EXAMPLE = Path(str(headrace.examples.fraud.__file__)).parent
DUCK = duckdb.connect()
SMALL = {"cards": 60, "days": 56}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fraud") / "project"
    shutil.copytree(EXAMPLE / "features", made / "features")
    shutil.copy(EXAMPLE / "headrace.toml", made)
    prepare(made, seed=1, **SMALL)
    return made


def test_a_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    prepare(tmp_path, seed=1, **SMALL)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet"))
    assert len(files) > 10
    assert all((tmp_path / path).read_bytes() == (folder / path).read_bytes() for path in files)


def test_what_is_simulated(folder: Path) -> None:
    """Chargebacks follow their payment, about one payment in fifty is fraud, and time never goes back."""
    payments, chargebacks = (f"'{folder}/{name}/*.parquet'" for name in ("payments", "chargebacks"))
    query = f"SELECT count(*), min(known_at - paid_at) FROM {chargebacks} JOIN {payments} USING (payment_id)"
    charged, soonest = DUCK.from_query(query).fetchall()[0]
    assert charged == len(DUCK.from_query(f"FROM {chargebacks}"))
    assert soonest.total_seconds() > 3600
    assert 0.005 < charged / len(DUCK.from_query(f"FROM {payments}")) < 0.05
    times = DUCK.from_query(f"SELECT paid_at FROM {payments} ORDER BY payment_id").fetchall()
    assert times == sorted(times)


def test_the_life_of_the_models(folder: Path) -> None:
    project = Project(folder)
    project.apply()
    project.run(until=datetime(2025, 2, 10))
    trained = project.train("fraud")
    assert trained.metrics["log_loss"] < trained.metrics["constant_log_loss"]
    project.run()
    scored = DUCK.from_query(f"FROM '{folder}/offline/scored_payments/**/*.parquet'")
    count, without = scored.aggregate("count(*), count(*) FILTER (prediction IS NULL)").fetchall()[0]
    assert count == len(DUCK.from_query(f"FROM '{folder}/payments/*.parquet'"))
    assert scored.filter("prediction IS NOT NULL").aggregate("min(paid_at) > '2025-02-09'").fetchall() == [(True,)]
    with project.catalog() as store:
        live, online = models.show(store, "fraud_live"), models.show(store, "fraud_online")
    for card, of in ((live, count - without), (online, count)):
        learning = card.entry.learning
        assert learning is not None
        assert learning.scored == of == learning.learned + learning.withheld + learning.expired + learning.pending
    assert live.versions[-1].importances
    assert {score["arm"] for score in live.scores} >= {"frozen", "corrected", "mixture"}
    assert live.points["corrected"][-1]["n"] > 100
    assert picture(live).count("<path") >= 6


@pytest.mark.parametrize(("mixture", "status"), [(0.03, 0), (0.2, 1)])
def test_the_demo_judges_what_was_served_in_the_last_month(
    mixture: float, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def headrace(command: Sequence[str], project: Path, console: object) -> int:
        ran.append(command[0])
        arms = {"frozen": 0.1, "mixture": mixture, "constant": 0.08}
        told = [
            {"month": month, "arm": arm, "log_loss": lost}
            for month in ("2025-03", "2025-04", "all")
            for arm, lost in arms.items()
        ]
        (project / "compared.json").write_text(json.dumps({"months": told}))
        return 0

    monkeypatch.setattr(demo, "headrace", headrace)
    monkeypatch.setattr(demo, "prepare", lambda _: Counts(100, 2, 1))
    assert demo.run(tmp_path / "new") == status
    assert ran == [command[0] for command in demo.COMMANDS]
    said = capsys.readouterr().out.replace("\n", " ")
    assert "100 payments, 2 of them fraud" in said
    assert "In 2025-04 the model that was trained in February has a log-loss of 0.1000" in said
    (tmp_path / "new" / "more.txt").touch()
    assert demo.run(tmp_path / "new") == 1


def test_the_demo_ends_with_the_first_command_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "prepare", lambda _: Counts(100, 2, 1))
    monkeypatch.setattr(demo, "headrace", lambda command, *_: 3 if command[0] == "train" else 0)
    assert demo.run(tmp_path / "new") == 3
