"""Which columns of a service a model is fed: what remains when keys, times and lists are carried along only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .definitions import Definitions, Service, ServiceColumn, View
from .names import quote, words

_FED_TYPES = words(
    "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE BOOLEAN VARCHAR"
)
# Aggregates whose value is one of the values they read.
_COPIES = frozenset(("any_value", "first", "last"))


@dataclass(frozen=True)
class _Place:
    """A column of a source, table or view."""

    relation: str
    column: str


def fed_columns(service: Service, definitions: Definitions) -> tuple[ServiceColumn, ...]:
    """Return the columns of ``service`` that are fed to a model, in the service's order.

    Fed are numbers, BOOLEAN, VARCHAR and ENUM columns that do not merely repeat a key: the entity of a view
    in the service, a column by which a view is joined, or a column of a source's PRIMARY KEY. A key is
    found under any name and through views over views; an expression over one is a feature like any other.
    Times, lists and other nested values are never fed.
    """
    keys = _keys(service, definitions)
    return tuple(
        column
        for column in service.columns
        if can_feed(column.type) and not keys.intersection(_copied(service, column, definitions))
    )


def can_feed(type_: str) -> bool:
    """Tell whether a column of this type may be fed to a model."""
    if type_.endswith("]"):
        return False
    return type_ in _FED_TYPES or type_.startswith(("DECIMAL", "ENUM"))


def _members(service: Service) -> dict[str, str]:
    """The views of a service by alias."""
    return {service.alias: service.view, **{join.alias: join.view for join in service.joins}}


def _keys(service: Service, definitions: Definitions) -> set[_Place]:
    keys = {_Place(source.name, column) for source in definitions.sources.values() for column in source.primary_key}
    for name in _members(service).values():
        for column in definitions.views[name].entity:
            keys |= set(_origins(definitions.views[name], column.name, definitions))
    for join in service.joins:
        for key in join.keys:
            keys |= set(_origins(definitions.views[service.view], key, definitions))
    return keys


def _copied(service: Service, column: ServiceColumn, definitions: Definitions) -> Iterator[_Place]:
    """Yield the columns whose value an output column repeats unchanged."""
    for alias, name in _members(service).items():
        view = definitions.views[name]
        found = next((held.name for held in view.columns if column.sql == quote(f"{alias}.{held.name}")), None)
        if found is not None:
            yield from _origins(view, found, definitions)


def _origins(view: View, column: str, definitions: Definitions) -> Iterator[_Place]:
    """Yield a view's column, and the columns that it repeats unchanged, down to those of sources."""
    yield _Place(view.name, column)
    read = _read_by(view, column)
    for relation, name in _below(view, read) if read is not None else ():
        if relation in definitions.views:
            yield from _origins(definitions.views[relation], name, definitions)
        else:
            yield _Place(relation, name)


def _below(view: View, column: str) -> Iterator[tuple[str, str]]:
    """Yield the (relation, column) that a column of what the view reads is, in each branch of a union."""
    if view.union is None:
        yield view.source, column
        return
    place = [held.name for held in view.union.columns].index(column)
    for branch in view.union.branches:
        name = _bare_column(branch.columns[place], branch.alias)
        if name is not None:
            yield branch.source, name


def _read_by(view: View, column: str) -> str | None:
    """The column of what the view reads that a column of it repeats; None for any other."""
    if any(key.name == column for key in view.entity):
        return column
    feature = next((feature for feature in view.features if feature.name == column), None)
    if feature is None:
        return None
    terms = {term.id: term.sql for term in view.terms}
    for measure in view.measures:
        if measure.id == feature.sql and measure.function in _COPIES:
            terms[measure.id] = terms.get(measure.arguments[0], "")
    return _bare_column(terms.get(feature.sql, ""), view.alias)


def _bare_column(sql: str, alias: str) -> str | None:
    """The column of ``alias`` that a whole expression names; None where it is anything else."""
    prefix = f"{quote(alias)}."
    name = sql[len(prefix) + 1 : -1].replace('""', '"')
    return name if sql == prefix + quote(name) else None
