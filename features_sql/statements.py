"""What the user wrote: statements as parsed, before names are looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .definitions import Window
from .emit import EmitKind
from .source_text import Span
from .tokens import Script, Token


@dataclass(frozen=True)
class Name:
    """A name without its quotes, and its place."""

    text: str
    span: Span = field(compare=False)

    @property
    def key(self) -> str:
        """The name for comparing without case."""
        return self.text.casefold()


@dataclass(frozen=True)
class Fragment:
    """The tokens of an expression; never empty."""

    script: Script = field(repr=False, compare=False)
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        """The place from the first token to the last."""
        return Span(self.script.source, self.tokens[0].start, self.tokens[-1].end)


@dataclass(frozen=True)
class Option:
    """``'key' = 'value'``; the value is as written, without its quotes."""

    key: Name
    value: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class ColumnStatement:
    """``name TYPE [AS (expression)]``."""

    name: Name
    type: Fragment
    computed: Fragment | None


@dataclass(frozen=True)
class Watermark:
    """``WATERMARK FOR column AS column [- INTERVAL ...]``; the delay in microseconds."""

    column: Name
    delay: int
    span: Span = field(compare=False)


@dataclass(frozen=True)
class LateStatement:
    """``LATE ROWS TO name`` (keep), with the name's place, ``DROP``, or ``ACCEPT WITHIN`` so many µs."""

    kind: Literal["keep", "drop", "accept"]
    name: Name | None
    span: Span = field(compare=False)
    within: int | None = None


@dataclass(frozen=True)
class RelationStatement:
    """CREATE SOURCE or CREATE TABLE; ``complete`` is False where one of its columns or clauses is refused."""

    kind: Literal["source", "table"]
    name: Name
    columns: tuple[ColumnStatement, ...]
    watermark: Watermark | None
    primary_key: tuple[Name, ...]
    late: LateStatement | None
    options: tuple[Option, ...]
    complete: bool
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class WindowStatement:
    """A window's words; ``window`` has no name, and ``name`` is None for one written inside OVER (...)."""

    name: Name | None
    window: Window
    partition: tuple[Name, ...]
    order: tuple[Name, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Item:
    """One selected expression with its name and the comment beside it."""

    expression: Fragment
    alias: Name | None
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class RelationReference:
    """A relation in FROM or JOIN; ``alias`` is its own name where none is given.

    ``branches`` are the SELECTs of a UNION ALL in brackets, which has no name but its alias.
    """

    name: Name
    alias: Name
    branches: tuple[SelectStatement, ...] = ()


@dataclass(frozen=True)
class JoinStatement:
    """One join. ``kind`` holds the words before JOIN, upper case: ``ASOF LEFT``, ``LEFT`` or nothing.

    ``as_of`` is the time of ``FOR SYSTEM_TIME AS OF time``.
    """

    kind: str
    relation: RelationReference
    on: Fragment | None
    using: tuple[Name, ...]
    span: Span = field(compare=False)
    as_of: Fragment | None = None


@dataclass(frozen=True)
class EmitStatement:
    """The words after EMIT: see ``definitions.Emit``. ``window`` is None where ON WINDOW CLOSE names none."""

    kind: EmitKind
    span: Span = field(compare=False)
    window: Name | None = None
    every: int | None = None
    repeat: bool = False
    count: int | None = None
    condition: Fragment | None = None


@dataclass(frozen=True)
class SelectStatement:
    """The SELECT of a view or service.

    ``joins_complete`` is False where a join is refused; ``unreadable_windows`` are the names of windows that are.
    """

    items: tuple[Item, ...]
    relation: RelationReference
    joins: tuple[JoinStatement, ...]
    joins_complete: bool
    where: Fragment | None
    windows: tuple[WindowStatement, ...]
    unreadable_windows: frozenset[str]
    qualify: Fragment | None
    emit: EmitStatement | None
    span: Span = field(compare=False)


@dataclass(frozen=True)
class ViewStatement:
    """CREATE FEATURE VIEW."""

    name: Name
    entity: tuple[Name, ...]
    options: tuple[Option, ...]
    select: SelectStatement
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class ServiceStatement:
    """CREATE FEATURE SERVICE."""

    name: Name
    options: tuple[Option, ...]
    select: SelectStatement
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class LabelsStatement:
    """``LABELS source ON (keys) WITHIN d``; ``within`` in microseconds."""

    source: Name
    keys: tuple[Name, ...]
    within: int


@dataclass(frozen=True)
class ModelStatement:
    """CREATE MODEL, as PREDICT, as CORRECTS or with Flink's INPUT and OUTPUT.

    CORRECTS gives ``base`` and nothing else of the first five; INPUT gives ``inputs``, OUTPUT ``target``.
    """

    name: Name
    target: Name | None
    service: Name | None
    labels: LabelsStatement | None
    base: Name | None
    inputs: tuple[ColumnStatement, ...]
    output: ColumnStatement | None
    options: tuple[Option, ...]
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class DescriptorStatement:
    """``DESCRIPTOR(names)``: the columns that a model is fed; ``span`` is the place of its first word."""

    names: tuple[Name, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class StreamStatement:
    """CREATE STREAM ... AS SELECT items FROM ML_PREDICT(TABLE service, MODEL model [, descriptor]) [WHERE where]."""

    name: Name
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    service: Name
    model: Name
    descriptor: DescriptorStatement | None
    where: Fragment | None
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class SinkStatement:
    """CREATE SINK name FROM relation [WHERE where] WITH (options)."""

    name: Name
    relation: Name
    where: Fragment | None
    options: tuple[Option, ...]
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class ReplaceStatement:
    """CREATE OR REPLACE: ``statement`` takes the place of what stands under its name before it."""

    statement: Statement

    @property
    def name(self) -> Name:
        """The name that is defined."""
        return self.statement.name


@dataclass(frozen=True)
class DropStatement:
    """DROP: takes out the definition that stands before it. ``unless`` is True for IF EXISTS."""

    name: Name
    kind: str
    unless: bool
    span: Span = field(compare=False)


@dataclass(frozen=True)
class CommentStatement:
    """COMMENT ON ``kind`` ``name``, or on ``feature`` of the view or service ``name``."""

    name: Name
    kind: str
    feature: Name | None
    text: str


@dataclass(frozen=True)
class BrokenStatement:
    """A statement that was refused but whose name was read, so that uses of it are not refused too."""

    name: Name


Statement = (
    RelationStatement
    | ViewStatement
    | ServiceStatement
    | ModelStatement
    | StreamStatement
    | SinkStatement
    | BrokenStatement
)

# What changes other statements, or what is said of them.
Change = ReplaceStatement | DropStatement | CommentStatement
