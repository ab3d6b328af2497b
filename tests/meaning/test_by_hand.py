"""Rows worked out by hand from the language, against every way of computing them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.groups import sources_of
from headrace.runtime.project import Project
from headrace.tests.meaning import hand_cases
from headrace.tests.meaning.hand_cases import Case
from headrace.tests.meaning.replay import Replay, batch_program, records, table_of

KINDS = ("sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows")


@pytest.fixture(params=hand_cases.names())
def case(request: pytest.FixtureRequest) -> Case:
    return hand_cases.load(request.param)


def test_every_kind_of_window_has_two_cases_of_twelve_events() -> None:
    assert set(hand_cases.names()) >= {f"{kind}_{number}" for kind in KINDS for number in (1, 2)}
    for name in hand_cases.names():
        streams = hand_cases.load(name).streams().values()
        assert max(sum(row.get("what") != "ask" for row in rows) for rows in streams) >= 12, name


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_incremental_engine(case: Case, batch: int) -> None:
    written = Replay(case.sql, case.streams()).finish([batch])
    for view, expected in case.expected.items():
        assert case.text_of(view, written[view]) == list(expected.rows), view


def test_batch_program(case: Case) -> None:
    streams = case.streams()
    replay = Replay(case.sql, streams)
    replay.finish([1000])
    for name in case.expected.keys() & case.definitions.views.keys():
        events = {
            source: table_of(case.definitions, source, streams[source], replay.sources[source].accepted)
            for source in sources_of(case.definitions, name)
        }
        rows = records(batch_program(case.sql, name).run(**events))
        rows.sort(key=lambda row: row["_i"])
        assert case.text_of(name, rows) == list(case.expected[name].rows), name


def test_project_on_files(case: Case, tmp_path: Path) -> None:
    project = hand_cases.project(case, tmp_path)
    project.apply()
    project.run()
    for view, expected in case.expected.items():
        assert case.text_of(view, offline_rows(project, view)) == list(expected.rows), view
    checks = project.verify()
    assert set(checks) == {*case.definitions.views, *case.definitions.services}
    assert all(check.passed for check in checks.values()), checks


def offline_rows(project: Project, name: str) -> list[dict[str, Any]]:
    """Every row that a view has in the offline store, in the order of epochs."""
    files = sorted(
        (project.layout.root / "offline" / name).glob("*/*.parquet"), key=lambda path: (path.name, path.parent.name)
    )
    return records(pa.concat_tables([pq.ParquetFile(path).read() for path in files]))
