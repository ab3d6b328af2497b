"""What a project defines, resolved and typed: the contract between the compiler and the runtime.

All SQL held here is DuckDB SQL whose columns are fully qualified and quoted, so it may be placed in
any query that offers the named relations. Types are DuckDB type texts as ``DESCRIBE`` prints them.
All durations and instants are microseconds; instants count from 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from .emit import Emit as Emit
from .inference import Outside
from .service import Service as Service
from .service import ServiceColumn as ServiceColumn
from .service import ServiceJoin as ServiceJoin
from .sink import Sink
from .source_text import Span
from .topic_connector import TopicConnector
from .union import Union as Union

if TYPE_CHECKING:
    from .model_settings import BaseSettings, LiveSettings

WindowKind = Literal["sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"]
Exclude = Literal["none", "group", "row"]
Partition = Literal["day", "month"]


@dataclass(frozen=True)
class Column:
    """A named column with its DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True)
class SourceColumn:
    """A declared column; ``computed`` is the SQL of ``col TYPE AS (expr)`` over the other columns, or None."""

    name: str
    type: str
    computed: str | None = None


@dataclass(frozen=True)
class FilesConnector:
    """Where the files of a source or table lie and how they are read.

    ``path`` is a glob, relative to the project's folder unless absolute; ``${NAME}`` is already replaced.
    """

    path: str
    format: Literal["parquet", "csv", "jsonl"]
    header: bool = True
    delimiter: str = ","
    nulls: tuple[str, ...] = ("",)
    bounded: bool = False
    kind: ClassVar = "files"


@dataclass(frozen=True)
class PushConnector:
    """Events are handed in and kept in the project's event log, from which they are read; they never end."""

    kind: ClassVar = "push"
    bounded: ClassVar = False


Connector = FilesConnector | PushConnector | TopicConnector


@dataclass(frozen=True)
class LateRows:
    """Late rows are kept beside as rows of ``name``, or dropped (None); those at most ``within`` µs late are events."""

    name: str | None
    within: int | None = None


@dataclass(frozen=True)
class Source:
    """A stream of events. ``primary_key`` is () where none is declared.

    ``max_future``: how far past its arrival an event's time may lie; None is any. ``dedupe``: repeats of a
    primary key within this event time are dropped; None drops none. ``idle_timeout``: so long after its newest row
    came, the source goes on with the wall clock; None waits for rows. ``history``: events this far below the watermark
    (µs) may go; None keeps them, or its files do. ``kept``: the project keeps the events, of files a copy.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    time: str
    delay: int
    primary_key: tuple[str, ...]
    connector: Connector
    late: LateRows
    max_future: int | None
    dedupe: int | None
    idle_timeout: int | None
    history: int | None
    kept: bool
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Table:
    """A frozen table of facts: copied by content into the log, joined as of."""

    name: str
    columns: tuple[SourceColumn, ...]
    primary_key: tuple[str, ...]
    connector: FilesConnector
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class AsofJoin:
    """One ``ASOF LEFT JOIN table alias ON equalities AND left_time >= right_time``.

    ``equalities`` pairs the SQL of the left side (qualified) with a column name of the table;
    ``left_time`` is SQL, ``right_time`` a column name of the table; ``strict`` is True for ``>``.
    """

    table: str
    alias: str
    equalities: tuple[tuple[str, str], ...]
    left_time: str
    right_time: str
    strict: bool


@dataclass(frozen=True)
class Window:
    """Which events of the entity count at an instant. Fields that a kind does not use are None.

    sliding: size. tumbling: size, or months of the calendar. hopping: size, advance. session: gap,
    and ``most``, the length at which it is cut, or None. last: rows.
    tumbling and hopping: buckets begin ``offset`` (µs) after multiples of their length since 1970-01-01T00:00, as
    the clock of time zone ``zone`` reads (UTC where None).
    range: start >= end >= 0, microseconds before the instant, both ends closed; start None = unbounded.
    rows: start >= end >= 0, rows before the current row; start None = unbounded.
    Where PARTITION BY names more than the entity, ``partition`` holds its columns and ``by`` the terms of those beyond:
    only events count that share these with the instant.
    """

    name: str
    kind: WindowKind
    size: int | None = None
    advance: int | None = None
    gap: int | None = None
    rows: int | None = None
    start: int | None = None
    end: int | None = None
    exclude: Exclude = "none"
    most: int | None = None
    months: int | None = None
    offset: int | None = None
    zone: str | None = None
    partition: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A value computed per event before any window sees it: ``id`` (r0, x0 or f0), its SQL and type.

    ``r*``: columns used outside aggregates. ``x*``: aggregate arguments. ``f*``: conditions (BOOLEAN).
    """

    id: str
    sql: str
    type: str


@dataclass(frozen=True)
class Measure:
    """One aggregate over one window, shared by every feature that uses it.

    ``function`` is lower case, synonyms resolved (``mean`` -> ``avg``, ``stddev`` -> ``stddev_samp``,
    ``count(*)`` and ``count()`` -> ``count`` with no arguments). ``arguments`` are term ids or literal SQL.
    ``filter`` is a term id or None; ``since_last(cond)`` holds its condition there. ``last_n(x, n)`` keeps
    ``n`` in ``count``; ``rate(x, per)`` and ``rate(*, per)`` keep ``per`` in ``per`` (the star: no arguments).
    ``type`` is the DuckDB type of the value.
    """

    id: str
    function: str
    arguments: tuple[str, ...]
    distinct: bool
    filter: str | None
    window: str
    type: str
    count: int | None = None
    per: int | None = None


