"""The columns that *prepare*, *finish* and a service make of each row, and which of them need no computing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .definitions import Service, Upstream, View
from .names import quote

_MEASURE_OR_TERM = re.compile(r"[mr]\d+")


@dataclass(frozen=True)
class RowColumn:
    """A column that a query makes of each row by itself.

    ``item`` is what a SELECT list says of it. ``given`` names the input column that it is, as it stands or, for an
    instant, as a number of µs (or back); None where it is none. ``negated``: it is NOT that column.
    """

    name: str
    item: str
    given: str | None = None
    negated: bool = False


def prepared_columns(view: View, upstream: Upstream, origin: tuple[str, ...]) -> list[RowColumn]:
    """Return the columns of a view's prepared rows over the events (``_n`` included) that it reads."""
    alias = quote(view.alias)
    columns = [RowColumn("_n", f"{alias}._n", "_n")]
    for place, key in enumerate(view.entity):
        columns.append(RowColumn(f"_k{place}", f"{alias}.{quote(key.name)} AS _k{place}", key.name))
    columns.append(RowColumn("_t", f"epoch_us({alias}.{quote(upstream.time)}) AS _t", upstream.time))
    columns += [RowColumn(name, f"{alias}.{name}", name) for name in origin]
    types = {column.name: column.type for column in upstream.columns}
    for term in view.terms:
        negated = term.sql.startswith("NOT ")
        given = _bare_column(term.sql.removeprefix("NOT "), alias)
        same = given is not None and types.get(given) == term.type and (not negated or term.type == "BOOLEAN")
        item = f"CAST({term.sql} AS {term.type}) AS {term.id}"
        columns.append(RowColumn(term.id, item, given if same else None, negated and same))
    return columns


def finished_columns(view: View, origin: tuple[str, ...]) -> list[RowColumn]:
    """Return the columns of a view's written rows over evaluated ones, then ``_i`` and the origin."""
    columns = [
        RowColumn(key.name, f"_k{place} AS {quote(key.name)}", f"_k{place}") for place, key in enumerate(view.entity)
    ]
    columns.append(RowColumn(view.time, f"make_timestamp(_t) AS {quote(view.time)}", "_t"))
    types = {held.id: held.type for held in (*view.terms, *view.measures)}
    for feature in view.features:
        plain = _MEASURE_OR_TERM.fullmatch(feature.sql) and types.get(feature.sql) == feature.type
        item = f"CAST({feature.sql} AS {feature.type}) AS {quote(feature.name)}"
        columns.append(RowColumn(feature.name, item, feature.sql if plain else None))
    return columns + [RowColumn(name, name, name) for name in ("_i", *origin)]


def service_columns(service: Service, driver: View, origin: tuple[str, ...]) -> list[RowColumn]:
    """Return the columns of a service over joined rows, in which column ``c`` of alias ``a`` is called ``a.c``."""
    columns: list[RowColumn] = []
    for name in (*(column.name for column in driver.entity), driver.time):
        given = f"{service.alias}.{name}"
        columns.append(RowColumn(name, f"{quote(given)} AS {quote(name)}", given))
    for column in service.columns:
        given = re.fullmatch(r'"((?:[^"]|"")*)"', column.sql)
        item = f"CAST({column.sql} AS {column.type}) AS {quote(column.name)}"
        columns.append(RowColumn(column.name, item, given and given[1].replace('""', '"')))
    return columns + [RowColumn(name, name, name) for name in ("_i", *origin)]


def _bare_column(sql: str, alias: str) -> str | None:
    """The column of the relation ``alias`` (quoted) that an expression is, None where it is more."""
    found = re.fullmatch(re.escape(alias) + r'\."((?:[^"]|"")*)"', sql)
    return None if found is None else found[1].replace('""', '"')
