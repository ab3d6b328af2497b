"""EMIT: at which instants a view writes rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EmitKind = Literal["event", "immediately", "close", "every", "count", "when", "demand"]


@dataclass(frozen=True)
class Emit:
    """When rows are written. Fields that a kind does not use are None.

    event: for each event, at its own time. immediately: for each event when it arrives, at the greatest time of its
    source by then. close: when ``window`` closes. every: at the multiples of ``every``
    µs at which a window is not empty and at the one after these; with ``repeat``, at all of them from an entity's
    first event on. count: at each ``count``-th event of an entity. when: at the event at which ``condition``
    turns true, SQL over term and measure ids, ``_k*`` and ``_t``; ``text`` is what the user wrote. demand: never.
    """

    kind: EmitKind
    window: str | None = None
    every: int | None = None
    repeat: bool = False
    count: int | None = None
    condition: str | None = None
    text: str = ""

    @property
    def each_event(self) -> bool:
        """Whether each event writes a row."""
        return self.kind in {"event", "immediately"}

    @property
    def from_events(self) -> bool:
        """Whether an event drives each row."""
        return self.each_event or self.kind in {"count", "when"}

    @property
    def stored(self) -> bool:
        """Whether a service reads the view as its newest written row (else as f(entity, instant))."""
        return not self.each_event and self.kind != "demand"
