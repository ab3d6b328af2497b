"""The columns of a source that something reads: what waits for the watermark is kept without the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from .definitions import Definitions
from .groups import SourceGroup


def read_columns(definitions: Definitions, group: SourceGroup, source: str) -> tuple[str, ...]:
    """Return the columns of a source that a group of views, services, models and streams reads, as declared.

    A column is read where its name stands anywhere in what they are made of, be it in a word of another meaning; the
    time and the primary key always are, and so is every column of a streaming table that a view joins.
    """
    held = definitions.sources[source]
    joined = {join.table for name in group.views for join in definitions.views[name].joins}
    if source in joined:
        return tuple(column.name for column in held.columns)
    targets = [target for target in definitions.targets if target.name in group.targets]
    # Also models that a group which only reads features has not: its states are then those of the group.
    targets += [model for model in definitions.models.values() if model.labels == source]
    text = "\n".join(_texts(targets)).casefold()
    kept = {held.time, *held.primary_key}
    return tuple(
        column.name
        for column in held.columns
        if column.name in kept or any(spelled in text for spelled in _spellings(column.name))
    )


def _spellings(name: str) -> tuple[str, str]:
    """A name as it is, and as it stands between quotes."""
    return name.casefold(), name.replace('"', '""').casefold()


def _texts(value: object) -> Iterator[str]:
    """Yield every text inside of a definition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(cast("Mapping[object, object]", value).items()))
    elif isinstance(value, tuple | list | set | frozenset):
        for one in cast("Collection[object]", value):
            yield from _texts(one)
    elif is_dataclass(value):
        # What does not count when two are compared says where it stands in a file.
        for field in fields(value):
            if field.compare:
                yield from _texts(getattr(value, field.name))
