"""A view, or a service over one, compiled to Apache Flink's SQL, and a verdict on each clause.

A view with many windows ON EVENT is a chain of nested OVER subqueries, one for each window, because Flink wants all
OVER windows of one SELECT alike; never a join of views on (key, time), which multiplies ties. A close is a window
function. Nothing here runs Flink: what is known of it comes from its documentation, and from runs of 2.3 that wrote the
same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from .definitions import Definitions, Service, Union, View
from .explain import unknown
from .flink_expressions import Named, translated
from .flink_source import source_sql
from .flink_verdicts import NoCounterpartError, Verdict, Verdicts
from .flink_views import closed_sql, emitted, evented_sql, feature_item, prepared_sql, qualified, select
from .flink_words import quote, type_name


@dataclass(frozen=True)
class FlinkProgram:
    """The statements of a view or service and all that it reads; ``sql`` is None where a clause of them is refused."""

    name: str
    verdicts: tuple[Verdict, ...]
    sql: str | None


def to_flink(definitions: Definitions, name: str) -> FlinkProgram:
    """Compile view or service ``name``; raises ReadError with the nearest name."""
    if name not in definitions.views and name not in definitions.services:
        raise unknown(definitions, name)
    work = _Work(definitions)
    if name in definitions.views:
        work.relation(name)
    else:
        work.service(definitions.services[name])
    sql = None if work.verdicts.refused else "\n\n".join(f"{statement};" for statement in work.statements)
    return FlinkProgram(name, work.verdicts.all, sql)


class _Work:
    """Statements in the order in which Flink must see them, and their verdicts."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._made: set[str] = set()
        self.verdicts = Verdicts()
        self.statements: list[str] = []

    def relation(self, name: str) -> None:
        """Add a source or a view, after what it reads."""
        if name in self._made:
            return
        self._made.add(name)
        if name in self._definitions.sources:
            self.statements.append(source_sql(self._definitions.sources[name], self.verdicts))
            return
        view = self._definitions.views[name]
        for read in view.reads:
            self.relation(read)
            self._check_read(view, read)
        self._view(view)

    def _check_read(self, view: View, read: str) -> None:
        below = self._definitions.views.get(read)
        if below is not None and below.emit.kind != "event":
            with self.verdicts.on(f"{view.name}: FROM {read}"):
                raise NoCounterpartError(
                    "the time of a close there is a millisecond before its as_of, as which it counts"
                )

    def _view(self, view: View) -> None:
        reads = self._union(view, view.union) if view.union is not None else quote(view.source)
        with self.verdicts.on(f"{view.name}: ENTITY"):
            for column in view.entity:
                type_name(column.type)
        for join in view.joins:
            with self.verdicts.on(f"{view.name}: ASOF LEFT JOIN {join.table}"):
                raise NoCounterpartError(
                    "of rows that match equally a temporal join there takes any, and no table is frozen"
                )
        time = self._definitions.upstream(view).time
        prepared = prepared_sql(view, time, reads, self.verdicts)
        emitted(view, self.verdicts)
        if view.emit.kind == "close":
            rows = f"{view.name}$rows"
            self._add(rows, prepared)
            self._add(view.name, closed_sql(view, rows, self.verdicts))
        else:
            self._add(view.name, evented_sql(view, prepared, self.verdicts))

    def _union(self, view: View, union: Union) -> str:
        selects: list[str] = []
        with self.verdicts.on(f"{view.name}: UNION ALL"):
            for branch in union.branches:
                columns: list[str] = []
                for sql, column in zip(branch.columns, union.columns, strict=True):
                    value = translated(sql, qualified)
                    # A cast would make a plain column of the event time.
                    value = value if column.name == union.time else f"CAST({value} AS {type_name(column.type)})"
                    columns.append(f"{value} AS {quote(column.name)}")
                where = f" WHERE {translated(branch.where, qualified)}" if branch.where else ""
                selects.append(
                    f"SELECT {', '.join(columns)} FROM {quote(branch.source)} AS {quote(branch.alias)}{where}"
                )
        return "(\n  " + "\n  UNION ALL\n  ".join(selects) + "\n)"

    def service(self, service: Service) -> None:
        """Add a service, after the view that drives it."""
        view = self._definitions.views[service.view]
        self.relation(view.name)
        for join in service.joins:
            with self.verdicts.on(f"{service.name}: JOIN {join.view}"):
                raise NoCounterpartError("a view is read there where it wrote a row, and not at any instant")
        columns = [quote(column.name) for column in view.entity] + [quote(view.time)]
        with self.verdicts.on(f"{service.name}: SELECT"):
            named = _joined(service.alias)
            columns += [feature_item(one.name, one.sql, one.type, named) for one in service.columns]
        self._add(service.name, f"{select(columns)}\nFROM {quote(view.name)} AS {quote(service.alias)}")

    def _add(self, name: str, select: str) -> None:
        self.statements.append(f"CREATE TEMPORARY VIEW {quote(name)} AS\n{select}")


def _joined(alias: str) -> Named:
    """A service's columns are named ``alias.column``, in one name."""
    return lambda _, name: f"{quote(alias)}.{quote(name.removeprefix(alias + '.'))}"
