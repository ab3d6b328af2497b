"""Every stream of a project that is scored outside of its epochs, from the start of a run to its end."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from ...features_sql.groups import scored_outside
from ...models.registry import Registry
from ..workplace import Workplace
from . import outside_ledger
from .inference import inference_of
from .rejoin import Rejoin

PATIENCE = 0.05
"""Seconds that one round waits for an answer."""


class Rejoins:
    """The streams at work; see ``opened_rejoins``."""

    def __init__(self, streams: list[Rejoin]) -> None:
        self._streams = streams

    def step(self) -> None:
        """Ask about what was committed, and write what has been answered so far."""
        for stream in self._streams:
            stream.step()

    def drain(self) -> None:
        """Return once every row that was asked about has its answer or has waited too long."""
        self.step()
        while any(stream.waiting for stream in self._streams):
            for stream in self._streams:
                stream.step(PATIENCE)


@contextmanager
def opened_rejoins(place: Workplace) -> Generator[Rejoins]:
    """Start threads and clients for the streams that are scored outside, and stop them after the block."""
    with ExitStack() as stack:
        streams: list[Rejoin] = []
        for name, outside in scored_outside(place.definitions).items():
            stream = place.definitions.streams[name]
            reached = outside_ledger.progress(place.store, name).positions
            inference = inference_of(
                outside, place.definitions.models[stream.model], Registry(place.layout.models), reached
            )
            stack.callback(inference.close)
            rejoin = Rejoin(place, stream, inference)
            stack.callback(rejoin.close)
            streams.append(rejoin)
        yield Rejoins(streams)
