"""A feature service: views read at the instants of the one that drives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .source_text import Span

if TYPE_CHECKING:
    from .definitions import Partition


@dataclass(frozen=True)
class ServiceJoin:
    """A view read at (its entity, the driving row's instant).

    ``keys`` are names of the driving view's columns, entity or features, in the order of the joined view's entity.
    """

    view: str
    alias: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ServiceColumn:
    """An output column of a service, or one beside its rows: of a model's prediction, or of a stream.

    In a service ``sql`` refers to a column ``c`` of the view under alias ``a`` as the one quoted identifier ``"a.c"``;
    in a stream to the service's and the prediction's columns as ``"service"."c"``; a prediction has none.
    ``lineage`` are ``relation.column`` names of what the columns come from: views, services, models.
    """

    name: str
    sql: str
    type: str
    text: str
    description: str
    lineage: tuple[str, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Service:
    """What a model or an application reads: one row per row of the driving view.

    ``columns`` never repeat the driving view's entity and time columns, which lead every row.
    """

    name: str
    view: str
    alias: str
    joins: tuple[ServiceJoin, ...]
    columns: tuple[ServiceColumn, ...]
    owner: str
    tags: tuple[str, ...]
    partition: Partition
    description: str
    sql: str
    span: Span = field(compare=False, repr=False)
