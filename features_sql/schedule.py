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


def schedule(definitions: Definitions, group: SourceGroup) -> tuple[Task, ...]:
    """Return the turns of a group's views, each after those whose rows it needs.

    A view needs the rows of the view that it reads. To answer a service's questions it needs the rows of the view
    that drives the service, which hold the keys. Views that are read as stored answer from their rows, in no turn.
    """
    mine = {name: view for name, view in definitions.views.items() if name in group.views}
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
    writing = [Task(name, True, tuple(asked[name])) for name in _ordered(needs)]
    return (*writing, *(Task(name, False, tuple(apart[name])) for name in sorted(apart)))


def _all_needs(needs: dict[str, set[str]], view: str) -> set[str]:
    """Return a view and all that it needs, however far down."""
    found, open_ = {view}, [view]
    while open_:
        fresh = needs[open_.pop()] - found
        found |= fresh
        open_ += fresh
    return found


def _ordered(needs: dict[str, set[str]]) -> list[str]:
    """Return the views so that each follows what it needs, else in the order given."""
    order: dict[str, None] = {}

    def place(view: str) -> None:
        for needed in sorted(needs[view] - order.keys()):
            place(needed)
        order.setdefault(view)

    for view in needs:
        place(view)
    return list(order)
