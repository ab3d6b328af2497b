"""A project as the campaign writes it: sources, a table, views and services, each with its SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .calls import Call
from .events import duration
from .expressions import Expression, Name, leaves
from .windows import CLOSING, Window

EmitKind = Literal["event", "immediately", "close", "every", "count", "when", "demand"]
STORED: tuple[EmitKind, ...] = ("close", "every", "count", "when")
AHEAD = 4_102_444_800_000_000
"""The year 2100, in µs: a row of then has not come in its time."""


@dataclass(frozen=True)
class Source:
    """A bounded source of files, or a table that is a stream of facts; ``delay``, ``dedupe`` and ``within`` in µs.

    ``within``: late rows are accepted that are no later than that. With ``max_future`` rows more than a day past their
    arrival are dropped: those at ``AHEAD``.
    """

    name: str
    columns: tuple[Name, ...]
    time: str
    delay: int
    primary_key: tuple[str, ...] = ()
    dedupe: int | None = None
    drop_late: bool = False
    max_future: bool = False
    within: int | None = None
    is_table: bool = False

    @property
    def sql(self) -> str:
        columns = ", ".join(f"{column.column} {column.type}" for column in self.columns)
        key = f", PRIMARY KEY ({', '.join(self.primary_key)}) NOT ENFORCED" if self.primary_key else ""
        delay = f"{self.time} - INTERVAL '{self.delay} microseconds'" if self.delay else self.time
        late = " LATE ROWS DROP" if self.drop_late else ""
        late = late if self.within is None else f" LATE ROWS ACCEPT WITHIN {duration(self.within)}"
        dedupe = f", 'dedupe' = '{self.dedupe // 1000} ms'" if self.dedupe is not None else ""
        future = ", 'max.future' = '1 day'" if self.max_future else ""
        kind = "TABLE" if self.is_table else "SOURCE"
        return (
            f"CREATE {kind} {self.name} ({columns}, WATERMARK FOR {self.time} AS {delay}{key}){late}"
            f" WITH ('connector' = 'files', 'path' = '{self.name}/*.parquet', 'bounded' = 'true'{dedupe}{future});\n"
        )


@dataclass(frozen=True)
class Table:
    """A frozen table: ``key`` and ``since`` are what a view joins by."""

    name: str
    columns: tuple[Name, ...]
    primary_key: tuple[str, ...]

    @property
    def sql(self) -> str:
        columns = ", ".join(f"{column.column} {column.type}" for column in self.columns)
        return (
            f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({', '.join(self.primary_key)}) NOT ENFORCED)"
            f" WITH ('connector' = 'files', 'path' = '{self.name}/*.parquet');\n"
        )


@dataclass(frozen=True)
class AsofJoin:
    """``ASOF LEFT JOIN table alias ON left = alias.right AND time >= alias.since``; ``strict`` is ``>``."""

    table: Table | Source
    alias: str
    left: Name
    right: str
    since: str
    strict: bool

    def sql(self, time: str) -> str:
        sign = ">" if self.strict else ">="
        equal = f"{self.left.sql} = {self.alias}.{self.right}"
        return f" ASOF LEFT JOIN {self.table.name} {self.alias} ON {equal} AND {time} {sign} {self.alias}.{self.since}"


@dataclass(frozen=True)
class Branch:
    """One SELECT of a UNION ALL: columns of a relation under the union's names."""

    relation: Source | View
    columns: tuple[Expression, ...]
    where: Expression | None = None


@dataclass(frozen=True)
class Union:
    """``FROM (SELECT ... UNION ALL SELECT ...) name``."""

    name: str
    columns: tuple[Name, ...]
    time: str
    branches: tuple[Branch, ...]

    @property
    def sql(self) -> str:
        parts: list[str] = []
        for branch in self.branches:
            listed = [f"{e.sql} AS {c.column}" for e, c in zip(branch.columns, self.columns, strict=True)]
            where = f" WHERE {branch.where.sql}" if branch.where is not None else ""
            parts.append(f"SELECT {', '.join(listed)} FROM {branch.relation.name}{where}")
        return f"({' UNION ALL '.join(parts)})"


@dataclass(frozen=True)
class Emit:
    """When rows are written. ``period`` in µs; ``window`` the name of the one that closes."""

    kind: EmitKind
    window: str = ""
    period: int = 0
    repeat: bool = False
    count: int = 0
    condition: Expression | None = None

    @property
    def sql(self) -> str:
        return {
            "event": "EMIT ON EVENT",
            "immediately": "EMIT ON EVENT IMMEDIATELY",
            "close": f"EMIT ON WINDOW CLOSE {self.window}".rstrip(),
            "every": f"EMIT EVERY {duration(self.period or 1000)}{' REPEAT' if self.repeat else ''}",
            "count": f"EMIT EVERY {self.count} EVENTS",
            "when": f"EMIT WHEN {self.condition.sql if self.condition is not None else ''}",
            "demand": "EMIT ON DEMAND",
        }[self.kind]


@dataclass(frozen=True)
class Output:
    """A selected column."""

    name: str
    expression: Expression

    @property
    def sql(self) -> str:
        return f"{self.expression.sql} AS {self.name}"

    @property
    def calls(self) -> Iterator[Call]:
        return (leaf for leaf in leaves(self.expression) if isinstance(leaf, Call))


