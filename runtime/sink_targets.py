"""Where a sink's rows go: files, a topic of Kafka, a stream or hashes of Redis; each row once, whatever is tried again.

A row is told from all others by its epoch and its number in it. A target that cannot know whether an earlier try
arrived asks what stands there before it writes.
"""

# redis carries partial types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..features_sql.errors import SinkError, SourceError
from ..features_sql.sink import FilesTarget, KafkaTarget, RedisTarget
from .brokers.kafka_topics import KafkaReader, KafkaWriter
from .brokers.redis_streams import connect, fields_of, redis_errors
from .brokers.topics import Positions, Record
from .stores import durable

EPOCH, ROW = "headrace-epoch", "headrace-row"
_QUIET = 2.0
"""Seconds without a further message after which a topic is taken to have been read to its end."""
_ENTRY = """
local held = redis.call('GET', KEYS[2])
if held and held >= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
redis.call('SET', KEYS[2], ARGV[1])
return 1
"""
_NEWEST = """
local held = redis.call('HGET', KEYS[1], 'place')
if held and held >= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'place', ARGV[1], 'row', ARGV[2])
return 1
"""


@dataclass(frozen=True)
class SinkRow:
    """One row: its number in the epoch, its key as text and itself as JSON."""

    number: int
    key: str
    json: str


class Target(Protocol):
    """A place that takes the rows of one epoch after the other."""

    def deliver(self, epoch: int, rows: Sequence[SinkRow], positions: Positions, *, again: bool) -> Positions:
        """Bring the rows of an epoch there and return the positions that stand after them.

        ``positions`` are what the delivery before returned. ``again`` tells that a try of this epoch may have
        gone before. Raises SinkError where the place cannot be reached; the rows are then brought once more.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class FilesSink:
    """Writes each epoch as one file of JSON lines, named by its epoch, so that a second try replaces the first."""

    def __init__(self, target: FilesTarget, root: Path) -> None:
        self._folder = root / target.path

    def deliver(self, epoch: int, rows: Sequence[SinkRow], positions: Positions, *, again: bool) -> Positions:
        """Write the file, whole and synced; no rows make no file."""
        if rows:
            durable.make_folder(self._folder)
            text = "".join(f"{row.json}\n" for row in rows)
            durable.write_file(self._folder / f"{epoch:08d}.jsonl", lambda file: file.write(text.encode()))
        return positions

    def close(self) -> None:
        """Nothing is held."""


class KafkaSink:
    """Writes a record per row; what a broken try left in the topic is looked up by its headers and not sent twice."""

    def __init__(self, target: KafkaTarget) -> None:
        self._target = target
        self._writer = KafkaWriter(target.options, target.topic)

    def deliver(self, epoch: int, rows: Sequence[SinkRow], positions: Positions, *, again: bool) -> Positions:
        """Return once every row is acknowledged."""
        if not rows:
            return positions
        there = self._there(epoch, positions) if again else set[int]()
        marked = ((EPOCH, str(epoch).encode()),)
        records = [
            Record(row.json.encode(), row.key.encode(), (*marked, (ROW, str(row.number).encode())))
            for row in rows
            if row.number not in there
        ]
        return {**positions, **self._writer.write(records)}

    def _there(self, epoch: int, positions: Positions) -> set[int]:
        """The numbers of the epoch's rows that stand in the topic past ``positions``."""
        found: set[int] = set()
        try:
            with closing(KafkaReader(self._target.options, self._target.topic, positions)) as reader:
                while messages := reader.read(10_000, _QUIET):
                    for message in messages:
                        headers = dict(message.headers)
                        if headers.get(EPOCH) == str(epoch).encode() and ROW in headers:
                            found.add(int(headers[ROW]))
        except SourceError as error:
            raise SinkError(f"topic {self._target.topic} cannot be written: {error}") from error
        return found

    def close(self) -> None:
        """Leave the broker."""
        self._writer.close()


class RedisSink:
    """Appends an entry per row to a stream, or keeps each key's newest row in a hash of its own.

    The server itself compares places (epoch, row), so that a row which is brought again changes nothing.
    """

    def __init__(self, target: RedisTarget, name: str) -> None:
        self._target, self._marker = target, f"{target.stream}:headrace:{name}"
        self._client: Any = connect(target.url)
        self._run: Any = self._client.register_script(_ENTRY if target.stream else _NEWEST)

    def deliver(self, epoch: int, rows: Sequence[SinkRow], positions: Positions, *, again: bool) -> Positions:
        """Return once the server holds every row."""
        with redis_errors(SinkError, f"{self._target.stream or self._target.key_prefix} cannot be written"):
            # Sent one by one, the script's body would go along with each of them.
            for start in range(0, len(rows), 1000):
                with self._client.pipeline(transaction=False) as pipeline:
                    for row in rows[start : start + 1000]:
                        self._one(epoch, row, pipeline)
                    pipeline.execute()
        return positions

    def _one(self, epoch: int, row: SinkRow, pipeline: Any) -> None:
        place = f"{epoch:016d}:{row.number:010d}"
        if not self._target.stream:
            self._run(keys=[f"{self._target.key_prefix}{row.key}"], args=[place, row.json], client=pipeline)
            return
        fields = fields_of(Record(row.json.encode(), row.key.encode()))
        flat = [part for pair in fields.items() for part in pair]
        self._run(keys=[self._target.stream, self._marker], args=[place, *flat], client=pipeline)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
