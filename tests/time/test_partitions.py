"""A topic of several partitions: one far behind makes no row late, an idle one holds nothing back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from headrace.features_sql.groups import source_groups
from headrace.runtime.brokers.topics import Message, Positions
from headrace.runtime.engine import workplace
from headrace.runtime.group_run import GroupRun
from headrace.runtime.sources import topic_feed
from headrace.tests.time.desk import Desk, at

SQL = """CREATE SOURCE events (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS)
  WITH ('connector' = 'kafka', 'topic' = 't', 'bootstrap.servers' = 'none:1');
CREATE FEATURE VIEW seen ENTITY k AS SELECT id, count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM events;
"""


class Topic:
    """A topic in memory; its reader hands out all of one partition, then all of the next."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._next: dict[int, int] = {}

    def send(self, partition: int, *events: tuple[int, float]) -> None:
        for id, seconds in events:
            value = json.dumps({"id": id, "k": "a", "ts": at(seconds)}).encode()
            number = sum(one.partition == partition for one in self.messages)
            self.messages.append(Message(partition, number, value))

    def open(self, _: object, positions: Positions) -> Topic:
        self._next = dict(positions)
        return self

    def read(self, limit: int, wait: float) -> list[Message]:
        fresh = [one for one in self.messages if one.offset >= self._next.get(one.partition, 0)]
        found = sorted(fresh, key=lambda one: one.partition)[:limit]
        self._next |= {one.partition: one.offset + 1 for one in found}
        return found

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()
    monkeypatch.setattr(topic_feed, "open_reader", topic.open)
    return topic


def test_the_watermark_is_the_least_over_the_partitions(tmp_path: Path, topic: Topic) -> None:
    desk = Desk(tmp_path, SQL)
    topic.send(0, *((id, 100 * id) for id in range(10)))
    topic.send(1, *((id, 100 * id + 50 - 1000) for id in range(10, 20)))
    desk.run()
    events = desk.project.status().sources["events"]
    assert (events.accepted, events.late) == (20, 0)
    # Both stand near 900: the row at 900 itself and that at 950 wait.
    assert [row[0] for row in desk.rows("seen", "id")][-1] == 18
    topic.send(1, (20, 500), (21, 1000))
    topic.send(2, (22, 880), (23, 890), (24, 700))
    desk.project.run()
    # 500 lies below the mark of partition 1; partition 2 is new, and begins at the watermark of the source.
    assert sorted(row[0] for row in desk.rows("events$late", "id")) == [20, 22, 24]
    assert desk.mismatches() == {}


def test_an_idle_partition_holds_nothing_back(tmp_path: Path, topic: Topic) -> None:
    desk = Desk(tmp_path, SQL)
    topic.send(0, (1, 100))
    topic.send(1, (2, 110))
    desk.run()
    topic.send(0, (3, 500), (4, 600))
    desk.project.run()
    assert desk.rows("seen", "id") == []
    project = desk.project
    with workplace(project.layout, project.settings, project.definitions(), write=True) as place:
        (spec,) = source_groups(place.definitions)
        group = GroupRun(place, spec)
        group.restore()
        busy, quiet = group.progress["events"].lanes
        assert group.pass_time(None, quiet.clock + 9_999_999) is None
        assert quiet.clock < busy.clock
        group.pass_time(None, quiet.clock + 10_000_000)
        group.close()
    assert [row[0] for row in desk.rows("seen", "id")] == [1, 2, 3]
    # It comes back, and is judged by how far the source went.
    topic.send(1, (5, 589), (6, 590), (7, 700))
    topic.send(0, (8, 720))
    desk.project.run()
    assert desk.rows("events$late", "id, _lag_seconds") == [(5, 1.0)]
    assert [row[0] for row in desk.rows("seen", "id")] == [1, 2, 3, 4, 6]
    assert desk.mismatches() == {}
