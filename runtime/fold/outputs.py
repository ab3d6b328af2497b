"""How measures leave the kernels of a fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .measures import Column


@dataclass(frozen=True)
class Output:
    """How a measure leaves the kernels.

    ``place`` is its row among the plan's outputs, ``word`` its first answer word. ``form`` is how to read it: one
    ``word``, two of a ``wide`` integer, a ``float`` or a ``list``. ``column`` is the column whose values the words
    are, None for numbers. ``zero`` tells that it is 0, not NULL, where nothing is in the window.
    """

    id: str
    place: int
    word: int
    form: Literal["word", "wide", "float", "list"]
    column: Column | None
    zero: bool


@dataclass(frozen=True)
class ListRoom:
    """How long the lists of an output may get: ``most`` values, and no more than ``word`` of a slot's state says.

    ``added``: that word counts rows that have been added to a window, up to this cursor; others may still be. None:
    it counts those to come, too.
    """

    word: int
    most: int
    added: int | None
