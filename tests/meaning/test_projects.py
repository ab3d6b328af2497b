"""Whole projects on files: runs cut anywhere, reads of the past and of now, backfills, and damage put right."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import ReadError
from headrace.tests.meaning.checks import assert_answers, assert_rows, assert_said
from headrace.tests.meaning.folders import Folder, accepted, everything_verified, run_epochs
from headrace.tests.meaning.interpreter import SECOND, Event
from headrace.tests.meaning.replay import BEGINNING, END, Row, records
from headrace.tests.meaning.scenes import DELAY, FRAMES, TIMES, Scene, driving, entities, examples, scenes, streams
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

# To shrink a whole project takes longer than to read one.
quick = settings(examples(3), phases=[Phase.generate])
KINDS = list(FRAMES)
CUTS = st.lists(st.integers(1, 4) | TIMES.map(lambda time: ("until", time)), max_size=3)
Streams = Mapping[str, Sequence[Row]]


@contextmanager
def laid_out(scene: Scene, rows: Streams, data: st.DataObject) -> Iterator[Folder]:
    """The scene as a project of its own, applied, in files of some rows each."""
    with tempfile.TemporaryDirectory() as path:
        batch, snapshot = data.draw(st.integers(1, 7), "batch_rows"), data.draw(st.integers(1, 3), "snapshot_epochs")
        folder = Folder(Path(path), scene.sql, batch_rows=batch, snapshot_epochs=snapshot)
        for source in rows:
            folder.add(scene.definitions, source, rows[source], data.draw(st.integers(1, 3), "files"))
        folder.project.apply()
        yield folder


def seen(
    rows: Streams, counts: Mapping[str, int] | None = None
) -> tuple[dict[str, list[Event]], list[tuple[int, Row]]]:
    """The events of each entity and the asks, in order: of all rows that are not late, or of the first ``counts``."""
    events, asks = rows["events"], rows["asks"]
    if counts is not None:
        events, asks = events[: counts["events"]], asks[: counts["asks"]]
    found = entities(events, accepted(events, "ts", DELAY))
    return found, list(driving(asks, accepted(asks, "at", DELAY)))


def moment(time: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)


def assert_offline(scene: Scene, folder: Folder, rows: Streams) -> None:
    """Everything is written, and is what the language says; verify agrees."""
    events, asks = seen(rows)
    for view in scene.views.values():
        assert_rows(view, folder.rows(view.name, "events"), events)
    assert_answers(scene, folder.rows("answers", "asks"), asks, events)
    compared = everything_verified(folder.project)
    assert compared["live"] == sum(map(len, events.values()))
    assert compared["answers"] == len(asks)


@pytest.mark.parametrize("kind", KINDS)
@quick
@given(data=st.data())
def test_a_run_may_stop_anywhere(kind: str, data: st.DataObject) -> None:
    """After an epoch, or at an instant; each time another process goes on."""
    scene, rows = data.draw(scenes(kind)), data.draw(streams(most=16))
    with laid_out(scene, rows, data) as folder:
        times = {event.time for events in seen(rows)[0].values() for event in events}
        furthest = BEGINNING
        for cut in data.draw(CUTS):
            if isinstance(cut, int):
                run_epochs(folder.project, cut)
                furthest = END
                continue
            folder.project.run(until=moment(cut[1]))
            furthest = max(furthest, cut[1])
            written = {row["ts"] for row in folder.rows("live", "events")}
            assert {time for time in times if time <= cut[1]} <= written
            assert max(written, default=BEGINNING) <= furthest
        folder.project.run()
        assert_offline(scene, folder, rows)


@pytest.mark.parametrize("kind", KINDS)
@quick
@given(data=st.data())
def test_reads_of_the_past_and_of_now(kind: str, data: st.DataObject) -> None:
    scene, rows = data.draw(scenes(kind)), data.draw(streams(most=16))
    until = data.draw(TIMES)
    with laid_out(scene, rows, data) as folder:
        folder.project.run(until=moment(until))
        keys = data.draw(st.lists(st.sampled_from(["a", "b", "c", "unseen", None]), min_size=1, max_size=5))
        past = [min(time, until) for time in data.draw(st.lists(TIMES, min_size=len(keys), max_size=len(keys)))]
        found = records(folder.project.get_historical_features(spine(keys, past), "answers"))
        assert [(row["n"], row["k"], row["at"]) for row in found] == list(
            zip(range(len(keys)), keys, past, strict=True)
        )
        assert_read(scene, found, *seen(rows))

        counts = {source: folder.read_rows(source) for source in rows}
        known = [key for key in keys if key is not None]
        for time in (min(past), max([until + 1, *data.draw(st.lists(TIMES, max_size=1))])):
            now = folder.project.get_online_features("answers", [{"k": key} for key in known], moment(time))
            found = records(now)
            assert [(row["k"], row["at"]) for row in found] == [(key, time) for key in known]
            assert_read(scene, found, *(seen(rows) if time <= until else seen(rows, counts)), below=until + 1)
        with pytest.raises(ReadError, match="at or past the watermark"):
            folder.project.get_historical_features(spine(keys, [until + 1] * len(keys)), "answers")


def spine(keys: Sequence[str | None], times: Sequence[int]) -> pa.Table:
    columns = {"k": pa.array(keys, pa.string()), "at": pa.array(times, pa.timestamp("us"))}
    return pa.table({"n": range(len(keys)), **columns})


def assert_read(
    scene: Scene,
    found: Sequence[Mapping[str, Any]],
    events: Mapping[str, Sequence[Event]],
    asks: Sequence[tuple[int, Row]],
    below: int | None = None,
) -> None:
    for row in found:
        newest = [ask for _, ask in asks if ask["k"] == row["k"] and ask["at"] <= row["at"]][-1:]
        assert row["who"] == (newest[0]["who"] if newest else None)
        for view in scene.joined:
            said = view.read(row["k"], events.get(row["k"], ()), row["at"], below)
            assert_said(said, row, f"{view.name} read at {row['at']} for {row['k']}", f"{view.name}_")


@quick
@given(data=st.data())
def test_materialize_puts_right_what_is_damaged_in_a_stretch(data: st.DataObject) -> None:
    """Rows of the stretch become the batch program's, whatever stood there; all others stay as they are."""
    scene, rows = data.draw(scenes("hopping")), data.draw(streams(most=16))
    name = data.draw(st.sampled_from(["live", "shut"]))
    view, start, until = scene.views[name], data.draw(TIMES), data.draw(TIMES)
    end = min(start + data.draw(st.integers(1, 20)) * SECOND, until + 1)
    time = "as_of" if view.closing else "ts"
    events = seen(rows)[0]
    with laid_out(scene, rows, data) as folder:
        folder.project.run(until=moment(until))
        if start < end:
            damage(folder, name, data.draw(st.randoms(use_true_random=False)))
            damaged = folder.rows(name, "events")
            replaced = folder.project.materialize(name, moment(start), moment(end))
            after = folder.rows(name, "events")
            inside = [row for row in after if start <= row[time] < end]
            assert len(inside) == replaced
            assert_rows(view, inside, events, end, start)
            outside, untouched = (
                sorted(repr(row) for row in found if not start <= row[time] < end) for found in (after, damaged)
            )
            assert outside == untouched
        folder.project.run()
        whole = folder.project.materialize(name, moment(-(10**9)), moment(10**9))
        assert whole == len(view.written(events))
        assert_offline(scene, folder, rows)


