"""In which order the views of a group take their turns, and which of them answer whose questions."""

from __future__ import annotations

from dataclasses import dataclass

from . import program
from .definitions import Definitions
from .groups import SourceGroup

Question = tuple[str, str]
"""A join of a service: the service's name and the alias of the joined view."""


@dataclass(frozen=True)
class Task:
    """A view's turn: it writes its rows, or it only answers; ``questions`` are answered in the same pass.

    A view answers as a copy of its own, one that does not write, where a question depends on the view's own rows.
    """

    view: str
    writes: bool
    questions: tuple[Question, ...]


def schedule(definitions: Definitions, group: SourceGroup) -> tuple[tuple[Task, ...], ...]:
    """Return the turns of a group's views in waves: each needs only the rows of earlier waves.

    Those of one wave may be taken side by side; views that write for every event, which cost most, come first. A view
    needs the rows of the view that it reads. To answer a service's questions it needs the rows of the view
    that drives the service, which hold the keys. Views that are read as stored answer from their rows, in no turn.
    """
    found = [view for name, view in definitions.views.items() if name in group.views]
    mine = {view.name: view for view in sorted(found, key=lambda view: not view.emit.from_events)}
    needs = {name: {*view.reads} & mine.keys() for name, view in mine.items()}
    asked: dict[str, list[Question]] = {name: [] for name in needs}
    apart: dict[str, list[Question]] = {}
    for service in group.services:
        held = definitions.services[service]
        for join in held.joins:
            if program.is_stored(definitions.views[join.view]):
                continue
            question = (service, join.alias)
            if join.view in _all_needs(needs, held.view):
                apart.setdefault(join.view, []).append(question)
            else:
                needs[join.view].add(held.view)
                asked[join.view].append(question)
    writing = [tuple(Task(name, True, tuple(asked[name])) for name in wave) for wave in _waves(needs)]
    answering = tuple(Task(name, False, tuple(apart[name])) for name in sorted(apart))
    return (*writing, answering) if answering else tuple(writing)


def stored_views(definitions: Definitions, group: SourceGroup) -> list[str]:
    """Return the views whose written rows a group's services read, in place of what they come to at an instant."""
    services = [definitions.services[name] for name in group.services]
    read = {name for one in services for name in (one.view, *(join.view for join in one.joins))}
    return sorted(name for name in read if program.is_stored(definitions.views[name]))


def _all_needs(needs: dict[str, set[str]], view: str) -> set[str]:
    """Return a view and all that it needs, however far down."""
    found, open_ = {view}, [view]
    while open_:
        fresh = needs[open_.pop()] - found
        found |= fresh
        open_ += fresh
    return found


def _waves(needs: dict[str, set[str]]) -> list[list[str]]:
    """Return the views, in the order given, by how many others in a row each one needs."""
    waves, placed = list[list[str]](), set[str]()
    while wave := [name for name in needs if name not in placed and needs[name] <= placed]:
        waves.append(wave)
        placed.update(wave)
    return waves
