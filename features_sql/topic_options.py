"""What the options of a source on a topic mean."""

from __future__ import annotations

from collections.abc import Sequence

from .diagnostics import refuse
from .names import did_you_mean, listed
from .options import Options, need
from .sink import KafkaTarget, RedisTarget
from .statements import RelationStatement
from .topic_connector import TopicConnector

_OWN_COLUMNS = ("key.column", "headers.column")
TOPIC_KEYS = {
    "kafka": ("topic", "bootstrap.servers", "group.id", "format", *_OWN_COLUMNS),
    "redis": ("url", "stream", "format", *_OWN_COLUMNS),
}
_NEEDED = {"kafka": ("topic", "bootstrap.servers"), "redis": ("url", "stream")}


def topic_connector(read: Options, kind: str, statement: RelationStatement, passed: Sequence[str]) -> TopicConnector:
    """Read the options of a source on a topic; ``passed`` keys go to librdkafka as they are."""
    name, columns = statement.name, [one.name.text for one in statement.columns if one.computed is None]
    need(read, "source", name, *_NEEDED[kind])
    read.one_of("format", ("json",), "json")
    for key in _OWN_COLUMNS:
        if key in read.values and read.get(key) not in columns:
            hint = did_you_mean(read.get(key), columns) or f"it has {listed(columns)}"
            raise refuse(read.span(key), f"'{key}' names no stored column of {name.text}: {read.shown(key)}", hint)
    return TopicConnector(_topic(read, kind, passed), read.get("key.column"), read.get("headers.column"))


def _topic(read: Options, kind: str, passed: Sequence[str]) -> KafkaTarget | RedisTarget:
    if kind == "redis":
        return RedisTarget(read.get("url"), read.get("stream"), "")
    own = [key for key in ("bootstrap.servers", "group.id") if key in read.values]
    return KafkaTarget(read.get("topic"), {key: read.get(key) for key in (*own, *passed)})
