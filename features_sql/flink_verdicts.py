"""What becomes of each clause of a statement in Apache Flink's SQL: exact, exact with delay, or refused."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from .errors import HeadraceError

Kind = Literal["exact", "exact with delay", "refused"]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one clause; ``reason`` says why it is late or refused, "" where there is nothing to say.

    One that is ``beside`` the statement's meaning, and refused, leaves a gap in its SQL in place of none at all.
    """

    clause: str
    kind: Kind
    reason: str = ""
    beside: bool = False


class NoCounterpartError(HeadraceError):
    """Raised where Flink has nothing that is known to mean the same; the message is the reason."""


class Verdicts:
    """The verdicts of one statement, in the order of its clauses, each clause once."""

    def __init__(self) -> None:
        self._found: dict[str, Verdict] = {}

    @contextmanager
    def on(
        self, clause: str, kind: Kind | None = "exact", reason: str = "", *, beside: bool = False
    ) -> Generator[None]:
        """Note this verdict (None: none), or, where NoCounterpartError is raised in the block, a refusal."""
        try:
            yield
        except NoCounterpartError as error:
            kind, reason = "refused", str(error)
        if kind is not None and (clause not in self._found or kind == "refused"):
            self._found[clause] = Verdict(clause, kind, reason, beside)

    @property
    def all(self) -> tuple[Verdict, ...]:
        """Every verdict."""
        return tuple(self._found.values())

    @property
    def refused(self) -> bool:
        """Whether a clause is refused without which the statement would mean something else."""
        return any(one.kind == "refused" and not one.beside for one in self._found.values())
