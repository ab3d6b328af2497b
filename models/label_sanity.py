"""Are the labels to be trusted? Rates that leave their reference put learning in quarantine."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .events import Event
from .operations import LEARN, UNMATCHED, Operations
from .reference import QUANTILES, Reference
from .state_tables import Arrays

WATCHED = ("positives", "labels without a row", "slow labels")
_POSITIVES = {"regression": "labels above the mean", "multiclass": "the commonest class"}
_FAR = 0.5
_ALARM = math.log(2e4)
# Rates are taken for no rarer: of a rarer one no window knows where it is.
_LEAST = 0.05
# Of labels whose clumps no training has measured.
_CLUMPS = 4.0
_NORMAL_AFTER = 2
_CHANGES = (
    ("quarantine", "left its reference"),
    ("released", "is back at its reference"),
    ("released", "stayed at its new level, now its reference"),
)


class LabelSanity:
    """Watches three rates: positives (a value above the mean, the commonest class), labels without a row, slow labels.

    A rate is out when its cumulated deviation (CUSUM, for a move by ``shift``; by half for the last two, upwards only)
    has evidence of 2e4 to 1, divided by how much labels come in clumps, as training showed: such ones need more
    of them. A label is slow past the 99 % quantile of the training delays. While a rate is out nothing is
    learned and the base alone is served. It ends when the mean of the last ``window`` labels is back within half the
    shift, or after 2 windows at the new level, which then is the reference: a change that stays is a drift for the arms
    to follow, and the event says so. A rate that training could not show has its second window for reference.
    """

    def __init__(self, window: int, shift: float, reference: Reference | None, objective: str) -> None:
        self._objective = objective
        self._middle = reference.base_rate if reference and objective == "regression" else 0.5
        self._common = int(np.argmax(reference.rates)) if reference and objective == "multiclass" else 0
        self._slow = reference.delay_quantiles[QUANTILES.index(0.99)] if reference else math.inf
        self._rates = np.full(len(WATCHED), np.nan)
        self._clumps = np.array([_CLUMPS, 1.0, 1.0])
        if reference is not None:
            self._rates[0], self._clumps[0] = reference.positive_rate, reference.clumping
            self._rates[2] = 0.01
        self._shifts = np.array([shift, _FAR, _FAR])
        self._rings = np.zeros((len(WATCHED), window), np.int8)
        self._counts = np.zeros((len(WATCHED), 3), np.int64)  # seen, sum over the window, seen since it went out
        self._drifts = np.zeros((len(WATCHED), 2))  # cumulated evidence upwards, downwards
        self._out = np.zeros(len(WATCHED), np.bool_)

    @property
    def trusted(self) -> bool:
        """Whether labels are learned now."""
        return not self._out.any()

    def watch(
        self, operations: Operations, instants: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.bool_], list[Event]]:
        """Return for each operation whether learning is in quarantine, and what changed; ``instants`` are by slot."""
        kind = operations.kind
        values = np.full((len(WATCHED), len(operations)), -1, np.int8)
        learned = kind == LEARN
        values[0, learned] = self._positive(operations.label[learned])
        labels = learned | (kind == UNMATCHED)
        values[1, labels] = kind[labels] == UNMATCHED
        values[2, learned] = operations.known[learned] - instants[operations.slot[learned]] > self._slow
        frozen = np.zeros(len(operations), np.bool_)
        changes = np.zeros((len(operations) * len(WATCHED), 3), np.int64)
        found = np.zeros(len(changes))
        made = _watch(
            *(values, self._shifts, self._clumps, self._rates, self._rings, self._counts, self._drifts, self._out),
            *(frozen, changes, found),
        )
        names = (_POSITIVES.get(self._objective, WATCHED[0]), *WATCHED[1:])
        return frozen, [_event(operations, names, changes[place], found[place]) for place in range(made)]

    def _positive(self, labels: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return labels == self._common if self._objective == "multiclass" else labels > self._middle

    def snapshot(self) -> Arrays:
        """Return the windows, the evidence and the references."""
        held = {"rates": self._rates, "rings": self._rings, "counts": self._counts}
        return held | {"drifts": self._drifts, "out": self._out}

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self._rates[:], self._rings[:], self._counts[:] = held["rates"], held["rings"], held["counts"]
        self._drifts[:], self._out[:] = held["drifts"], held["out"]


def _event(operations: Operations, names: Sequence[str], changed: npt.NDArray[np.int64], rate: float) -> Event:
    place, which, change = changed.tolist()
    kind, reason = _CHANGES[change]
    return Event(int(operations.at[place]), kind, "", f"the rate of {names[which]} {reason}", float(rate))


@compiled
def _watch(
    values: npt.NDArray[np.int8],
    shifts: npt.NDArray[np.float64],
    clumps: npt.NDArray[np.float64],
    rates: npt.NDArray[np.float64],
    rings: npt.NDArray[np.int8],
    counts: npt.NDArray[np.int64],
    drifts: npt.NDArray[np.float64],
    out: npt.NDArray[np.bool_],
    frozen: npt.NDArray[np.bool_],
    changes: npt.NDArray[np.int64],
    found: npt.NDArray[np.float64],
) -> int:
    window, made = rings.shape[1], 0
    for place in range(values.shape[1]):
        for which in range(len(values)):
            value = values[which, place]
            if value < 0:
                continue
            at = counts[which, 0] % window
            counts[which, 1] += value - rings[which, at]
            rings[which, at] = value
            counts[which, 0] += 1
            rate = counts[which, 1] / min(counts[which, 0], window)
            if math.isnan(rates[which]):
                if counts[which, 0] == 2 * window:
                    rates[which] = rate
                continue
            change = _judge(which, float(value), rate, window, shifts, clumps, rates, counts, drifts, out)
            if change >= 0:
                changes[made, 0], changes[made, 1], changes[made, 2] = place, which, change
                found[made] = rate
                made += 1
        frozen[place] = out.any()
    return made


@compiled
def _evidence(which: int, value: float, rate: float, shift: float) -> tuple[float, float]:
    """Return the log of how much likelier one value is at a rate that has moved up, and down, by ``shift``."""
    if which > 0:
        # Rare things come in clumps that nothing measured: the last two take the greatest variance there is.
        return shift / 0.25 * (value - rate - shift / 2.0), 0.0
    held = min(max(rate, _LEAST), 1.0 - _LEAST)
    up, down = 0.0, 0.0
    # A rate of 0.02 cannot fall by 0.1.
    if held + shift < 1.0:
        up = math.log((held + shift) / held if value > 0.0 else (1.0 - held - shift) / (1.0 - held))
    if held - shift > 0.0:
        down = math.log((held - shift) / held if value > 0.0 else (1.0 - held + shift) / (1.0 - held))
    return up, down


@compiled
def _judge(
    which: int,
    value: float,
    rate: float,
    window: int,
    shifts: npt.NDArray[np.float64],
    clumps: npt.NDArray[np.float64],
    rates: npt.NDArray[np.float64],
    counts: npt.NDArray[np.int64],
    drifts: npt.NDArray[np.float64],
    out: npt.NDArray[np.bool_],
) -> int:
    """Take in one value; return -1, or which of _CHANGES it brings."""
    shift = shifts[which]
    if not out[which]:
        up, down = _evidence(which, value, rates[which], shift)
        drifts[which, 0] = max(drifts[which, 0] + up / clumps[which], 0.0)
        drifts[which, 1] = max(drifts[which, 1] + down / clumps[which], 0.0)
        if drifts[which, 0] < _ALARM and (which > 0 or drifts[which, 1] < _ALARM):
            return -1
        out[which], counts[which, 2] = True, 0
        return 0
    counts[which, 2] += 1
    back = counts[which, 2] >= window and abs(rate - rates[which]) <= shift / 2.0
    if not back and counts[which, 2] < _NORMAL_AFTER * window:
        return -1
    out[which] = False
    drifts[which, 0] = drifts[which, 1] = 0.0
    if back:
        return 1
    rates[which] = rate
    return 2
