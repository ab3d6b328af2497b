"""Redis Streams as topics: one partition, offsets made from the entries' ids."""

# redis carries partial types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...features_sql.errors import ConfigError, HeadraceError, SinkError, SourceError
from .topics import Message, Positions, Record

if TYPE_CHECKING:
    from collections.abc import Generator

_SEQUENCE_BITS = 20
_WRITTEN_AT_ONCE = 1000
_VALUE, _KEY, _HEADER = b"value", b"key", b"h:"


def offset_of(entry: bytes) -> int:
    """Return an entry's id, milliseconds and a number among those of that millisecond, as one int64."""
    milliseconds, number = (int(part) for part in entry.split(b"-"))
    if number >> _SEQUENCE_BITS:
        raise SourceError(f"a stream may hold {1 << _SEQUENCE_BITS} entries a millisecond; got {entry.decode()}")
    return milliseconds << _SEQUENCE_BITS | number


def entry_before(offset: int) -> str:
    """Return the id of the last entry that may stand before ``offset``."""
    last = max(offset - 1, 0)
    return f"{last >> _SEQUENCE_BITS}-{last & ((1 << _SEQUENCE_BITS) - 1)}"


def connect(url: str) -> Any:
    """Return a client of the server at ``redis://`` or ``rediss://``; raises ConfigError where none can be made."""
    try:
        import redis
    except ImportError:
        raise ConfigError("the connector 'redis' needs the package redis: install headrace[redis]") from None
    try:
        return redis.Redis.from_url(url, socket_connect_timeout=10, health_check_interval=30)
    except ValueError as error:
        raise ConfigError(f"'url' must be redis://HOST:PORT/DB or rediss://...: {error}") from None


@contextmanager
def redis_errors(kind: type[HeadraceError], what: str) -> Generator[None]:
    """Raise ``kind`` for what the server refuses or when it is away."""
    import redis

    try:
        yield
    except redis.RedisError as error:
        raise kind(f"{what}: {error}") from None


class RedisReader:
    """Reads a stream from a given position; see ``TopicReader``. Its only partition is 0."""

    def __init__(self, url: str, stream: str, start: Positions) -> None:
        self._stream = stream
        self._client: Any = connect(url)
        self._last = entry_before(start.get(0, 0))

    def read(self, limit: int, wait: float) -> list[Message]:
        """Return up to ``limit`` next entries; ``key``, ``value`` and ``h:NAME`` are the fields that are looked at."""
        block = max(1, round(wait * 1000)) if wait > 0 else None
        with redis_errors(SourceError, f"stream {self._stream} cannot be read"):
            found = self._client.xread({self._stream: self._last}, count=limit, block=block)
        entries = _entries(found)
        if entries:
            self._last = entries[-1][0].decode()
        return [_message(entry, fields) for entry, fields in entries]

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


class RedisWriter:
    """Writes to a stream; see ``TopicWriter``."""

    def __init__(self, url: str, stream: str) -> None:
        self._stream = stream
        self._client: Any = connect(url)

    def write(self, records: Sequence[Record]) -> dict[int, int]:
        """Return once the server holds every record."""
        last = 0
        with redis_errors(SinkError, f"stream {self._stream} cannot be written"):
            for start in range(0, len(records), _WRITTEN_AT_ONCE):
                with self._client.pipeline(transaction=False) as pipeline:
                    for record in records[start : start + _WRITTEN_AT_ONCE]:
                        pipeline.xadd(self._stream, fields_of(record))
                    last = offset_of(pipeline.execute()[-1]) + 1
        return {0: last} if records else {}

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def fields_of(record: Record) -> dict[bytes, bytes]:
    """Return a record as the fields of an entry."""
    fields = {_VALUE: record.value, **{_HEADER + name.encode(): value for name, value in record.headers}}
    return fields if record.key is None else {_KEY: record.key, **fields}


def _entries(found: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The entries of the one stream that was asked for, in either form that the protocol gives them."""
    if not found:
        return []
    streams = list(found.values()) if isinstance(found, dict) else [entries for _, entries in found]
    entries = streams[0]
    # RESP3 wraps the list of entries once more.
    return entries[0] if entries and isinstance(entries[0], list) else entries


def _message(entry: bytes, fields: dict[bytes, bytes]) -> Message:
    headers = tuple(
        (name.removeprefix(_HEADER).decode(errors="replace"), value)
        for name, value in fields.items()
        if name.startswith(_HEADER)
    )
    return Message(0, offset_of(entry), fields.get(_VALUE, b""), fields.get(_KEY), headers)
