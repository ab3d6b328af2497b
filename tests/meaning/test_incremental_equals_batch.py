"""The engine against the batch program and against a plain reading of the language, over random streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from headrace.runtime.live_view import Probes
from headrace.runtime.online_reads import read_service
from headrace.tests.meaning.interpreter import Event, equal
from headrace.tests.meaning.replay import Replay, Row, batch_program, instants, records, table_of
from headrace.tests.meaning.scenes import FRAMES, SECOND, Said, Scene, ViewScene, driving, entities, scenes, streams
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import pyarrow as pa

quick = settings(
    max_examples=15, phases=[Phase.generate], deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
BATCHES = st.lists(st.integers(1, 9), min_size=1, max_size=4)
RESTARTS = st.frozensets(st.integers(1, 12), max_size=3)


def assert_said(said: Said, row: Mapping[str, Any], what: str, prefix: str = "") -> None:
    for name, (want, scale) in said.items():
        assert equal(row[prefix + name], want, scale), f"{what}: {name} is {row[prefix + name]!r}, not {want!r}"


def assert_rows(view: ViewScene, rows: Sequence[Mapping[str, Any]], events: Mapping[str, Sequence[Event]]) -> None:
    """Rows are exactly those of the language; ``_offset`` names the event that drives one."""
    time = "as_of" if view.closing else "ts"
    want = view.written(events)
    found = {(row["k"], row[time], row["_offset"]): row for row in rows}
    assert found.keys() == want.keys()
    assert len(found) == len(rows)
    for place, said in want.items():
        assert_said(said, found[place], f"{view.name} of {place}")


def assert_answers(
    scene: Scene, rows: Sequence[Mapping[str, Any]], asked: list[tuple[int, Row]], events: Mapping[str, Sequence[Event]]
) -> None:
    assert [(row["_offset"], row["k"], row["at"], row["who"]) for row in rows] == [
        (offset, row["k"], row["at"], row["who"]) for offset, row in asked
    ]
    for row in rows:
        for view in scene.joined:
            said = view.read(row["k"], events.get(row["k"], ()), row["at"])
            assert_said(said, row, f"{view.name} at {row['at']} for {row['k']}", f"{view.name}_")


def batch_rows(scene: Scene, view: str, rows: Sequence[Row], accepted: Sequence[int]) -> list[dict[str, Any]]:
    return records(batch_program(scene.sql, view).run(events=table_of(scene.definitions, "events", rows, accepted)))


@pytest.mark.parametrize("kind", FRAMES)
@quick
@given(data=st.data())
def test_rows_are_what_the_language_says_however_the_stream_is_cut(kind: str, data: st.DataObject) -> None:
    scene, rows = data.draw(scenes(kind)), data.draw(streams())
    replay = Replay(scene.sql, rows)
    written = replay.finish(data.draw(BATCHES), data.draw(RESTARTS))
    events = entities(rows["events"], replay.sources["events"].accepted)
    for view in scene.views.values():
        assert_rows(view, written[view.name], events)
        assert_rows(view, batch_rows(scene, view.name, rows["events"], replay.sources["events"].accepted), events)
    asked = list(driving(rows["asks"], replay.sources["asks"].accepted))
    assert_answers(scene, written["answers"], asked, events)
