"""Topics of Kafka, and of brokers that speak its protocol, through confluent-kafka."""

# confluent-kafka carries no complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportUnknownLambdaType=false

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ...features_sql.errors import ConfigError, SinkError, SourceError
from .topics import Message, Positions, Record

LOG = logging.getLogger(__name__)
PATIENCE = 30.0
"""Seconds that the broker has to acknowledge what is written, or to answer a question."""


def _library() -> Any:
    try:
        import confluent_kafka
    except ImportError:
        raise ConfigError("the connector 'kafka' needs the package confluent-kafka: install headrace[kafka]") from None
    return confluent_kafka


class _Trouble:
    """What librdkafka last said, of its own accord, that keeps it from a broker: a refused login, a certificate."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, error: Any) -> None:
        """Take in an error of librdkafka's."""
        if error.code() != _library().KafkaError._ALL_BROKERS_DOWN:
            self._said = error.str()

    def beside(self, reason: str) -> str:
        """Return a reason with what was said."""
        return f"{reason} ({self._said})" if self._said else reason


class KafkaReader:
    """Reads every partition of a topic from given positions; see ``TopicReader``.

    ``options`` are librdkafka's own, ``bootstrap.servers`` among them.
    """

    def __init__(self, options: Mapping[str, str], topic: str, start: Positions) -> None:
        kafka = _library()
        self._topic, self._kafka, self._trouble = topic, kafka, _Trouble()
        self._consumer: Any = kafka.Consumer(
            {
                "error_cb": self._trouble,
                "group.id": "headrace",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                **options,
            },
            logger=LOG,
        )
        self._positions = dict(start)
        self._assigned: set[int] = set()
        self._assign()

    def _assign(self) -> None:
        """Take every partition that the topic has by now."""
        found = self._partitions()
        if found == self._assigned:
            return
        places = [self._kafka.TopicPartition(self._topic, one, self._positions.get(one, 0)) for one in sorted(found)]
        self._consumer.assign(places)
        self._assigned = found

    def _partitions(self) -> set[int]:
        try:
            listed = self._consumer.list_topics(self._topic, timeout=PATIENCE).topics.get(self._topic)
        except self._kafka.KafkaException as error:
            self._consumer.poll(0)  # It hands over what librdkafka says.
            reason = self._trouble.beside(_words(error))
            raise SourceError(f"the broker of topic {self._topic} cannot be asked: {reason}") from None
        if listed is None or listed.error is not None:
            raise SourceError(f"the broker has no topic {self._topic}")
        return set(listed.partitions)

    def read(self, limit: int, wait: float) -> list[Message]:
        """Return up to ``limit`` next messages; a message without a value is an empty one."""
        found: list[Message] = []
        for held in self._consumer.consume(limit, wait):
            if held.error() is not None:
                if held.error().code() == self._kafka.KafkaError._PARTITION_EOF:
                    continue
                raise SourceError(f"topic {self._topic} cannot be read: {held.error().str()}")
            headers = tuple((name, value or b"") for name, value in held.headers() or ())
            found.append(Message(held.partition(), held.offset(), held.value() or b"", held.key(), headers))
            self._positions[held.partition()] = held.offset() + 1
        return found

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()


class KafkaWriter:
    """Writes to a topic with an idempotent producer; see ``TopicWriter``. Records of one key share a partition."""

    def __init__(self, options: Mapping[str, str], topic: str) -> None:
        kafka = _library()
        self._topic, self._kafka, self._trouble = topic, kafka, _Trouble()
        self._producer: Any = kafka.Producer(
            {
                "error_cb": self._trouble,
                "enable.idempotence": True,
                "acks": "all",
                "message.timeout.ms": int(PATIENCE * 1000),
                **options,
            },
            logger=LOG,
        )

    def write(self, records: Sequence[Record]) -> dict[int, int]:
        """Return once every record is acknowledged."""
        failures, positions = list[str](), dict[int, int]()

        def delivered(error: Any, held: Any) -> None:
            if error is not None:
                failures.append(error.str())
            else:
                positions[held.partition()] = max(positions.get(held.partition(), 0), held.offset() + 1)

        for record in records:
            while True:
                try:
                    self._producer.produce(
                        self._topic, record.value, record.key, headers=list(record.headers), on_delivery=delivered
                    )
                    break
                except BufferError:
                    self._producer.poll(0.1)
                except self._kafka.KafkaException as error:
                    raise SinkError(f"topic {self._topic} cannot be written: {_words(error)}") from None
        left = self._producer.flush(PATIENCE + 5)
        if failures or left:
            reason = self._trouble.beside(failures[0] if failures else f"{left} records were not acknowledged")
            raise SinkError(f"topic {self._topic} cannot be written: {reason}")
        return positions

    def close(self) -> None:
        """Leave the broker; whatever was not acknowledged has been reported already."""
        self._producer.flush(0)
        # Its threads end when nothing names it; until then they ask for the topic, which some brokers then make.
        del self._producer


def _words(error: Any) -> str:
    return str(error.args[0].str()) if error.args and hasattr(error.args[0], "str") else str(error)
