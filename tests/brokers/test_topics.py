"""Topics of a real broker and a real Redis: what is written is read, from any position, in order, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from headrace.features_sql.errors import ConfigError, SinkError, SourceError
from headrace.runtime.brokers import kafka_topics, redis_streams
from headrace.runtime.brokers.kafka_topics import KafkaReader, KafkaWriter
from headrace.runtime.brokers.redis_streams import RedisReader, RedisWriter, entry_before, offset_of
from headrace.runtime.brokers.topics import Message, Record, TopicReader, after

from .conftest import Kafka

Fresh = Callable[[str], str]
RECORDS = [Record(f'{{"i": {i}}}'.encode(), f"k{i % 3}".encode(), (("kind", b"test"),)) for i in range(7)]


def drain(reader: TopicReader, count: int) -> list[Message]:
    found: list[Message] = []
    for _ in range(100):
        if len(found) >= count:
            break
        found += reader.read(count - len(found), 0.5)
    return found


def written(messages: list[Message]) -> list[tuple[bytes, bytes | None, tuple[tuple[str, bytes], ...]]]:
    return sorted((message.value, message.key, message.headers) for message in messages)


EXPECTED = sorted((record.value, record.key, record.headers) for record in RECORDS)


def test_kafka_gives_back_what_was_written(kafka: Kafka, fresh: Fresh) -> None:
    topic = fresh("written")
    kafka.create(topic, partitions=3)
    with closing(KafkaWriter(kafka.options, topic)) as writer:
        writer.write(RECORDS)
    with closing(KafkaReader(kafka.options, topic, {})) as reader:
        found = drain(reader, len(RECORDS))
    assert written(found) == EXPECTED
    for partition in {message.partition for message in found}:
        mine = [message for message in found if message.partition == partition]
        assert [message.offset for message in mine] == list(range(len(mine)))
    assert len({(message.key, message.partition) for message in found}) == 3


def test_kafka_goes_on_from_a_position(kafka: Kafka, fresh: Fresh) -> None:
    topic = fresh("position")
    kafka.create(topic)
    with closing(KafkaWriter(kafka.options, topic)) as writer:
        writer.write(RECORDS)
    with closing(KafkaReader(kafka.options, topic, {0: 5})) as reader:
        assert [message.offset for message in drain(reader, 2)] == [5, 6]
        assert reader.read(1, 0.05) == []


def test_kafka_without_the_topic_or_the_broker(kafka: Kafka, fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_topics, "PATIENCE", 0.2)
    with pytest.raises(SourceError, match="cannot be asked"):
        KafkaReader({"bootstrap.servers": "127.0.0.1:1"}, "t", {})
    away = closing(KafkaWriter({"bootstrap.servers": "127.0.0.1:1"}, "t"))
    with away as writer, pytest.raises(SinkError, match="topic t cannot be written"):
        writer.write(RECORDS[:1])
    with pytest.raises(SourceError, match="has no topic"):
        KafkaReader(kafka.options, fresh("missing"), {})


def test_redis_gives_back_what_was_written(redis: str, fresh: Fresh) -> None:
    stream = fresh("written")
    with closing(RedisWriter(redis, stream)) as writer:
        writer.write(RECORDS)
    with closing(RedisReader(redis, stream, {})) as reader:
        found = drain(reader, len(RECORDS))
    assert [(message.value, message.key, message.headers) for message in found] == [
        (record.value, record.key, record.headers) for record in RECORDS
    ]
    offsets = [message.offset for message in found]
    assert offsets == sorted(set(offsets))
    with closing(RedisReader(redis, stream, after({}, found[:4]))) as reader:
        assert drain(reader, 3) == found[4:]
        assert reader.read(1, 0.05) == []


def test_redis_away(redis: str) -> None:
    with pytest.raises(ConfigError, match="must be redis://"):
        RedisReader("http://127.0.0.1", "s", {})
    nowhere = "redis://127.0.0.1:1/0"
    with closing(RedisReader(nowhere, "s", {})) as reader, pytest.raises(SourceError, match="s cannot be read"):
        reader.read(1, 0)
    with closing(RedisWriter(nowhere, "s")) as writer, pytest.raises(SinkError, match="s cannot be written"):
        writer.write(RECORDS[:1])
    assert redis_streams.connect(redis).ping()


@pytest.mark.parametrize("entry", [b"0-1", b"1795635764448-0", b"1795635764448-1048575"])
def test_an_entry_is_found_again_by_its_offset(entry: bytes) -> None:
    assert entry_before(offset_of(entry) + 1) == entry.decode()


def test_an_entry_past_what_an_offset_holds_is_refused() -> None:
    with pytest.raises(SourceError, match="entries a millisecond"):
        offset_of(b"1-1048576")
