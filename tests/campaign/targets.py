"""Which cells the views of a project must be in, so that none stays rare however seldom chance draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import get_args

from .calls import CLASSES
from .projects import EmitKind
from .windows import CLOSING, KINDS, RATED, Kind

EMISSIONS: tuple[EmitKind, ...] = get_args(EmitKind)
CLASS_NAMES = (*CLASSES, "distinct")
STEERED = 2
"""So many views of each project have a target."""


@dataclass(frozen=True)
class Target:
    """An emission, and pairs of a window's kind and a class of aggregates over it."""

    emission: EmitKind
    pairs: Sequence[tuple[Kind, str]]


def allowed(kind: Kind, emission: EmitKind, name: str) -> bool:
    """Whether the language allows a class of aggregates over a kind of window in a view that writes so."""
    if name == "session":
        return kind == "session"
    if name == "bounds":
        return kind in CLOSING and emission == "close"
    return name != "rate" or kind in RATED


@cache
def pairs(emission: EmitKind) -> tuple[tuple[Kind, str], ...]:
    """What is allowed with an emission, in a random order that is always the same."""
    found: list[tuple[Kind, str]] = [
        (kind, name) for kind in KINDS for name in CLASS_NAMES if allowed(kind, emission, name)
    ]
    return tuple(Random(f"cells {emission}").sample(found, len(found)))


def at_once(emission: EmitKind) -> int:
    """How many pairs a target has: more where some views write nothing."""
    return 5 if emission == "when" else 4


def target(project: int, place: int) -> Target:
    """The target of a project's view: emissions take turns, and with each of them all pairs, some at once."""
    turn, which = divmod(project * STEERED + place, len(EMISSIONS))
    emission = EMISSIONS[which]
    held, count = pairs(emission), at_once(emission)
    return Target(emission, [held[(count * turn + number) % len(held)] for number in range(count)])
