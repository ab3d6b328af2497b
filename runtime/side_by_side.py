"""Work done side by side: by the thread that asks for it and one more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

Done = TypeVar("Done")

FEWEST = 4096
"""Pieces of work over fewer rows, on average, are mostly Python, of which one thread runs at a time."""


class SideBySide:
    """Two threads, or one, for pieces of work that change nothing in common; what they return depends on neither."""

    def __init__(self, threads: int) -> None:
        self._other = ThreadPoolExecutor(1, "headrace") if threads > 1 else None

    def do(self, pieces: Sequence[Callable[[], Done]], rows: int | None) -> list[Done]:
        """Return what each piece of work returns, in order; all go over ``rows`` rows together.

        Without ``rows`` they are work that waits, which is shared however little it is.
        Raises what a piece raises, once none is being worked on; pieces that were not begun by then are left.
        """
        few = rows is not None and rows < FEWEST * len(pieces)
        if self._other is None or len(pieces) < 2 or few:
            return [piece() for piece in pieces]
        others = [self._other.submit(piece) for piece in pieces[1:]]
        done: dict[int, Done] = {}
        try:
            done[0] = pieces[0]()
            # The other thread begins with the first of the rest, this one with the last.
            for place in range(len(others), 0, -1):
                if others[place - 1].cancel():
                    done[place] = pieces[place]()
        finally:
            for other in others:
                other.cancel()
            wait(others)
        return [done[place] if place in done else others[place - 1].result() for place in range(len(pieces))]

    def close(self) -> None:
        """Let go of the other thread."""
        if self._other is not None:
            self._other.shutdown()
