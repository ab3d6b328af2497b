"""What befalls models in a project: drifts of three kinds, new bases, quarantine; each is a row of the catalog."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from headrace.catalog.query import query
from headrace.runtime.project import Project
from headrace.tests.cli.command_line import succeed
from headrace.tests.sent import file_rows

from .till import Till, text

START = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENTS, CHANGED = 1500, 800
TAUGHT = START + timedelta(minutes=400)
WATCHED = ("loss", "amount", "score")

_WATCHING = """
CREATE MODEL on_{0} CORRECTS fraud WITH ('provider' = 'river', 'quarantine' = 'off', 'drift.detector' = 'ADWIN',
  'drift.on' = '{0}', 'on.warning' = 'accelerate', 'on.drift' = 'retrain', 'retrain.after' = '40 minutes',
  'retrain.cooldown' = '3 hours');
CREATE STREAM scored_{0} AS SELECT id, prediction, model_version FROM ML_PREDICT(TABLE checks, MODEL on_{0});
"""
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DOUBLE, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'payments.csv', 'bounded' = 'true');
CREATE SOURCE verdicts (id BIGINT, fraud BOOLEAN, known_at TIMESTAMP, WATERMARK FOR known_at AS known_at)
  WITH ('connector' = 'files', 'path' = 'verdicts.csv', 'bounded' = 'true');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, count(*) OVER w AS n FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE SERVICE checks AS SELECT a.* FROM activity a;

CREATE MODEL fraud PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 2 HOURS
  WITH ('provider' = 'lightgbm', 'num_iterations' = '15', 'min_data_in_leaf' = '8', 'num_leaves' = '6');
CREATE MODEL guarded CORRECTS fraud WITH ('provider' = 'river', 'quarantine.labels' = '100');
CREATE STREAM scored_guarded AS SELECT id, prediction FROM ML_PREDICT(TABLE checks, MODEL guarded);
CREATE MODEL alone PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 2 HOURS
  WITH ('provider' = 'river', 'algorithm' = 'StandardScaler | linear_model.LogisticRegression',
        'drift.detector' = 'PageHinkley', 'drift.threshold' = '30', 'quarantine' = 'off');
CREATE STREAM scored_alone AS SELECT id, prediction FROM ML_PREDICT(TABLE checks, MODEL alone);
CREATE SINK alerts FROM scored_loss WHERE prediction > 0.5 WITH ('connector' = 'files', 'path' = 'alerts');
""" + "".join(map(_WATCHING.format, WATCHED))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Payments a minute apart with verdicts ten later; then all are larger, and it is the small ones that are fraud."""
    made = tmp_path_factory.mktemp("guarded")
    chance = random.Random(3)
    payments, verdicts = ["id,card,amount,ts"], ["id,fraud,known_at"]
    for number in range(PAYMENTS):
        amount = round(chance.lognormvariate(3, 1), 2)
        fraud = (amount > 30) != (chance.random() < 0.05)
        amount, fraud = (amount * 2, not fraud) if number >= CHANGED else (amount, fraud)
        at = START + timedelta(minutes=number)
        payments.append(f"{number},c{chance.randrange(9)},{amount},{text(at)}")
        verdicts.append(f"{number},{str(fraud).lower()},{text(at + timedelta(minutes=10))}")
    (made / "payments.csv").write_text("\n".join(payments) + "\n")
    (made / "verdicts.csv").write_text("\n".join(verdicts) + "\n")
    (made / "features.sql").write_text(SQL)
    (made / "headrace.toml").touch()
    succeed(made, "apply", "--yes")
    succeed(made, "run", "--until", text(TAUGHT))
    succeed(made, "train", "fraud", "--until", text(TAUGHT - timedelta(hours=1)))
    succeed(made, "run")
    return made


def happened(folder: Path, model: str) -> list[tuple[datetime, str, str]]:
    """When, of which kind and how: what the catalog has of a model."""
    sql = f"SELECT at, kind, detail FROM model_events WHERE model = '{model}' ORDER BY rowid"
    rows = query(Project(folder).layout.database, sql).rows
    return [(datetime.fromisoformat(at).replace(tzinfo=UTC), kind, detail) for at, kind, detail in rows]


@pytest.mark.parametrize("watched", WATCHED)
def test_a_drift_brings_a_new_base_at_its_instant(folder: Path, watched: str) -> None:
    events = happened(folder, f"on_{watched}")
    changed = START + timedelta(minutes=CHANGED)
    drift = next(at for at, kind, detail in events if (kind, detail) == ("drift", f"ADWIN on {watched}"))
    assert changed < drift < changed + timedelta(minutes=300)
    assert not [kind for at, kind, _ in events if at < changed and kind == "drift"]
    asked = next(at for at, kind, _ in events if kind == "retrain")
    entered = next(at for at, kind, detail in events if (kind, detail) == ("refit", "entered"))
    assert entered == asked + timedelta(minutes=40)
    scored = Till(folder).written(f"scored_{watched}")
    for row in scored:
        at = START + timedelta(minutes=row["id"])
        assert row["model_version"] == (None if at <= TAUGHT else "1" if at < entered else row["model_version"])
    assert scored[-1]["model_version"].startswith("1.")


def test_new_bases_keep_the_cool_down(folder: Path) -> None:
    for watched in WATCHED:
        asked = [at for at, kind, _ in happened(folder, f"on_{watched}") if kind == "retrain"]
        assert all(later - before >= timedelta(hours=3) for before, later in pairwise(asked))
        assert len(asked) > 1


def test_a_quarantine_begins_and_ends(folder: Path) -> None:
    """Labels whose rate has left its reference are not learned, until it has proved to be the new one."""
    events = [event for event in happened(folder, "guarded") if event[1] in ("quarantine", "released")]
    (began, *begin), (ended, *end) = events
    assert (begin, end[0]) == (["quarantine", "the rate of positives left its reference"], "released")
    assert START + timedelta(minutes=CHANGED) < began < ended
    card = succeed(folder, "models", "show", "guarded", "--format", "json").json
    assert card["entry"]["learning"]["withheld"] == (ended - began) // timedelta(minutes=1)
    assert "left its reference" in succeed(folder, "models", "show", "guarded").out


def test_a_model_without_a_base_is_watched_too(folder: Path) -> None:
    told = {(kind, detail) for at, kind, detail in happened(folder, "alone") if at > START + timedelta(minutes=CHANGED)}
    assert {("warning", "PageHinkley on loss"), ("drift", "PageHinkley on loss")} <= told


def test_a_sink_sends_on_what_a_stream_scores(folder: Path) -> None:
    sent = file_rows(folder / "alerts")
    expected = [row for row in Till(folder).written("scored_loss") if (row["prediction"] or 0.0) > 0.5]
    assert [(row["id"], row["prediction"]) for row in sent] == [(row["id"], row["prediction"]) for row in expected]
    assert len(expected) > 100


def test_training_until_an_instant_sees_what_was_known_then(folder: Path) -> None:
    card = succeed(folder, "models", "show", "fraud", "--format", "json").json
    (version,) = card["versions"]
    last = TAUGHT - timedelta(hours=1, minutes=10)
    assert version["last_us"] == round(last.timestamp() * 1_000_000)
    known = version["rows_fit"] + version["rows_valid"] + version["rows_dropped"]
    assert known == (last - START) // timedelta(minutes=1) + 1