@dataclass(frozen=True)
class View:
    """A feature view over a source, another view or a union."""

    name: str
    relation: Source | View | Union
    entity: tuple[Name, ...]
    outputs: tuple[Output, ...]
    emit: Emit = Emit("event")
    where: Expression | None = None
    qualify: Expression | None = None
    join: AsofJoin | None = None
    valid_for: int | None = None

    @property
    def stored(self) -> bool:
        """Whether a service reads the view as its newest written row."""
        return self.emit.kind in STORED

    @property
    def from_events(self) -> bool:
        """Whether an event drives each written row."""
        return self.emit.kind not in ("close", "every", "demand")

    @property
    def time(self) -> str:
        """The name of the instant of a written row."""
        return self.relation.time if self.emit.kind == "event" else "as_of"

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        found = [call for output in self.outputs for call in output.calls]
        for condition in (self.emit.condition, self.qualify):
            found += [leaf for leaf in leaves(condition) if isinstance(leaf, Call)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def windows(self) -> Mapping[str, Window]:
        """The named windows; an inline one has no name."""
        return {call.window.name: call.window for call in self.calls if call.window.name}

    @property
    def closing(self) -> Window:
        """The window whose close writes rows."""
        can = {call.window for call in self.calls if call.window.kind in CLOSING}
        return next(window for window in can if self.emit.window in ("", window.name))

    @property
    def columns(self) -> tuple[Name, ...]:
        """What another view may read of a written row, but for the entity and the time."""
        return tuple(Name(output.name, output.expression.type) for output in self.outputs)

    @property
    def sql(self) -> str:
        entity = [column.column for column in self.entity]
        named = entity[0] if len(entity) == 1 else f"({', '.join(entity)})"
        inner = f"{self.relation.sql} " if isinstance(self.relation, Union) else ""
        join = self.join.sql(self.relation.time) if self.join else ""
        where = f" WHERE {self.where.sql}" if self.where is not None else ""
        windows = [f"{name} AS {window.sql(entity)}" for name, window in self.windows.items()]
        qualify = f"QUALIFY {self.qualify.sql} " if self.qualify is not None else ""
        lines = [
            f"CREATE FEATURE VIEW {self.name} ENTITY {named}{self._options} AS SELECT",
            *_listed([output.sql for output in self.outputs]),
            f"FROM {inner}{self.relation.name}{join}{where}{' WINDOW' if windows else ''}",
            *_listed(windows),
            f"{qualify}{self.emit.sql};",
        ]
        return "".join(f"{line}\n" for line in lines)

    @property
    def _options(self) -> str:
        options = [f"'valid.for' = '{self.valid_for // 1000} ms'"] if self.valid_for is not None else []
        options += ["'recompute' = 'allowed'"] if self.emit.kind not in ("close", "every") else []
        return f" WITH ({', '.join(options)})" if options else ""


def _listed(parts: list[str]) -> list[str]:
    return [f"  {text}," for text in parts[:-1]] + [f"  {text}" for text in parts[-1:]]


@dataclass(frozen=True)
class ServiceJoin:
    """A view read at the driving row's instant; ``keys`` are columns of the driving view, in the entity's order."""

    view: View
    alias: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """One row per row of the driving view, whose alias is ``drv``."""

    name: str
    driver: View
    joins: tuple[ServiceJoin, ...]
    outputs: tuple[Output, ...]

    @property
    def views(self) -> tuple[View, ...]:
        """The views it reads."""
        return (self.driver, *(join.view for join in self.joins))

    @property
    def sql(self) -> str:
        joins = ""
        for join in self.joins:
            pairs = zip(join.keys, join.view.entity, strict=True)
            on = " AND ".join(f"drv.{key} = {join.alias}.{column.column}" for key, column in pairs)
            joins += f" LEFT JOIN {join.view.name} {join.alias} ON {on}"
        outputs = ", ".join(output.sql for output in self.outputs)
        return f"CREATE FEATURE SERVICE {self.name} AS SELECT {outputs} FROM {self.driver.name} drv{joins};\n"


@dataclass(frozen=True)
class Project:
    """Everything a case defines; views stand before those that read them."""

    sources: tuple[Source, ...]
    tables: tuple[Table, ...]
    views: tuple[View, ...]
    services: tuple[Service, ...]

    @property
    def is_revised(self) -> bool:
        """Whether late rows change what has been written."""
        return any(source.within is not None for source in self.sources)

    @cached_property
    def sql(self) -> str:
        return "".join(one.sql for one in (*self.sources, *self.tables, *self.views, *self.services))


def follows_arrival(relation: Source | View | Union) -> bool:
    """Whether rows that are written on arrival are behind a relation."""
    return any(one.emit.kind == "immediately" or follows_arrival(one.relation) for one in views_read(relation))


def views_read(relation: Source | View | Union) -> list[View]:
    """The views that a FROM names."""
    if isinstance(relation, Union):
        return [branch.relation for branch in relation.branches if isinstance(branch.relation, View)]
    return [relation] if isinstance(relation, View) else []
