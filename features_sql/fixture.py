"""A feature test: small rows given, and the rows expected of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .definitions import Column, Definitions
from .source_text import Span

Asked = Literal["given", "written", "read"]


@dataclass(frozen=True)
class FixtureRows:
    """Rows of a relation, each value SQL of its column's type.

    ``asked``: rows *given* to a source or table, rows that a view or service has *written*, or a service *read* at
    each row's entity and instant.
    """

    asked: Asked
    relation: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Fixture:
    """One file of ``INSERT`` and ``EXPECT`` statements; ``description`` is the comment above the first."""

    path: str
    description: str
    given: tuple[FixtureRows, ...]
    expected: tuple[FixtureRows, ...]


def reached(definitions: Definitions, names: frozenset[str]) -> Definitions:
    """Return the definitions without views and services that none of these views and services reads."""
    services = {name: one for name, one in definitions.services.items() if name in names}
    wanted = [name for name in definitions.views if name in names]
    for service in services.values():
        wanted += [service.view, *(join.view for join in service.joins)]
    views = set[str]()
    while wanted:
        name = wanted.pop()
        views.add(name)
        wanted += [read for read in definitions.views[name].reads if read in definitions.views]
    kept = {name: view for name, view in definitions.views.items() if name in views}
    return Definitions(definitions.sources, definitions.tables, kept, services)
