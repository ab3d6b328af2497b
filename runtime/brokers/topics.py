"""Topics of a broker: records in order, read from positions that we keep ourselves, written until acknowledged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Positions = Mapping[int, int]
"""The next offset to read, by partition; a partition that is not named is read from its beginning."""


@dataclass(frozen=True)
class Record:
    """What is written to a topic."""

    value: bytes
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Message:
    """A record as it stands in a topic; ``offset`` rises within a partition."""

    partition: int
    offset: int
    value: bytes
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


class TopicReader(Protocol):
    """Reads a topic in order of offset within each partition; nothing is committed at the broker."""

    def read(self, limit: int, wait: float) -> list[Message]:
        """Return up to ``limit`` next messages; waits up to ``wait`` seconds for the first. Raises SourceError."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class TopicWriter(Protocol):
    """Writes to a topic."""

    def write(self, records: Sequence[Record]) -> dict[int, int]:
        """Return, once the broker has acknowledged every record, the offset past the last of each partition written.

        Raises SinkError otherwise; some of the records may stand in the topic then.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def positions_text(positions: Positions) -> str:
    """Return positions as JSON."""
    return json.dumps(dict(positions))


def positions_of(text: str) -> dict[int, int]:
    """Return the positions that JSON holds."""
    held: dict[str, int] = json.loads(text)
    return {int(partition): offset for partition, offset in held.items()}


def after(positions: Positions, messages: Sequence[Message]) -> dict[int, int]:
    """Return the positions past ``messages``."""
    moved = dict(positions)
    for message in messages:
        moved[message.partition] = max(moved.get(message.partition, 0), message.offset + 1)
    return moved
