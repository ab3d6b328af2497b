"""Sources on topics: every record becomes one event, through kills, and is kept in the project's own log."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headrace.features_sql.errors import SourceError
from headrace.runtime.brokers.kafka_topics import KafkaWriter
from headrace.runtime.brokers.redis_streams import RedisWriter
from headrace.runtime.brokers.topics import Record, TopicWriter
from headrace.runtime.project import Project
from headrace.runtime.stores import offline
from headrace.tests.process import headrace

from .conftest import Kafka

Fresh = Callable[[str], str]
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DECIMAL(12,2), key VARCHAR, headers VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
WITH ({options}, 'key.column' = 'key', 'headers.column' = 'headers');
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, amount, key, headers, count(*) OVER w AS n FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
"""


class Till:
    """A project whose payments come through a topic; they are a minute apart."""

    def __init__(self, folder: Path, place: str, request: pytest.FixtureRequest, topic: str) -> None:
        self.folder = folder
        if place == "kafka":
            kafka: Kafka = request.getfixturevalue("kafka")
            kafka.create(topic)
            options = f"'topic' = '{topic}', 'bootstrap.servers' = '{kafka.options['bootstrap.servers']}'"
            self._writer: Callable[[], TopicWriter] = lambda: KafkaWriter(kafka.options, topic)
        else:
            url: str = request.getfixturevalue("redis")
            options = f"'stream' = '{topic}', 'url' = '{url}'"
            self._writer = lambda: RedisWriter(url, topic)
        (folder / "headrace.toml").write_text("batch_rows = 5\n")
        (folder / "features.sql").write_text(SQL.format(options=f"'connector' = '{place}', {options}"))
        self.count = 0
        self.project.apply()

    @property
    def project(self) -> Project:
        return Project(self.folder)

    def pay(self, count: int) -> None:
        start = datetime(2026, 1, 1)
        values = [
            {"id": i, "card": f"c{i % 2}", "amount": f"{i}.50", "ts": str(start + timedelta(minutes=i)), "more": [i]}
            for i in range(self.count, self.count + count)
        ]
        self.send(*(Record(json.dumps(one).encode(), one["card"].encode(), (("till", b"7"),)) for one in values))
        self.count += count

    def send(self, *records: Record) -> None:
        with closing(self._writer()) as writer:
            writer.write(records)

    def run(self, failpoint: str) -> int:
        return headrace(self.folder, "run", "--once", failpoint=failpoint).returncode

    def rows(self) -> list[dict[str, Any]]:
        files = (self.folder / "offline" / "activity").glob("*/*.parquet")
        return sorted((row for path in files for row in offline.read_file(path).to_pylist()), key=lambda row: row["id"])


@pytest.mark.parametrize("place", ["kafka", "redis"])
def test_each_record_becomes_one_event(
    tmp_path: Path, request: pytest.FixtureRequest, fresh: Fresh, place: str
) -> None:
    till = Till(tmp_path, place, request, fresh(place))
    till.pay(6)
    till.send(Record(b"not JSON", b"k"), Record(b'{"id": 6, "card": "c0", "amount": "much", "ts": "2026-01-01"}'))
    till.project.run()
    till.pay(6)
    assert till.run("fetched:1:kill") == -9
    assert till.run("appended:1:kill") == -9
    till.project.run()
    rows = till.rows()
    # The newest rows wait for their watermark.
    assert [row["id"] for row in rows] == list(range(10))
    assert [row["n"] for row in rows] == [i // 2 + 1 for i in range(10)]
    assert {row["key"] for row in rows if row["card"] == "c1"} == {"c1"}
    assert {row["headers"] for row in rows} == {'{"till": "7"}'}
    assert till.project.status().quarantined == 2
    assert till.project.verify()["activity"].passed


def test_a_topic_that_is_not_there_is_an_error_of_a_run_that_ends(
    tmp_path: Path, request: pytest.FixtureRequest, fresh: Fresh
) -> None:
    till = Till(tmp_path, "kafka", request, fresh("kafka"))
    text = (tmp_path / "features.sql").read_text()
    (tmp_path / "features.sql").write_text(text.replace("'topic' = '", "'topic' = 'no-"))
    till.project.apply()
    with pytest.raises(SourceError, match="the broker has no topic no-kafka"):
        till.project.run()
