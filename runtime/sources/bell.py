"""A bell: who hands events in tells the run that waits for them, in whatever process it is.

It is a datagram to a port of the loopback address, which a file names. One that is lost costs the usual wait, no event.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

_HERE = "127.0.0.1"


class Bell:
    """What a run listens to; see ``listening``."""

    def __init__(self, ear: socket.socket) -> None:
        self._ear = ear

    def wait(self, seconds: float) -> bool:
        """Return once it rings, or after so many seconds; tell whether it has rung since the last time."""
        rang = bool(select.select([self._ear], [], [], seconds)[0])
        with suppress(BlockingIOError):
            while True:
                self._ear.recv(1)
        return rang


@contextmanager
def listening(path: Path) -> Generator[Bell]:
    """Listen to the bell that the file at ``path`` names while a block runs; where there can be none, none rings."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setblocking(False)
        with suppress(OSError):
            ear.bind((_HERE, 0))
            path.write_text(str(ear.getsockname()[1]))
        try:
            yield Bell(ear)
        finally:
            with suppress(OSError):
                path.unlink()


def ring(path: Path) -> None:
    """Wake up who listens to the bell at ``path``; where nobody does, nothing happens."""
    with suppress(OSError, ValueError, OverflowError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as voice:
        voice.sendto(b"!", (_HERE, int(path.read_text())))
