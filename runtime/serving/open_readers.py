"""Readers that stay open for a server: one for each service that has been asked for."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from ..project import Project
from ..reads.online_reads import OnlineReader


@dataclass(frozen=True)
class _Open:
    """A reader, what closes it, and which database it has open."""

    reader: OnlineReader
    stack: ExitStack
    database: tuple[int, int]


class OpenReaders:
    """Opens each service's reader once, and anew when the project has been applied or its store made again since.

    For one thread. It must be closed.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._open: dict[str, _Open] = {}

    def reader(self, service: str) -> OnlineReader:
        """Return the reader of a service; raises what ``Project.online_reader`` does."""
        held, database = self._open.get(service), self._database()
        if held is not None and (held.database != database or held.reader.is_outdated()):
            self._open.pop(service).stack.close()
            held = None
        if held is None:
            with ExitStack() as stack:
                reader = stack.enter_context(self._project.online_reader(service))
                held = self._open[service] = _Open(reader, stack.pop_all(), database)
        return held.reader

    def _database(self) -> tuple[int, int]:
        """Return which file the database is; that of a run in memory goes with it."""
        try:
            found = self._project.layout.database.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_dev, found.st_ino

    def close(self) -> None:
        """Close every reader."""
        while self._open:
            self._open.popitem()[1].stack.close()
