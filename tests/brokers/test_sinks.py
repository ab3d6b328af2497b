"""Sinks: every committed row arrives once, at files, a broker and Redis, through crashes and servers that are away."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import SinkError
from headrace.runtime.brokers.kafka_topics import KafkaReader
from headrace.runtime.brokers.redis_streams import RedisReader, connect
from headrace.runtime.brokers.topics import TopicReader
from headrace.runtime.project import Project
from headrace.tests.process import headrace
from headrace.tests.sent import file_rows

from .conftest import Kafka, free_port, kafka_broker, redis_server

Fresh = Callable[[str], str]
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DECIMAL(12,2), ratio DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, ratio, count(*) OVER w AS n, last_n(id, 2) OVER w AS ids
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
"""
MINUTES = 12


class Shop:
    """A project with a sink; payments come one file at a time, a batch holds three."""

    def __init__(self, folder: Path, sink: str) -> None:
        self.folder = folder
        (folder / "payments").mkdir()
        (folder / "headrace.toml").write_text("batch_rows = 3\n")
        (folder / "features.sql").write_text(f"{SQL}\nCREATE SINK alerts FROM activity WHERE n > 1 WITH ({sink});\n")
        self.count = 0
        self.project.apply()

    @property
    def project(self) -> Project:
        return Project(self.folder)

    def pay(self, count: int) -> None:
        lines = ["id,card,amount,ratio,ts"]
        for i in range(self.count, self.count + count):
            ratio = ("NaN", "0.5", "")[i % 3]
            lines.append(f"{i},c{i % 2},{i}.50,{ratio},2026-01-01 00:{i:02}:00")
        (self.folder / "payments" / f"{self.count:03}.csv").write_text("\n".join(lines) + "\n")
        self.count += count

    def run(self, failpoint: str = "") -> int:
        """Run in a process of its own, which a failpoint may kill."""
        return headrace(self.folder, "run", "--once", failpoint=failpoint).returncode

    @property
    def expected(self) -> list[tuple[int, int]]:
        """(id, n) of every row that should have arrived, in the order they were written."""
        files = sorted((self.folder / "offline" / "activity").glob("*/*.parquet"), key=lambda path: path.name)
        rows = [row for path in files for row in pq.read_table(path).to_pylist()]
        return [(row["id"], row["n"]) for row in rows if row["n"] > 1]


def pairs(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(row["id"], row["n"]) for row in rows]


def drain(reader: TopicReader) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with closing(reader):
        while messages := reader.read(1000, 1.0):
            found += [json.loads(message.value) for message in messages]
    return found


def test_a_row_as_json(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "'connector' = 'files', 'path' = 'alerts'")
    shop.pay(6)
    shop.project.run()
    first = file_rows(tmp_path / "alerts")[0]
    assert first == {
        "card": "c0",
        "ts": "2026-01-01 00:02:00",
        "id": 2,
        "amount": 2.5,
        "ratio": None,
        "n": 2,
        "ids": [0, 2],
        "_partition": 0,
        "_offset": 2,
    }
    assert pairs(file_rows(tmp_path / "alerts")) == shop.expected


def test_a_sink_begins_after_what_was_written_before_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "'connector' = 'files', 'path' = 'alerts'")
    shop.pay(6)
    shop.project.run()
    before = len(file_rows(tmp_path / "alerts"))
    text = (tmp_path / "features.sql").read_text()
    (tmp_path / "features.sql").write_text(
        f"{text}CREATE SINK more FROM activity WITH ('connector' = 'files', 'path' = 'more');"
    )
    shop.project.apply()
    shop.pay(4)
    shop.project.run()
    assert len(file_rows(tmp_path / "alerts")) > before
    assert [row["id"] for row in file_rows(tmp_path / "more")] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("place", "failpoint"),
    [
        ("files", "committed:2:kill"),
        ("files", "delivered:2:kill"),
        ("kafka", "commit:2:kill"),
        ("kafka", "delivered:1:kill"),
        ("kafka", "delivered:2:kill"),
        ("redis", "committed:1:kill"),
        ("redis", "delivered:2:kill"),
    ],
)
def test_each_row_arrives_once_through_kills(
    tmp_path: Path, request: pytest.FixtureRequest, fresh: Fresh, place: str, failpoint: str
) -> None:
    topic = fresh(place)
    if place == "files":
        shop = Shop(tmp_path, "'connector' = 'files', 'path' = 'alerts'")
    elif place == "kafka":
        kafka: Kafka = request.getfixturevalue("kafka")
        kafka.create(topic)
        servers = kafka.options["bootstrap.servers"]
        shop = Shop(tmp_path, f"'connector' = 'kafka', 'topic' = '{topic}', 'bootstrap.servers' = '{servers}'")
    else:
        url: str = request.getfixturevalue("redis")
        shop = Shop(tmp_path, f"'connector' = 'redis', 'url' = '{url}', 'stream' = '{topic}'")
    shop.pay(MINUTES)
    assert shop.run(failpoint) == -9
    assert shop.run() == 0
    if place == "files":
        rows = file_rows(tmp_path / "alerts")
    elif place == "kafka":
        rows = drain(KafkaReader(request.getfixturevalue("kafka").options, topic, {}))
    else:
        rows = drain(RedisReader(request.getfixturevalue("redis"), topic, {}))
    assert len(shop.expected) == MINUTES - 3
    assert pairs(rows) == shop.expected
    assert shop.project.status().sinks == {"alerts": 0}


def test_a_hash_of_redis_holds_the_newest_row_of_each_key(tmp_path: Path, redis: str, fresh: Fresh) -> None:
    prefix = fresh("card")
    shop = Shop(tmp_path, f"'connector' = 'redis', 'url' = '{redis}', 'key.prefix' = '{prefix}:'")
    shop.pay(MINUTES)
    assert shop.run("delivered:2:kill") == -9
    assert shop.run() == 0
    client = connect(redis)
    held = [json.loads(client.hget(f"{prefix}:{card}", "row")) for card in ("c0", "c1")]
    assert sorted(pairs(held)) == sorted(dict(shop.expected[-2:]).items())


def test_rows_wait_for_a_broker_that_is_away(tmp_path: Path, fresh: Fresh, caplog: pytest.LogCaptureFixture) -> None:
    port, topic = free_port(), fresh("away")
    options = f"'topic' = '{topic}', 'bootstrap.servers' = '127.0.0.1:{port}'"
    shop = Shop(tmp_path, f"'connector' = 'kafka', {options}, 'socket.timeout.ms' = '500'")
    shop.pay(5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headrace.runtime.brokers.kafka_topics.PATIENCE", 0.3)
        shop.project.run()
    assert "its rows wait" in caplog.text
    assert shop.project.status().sinks["alerts"] > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headrace.runtime.brokers.kafka_topics.PATIENCE", 0.3)
        with pytest.raises(SinkError, match="cannot be written"):
            shop.project.materialize("activity", datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 1))
    shop.pay(5)
    with kafka_broker(tmp_path, port) as kafka:
        kafka.create(topic)
        shop.project.run()
        assert pairs(drain(KafkaReader(kafka.options, topic, {}))) == shop.expected
    assert len(shop.expected) > 3


def test_rows_wait_for_a_redis_that_is_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    shop = Shop(tmp_path, f"'connector' = 'redis', 'url' = 'redis://127.0.0.1:{port}/0', 'stream' = 's'")
    shop.pay(5)
    shop.project.run()
    assert "its rows wait" in caplog.text
    with redis_server(tmp_path, port) as url:
        shop.project.run()
        assert pairs(drain(RedisReader(url, "s", {}))) == shop.expected
