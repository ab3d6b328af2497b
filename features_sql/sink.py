"""A sink: which rows of what leave the project, and where they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .source_text import Span


@dataclass(frozen=True)
class FilesTarget:
    """A folder, relative to the project's unless absolute, that takes a file of JSON lines per epoch."""

    path: str


@dataclass(frozen=True)
class KafkaTarget:
    """A topic; ``options`` are librdkafka's own, ``bootstrap.servers`` among them."""

    topic: str
    options: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class RedisTarget:
    """A stream of Redis or, where ``stream`` is empty, a hash named ``key_prefix`` and the row's key."""

    url: str = field(repr=False)
    stream: str
    key_prefix: str


SinkTarget = FilesTarget | KafkaTarget | RedisTarget


@dataclass(frozen=True)
class Sink:
    """Rows of a stream, view or service that meet ``where`` and go on to ``target``, once each.

    ``key`` are columns whose values, joined by commas, are a row's key there; () for the entity.
    """

    name: str
    source: str
    where: str | None
    key: tuple[str, ...]
    target: SinkTarget
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)
