"""Where the rows of a source come from: one partition of it, readable again from any position."""

from __future__ import annotations

import sqlite3
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...features_sql.definitions import FilesConnector, Source
from ..stores.layout import Layout
from .file_feed import FileFeed
from .files import Position, RawBatch
from .lanes import Placed
from .log_feed import LogFeed


class Feed(Protocol):
    """One partition of a source. What is read from a position on never depends on how it is cut into reads."""

    def refresh(self, store: sqlite3.Connection) -> None:
        """Take notice of what has come since."""
        ...

    def read(self, start: Position, limit: int) -> RawBatch:
        """Return at most ``limit`` rows from ``start`` on; one that ends where it starts says nothing more is there."""
        ...

    def between(self, start: Position, end: Position) -> RawBatch:
        """Return the rows from ``start`` to ``end``, as far as they are there; ``read`` goes on where it was."""
        ...

    def arrived(self, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when the rows with these offsets, all read, came (µs since 1970)."""
        ...

    def placed(self, offsets: npt.NDArray[np.int64]) -> Placed | None:
        """Return from which partitions of a topic these rows came; None where there is no topic."""
        ...

    def place_of(self, position: Position) -> str:
        """Return how an error calls the place of a row."""
        ...


def open_feed(source: Source, layout: Layout) -> Feed:
    """Return the feed of a source's partition."""
    if isinstance(source.connector, FilesConnector):
        return FileFeed(source, layout)
    return LogFeed(source, layout.events(source.name))
