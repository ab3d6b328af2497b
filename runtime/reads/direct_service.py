"""A service at one key, read without a query and without Arrow, where each of its views can be."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Definitions, Service
from ..group import Group
from .direct_view import DirectRows, DirectView


class DirectService:
    """A service of which every column is a column of a view that is read directly, while the state stays as it is."""

    def __init__(
        self, group: Group, service: Service, given: Mapping[str, str], views: Mapping[str, DirectView | DirectRows]
    ) -> None:
        self._driver = views[service.alias]
        self._entity = [column.name for column in group.views[service.view].view.entity]
        self._joined = [
            (views[join.alias], [self._driver.columns.index(name) for name in join.keys]) for join in service.joins
        ]
        aliases = [service.alias, *(join.alias for join in service.joins)]
        offered = [f"{alias}.{name}" for alias in aliases for name in views[alias].columns]
        made = group.services[service.name].schema
        self._schema = pa.schema([field for field in made if field.name not in ("_i", *program.ORIGIN)])
        self.names: list[str] = self._schema.names
        self._places = [offered.index(given[name]) for name in self.names]

    def row(self, key: Mapping[str, object], instant: int) -> list[object] | None:
        """Return the service's columns for a key at ``instant`` (µs, at or past the watermark).

        The values are those of the row of ``read_service`` in Python. None where only that can answer: the key gives
        more than the entity, or a view says so.
        """
        if len(key) != len(self._entity) or any(name not in key for name in self._entity):
            return None
        found = self._driver.row([key[name] for name in self._entity], instant)
        if found is None:
            return None
        values = found.copy()
        for view, places in self._joined:
            asked = [found[place] for place in places]
            answer = [None] * len(view.columns) if None in asked else view.row(asked, instant)
            if answer is None:
                return None
            values += answer
        return [values[place] for place in self._places]

    def table(self, values: Sequence[object]) -> pa.Table:
        """Return a row's values as the table that ``read_service`` makes of it."""
        columns = zip(values, self._schema, strict=True)
        return pa.Table.from_arrays([pa.array([value], field.type) for value, field in columns], schema=self._schema)


def direct_service(group: Group, service: Service, definitions: Definitions) -> DirectService | None:
    """Return what reads a service directly until the group's state changes.

    None where a query, or more state than folds have, takes part.
    """
    given = group.services[service.name].handed_on
    names = {service.alias: service.view} | {join.alias: join.view for join in service.joins}
    driver = {column.name: column.type for column in definitions.views[service.view].columns}
    for join in service.joins:
        if [driver[name] for name in join.keys] != [key.type for key in definitions.views[join.view].entity]:
            return None
    made = {name: _direct_view(group, name) for name in set(names.values())}
    views = {alias: view for alias, name in names.items() if (view := made[name]) is not None}
    if given is None or len(views) < len(names) or program.is_stored(definitions.views[service.view]):
        return None
    return DirectService(group, service, given, views)


def _direct_view(group: Group, name: str) -> DirectView | DirectRows | None:
    live = group.views[name]
    if program.is_stored(live.view):
        return group.stored[name].direct()
    if live.view.source not in group.buffers:
        return None
    return live.direct(group.waiting_in(live.view.source))
