"""Projects that change while their sources grow: what is new is filled back, and what was written stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from headrace.tests.meaning.checks import assert_answers, assert_rows
from headrace.tests.meaning.folders import Folder, accepted, everything_verified
from headrace.tests.meaning.interpreter import SECOND, Frame
from headrace.tests.meaning.replay import Row
from headrace.tests.meaning.scenes import DELAY, Scene, driving, entities

SCENE = Scene(Frame("w", "tumbling", size=5 * SECOND))
SERVICE = SCENE.sql.index("CREATE FEATURE SERVICE")
GROWING = SCENE.sql.replace(", 'bounded' = 'true'", "")
TABLE = """
CREATE TABLE facts (s VARCHAR, weight BIGINT, since TIMESTAMP, PRIMARY KEY (s, since) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'facts.csv', 'format' = 'csv');
CREATE FEATURE VIEW weighed ENTITY k AS
SELECT f.weight AS weight, sum(f.weight) OVER (SLIDING SIZE 3 SECONDS) AS total, count(*) OVER (GLOBAL) AS n
FROM events e ASOF LEFT JOIN facts f ON e.s = f.s AND e.ts >= f.since;
"""


def event(second: float, key: str, number: int, word: str = "p") -> Row:
    time = int(second * SECOND)
    return {"k": key, "d": float(number), "i": number, "c": None, "s": word, "ok": number % 2 == 0, "ts": time}


def ask(second: float, key: str) -> Row:
    return {"k": key, "who": "x", "at": int(second * SECOND)}


def without_service(sql: str) -> str:
    return sql[: sql.index("CREATE FEATURE SERVICE")]


EVENTS = [event(second * 0.7, "ab"[second % 2], second, "pq"[second % 3 == 0]) for second in range(60)]
ASKS = [ask(second * 0.9, "abc"[second % 3]) for second in range(40)]


def check(folder: Folder, events: Sequence[Row], asks: Sequence[Row], below: dict[str, int]) -> None:
    """What is written is what the language says, up to each view's watermark and never below the one given."""
    held = entities(events, accepted(events, "ts", DELAY))
    for name, view in SCENE.views.items():
        assert folder.watermark(name) >= below[name]
        assert_rows(view, folder.rows(name, "events"), held, folder.watermark(name))
    asked = [(offset, row) for offset, row in driving(asks, accepted(asks, "at", DELAY))]
    upto = folder.watermark("answers")
    assert_answers(SCENE, folder.rows("answers", "asks"), [one for one in asked if one[1]["at"] < upto], held)


@pytest.mark.parametrize(("first", "second"), [(30, 10), (10, 30), (20, 0), (0, 20)])
def test_a_service_merges_two_groups(tmp_path: Path, first: int, second: int) -> None:
    """One is ahead of the other: it waits, and writes no instant twice."""
    folder = Folder(tmp_path, without_service(GROWING), batch_rows=4, snapshot_epochs=2)
    folder.add(SCENE.definitions, "events", EVENTS[:first])
    folder.add(SCENE.definitions, "asks", ASKS[:second])
    folder.project.apply()
    folder.project.run()
    below = {name: folder.watermark(name) for name in SCENE.views}
    kept = {name: folder.files(name) for name in SCENE.views}
    folder.write_sql(GROWING)
    folder.project.apply()
    assert {name: folder.files(name) for name in SCENE.views} == kept
    check(folder, EVENTS[:first], ASKS[:second], below)
    folder.add(SCENE.definitions, "asks", ASKS[second:])
    folder.add(SCENE.definitions, "events", EVENTS[first:], cuts=2)
    folder.project.run()
    check(folder, EVENTS, ASKS, below)
    assert everything_verified(folder.project)["answers"] > 20


