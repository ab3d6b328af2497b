"""Sources on topics: what a broker holds is brought into the project's event log, each record once.

The positions in the topic are kept with the rows, in the log's own segments: a crash between reading and appending
reads the same records again, one after appending goes on behind them.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
import pyarrow as pa

from ...features_sql.definitions import Definitions, Source
from ...features_sql.errors import SourceError
from ...features_sql.topic_connector import TopicConnector
from .. import failpoints
from ..brokers.brokers import open_reader
from ..brokers.topics import Message, Positions, TopicReader, after, positions_of, positions_text
from ..scoring.circuit_breaker import CircuitBreaker
from ..stores.layout import Layout
from . import read_jsonl
from .event_log import PARTITION, EventLog
from .quarantine import Rejected

LOG = logging.getLogger(__name__)
AT_ONCE = 50_000
QUIET = 1.0
"""Seconds without a record after which a topic has been read to its end."""


class TopicFeed:
    """Brings the records of one source's topic into its log, in the order in which they are read."""

    def __init__(self, source: Source, connector: TopicConnector, layout: Layout) -> None:
        self._source, self._connector = source, connector
        self._log = EventLog(layout.events(source.name))
        self._positions: Positions = positions_of(self._log.newest_label() or "{}")
        self._reader: TopicReader | None = None
        self._breaker = CircuitBreaker(failures=1)

    def fetch(self, wait: float, *, patient: bool = True) -> int:
        """Append what the topic has more of, up to some 50,000 records; return how many that were.

        Waits up to ``wait`` seconds for the first. A broker that is away is warned about and asked again after a
        while; where ``patient`` is False, SourceError is raised.
        """
        if patient and not self._breaker.allows():
            return 0
        try:
            self._reader = self._reader or open_reader(self._connector.topic, self._positions)
            messages = self._reader.read(AT_ONCE, wait)
        except SourceError as error:
            self._breaker.note(succeeded=False)
            if not patient:
                raise
            LOG.warning("source %s: %s; it waits", self._source.name, error)
            return 0
        self._breaker.note(succeeded=True)
        if messages:
            self._append(messages)
        return len(messages)

    def _append(self, messages: Sequence[Message]) -> None:
        rows, rejected = self._rows(messages)
        positions = after(self._positions, messages)
        failpoints.reach("fetched")
        self._log.append(rows, rejected, positions_text(positions))
        self._positions = positions

    def _rows(self, messages: Sequence[Message]) -> tuple[pa.Table, list[Rejected]]:
        """The declared columns of the records as text and their partitions, and the records that are no JSON object."""
        own = {self._connector.key_column: _key, self._connector.headers_column: _headers}
        names = [column.name for column in self._source.columns if column.computed is None]
        found = read_jsonl.from_lines([name for name in names if name not in own], [one.value for one in messages])
        table, kept = found.rows, [messages[number] for number in found.numbers.tolist()]
        for name in names:
            if name in own:
                table = table.append_column(name, pa.array([own[name](one) for one in kept], pa.string()))
        rejected = [Rejected(number, raw, reason) for number, raw, reason in found.rejected]
        blank = np.setdiff1d(np.arange(len(messages)), [*found.numbers, *(one.offset for one in rejected)])
        rejected += [Rejected(int(number), b"", "the record has no value") for number in blank]
        partitions = pa.array([one.partition for one in kept], pa.int64())
        return table.select(names).append_column(PARTITION, partitions), sorted(rejected, key=lambda row: row.offset)

    def close(self) -> None:
        """Leave the broker."""
        if self._reader is not None:
            self._reader.close()


class TopicFeeds:
    """Every source of a project that is on a topic; see ``opened_topics``."""

    def __init__(self, feeds: Sequence[TopicFeed]) -> None:
        self._feeds = feeds

    def __bool__(self) -> bool:
        return bool(self._feeds)

    def fetch(self) -> int:
        """Append what has come and return how much; a broker that is away is asked again later."""
        total = 0
        for feed in self._feeds:
            while (count := feed.fetch(0.0)) == AT_ONCE:
                total += count
            total += count
        return total

    def catch_up(self) -> None:
        """Append everything that the topics hold; raises SourceError where one cannot be read."""
        for feed in self._feeds:
            while feed.fetch(QUIET, patient=False):
                pass


@contextmanager
def opened_topics(definitions: Definitions, layout: Layout) -> Generator[TopicFeeds]:
    """Reach for the topics of a project while a block runs; only the writer of the project may."""
    with ExitStack() as stack:
        feeds: list[TopicFeed] = []
        for source in definitions.sources.values():
            if isinstance(source.connector, TopicConnector):
                feed = TopicFeed(source, source.connector, layout)
                stack.callback(feed.close)
                feeds.append(feed)
        yield TopicFeeds(feeds)


def _key(message: Message) -> str | None:
    return None if message.key is None else message.key.decode(errors="replace")


def _headers(message: Message) -> str:
    return json.dumps({name: value.decode(errors="replace") for name, value in message.headers}, ensure_ascii=False)
