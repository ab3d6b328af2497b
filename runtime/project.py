"""A project folder and everything one can do with it: the Python face of headrace."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..catalog.database import connect
from ..catalog.names import hint
from ..catalog.plan import Plan
from ..catalog.trained import TrainedVersion
from ..features_sql.definitions import Definitions
from ..features_sql.errors import ConfigError, ReadError
from ..features_sql.project import compile_project
from ..features_sql.resolve_fixture import compile_fixtures
from ..features_sql.source_text import SourceText
from . import engine, settings
from .apply import apply
from .engine import OnEpoch, RunReport, opened, workplace
from .fixtures import FixtureCheck, run_fixtures
from .materialize import materialize
from .planned import planned
from .reads.historical import historical_features
from .reads.online_reads import OnlineReader, online_features
from .scoring.training import find_model, promote, take_up, train
from .sources.dead_letters import Replayed, letters, replay
from .sources.push import Pushed, push, push_source, read_rows, table_of
from .sources.retention import with_past
from .status import Status, status
from .stores import ledger, memory
from .stores.layout import Layout
from .verify import ViewCheck, verify
from .workplace import Workplace

TESTS = "tests"
SKIPPED_FOLDERS = frozenset({"offline", TESTS})


class Project:
    """The project in a folder that holds ``headrace.toml`` and feature SQL files.

    Nothing is read before it is needed; every method opens and closes what it uses. Instants are UTC, tables
    in and out are Arrow (anything with the Arrow C interface goes in). All methods raise HeadraceError.
    """

    def __init__(self, folder: str | Path = ".") -> None:
        root = Path(folder).absolute()
        self.settings = settings.load(root)
        self._in_memory, self._session = self.settings.durability == "memory", False
        self.layout = Layout(root, memory.home(root) if self._in_memory else None)

    def texts(self) -> list[SourceText]:
        """Return the project's feature SQL files by path; hidden folders, ``offline`` and ``tests`` are left out."""
        return self._texts(self.layout.root, SKIPPED_FOLDERS)

    def _texts(self, folder: Path, skipped: frozenset[str] = frozenset()) -> list[SourceText]:
        """The SQL files below a folder by path relative to the project; hidden ones are left out."""
        found: list[Path] = []
        for at, folders, files in os.walk(folder):
            # Not looked into: what a run writes there is much, and comes and goes meanwhile.
            left_out = skipped if Path(at) == folder else frozenset[str]()
            folders[:] = [name for name in folders if name not in left_out and not name.startswith(".")]
            found += [Path(at, name) for name in files if name.endswith(".sql") and not name.startswith(".")]
        return [SourceText(str(path.relative_to(self.layout.root)), _text(path)) for path in sorted(found)]

    def definitions(self) -> Definitions:
        """Compile the project; raises StatementError with every mistake in it."""
        return _compiled(tuple(self.texts()), tuple(os.environ.items()))

    def definitions_with(self, trial: SourceText) -> Definitions:
        """Compile the project with the definitions of ``trial`` in the place of its own of the same names."""
        return compile_project(self.texts(), os.environ, trial)

    def plan(self) -> Plan:
        """Return what ``apply`` would change; nothing is written, so another process may run meanwhile."""
        definitions = self.check()
        if self.layout.database.exists():
            with self.catalog() as store:
                return with_past(planned(store, definitions), store, definitions)
        with closing(connect(Path(":memory:"))) as empty:
            ledger.create(empty)
            return planned(empty, definitions)

    def apply(self) -> Plan:
        """Make the catalog what the SQL says; new and changed views are built from history."""
        self.require_store()
        with workplace(self.layout, self.settings, self.check(), write=True) as place:
            return apply(place)

    def require_store(self) -> None:
        """Raise ConfigError where the project keeps no store between runs that could be applied to."""
        if self._in_memory:
            raise ConfigError(
                "a run in memory begins with applying the project; there is nothing to apply ahead of `headrace run`"
            )

    def check(self) -> Definitions:
        """Compile the project and ask River about its models too; raises StatementError with every mistake found."""
        from ..models import river_options

        definitions = self.definitions()
        river_options.check(definitions)
        return definitions

    @contextmanager
    def session(self) -> Generator[None]:
        """Keep what runs within the block have written until it ends, where 'durability' is 'memory'.

        They begin with nothing: the project is applied, and its events are those that come. Without a session around
        it each run has one of its own. A durable project needs none.
        """
        if not self._in_memory or self._session:
            yield
            return
        with engine.disk_errors(), memory.held(self.layout):
            with workplace(self.layout, self.settings, self.check(), write=True) as place:
                memory.begin(place.store)
                apply(place)
                take_up(place)
            self._session = True
            try:
                yield
            finally:
                self._session = False

    def run(self, *, until: datetime | None = None, once: bool = True, on_epoch: OnEpoch | None = None) -> RunReport:
        """Run the streaming loop until nothing is left to read, or every instant up to ``until`` is written."""
        limit = None if until is None else microseconds(until)
        with self.session(), workplace(self.layout, self.settings, self.definitions(), write=True) as place:
            return engine.run(place, until=limit, once=once, on_epoch=on_epoch)

    def verify(self, *names: str, on_view: Callable[[str, ViewCheck], None] | None = None) -> dict[str, ViewCheck]:
        """Compare written rows with the batch program; of all views and services, or of these."""
        with self._reading() as place:
            return verify(place, names, on_view)

    def test(self, *names: str, on_check: Callable[[FixtureCheck], None] | None = None) -> list[FixtureCheck]:
        """Run the feature tests in ``tests``, all of them or those of these paths; nothing of the project is touched.

        Raises ConfigError where there are none, StatementError with every mistake in them.
        """
        texts = self._texts(self.layout.root / TESTS)
        if not texts:
            raise ConfigError(f"{self.layout.root / TESTS} has no feature tests (.sql files that EXPECT rows)")
        known = {name: text for text in texts for name in (text.path, Path(text.path).stem)}
        for name in names:
            if name not in known:
                raise ConfigError(f"there is no feature test {name!r}{hint(name, known)}")
        chosen = [known[name] for name in names] or texts
        definitions = self.definitions()
        return run_fixtures(definitions, compile_fixtures(chosen, definitions), on_check)

    def materialize(self, name: str, start: datetime, end: datetime) -> int:
        """Replace a view's offline rows with instants in [start, end) by the batch program's; return how many."""
        with workplace(self.layout, self.settings, self.definitions(), write=True) as place:
            engine.require_applied(place.store, place.definitions)
            with engine.delivery_of(place) as delivery:
                # What is replaced could not be delivered any more.
                delivery.run(patient=False)
            return materialize(place, name, microseconds(start), microseconds(end))

    def get_online_features(
        self, service: str, keys: Sequence[Mapping[str, object]], as_of: datetime | None = None
    ) -> pa.Table:
        """Return the service's row for each key, in order, as of now or of ``as_of``.

        A key has the driving view's entity, and other columns of that view if it likes; with every column of the source
        it is a whole row, which counts as the current row and is not stored.
        """
        with self._reading() as place:
            return online_features(place, service, keys, as_of)

    @contextmanager
    def online_reader(self, service: str) -> Generator[OnlineReader]:
        """Open a service for many reads while the block runs; a run in another process may go on meanwhile.

        ``reader.read(keys, as_of)`` answers as ``get_online_features`` does, without opening everything again;
        ``reader.row(key, as_of)`` does so for one key, as a dict.
        """
        with self._reading() as place, closing(OnlineReader(place, service)) as reader:
            yield reader

    def get_historical_features(self, spine: object, service: str, time: str | None = None) -> pa.Table:
        """Return the spine with the service's features as of each row's instant beside it."""
        table = spine if isinstance(spine, pa.Table) else pa.table(spine)
        with self._reading() as place:
            return historical_features(place, table, service, time)

    def push(self, source: str, events: object) -> Pushed:
        """Append events to a source whose connector is ``push``, whole or not at all, also while the project runs.

        ``events`` is a table, anything with the Arrow C interface, or a list of mappings; see ``runtime.push``.
        """
        self.require_run()
        with engine.disk_errors():
            return push(self.layout, push_source(self.definitions(), source), table_of(events))

    def push_file(self, source: str, path: Path) -> Pushed:
        """Append the rows of a CSV, Parquet or JSON lines file to a source, as ``push`` does."""
        to = push_source(self.definitions(), source)
        self.require_run()
        with engine.disk_errors():
            return push(self.layout, to, *read_rows(to, path))

    def require_run(self) -> None:
        """Raise ReadError where the project is kept in memory and no run is going."""
        if self._in_memory:
            memory.require_run(self.layout)

    def train(self, model: str, *, until: datetime | None = None) -> TrainedVersion:
        """Train a model on everything known at ``until`` (the watermark by default); the new version serves at once."""
        limit = None if until is None else microseconds(until)
        with self._reading() as place:
            return train(place, model, limit)

    def promote(self, model: str, version: int) -> TrainedVersion:
        """Let a trained version of a model serve; a run that goes on takes it up with its next epoch."""
        with self._reading() as place:
            find_model(place, model)
            return promote(place.layout, model, version)

    def replay_dead_letters(self, ids: Sequence[int] = (), origin: str | None = None) -> Replayed:
        """Hand these dead letters in again, or all that can be: each once; see ``runtime.dead_letters``."""
        definitions = self.definitions()
        with opened(self.layout, write=True) as store:
            return replay(store, self.layout, definitions, letters(store, ids, origin))

    @contextmanager
    def _reading(self) -> Generator[Workplace]:
        """Open the applied project for reads; what they compute is never written, so every core may help."""
        every_core = replace(self.settings, threads=os.cpu_count() or 1)
        with workplace(self.layout, every_core, self.definitions(), write=False) as place:
            engine.require_applied(place.store, place.definitions)
            yield place

    def catalog(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the catalog for reading while a block runs; ``headrace.catalog`` says what to ask of it."""
        return opened(self.layout, write=False)

    def status(self) -> Status:
        """Return progress, watermarks, counts and freshness of everything applied; raises ReadError for nothing."""
        with opened(self.layout, write=False) as store:
            found = status(store)
        # A command that was refused may have made the file.
        if not found.sources and not found.views:
            raise ReadError("nothing is applied yet; run `headrace apply` first")
        return found


@lru_cache(maxsize=4)
def _compiled(texts: tuple[SourceText, ...], environment: tuple[tuple[str, str], ...]) -> Definitions:
    """Compile texts, once while they stay as they are: a notebook reads features many times of one project."""
    return compile_project(texts, dict(environment))


def microseconds(instant: datetime) -> int:
    """Return an instant as µs since 1970 in UTC; a naive one is UTC already."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return int(np.datetime64(aware.astimezone(UTC).replace(tzinfo=None), "us").astype(np.int64))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {error}") from error
