"""Source groups: the sources that some view, service or model reads together share one watermark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .definitions import Definitions
from .inference import Outside


@dataclass(frozen=True)
class SourceGroup:
    """A connected part of a project: everything in it advances in the same epochs.

    ``name`` is its first source's name; all fields are sorted. ``streams`` leaves out those scored outside of epochs.
    """

    name: str
    sources: tuple[str, ...]
    tables: tuple[str, ...]
    views: tuple[str, ...]
    services: tuple[str, ...]
    models: tuple[str, ...]
    streams: tuple[str, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Everything in the group that has versions: views, services, models and streams."""
        return (*self.views, *self.services, *self.models, *self.streams)


def source_groups(definitions: Definitions) -> tuple[SourceGroup, ...]:
    """Return the groups of a project by name. A source that nothing reads is a group of its own."""
    parent = {name: name for name in definitions.sources}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    together = [awaited(definitions, name) for name in definitions.views]
    together += [awaited_by_service(definitions, name) for name in definitions.services]
    for first, *others in together:
        for other in others:
            parent[root(other)] = root(first)
    for model in definitions.models.values():
        parent[root(model.labels)] = root(awaited_by_service(definitions, model.service)[0])
    roots = {name: root(name) for name in definitions.sources}
    return tuple(_group(definitions, roots, one) for one in sorted(set(roots.values())))


def awaited_by_service(definitions: Definitions, service: str) -> tuple[str, ...]:
    """Return the sources whose watermarks hold a service's rows back."""
    held = definitions.services[service]
    views = [held.view, *(join.view for join in held.joins)]
    return tuple(source for view in views for source in awaited(definitions, view))


def scored_outside(definitions: Definitions) -> dict[str, Outside]:
    """Return, by name, how the streams are scored that no group scores in its epochs."""
    return {name: one.outside for name, one in definitions.streams.items() if one.outside is not None}


def sources_of(definitions: Definitions, view: str) -> tuple[str, ...]:
    """Return the sources that a view reads, itself or through other views."""
    found = dict[str, None]()
    for name in definitions.views[view].reads:
        found |= dict.fromkeys([name] if name in definitions.sources else sources_of(definitions, name))
    return tuple(found)


def awaited(definitions: Definitions, view: str) -> tuple[str, ...]:
    """Return the sources whose watermarks hold a view's rows back: those it reads, and joined streaming tables."""
    held, found = definitions.views[view], dict[str, None]()
    for name in held.reads:
        found |= dict.fromkeys([name] if name in definitions.sources else awaited(definitions, name))
    found |= dict.fromkeys(join.table for join in held.joins if join.table in definitions.sources)
    return tuple(found)


def read_views(definitions: Definitions, group: SourceGroup) -> tuple[str, ...]:
    """Return the views of a group whose rows other views of it read."""
    read = {read for name in group.views for read in definitions.views[name].reads}
    return tuple(name for name in group.views if name in read)


def _group(definitions: Definitions, roots: dict[str, str], root: str) -> SourceGroup:
    def mine(source: str) -> bool:
        return roots[source] == root

    def reads_mine(view: str) -> bool:
        return mine(sources_of(definitions, view)[0])

    views = [view for name, view in definitions.views.items() if reads_mine(name)]
    services = [name for name, one in definitions.services.items() if reads_mine(one.view)]
    models = [name for name, one in definitions.models.items() if one.service in services]
    embedded = definitions.streams.keys() - scored_outside(definitions).keys()
    streams = [name for name in embedded if definitions.streams[name].service in services]
    tables = {join.table for view in views for join in view.joins if join.table in definitions.tables}
    sources = _sorted(filter(mine, roots))
    names = (_sorted(held) for held in (tables, (view.name for view in views), services, models, streams))
    return SourceGroup(sources[0], sources, *names)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
