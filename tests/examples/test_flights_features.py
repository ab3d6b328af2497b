"""The feature SQL of the example: what it covers, and that no feature of the service is empty, constant or double."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headrace.examples.flights
import pytest
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.features_sql.steps import plan_steps

if TYPE_CHECKING:
    from headrace.features_sql.definitions import Definitions

FOLDER = Path(str(headrace.examples.flights.__file__)).parent / "features"
OUTCOMES = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}
KINDS = {"sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"}


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    files = sorted(FOLDER.glob("*.sql"))
    return compile_project([SourceText(path.name, path.read_text()) for path in files])


def test_every_window_kind_backs_a_feature_of_the_service(definitions: Definitions) -> None:
    service = definitions.services["flight_features"]
    read = {origin for column in service.columns for origin in column.lineage}
    kinds = {
        view.window(window).kind
        for view in definitions.views.values()
        for feature in view.features
        if f"{view.name}.{feature.name}" in read
        for window in feature.windows
    }
    assert kinds == KINDS
    assert sum(column.type.endswith("[]") for column in service.columns) >= 2
    assert len(service.columns) >= 15


def test_views_close_on_each_kind_that_closes_and_use_every_step(definitions: Definitions) -> None:
    views = definitions.views.values()
    closed = {view.window(view.emit.window).kind for view in views if view.emit.window is not None}
    assert closed == {"tumbling", "hopping", "session"}
    steps = {plan_steps(view).step_of(measure.id) for view in views for measure in view.measures}
    assert steps == {"tiles", "fold", "recompute"}


def test_no_feature_reads_an_outcome_before_the_landing(definitions: Definitions) -> None:
    assert OUTCOMES.isdisjoint(column.name for column in definitions.sources["departures"].columns)
    assert definitions.sources["landings"].time == "landed_at"


def test_every_feature_is_described_and_owned(definitions: Definitions) -> None:
    for view in definitions.views.values():
        assert view.owner, view.name
        assert view.tags, view.name
        assert view.description, view.name
        for feature in view.features:
            assert feature.description, f"{view.name}.{feature.name}"


def test_features_are_filled_varied_and_different(
    two_months: Path, offline: Callable[[Path, str, str], list[dict[str, Any]]]
) -> None:
    described = offline(two_months, "flight_features", "DESCRIBE FROM written")
    names = [row["column_name"] for row in described if row["column_name"][0] != "_"]
    features = [name for name in names if name not in {"origin", "scheduled_at"}]
    assert len(features) >= 15
    filled = ", ".join(f"count({name}) / count(*) AS {name}" for name in features)
    after = "FROM written WHERE scheduled_at >= TIMESTAMP '2013-02-01 05:00:00'"
    [share] = offline(two_months, "flight_features", f"SELECT {filled} {after}")
    assert {name: value for name, value in share.items() if value < 0.5} == {}
    distinct = ", ".join(f"count(DISTINCT {name}) AS {name}" for name in features)
    [values] = offline(two_months, "flight_features", f"SELECT {distinct} FROM written")
    assert {name: value for name, value in values.items() if value < 10} == {}
    rows = offline(two_months, "flight_features", f"SELECT {', '.join(features)} FROM written WHERE flight_id % 25 = 0")
    columns = {name: [row[name] for row in rows] for name in features}
    assert [pair for pair in combinations(features, 2) if columns[pair[0]] == columns[pair[1]]] == []