def damage(folder: Folder, name: str, random: Any) -> None:
    """Take some rows away and write a wrong count into others."""
    for path in sorted((folder.path / "offline" / name).glob("*/*.parquet")):
        table = pq.ParquetFile(path).read()
        table = table.filter(pa.array([random.random() < 0.7 for _ in range(len(table))]))
        counts = [count if random.random() < 0.5 else 77 for count in table.column("w0").to_pylist()]
        place = table.column_names.index("w0")
        pq.write_table(table.set_column(place, table.schema.field("w0"), pa.array(counts, pa.int64())), path)


@pytest.mark.parametrize("kind", ["sliding", "tumbling", "session", "last"])
@quick
@given(data=st.data())
def test_a_changed_view_is_filled_back_and_the_others_stay(kind: str, data: st.DataObject) -> None:
    rows = data.draw(streams(most=16))
    scene, other = Scene(FRAMES[kind][0]), Scene(FRAMES[kind][1])
    changed = replace(scene, live=other.views["live"])
    with laid_out(scene, rows, data) as folder:
        run_epochs(folder.project, data.draw(st.integers(1, 6)))
        kept = {name: folder.files(name) for name in scene.views if name != "live"}
        folder.write_sql(changed.sql)
        kinds = {change.name: change.kind for change in folder.project.apply().changes}
        assert (kinds["live"], kinds["answers"], kinds["own"]) == ("changed", "changed", "unchanged")
        assert {name: folder.files(name) for name in kept} == kept
        below = folder.watermark("live")
        assert_rows(changed.views["live"], folder.rows("live", "events"), seen(rows)[0], below)
        folder.project.run()
        for name, files in kept.items():
            assert files.items() <= folder.files(name).items()
        assert_offline(changed, folder, rows)
