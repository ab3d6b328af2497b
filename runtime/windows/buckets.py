"""The buckets of a tumbling or hopping window, over arrays of instants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...features_sql.buckets import step_of
from ...features_sql.definitions import Window
from ...features_sql.zones import Clock, clock

Instants = npt.NDArray[np.int64]


class Buckets:
    """Where buckets begin and end; all instants and readings are µs.

    Buckets are equal in readings, what the clock of the window's time zone shows: see ``features_sql.buckets``.
    """

    def __init__(self, window: Window) -> None:
        self._step, self._offset = step_of(window), window.offset or 0
        self._size, self._months = window.size or 0, window.months
        self._clock = _Knots(clock(window.zone)) if window.zone is not None else None

    def tiles(self, times: Instants) -> Instants:
        """Return where the advance of each instant begins: rows of one tile are in the same windows."""
        return self._instants(self._floor(self._readings(times)))

    def starts(self, times: Instants) -> Instants:
        """Return, for each instant, where the window that holds the events which count there begins."""
        floor = self._floor(self._readings(times))
        return self._instants(floor if self._months else floor + (self._step - self._size))

    def closes(self, times: Instants) -> Instants:
        """Return the closes of the windows that hold an event at each instant, (instant, hop)."""
        floor = self._floor(self._readings(times))[:, None]
        if self._months:
            return self._instants(self._month(floor - self._offset, self._months))
        return self._instants(floor + np.arange(1, self._size // self._step + 1) * self._step)

    def _readings(self, times: Instants) -> Instants:
        return times if self._clock is None else self._clock.readings(times)

    def _instants(self, readings: Instants) -> Instants:
        return readings if self._clock is None else self._clock.instants(readings)

    def _floor(self, readings: Instants) -> Instants:
        if self._months:
            return self._month(readings - self._offset, 0)
        return readings - np.mod(readings - self._offset, self._step)

    def _month(self, shown: Instants, later: int) -> Instants:
        """The start of the bucket of months that ``shown``, without the offset, is in, or of one some months later."""
        month = shown.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        first = month - np.mod(month, self._months or 1) + later
        return first.astype("datetime64[M]").astype("datetime64[us]").astype(np.int64) + self._offset


class _Knots:
    """A clock as arrays."""

    def __init__(self, known: Clock) -> None:
        self._starts, self._shown = np.array(known.instants), np.array(known.readings)
        # Past the last knot nothing cuts a piece short.
        self._next_start = np.append(self._starts[1:], np.iinfo(np.int64).max)
        self._next_shown = np.append(self._shown[1:], np.iinfo(np.int64).max)

    def readings(self, times: Instants) -> Instants:
        place = np.maximum(np.searchsorted(self._starts, times, side="right") - 1, 0)
        return np.minimum(times + (self._shown - self._starts)[place], self._next_shown[place] - 1)

    def instants(self, readings: Instants) -> Instants:
        place = np.maximum(np.searchsorted(self._shown, readings, side="right") - 1, 0)
        return np.minimum(readings + (self._starts - self._shown)[place], self._next_start[place])
