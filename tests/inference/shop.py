"""A small shop whose payments are scored: a project with a trained model, and as many streams as a test likes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from headrace.runtime.project import Project
from headrace.runtime.stores import offline
from headrace.tests.process import headrace

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DOUBLE, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'format' = 'csv');
CREATE SOURCE verdicts (id BIGINT, fraud BOOLEAN, size VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'verdicts/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, count(*) OVER w AS n, avg(amount) OVER w AS mean
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE SERVICE checks AS SELECT a.id, a.amount, a.n, a.mean FROM activity a;
CREATE MODEL fraud PREDICT fraud FROM checks LABELS verdicts ON (id) WITHIN 1 DAY
  WITH ('provider' = 'lightgbm', 'features' = 'amount, n, mean', 'num_iterations' = '5', 'min_data_in_leaf' = '5',
    'valid.fraction' = '0');
CREATE MODEL size PREDICT size FROM checks LABELS verdicts ON (id) WITHIN 1 DAY
  WITH ('provider' = 'lightgbm', 'objective' = 'multiclass', 'features' = 'amount, n, mean', 'num_iterations' = '4',
    'min_data_in_leaf' = '5', 'valid.fraction' = '0');
"""
START = datetime(2026, 1, 1, tzinfo=UTC)
TAUGHT = 200


def stream(
    name: str,
    inference: str,
    columns: str = "id, prediction, model_version, reason",
    model: str = "fraud",
    **options: str,
) -> str:
    """A stream over a model of the shop; ``_`` in an option's name stands for a point."""
    given = {"inference": inference} | {key.replace("_", "."): value for key, value in options.items()}
    written = ", ".join(f"'{key}' = '{value}'" for key, value in given.items())
    return f"CREATE STREAM {name} WITH ({written}) AS SELECT {columns} FROM ML_PREDICT(TABLE checks, MODEL {model});\n"


class Shop:
    """A project at ``folder`` that has seen ``paid`` payments; ``open`` declares its streams."""

    def __init__(self, folder: Path, paid: int = 0) -> None:
        self.folder = folder
        self._count = paid

    @classmethod
    def made(cls, folder: Path) -> Shop:
        """Make the project; its model has no version yet."""
        for name in ("payments", "verdicts"):
            (folder / name).mkdir(parents=True)
        (folder / "headrace.toml").write_text("batch_rows = 40\n")
        (folder / "features.sql").write_text(SQL)
        return cls(folder)

    @classmethod
    def taught(cls, folder: Path) -> Shop:
        """Make the project and let its models learn from payments whose verdicts are known."""
        shop = cls.made(folder)
        shop.pay(TAUGHT)
        shop.project.apply()
        shop.project.run()
        for model in ("fraud", "size"):
            shop.project.train(model)
        return shop

    @property
    def project(self) -> Project:
        return Project(self.folder)

    def open(self, *streams: str) -> None:
        """Declare streams."""
        (self.folder / "streams.sql").write_text("".join(streams))
        self.project.apply()

    def pay(self, count: int) -> None:
        """Add payments, a minute after the other, and verdicts ten seconds after each."""
        payments, verdicts = ["id,card,amount,ts"], ["id,fraud,size,ts"]
        for i in range(self._count, self._count + count):
            amount = round(random.Random(i).lognormvariate(3, 1), 2)
            at = START + timedelta(minutes=i)
            payments.append(f"{i},c{i % 5},{amount},{at:%Y-%m-%d %H:%M:%S}")
            fraud = str(amount > 15 + i % 9).lower()
            size = ("small", "middling", "large")[(amount > 12) + (amount > 30)]
            verdicts.append(f"{i},{fraud},{size},{at + timedelta(seconds=10):%Y-%m-%d %H:%M:%S}")
        for name, lines in (("payments", payments), ("verdicts", verdicts)):
            (self.folder / name / f"{self._count:05}.csv").write_text("\n".join(lines) + "\n")
        self._count += count

    def run(self, failpoint: str = "") -> int:
        """Run in a process of its own, which a failpoint may kill; return its exit status."""
        return headrace(self.folder, "run", "--once", failpoint=failpoint).returncode

    def rows(self, name: str) -> list[dict[str, Any]]:
        """What a stream wrote, by id."""
        files = sorted((self.folder / "offline" / name).glob("*/*.parquet"))
        tables: list[pa.Table] = [offline.read_file(path) for path in files]
        return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["id"])