@dataclass(frozen=True)
class Feature:
    """An output column of a view.

    ``sql`` is over term ids ``r*``, measure ids ``m*`` and the entity's ``_k*`` only (unqualified, unquoted).
    ``text`` is what the user wrote. ``windows`` are window names used, ``lineage`` are ``relation.column`` names read.
    """

    name: str
    sql: str
    type: str
    text: str
    description: str
    windows: tuple[str, ...]
    measures: tuple[str, ...]
    lineage: tuple[str, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class View:
    """A feature view.

    ``source`` is a source, another view whose written rows are the events, or ``union``. ``entity`` are columns of it.
    ``time`` is the name under which the instant is written: the source's event time for ON EVENT, ``as_of``
    otherwise. ``alias`` qualifies the source in every SQL. ``features`` never repeat the entity or time column.
    ``qualify`` is a condition that written rows meet, SQL as in ``Emit.condition``. ``valid_for`` is None where
    not declared. The offline store has a folder for each ``partition`` of time.
    """

    name: str
    source: str
    alias: str
    entity: tuple[Column, ...]
    time: str
    joins: tuple[AsofJoin, ...]
    where: str | None
    terms: tuple[Term, ...]
    windows: tuple[Window, ...]
    measures: tuple[Measure, ...]
    features: tuple[Feature, ...]
    emit: Emit
    qualify: str | None
    owner: str
    tags: tuple[str, ...]
    valid_for: int | None
    partition: Partition
    recompute_allowed: bool
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)
    union: Union | None = None

    def term(self, id: str) -> Term:
        """Return the term named ``id``."""
        return next(term for term in self.terms if term.id == id)

    def window(self, name: str) -> Window:
        """Return the window named ``name``."""
        return next(window for window in self.windows if window.name == name)

    @property
    def reads(self) -> tuple[str, ...]:
        """The sources or views whose rows it reads."""
        return self.union.sources if self.union else (self.source,)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column of a written row that the user sees: entity, time, features, in this order."""
        features = tuple(Column(feature.name, feature.type) for feature in self.features)
        return (*self.entity, Column(self.time, "TIMESTAMP"), *features)


Upstream = Source | View | Union  # What a view reads.


@dataclass(frozen=True)
class Model:
    """What predicts ``target``, a column of the source ``labels``, from rows of ``service``.

    A label belongs to the service's row with the same ``keys`` (columns of both); it counts while its own event
    time is at most the row's instant + ``within``. ``base`` is the model that this one corrects: it shares that
    model's service, target, labels, keys, within and features; None for a model that stands alone. ``features``
    are the columns of the service that are fed, in order. ``settings`` are its options.
    """

    name: str
    target: Column
    service: str
    labels: str
    keys: tuple[str, ...]
    within: int
    base: str | None
    features: tuple[Column, ...]
    settings: BaseSettings | LiveSettings
    owner: str
    tags: tuple[str, ...]
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Stream:
    """One scored row per row of ``service`` that meets ``where``.

    ``columns`` never repeat the service's entity and time columns, which lead every row. Rows are scored
    in the epoch that writes the service's, or ``outside`` of it.
    """

    name: str
    service: str
    model: str
    outside: Outside | None
    columns: tuple[ServiceColumn, ...]
    where: str | None
    owner: str
    tags: tuple[str, ...]
    partition: Partition
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)


Target = View | Service | Model | Stream


@dataclass(frozen=True)
class Definitions:
    """Everything a project defines, by name; each mapping is in dependency order, then by name."""

    sources: Mapping[str, Source]
    tables: Mapping[str, Table]
    views: Mapping[str, View]
    services: Mapping[str, Service]
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])
    streams: Mapping[str, Stream] = field(default_factory=dict[str, Stream])
    sinks: Mapping[str, Sink] = field(default_factory=dict[str, Sink])

    def joined(self, join: AsofJoin) -> Table | Source:
        """Return what a view joins: a frozen table, or a streaming one, which is a source."""
        return self.tables.get(join.table) or self.sources[join.table]

    def upstream(self, view: View) -> Upstream:
        """Return what the view reads."""
        return view.union or self.relation(view.source)

    def relation(self, name: str) -> Source | View:
        """Return the source or view of that name."""
        return self.sources.get(name) or self.views[name]

    def writes(self, name: str) -> bool:
        """Tell whether a view or service writes rows; what is ON DEMAND, or driven by such a view, is read only."""
        view = self.services[name].view if name in self.services else name
        return self.views[view].emit.kind != "demand"

    @property
    def targets(self) -> tuple[Target, ...]:
        """Everything that is computed: views, services, models, streams, each kind by name."""
        return (*self.views.values(), *self.services.values(), *self.models.values(), *self.streams.values())

    def driver(self, target: Target) -> View:
        """Return the view that gives a target its entity, time and instants: itself, or the one behind its service."""
        if isinstance(target, View):
            return target
        service = target if isinstance(target, Service) else self.services[target.service]
        return self.views[service.view]
