"""Source groups: the sources that some view or service reads together share one watermark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .definitions import Definitions, Source


@dataclass(frozen=True)
class SourceGroup:
    """A connected part of a project: everything in it advances in the same epochs.

    ``name`` is its first source's name; all fields are sorted.
    """

    name: str
    sources: tuple[str, ...]
    tables: tuple[str, ...]
    views: tuple[str, ...]
    services: tuple[str, ...]


def source_groups(definitions: Definitions) -> tuple[SourceGroup, ...]:
    """Return the groups of a project by name. A source that nothing reads is a group of its own."""
    parent = {name: name for name in definitions.sources}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    together = [awaited(definitions, name) for name in definitions.views]
    together += [_sources_of(definitions, name) for name in definitions.services]
    for first, *others in together:
        for other in others:
            parent[root(other)] = root(first)
    roots = {name: root(name) for name in definitions.sources}
    return tuple(_group(definitions, roots, one) for one in sorted(set(roots.values())))


def _sources_of(definitions: Definitions, service: str) -> tuple[str, ...]:
    held = definitions.services[service]
    views = [held.view, *(join.view for join in held.joins)]
    return tuple(source for view in views for source in awaited(definitions, view))


def sources_of(definitions: Definitions, view: str) -> tuple[str, ...]:
    """Return the sources that a view reads, itself or through other views."""
    upstream = definitions.upstream(definitions.views[view])
    return (upstream.name,) if isinstance(upstream, Source) else sources_of(definitions, upstream.name)


def awaited(definitions: Definitions, view: str) -> tuple[str, ...]:
    """Return the sources whose watermarks hold a view's rows back: those it reads, and joined streaming tables."""
    held = definitions.views[view]
    upstream = definitions.upstream(held)
    read = (upstream.name,) if isinstance(upstream, Source) else awaited(definitions, upstream.name)
    return (*read, *(join.table for join in held.joins if join.table in definitions.sources))


def _group(definitions: Definitions, roots: dict[str, str], root: str) -> SourceGroup:
    def mine(source: str) -> bool:
        return roots[source] == root

    def reads_mine(view: str) -> bool:
        return mine(sources_of(definitions, view)[0])

    views = [view for name, view in definitions.views.items() if reads_mine(name)]
    services = [name for name, one in definitions.services.items() if reads_mine(one.view)]
    tables = {join.table for view in views for join in view.joins if join.table in definitions.tables}
    sources = _sorted(filter(mine, roots))
    return SourceGroup(sources[0], sources, _sorted(tables), _sorted(view.name for view in views), _sorted(services))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
