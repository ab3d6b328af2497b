"""Where a project keeps what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .durable import make_folder


@dataclass(frozen=True)
class Layout:
    """The folders and files of the project at ``root`` (absolute).

    Where ``memory`` is a folder, what a run writes is there; trained models and locks stay with the project.
    """

    root: Path
    memory: Path | None = None

    @cached_property
    def store(self) -> Path:
        """Everything headrace writes, apart from the links in ``offline``."""
        return (self.memory or self.root) / ".headrace"

    @property
    def _kept(self) -> Path:
        """What stays with the project, whatever its durability."""
        return self.root / ".headrace"

    @property
    def database(self) -> Path:
        """The SQLite file: catalog and ledger."""
        return self.store / "headrace.db"

    @property
    def reads(self) -> Path:
        """The SQLite file with the log of online reads."""
        return self.store / "reads.db"

    @property
    def lock(self) -> Path:
        """The file that the one writer holds."""
        return self._kept / "writer.lock"

    @property
    def session(self) -> Path:
        """The file that a run holds while it keeps the project in memory."""
        return self._kept / "memory.lock"

    @property
    def bell(self) -> Path:
        """The file that says how to wake up the run that waits for events."""
        return self.store / "bell"

    @cached_property
    def staging(self) -> Path:
        """Output files before their commit."""
        return self.store / "staging"

    @property
    def state(self) -> Path:
        """Snapshots of group state."""
        return self.store / "state"

    @property
    def log(self) -> Path:
        """Copies of frozen tables, by content, and a folder of events for each source that keeps its own."""
        return self.store / "log"

    def events(self, source: str, partition: int = 0) -> Path:
        """Return the folder of a partition's events."""
        return self.log / source / str(partition)

    def files(self, source: str) -> Path:
        """Return the folder of the copies of a source's files."""
        return self.log / source / "files"

    @property
    def models(self) -> Path:
        """Trained models: a folder per name, in it one per version."""
        return self._kept / "models"

    @property
    def offline(self) -> Path:
        """One link per view, service, stream and late stream, to its live folder."""
        return (self.memory or self.root) / "offline"

    def create(self) -> None:
        """Make the folders that are missing."""
        for folder in (self.store, self.staging, self.state, self.log, self.store / "offline", self.offline):
            make_folder(folder)
