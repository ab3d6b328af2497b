"""The engine against the batch program and against a plain reading of the language, over random streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from headrace.runtime.live_view import Probes
from headrace.runtime.reads.online_reads import read_service
from headrace.tests.meaning.checks import assert_answers, assert_rows, assert_said
from headrace.tests.meaning.replay import Replay, Row, batch_program, instants, records, table_of
from headrace.tests.meaning.scenes import FRAMES, TIMES, Scene, driving, entities, examples, scenes, streams
from hypothesis import given
from hypothesis import strategies as st

BATCHES = st.lists(st.integers(1, 9), min_size=1, max_size=4)
RESTARTS = st.frozensets(st.integers(1, 12), max_size=3)


def batch_rows(scene: Scene, view: str, rows: Sequence[Row], accepted: Sequence[int]) -> list[dict[str, Any]]:
    return records(batch_program(scene.sql, view).run(events=table_of(scene.definitions, "events", rows, accepted)))


@pytest.mark.parametrize("kind", FRAMES)
@examples(25)
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


@pytest.mark.parametrize("kind", FRAMES)
@examples(25)
@given(data=st.data())
def test_a_read_of_now_counts_every_accepted_event(kind: str, data: st.DataObject) -> None:
    """Those that wait for the watermark too; the read changes nothing, so the rows written after it are right."""
    scene, rows = data.draw(scenes(kind)), data.draw(streams())
    replay = Replay(scene.sql, rows)
    batch = data.draw(st.integers(1, 6))
    for _ in range(data.draw(st.integers(0, 6))):
        replay.step(batch)
        if not replay.done:
            keys = data.draw(st.lists(st.sampled_from(["a", "b", "c", "unseen"]), min_size=1, max_size=4))
            times = data.draw(st.lists(TIMES, min_size=len(keys), max_size=len(keys)))
            assert_reads(scene, replay, keys, [max(time, replay.watermark) for time in times])
    written = replay.finish([batch])
    events = entities(rows["events"], replay.sources["events"].accepted)
    for view in scene.views.values():
        assert_rows(view, written[view.name], events)


def assert_reads(scene: Scene, replay: Replay, keys: Sequence[str], times: Sequence[int]) -> None:
    service = scene.definitions.services["answers"]
    probes = Probes(pa.table({"_k0": pa.array(keys, pa.string())}), instants(times))
    found = records(read_service(replay.group, service, probes))
    assert [(row["k"], row["at"]) for row in found] == list(zip(keys, times, strict=True))
    events = entities(replay.sources["events"].rows, replay.sources["events"].accepted)
    asks = list(driving(replay.sources["asks"].rows, replay.sources["asks"].accepted))
    for row in found:
        newest = [ask for _, ask in asks if ask["k"] == row["k"] and ask["at"] <= row["at"]][-1:]
        assert row["who"] == (newest[0]["who"] if newest else None)
        for view in scene.joined:
            said = view.read(row["k"], events.get(row["k"], ()), row["at"], replay.watermark)
            assert_said(said, row, f"{view.name} read at {row['at']} for {row['k']}", f"{view.name}_")