def test_a_service_is_dropped_and_its_groups_part(tmp_path: Path) -> None:
    folder = Folder(tmp_path, GROWING, batch_rows=4, snapshot_epochs=2)
    folder.add(SCENE.definitions, "events", EVENTS[:40])
    folder.add(SCENE.definitions, "asks", ASKS[:10])
    folder.project.apply()
    folder.project.run()
    folder.write_sql(without_service(GROWING))
    folder.project.apply()
    folder.project.run()
    held = entities(EVENTS[:40], accepted(EVENTS[:40], "ts", DELAY))
    high = max(row["ts"] for row in EVENTS[:40])
    for name, view in SCENE.views.items():
        assert folder.watermark(name) == high - DELAY
        assert_rows(view, folder.rows(name, "events"), held, high - DELAY)
    everything_verified(folder.project)


def weights(path: Path, **weight: int) -> None:
    rows = [f"{word},{number},1969-12-31 00:00:00" for word, number in weight.items()]
    (path / "facts.csv").write_text("\n".join(["s,weight,since", *rows]) + "\n")


def weighed(folder: Folder) -> list[tuple[Any, ...]]:
    rows = folder.rows("weighed", "events")
    return [(row["_offset"], row["k"], row["weight"], row["total"], row["n"]) for row in rows]


@pytest.mark.parametrize("asks", [len(ASKS), 6])
def test_a_merged_group_keeps_the_versions_of_its_tables(tmp_path: Path, asks: int) -> None:
    """Epochs that another group ran name no version; and the other group was ahead, or behind."""
    weights(tmp_path, p=1, q=10)
    folder = Folder(tmp_path, without_service(GROWING) + TABLE, batch_rows=4, snapshot_epochs=2)
    folder.add(SCENE.definitions, "events", EVENTS[:20])
    folder.add(SCENE.definitions, "asks", ASKS[:asks])
    folder.project.apply()
    folder.project.run()
    folder.write_sql(GROWING + TABLE)
    folder.project.apply()
    before = weighed(folder)
    weights(tmp_path, p=2, q=20)
    folder.add(SCENE.definitions, "events", EVENTS[20:])
    folder.add(SCENE.definitions, "asks", ASKS[asks:])
    folder.project.run()
    after = weighed(folder)
    assert after[: len(before)] == before
    assert {weight for _, _, weight, _, _ in before} == {1, 10}
    assert {weight for _, _, weight, _, _ in after[len(before) :]} == {2, 20}
    everything_verified(folder.project)


def test_a_new_view_joins_its_table_over_all_history(tmp_path: Path) -> None:
    weights(tmp_path, p=1, q=10)
    folder = Folder(tmp_path, GROWING, batch_rows=4, snapshot_epochs=2)
    folder.add(SCENE.definitions, "events", EVENTS)
    folder.add(SCENE.definitions, "asks", ASKS)
    folder.project.apply()
    folder.project.run()
    folder.write_sql(GROWING + TABLE)
    folder.project.apply()
    late = weighed(folder)
    everything_verified(folder.project)
    assert late
    assert {weight for _, _, weight, _, _ in late} == {1, 10}


def test_a_table_gains_a_column(tmp_path: Path) -> None:
    """Every view that joins it is new, and reads the content that has the column over all history."""
    weights(tmp_path, p=1, q=10)
    folder = Folder(tmp_path, GROWING + TABLE, batch_rows=4, snapshot_epochs=2)
    folder.add(SCENE.definitions, "events", EVENTS[:20])
    folder.add(SCENE.definitions, "asks", ASKS)
    folder.project.apply()
    folder.project.run()
    wider = TABLE.replace("weight BIGINT,", "weight BIGINT, note VARCHAR,").replace("SELECT f.", "SELECT f.note, f.")
    folder.write_sql(GROWING + wider)
    lines = (tmp_path / "facts.csv").read_text().splitlines()
    (tmp_path / "facts.csv").write_text("\n".join([lines[0] + ",note", *(line + ",new" for line in lines[1:])]) + "\n")
    folder.project.apply()
    folder.add(SCENE.definitions, "events", EVENTS[20:])
    folder.project.run()
    notes = [row["note"] for row in folder.rows("weighed", "events")]
    assert set(notes) == {"new"}
    everything_verified(folder.project)
