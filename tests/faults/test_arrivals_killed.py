"""SIGKILL to a run that writes on arrival: in the end its rows are those of an undisturbed one, to the bit."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
from headrace.runtime.project import Project
from headrace.runtime.stores import offline
from headrace.tests.process import headrace

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, shop VARCHAR, amount DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 2 MINUTES) WITH ('connector' = 'push');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, count(*) OVER w AS n, sum(amount) OVER w AS total, stddev(amount) OVER w AS spread,
  count(DISTINCT shop) OVER w AS shops, mode(shop) OVER w AS usual_shop
FROM payments WINDOW w AS (SLIDING SIZE 10 MINUTES) EMIT ON EVENT IMMEDIATELY;
"""
#: Epochs of three events, of which folds take in several together: a kill falls before, within and after that.
SETTINGS = "batch_rows = 3\nsnapshot_epochs = 2\n"
KILLS = ("promised:3", "commit:1", "committed:4", "snapshot:1", "staging:2", "rename:3")


def payments(count: int) -> pa.Table:
    """Payments half a minute apart, each up to two minutes out of order."""
    pick, start = random.Random(7), datetime(2026, 1, 1)
    late = [timedelta(seconds=30 * place - pick.randrange(120)) for place in range(count)]
    columns = {
        "id": list(range(count)),
        "card": [pick.choice(("a", "b", "c")) for _ in range(count)],
        "shop": [pick.choice(("bakery", "kiosk", "cinema")) for _ in range(count)],
        "amount": [pick.choice((0.1, 1e9, 3.7, -2.5)) for _ in range(count)],
        "ts": [start + moved for moved in late],
    }
    return pa.table(columns)


def project_in(folder: Path) -> Project:
    folder.mkdir()
    (folder / "headrace.toml").write_text(SETTINGS)
    (folder / "features.sql").write_text(SQL)
    project = Project(folder)
    project.apply()
    return project


def written(project: Project) -> list[dict[str, object]]:
    files = (project.layout.root / "offline" / "activity").glob("*/*.parquet")
    rows = [row for path in files for row in offline.read_file(path).to_pylist()]
    return sorted(rows, key=lambda row: row["id"])


def test_rows_on_arrival_are_those_of_an_undisturbed_run(tmp_path: Path) -> None:
    events = payments(90)
    undisturbed, killed = project_in(tmp_path / "undisturbed"), project_in(tmp_path / "killed")
    undisturbed.push("payments", events)
    undisturbed.run()
    for place, failpoint in enumerate(KILLS):
        killed.push("payments", events.slice(15 * place, 15))
        assert headrace(tmp_path / "killed", "run", "--once", failpoint=f"{failpoint}:kill").returncode == -9
    killed.run()
    assert [row["id"] for row in written(killed)] == list(range(90))
    assert written(killed) == written(undisturbed)
    assert killed.verify()["activity"].passed
