"""A small shop whose till learns from what becomes of its payments: three ways to learn, each with a stream."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from headrace.features_sql.groups import source_groups
from headrace.runtime import engine
from headrace.runtime.group_run import GroupRun
from headrace.runtime.project import Project
from headrace.runtime.stores import offline

START = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENTS, TAUGHT = 640, 260
WITHIN = timedelta(hours=6)
MODELS = ("leaves", "linear", "tree")

_STREAM = "CREATE STREAM scored_{0} AS SELECT id, prediction, model_version FROM ML_PREDICT(TABLE checks, MODEL {0});\n"
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DOUBLE, shop VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 2 MINUTES)
  WITH ('connector' = 'files', 'path' = 'payments.csv', 'bounded' = 'true');
CREATE SOURCE verdicts (id BIGINT, fraud BOOLEAN, known_at TIMESTAMP, WATERMARK FOR known_at AS known_at)
  WITH ('connector' = 'files', 'path' = 'verdicts.csv', 'bounded' = 'true');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, shop, count(*) OVER w AS n, avg(amount) OVER w AS mean
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE SERVICE checks AS SELECT a.* FROM activity a;

CREATE MODEL fraud PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 6 HOURS
  WITH ('provider' = 'lightgbm', 'num_iterations' = '12', 'min_data_in_leaf' = '8', 'num_leaves' = '6');
CREATE MODEL leaves CORRECTS fraud WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector', 'quarantine' = 'off',
  'admission' = 'at once', 'drift.detector' = 'ADWIN', 'on.warning' = 'accelerate');
CREATE MODEL linear CORRECTS fraud WITH ('provider' = 'river', 'quarantine' = 'off',
  'algorithm' = 'linear_model.LogisticRegression', 'admission' = 'at once');
CREATE MODEL tree PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 6 HOURS
  WITH ('provider' = 'river', 'algorithm' = 'tree.HoeffdingAdaptiveTreeClassifier(grace_period=20)');
""" + "".join(map(_STREAM.format, MODELS))


@dataclass(frozen=True)
class Payment:
    """A payment and when its verdicts became known; what they say changes halfway."""

    id: int
    card: str
    amount: float
    shop: str
    ts: datetime
    verdicts: tuple[datetime, ...]

    @property
    def fraud(self) -> bool:
        limit = 40.0 if self.id < PAYMENTS * 0.6 else 15.0
        return (self.amount > limit) != (self.id % 11 == 0)

    @property
    def learned(self) -> bool:
        """Whether a verdict counts: one that came after the payment, and in time."""
        return any(self.ts < known <= self.ts + WITHIN for known in self.verdicts)


def payments() -> list[Payment]:
    """Payments a minute apart; of some no verdict comes, of some two, of some one too late."""
    chance = random.Random(7)
    found: list[Payment] = []
    for number in range(PAYMENTS):
        ts = START + timedelta(minutes=number, seconds=chance.randrange(60))
        delays = {3: (), 5: (20, 95), 8: (500,)}.get(number % 13, (chance.randrange(5, 120),))
        known = tuple(ts + timedelta(minutes=delay, seconds=7) for delay in delays)
        amount = round(chance.lognormvariate(3, 1), 2)
        found.append(Payment(number, f"c{chance.randrange(9)}", amount, f"s{number % 3}", ts, known))
    return found


def text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"


class Till:
    """The project in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def taught(cls, folder: Path) -> Till:
        """Make the project, run it over the first payments, and train its base on them, twice."""
        folder.mkdir()
        rows = payments()
        lines = [f"{p.id},{p.card},{p.amount},{p.shop},{text(p.ts)}" for p in rows]
        (folder / "payments.csv").write_text("\n".join(["id,card,amount,shop,ts", *lines]) + "\n")
        known = sorted((known, p.id, str(p.fraud).lower()) for p in rows for known in p.verdicts)
        lines = [f"{number},{fraud},{text(at)}" for at, number, fraud in known]
        (folder / "verdicts.csv").write_text("\n".join(["id,fraud,known_at", *lines]) + "\n")
        (folder / "features.sql").write_text(SQL)
        (folder / "headrace.toml").write_text("batch_rows = 30\nsnapshot_epochs = 5\n")
        till = cls(folder)
        till.project.apply()
        till.project.run(until=START + timedelta(minutes=TAUGHT))
        till.project.train("fraud", until=START + timedelta(minutes=TAUGHT - 30))
        till.project.train("fraud")
        return till

    @property
    def project(self) -> Project:
        return Project(self.folder)

    def copy(self, folder: Path) -> Till:
        return Till(Path(shutil.copytree(self.folder, folder, symlinks=True)))

    def written(self, stream: str) -> list[dict[str, Any]]:
        """The rows of a stream that anybody may read, by id."""
        files = sorted((self.folder / "offline" / stream).glob("*/*.parquet"))
        tables: list[pa.Table] = [offline.read_file(path) for path in files]
        return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["id"])

    def learned(self) -> dict[str, pa.Table]:
        """Everything that scoring and learning depend on, after the last committed epoch."""
        project = self.project
        with engine.workplace(project.layout, project.settings, project.definitions(), write=False) as place:
            (spec,) = source_groups(place.definitions)
            group = GroupRun(place, spec)
            try:
                group.restore()
                return group.group.models.snapshot()
            finally:
                group.close()
