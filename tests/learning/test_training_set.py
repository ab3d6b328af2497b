"""The labels of a training set, against the rule read slowly: corrected, repeated, early, late and missing ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headrace.runtime import engine
from headrace.runtime.project import Project
from headrace.runtime.scoring.training_set import training_set

from .till import text

START = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENTS, WITHIN = 120, 30
MODEL = """
CREATE MODEL {0} PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 30 MINUTES
  WITH ('provider' = 'lightgbm', 'features' = 'amount', 'unlabelled' = '{0}', 'weight' = 'sure');
"""
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DOUBLE, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'payments.csv', 'bounded' = 'true');
CREATE SOURCE verdicts (id BIGINT, fraud BOOLEAN, sure DOUBLE, known_at TIMESTAMP, WATERMARK FOR known_at AS known_at)
  WITH ('connector' = 'files', 'path' = 'verdicts.csv', 'bounded' = 'true');
CREATE FEATURE VIEW activity ENTITY card AS SELECT id, amount FROM payments;
CREATE FEATURE SERVICE checks AS SELECT a.* FROM activity a;
""" + "".join(map(MODEL.format, ("drop", "negative")))

Verdict = tuple[int, int, bool, float]
"""The minute at which it is known, its payment, what it says and its weight."""


def verdicts() -> list[Verdict]:
    """For each payment, a minute after the other, up to three verdicts from 20 minutes before it to 45 after."""
    chance = random.Random(11)
    found: list[Verdict] = [
        (max(number + minutes, 0), number, chance.random() < 0.5, chance.choice([0.5, 1.0, 2.0]))
        for number in range(PAYMENTS)
        for minutes in sorted(chance.sample(range(-20, 46), chance.randrange(4)))
    ]
    return sorted(found, key=lambda one: one[:2])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder: Path = tmp_path_factory.mktemp("training")
    lines = [f"{number},c{number % 3},{number},{text(minute(number))}" for number in range(PAYMENTS)]
    (folder / "payments.csv").write_text("\n".join(["id,card,amount,ts", *lines]) + "\n")
    lines = [f"{number},{str(fraud).lower()},{sure},{text(minute(at))}" for at, number, fraud, sure in verdicts()]
    (folder / "verdicts.csv").write_text("\n".join(["id,fraud,sure,known_at", *lines]) + "\n")
    (folder / "features.sql").write_text(SQL)
    (folder / "headrace.toml").touch()
    made = Project(folder)
    made.apply()
    made.run()
    return made


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def expected(rule: str, until: int) -> list[tuple[int, bool, float]]:
    """Payment, label and weight of each row, by reading the rule."""
    found: list[tuple[int, bool, float]] = []
    for number in range(min(until + 1, PAYMENTS)):
        last = min(until, number + WITHIN)
        known = [one for one in verdicts() if one[1] == number and one[0] <= last]
        _, _, fraud, sure = known[-1] if known else (0, 0, False, 1.0)
        if (known and rule == "drop") or (rule == "negative" and number + WITHIN <= until):
            found.append((number, fraud, sure))
    return found


@pytest.mark.parametrize("rule", ["drop", "negative"])
def test_each_row_has_the_newest_label_known_in_time(project: Project, rule: str) -> None:
    with engine.workplace(project.layout, project.settings, project.definitions(), write=False) as place:
        for until in (40, 75, PAYMENTS + 60):
            at = round(minute(until).timestamp() * 1_000_000)
            held: list[dict[str, Any]] = training_set(place, place.definitions.models[rule], at).to_pylist()
            rows = [(round(row["amount"]), bool(row["_label"]), row["_weight"]) for row in held]
            assert rows == expected(rule, until)
            assert all(row["_known_at"] <= at for row in held)
