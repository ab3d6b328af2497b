"""Snapshots follow what they cost: large states are written more seldom, and a restart goes on from the last one."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.runtime.group_run import EpochReport
from headrace.runtime.project import Project
from headrace.runtime.snapshot_pace import SnapshotPace

EPOCHS = 16
ROWS = 1_000
SQL = """
CREATE SOURCE taps (id BIGINT, card VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
WITH ('connector' = 'files', 'path' = 'taps.parquet', 'bounded' = 'true');
CREATE FEATURE VIEW seen ENTITY card AS
SELECT sum(id) OVER h AS ids, count(*) OVER g AS n, since_last() OVER g AS idle
FROM taps WINDOW h AS (SLIDING SIZE 1 HOUR), g AS (GLOBAL);
"""


class BrokenOffError(Exception):
    """Ends a run between two epochs."""


def _desk(folder: Path) -> Project:
    folder.mkdir()
    number = list(range(EPOCHS * ROWS))
    # Few come twice: state grows by an epoch's keys with each.
    cards = [f"card number {n % (len(number) * 9 // 10):048d}" for n in number]
    times = pa.array([n * 100_000 for n in number], pa.timestamp("us"))
    pq.write_table(pa.table({"id": number, "card": cards, "ts": times}), folder / "taps.parquet")
    (folder / "headrace.toml").write_text(f"batch_rows = {ROWS}\nsnapshot_epochs = 1\n")
    (folder / "features.sql").write_text(SQL)
    project = Project(folder)
    project.apply()
    return project


def _rows(project: Project) -> pa.Table:
    files = sorted((project.layout.root / "offline" / "seen").glob("*/*.parquet"))
    return pa.concat_tables(pq.read_table(file, partitioning=None) for file in files)


def test_a_growing_state_is_written_more_seldom_and_found_again(tmp_path: Path) -> None:
    broken, whole = _desk(tmp_path / "broken"), _desk(tmp_path / "whole")
    taken: list[int] = []

    def told(report: EpochReport) -> None:
        newest = max((int(path.name.split("-")[-2]) for path in broken.layout.state.iterdir()), default=0)
        if newest == report.epoch:
            taken.append(report.epoch)
        if report.epoch == EPOCHS - 2:
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        broken.run(on_epoch=told)
    gaps = [after - before for before, after in zip([0, *taken], taken, strict=False)]
    assert gaps[0] == 1 < gaps[-1], taken
    assert gaps == sorted(gaps)
    broken.run()
    whole.run()
    assert _rows(broken).equals(_rows(whole))
    assert all(check.passed for check in broken.verify().values())


def test_small_epochs_count_as_work_too_and_a_restored_snapshot_counts() -> None:
    million = {"keys": pa.table({"x": np.zeros(1_000_000, np.int64)})}
    pace = SnapshotPace(16)
    assert not pace.behind
    for _ in range(15):
        pace.count(50)
    assert pace.behind
    assert not pace.due
    pace.count(50)
    assert pace.due
    pace.begin(million)
    assert not pace.behind
    epochs = 0
    while not pace.due:
        pace.count(50)
        epochs += 1
    # 8 MB in epochs of 50 rows, each of which weighs as 1,050.
    assert epochs == -(-8_000_000 // (1_050 * 256))
    pace.begin(million)
    for _ in range(16):
        pace.count(2_000)
    assert pace.due
