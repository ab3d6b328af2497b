"""A circuit breaker: after several failures in a row an endpoint is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5
COOL_DOWN = 10.0


class CircuitBreaker:
    """Closed while calls succeed; open after ``failures`` in a row; after ``cool_down`` seconds one call may try.

    That call closes it again or keeps it open for as long once more. Safe for use by several threads.
    """

    def __init__(
        self, failures: int = FAILURES, cool_down: float = COOL_DOWN, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._cool_down, self._clock = failures, cool_down, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_from = float("-inf")

    def allows(self) -> bool:
        """Tell whether a call may be made now; every call that is made must be noted."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._clock() < self._closed_from:
                return False
            # Others wait until this one trial has been noted.
            self._closed_from = self._clock() + self._cool_down
            return True

    def note(self, *, succeeded: bool) -> None:
        """Count how a call went."""
        with self._lock:
            self._failed = 0 if succeeded else self._failed + 1
            if self._failed >= self._most:
                self._closed_from = self._clock() + self._cool_down
