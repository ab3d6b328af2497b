"""Brokers behind TLS and a login: the options of sources and sinks reach librdkafka and Redis as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from headrace.features_sql.errors import SinkError, SourceError
from headrace.runtime.brokers import kafka_topics
from headrace.runtime.brokers.kafka_topics import KafkaReader, KafkaWriter
from headrace.runtime.brokers.redis_streams import RedisReader, RedisWriter
from headrace.runtime.brokers.topics import Record, TopicReader
from headrace.runtime.project import Project

from .conftest import Kafka, free_port, kafka_broker, redis_server
from .front import certificate, front

Fresh = Callable[[str], str]
LOGIN = ("till", "open-sesame")
PAYMENTS = [{"id": i, "card": f"c{i % 2}", "ts": f"2026-01-01 00:{i:02}:00"} for i in range(9)]
SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'kafka', 'topic' = 'payments', {options});
CREATE FEATURE VIEW activity ENTITY card AS
SELECT id, count(*) OVER w AS n FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE SINK alerts FROM activity WITH ('connector' = 'kafka', 'topic' = 'alerts', {options});
CREATE SINK shown FROM activity WITH ('connector' = 'redis', 'stream' = 'shown', 'url' = '{url}');
"""


def rows(reader: TopicReader, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with closing(reader):
        while len(found) < count and (messages := reader.read(1000, 5.0)):
            found += [json.loads(message.value) for message in messages]
    return found


def secured(port: int, authority: Path) -> dict[str, str]:
    """What a client says to reach the broker behind the front."""
    return {
        "bootstrap.servers": f"localhost:{port}",
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": str(authority),
        "sasl.mechanisms": "PLAIN",
        "sasl.username": LOGIN[0],
        "sasl.password": LOGIN[1],
    }


def written(options: Mapping[str, str]) -> str:
    told = {**options, "sasl.password": "${TILL_PASSWORD}"}
    return ", ".join(f"'{key}' = '{value}'" for key, value in told.items())


def refused(kind: type[Exception], work: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        work()
    return str(caught.value)


def test_a_project_reads_and_writes_through_tls_with_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = certificate(tmp_path)
    plain, port, redis_port = free_port(), free_port(), free_port()
    options = secured(port, pair[0])
    url = f"rediss://:{LOGIN[1]}@localhost:{redis_port}/0?ssl_ca_certs={pair[0]}"
    files = ("--tls-cert-file", str(pair[0]), "--tls-key-file", str(pair[1]), "--tls-ca-cert-file", str(pair[0]))
    more = ("--port", "0", "--tls-port", str(redis_port), "--tls-auth-clients", "no", "--requirepass", LOGIN[1], *files)
    with (
        kafka_broker(tmp_path, plain, f"localhost:{port}"),
        front(port, plain, pair, LOGIN),
        redis_server(tmp_path, redis_port, *more),
    ):
        for topic in ("payments", "alerts"):
            Kafka(options).create(topic)
        with closing(KafkaWriter(options, "payments")) as writer:
            writer.write([Record(json.dumps(one).encode()) for one in PAYMENTS])
        monkeypatch.setenv("TILL_PASSWORD", LOGIN[1])
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "headrace.toml").touch()
        safe = url.replace(LOGIN[1], "${TILL_PASSWORD}")
        (folder / "features.sql").write_text(SQL.format(options=written(options), url=safe))
        project = Project(folder)
        project.apply()
        project.run(once=True)
        # The newest payment waits for one after it.
        expected = [(one["id"], one["id"] // 2 + 1) for one in PAYMENTS[:-1]]
        for reader in (KafkaReader(options, "alerts", {}), RedisReader(url, "shown", {})):
            assert [(row["id"], row["n"]) for row in rows(reader, len(expected))] == expected
        refusals(options, url, monkeypatch)
    held = [path for path in folder.rglob("*") if path.is_file() and LOGIN[1].encode() in path.read_bytes()]
    assert held == []


def refusals(options: Mapping[str, str], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a wrong password and an authority that nobody knows are told as."""
    monkeypatch.setattr(kafka_topics, "PATIENCE", 3.0)
    wrong = {**options, "sasl.password": "guess"}
    unknown = {key: value for key, value in options.items() if key != "ssl.ca.location"}
    for given, reason in ((wrong, "SASL"), (unknown, "certificate")):
        assert reason in refused(SourceError, lambda given=given: KafkaReader(given, "payments", {}))
    with closing(KafkaWriter(wrong, "payments")) as writer:
        assert "SASL" in refused(SinkError, lambda: writer.write([Record(b"{}")]))
    bare = url.partition("?")[0]
    for address, reason in ((url.replace(LOGIN[1], "guess"), "password"), (bare, "certificate")):
        with closing(RedisReader(address, "shown", {})) as reader:
            assert reason in refused(SourceError, lambda reader=reader: reader.read(1, 0))
        with closing(RedisWriter(address, "shown")) as writer:
            assert reason in refused(SinkError, lambda writer=writer: writer.write([Record(b"{}")]))
