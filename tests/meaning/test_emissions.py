"""EMIT EVERY, WHEN and QUALIFY: the engine and the batch program against a plain reading of the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from headrace.runtime.live_view import Probes
from headrace.runtime.reads.online_reads import read_service
from headrace.tests.meaning.checks import assert_said
from headrace.tests.meaning.emissions import CONDITIONS, EMISSIONS, EmissionScene, greatest
from headrace.tests.meaning.interpreter import Instant
from headrace.tests.meaning.replay import Replay, batch_program, instants, records, table_of
from headrace.tests.meaning.scenes import FRAMES, TIMES, Said, driving, entities, examples, streams
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

BATCHES = st.lists(st.integers(1, 9), min_size=1, max_size=4)
RESTARTS = st.frozensets(st.integers(1, 12), max_size=3)
ALL_FRAMES = [frame for frames in FRAMES.values() for frame in frames]
Written = Mapping[str, Sequence[tuple[Instant, Said]]]


@st.composite
def emission_scenes(draw: st.DrawFn, name: str) -> EmissionScene:
    frames = [draw(st.sampled_from(ALL_FRAMES))]
    if draw(st.booleans()):
        beside = draw(st.sampled_from(ALL_FRAMES))
        frames.append(replace(beside, name="z"))
    return EmissionScene(
        tuple(frames), draw(st.sampled_from(EMISSIONS[name])), draw(st.none() | st.sampled_from(CONDITIONS))
    )


def assert_written(scene: EmissionScene, rows: Sequence[Mapping[str, Any]], want: Written) -> None:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["k"], []).append(row)
    places = {key: [(row["as_of"], row["_offset"]) for row in mine] for key, mine in found.items()}
    assert places == {key: [(at.clock, at.own) for at, _ in mine] for key, mine in want.items() if mine}
    for key, mine in found.items():
        for row, (at, said) in zip(mine, want[key], strict=True):
            assert_said(said, row, f"v of {key} at {at}")


@pytest.mark.parametrize("name", EMISSIONS)
@settings(examples(6), phases=[Phase.generate])
@given(data=st.data())
def test_rows_are_what_the_language_says_however_the_stream_is_cut(name: str, data: st.DataObject) -> None:
    scene, rows = data.draw(emission_scenes(name)), data.draw(streams())
    replay = Replay(scene.sql, rows)
    written = replay.finish(data.draw(BATCHES), data.draw(RESTARTS))
    accepted = replay.sources["events"].accepted
    events, last = entities(rows["events"], accepted), greatest(rows["events"])
    want = {key: scene.written(key, mine, last) for key, mine in events.items()}
    assert_written(scene, written["v"], want)
    batch = records(
        batch_program(scene.sql, "v").run(events=table_of(scene.definitions, "events", rows["events"], accepted))
    )
    assert_written(scene, sorted(batch, key=lambda row: (row["as_of"], row["_i"])), want)
    assert [(row["k"], row["as_of"], row["n"]) for row in written["driven"]] == [
        (row["k"], row["as_of"], row["n"]) for row in written["v"]
    ]
    for row, (_, ask) in zip(written["answers"], driving(rows["asks"], replay.sources["asks"].accepted), strict=True):
        said = scene.read(want.get(ask["k"], ()), ask["at"])
        assert_said(said, row, f"v read at {ask['at']} for {ask['k']}")


@pytest.mark.parametrize("name", EMISSIONS)
@settings(examples(4), phases=[Phase.generate])
@given(data=st.data())
def test_a_read_of_now_gives_the_newest_written_row(name: str, data: st.DataObject) -> None:
    scene, rows = data.draw(emission_scenes(name)), data.draw(streams())
    replay = Replay(scene.sql, rows)
    for _ in range(data.draw(st.integers(0, 6))):
        replay.step(data.draw(st.integers(1, 6)))
    keys = data.draw(st.lists(st.sampled_from(["a", "b", "c", "unseen"]), min_size=1, max_size=4))
    times = data.draw(st.lists(TIMES, min_size=len(keys), max_size=len(keys)))
    if replay.done:
        return
    times = [max(time, replay.watermark) for time in times]
    probes = Probes(pa.table({"_k0": pa.array(keys, pa.string())}), instants(times))
    found = records(read_service(replay.group, scene.definitions.services["answers"], probes))
    events = entities(rows["events"], replay.sources["events"].accepted)
    for row in found:
        mine = scene.written(row["k"], events[row["k"]], greatest(rows["events"])) if row["k"] in events else ()
        assert_said(scene.read(mine, row["at"], replay.watermark), row, f"v read at {row['at']} for {row['k']}")
