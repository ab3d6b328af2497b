"""The brokers whose topics are read and written: Kafka, and Redis with its streams."""

from __future__ import annotations

from ...features_sql.sink import KafkaTarget, RedisTarget
from .kafka_topics import KafkaReader, KafkaWriter
from .redis_streams import RedisReader, RedisWriter
from .topics import Positions, TopicReader, TopicWriter


def open_reader(target: KafkaTarget | RedisTarget, start: Positions) -> TopicReader:
    """Return a reader of a topic of Kafka or a stream of Redis."""
    if isinstance(target, KafkaTarget):
        return KafkaReader(target.options, target.topic, start)
    return RedisReader(target.url, target.stream, start)


def open_writer(target: KafkaTarget | RedisTarget) -> TopicWriter:
    """Return a writer to a topic of Kafka or a stream of Redis."""
    if isinstance(target, KafkaTarget):
        return KafkaWriter(target.options, target.topic)
    return RedisWriter(target.url, target.stream)
