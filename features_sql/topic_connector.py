"""The connectors ``kafka`` and ``redis``: events are read from a topic into the project's event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .sink import KafkaTarget, RedisTarget


@dataclass(frozen=True)
class TopicConnector:
    """A topic of Kafka or a stream of Redis whose values are JSON objects; it never ends.

    ``key_column`` takes a record's key as text, ``headers_column`` its headers as a JSON object; "" for neither.
    """

    topic: KafkaTarget | RedisTarget
    key_column: str = ""
    headers_column: str = ""
    bounded: ClassVar = False

    @property
    def kind(self) -> str:
        """The connector's name."""
        return "kafka" if isinstance(self.topic, KafkaTarget) else "redis"

    @property
    def topic_name(self) -> str:
        """The name of the topic or stream."""
        return self.topic.topic if isinstance(self.topic, KafkaTarget) else self.topic.stream
