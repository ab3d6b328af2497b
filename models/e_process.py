"""Is an arm better than the base? Evidence that may be looked at after every label, as often as one likes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .operations import LEARN
from .state_tables import Arrays

Floats = npt.NDArray[np.float64]

BETS = 0.9 * 0.5 ** np.arange(10)
"""What part of its wealth each gambler bets on the next difference; small differences need small bets."""

DETECT = math.log(1e4)
POINTS = 128
"""So many points of the past are kept at most; they are a power of two of labels apart."""
ADMITTED, MUTED = 1, 0


@dataclass(frozen=True)
class Comparison:
    """An arm against the base over ``n`` labels.

    ``effect`` is the mean of loss(base) - loss(arm), each difference clipped to [-1, 1]; with probability 1 - alpha
    the mean of their expectations lies in [low, high] after every label at once. ``evidence`` is the e-value of
    "better" (of "worse" where that is greater); ``verdict`` holds from ``since`` (µs) on, -1 while undecided.
    """

    n: int
    effect: float
    low: float
    high: float
    evidence: float
    verdict: str
    since: int


@dataclass(frozen=True)
class Point:
    """What was known after ``n`` labels, at the instant ``at`` (µs); see ``Comparison``."""

    n: int
    at: int
    effect: float
    low: float
    high: float


class EProcess:
    """Tests by betting (Waudby-Smith and Ramdas 2023; Choe and Ramdas 2024) on paired differences of losses.

    The wealth of a gambler who bets b on every difference d grows by 1 + b d; while the arm is no better in
    expectation, the average wealth of the gamblers ever reaches 1/alpha with probability alpha at most. That decides
    the verdict, once. Beside it runs a detector that restarts whenever its evidence is spent (wealth below 1): it
    admits an arm after evidence of 1e4 for it, and mutes it after as much against it. It bounds how often it errs,
    not whether.
    """

    def __init__(self, alpha: float = 0.01, admitted: bool = False) -> None:
        self._alpha = alpha
        self._wealth = np.zeros((4, len(BETS)))  # log wealth: better, worse, detector for, detector against
        self._sums = np.zeros(3)  # labels, differences, squares round the mean before
        self._state = np.array([int(admitted), 0, -1], np.int64)  # admitted, verdict, since
        self._points = np.zeros((POINTS, 4))  # labels, instant, differences, squares
        self._kept = np.array([0, 1], np.int64)  # how many points, labels between two

    @property
    def admitted(self) -> bool:
        """Whether the detector lets the arm take part."""
        return bool(self._state[0])

    def run(
        self,
        kind: npt.NDArray[np.int8],
        at: npt.NDArray[np.int64],
        base: Floats,
        arm: Floats,
        skipped: npt.NDArray[np.bool_],
        changing: bool = True,
    ) -> npt.NDArray[np.int8]:
        """Take in the losses of LEARN operations that are not ``skipped``; return whether the arm is in after each.

        ``changing`` False keeps the detector from admitting or muting.
        """
        admitted = np.empty(len(kind), np.int8)
        held = (self._wealth, self._sums, self._state, self._points, self._kept)
        _run(self._alpha, changing, *held, kind, at, base, arm, skipped, admitted)
        return admitted

    def comparison(self) -> Comparison:
        """Return what is known by now."""
        n, total, squares = self._sums.tolist()
        mean, width = self._interval(n, total, squares)
        better, worse = (average(row) for row in self._wealth[:2])
        verdict = {0: "undecided", 1: "better", -1: "worse"}[int(self._state[1])]
        evidence = math.exp(min(max(better, worse), 700.0))
        return Comparison(int(n), mean, mean - width, mean + width, evidence, verdict, int(self._state[2]))

    def points(self) -> list[Point]:
        """Return how the comparison went, in up to POINTS points."""
        found: list[Point] = []
        for n, at, total, squares in self._points[: self._kept[0]].tolist():
            mean, width = self._interval(n, total, squares)
            found.append(Point(int(n), int(at), mean, mean - width, mean + width))
        return found

    def _interval(self, n: float, total: float, squares: float) -> tuple[float, float]:
        """Return the mean difference and how far the interval reaches to both sides."""
        return (total / n, _boundary(squares, self._alpha) / n) if n else (0.0, math.inf)

    def snapshot(self) -> Arrays:
        """Return the evidence."""
        held = {"wealth": self._wealth, "sums": self._sums, "state": self._state}
        return {**held, "points": self._points, "kept": self._kept}

    def restore(self, held: Arrays) -> None:
        """Take over the evidence of a snapshot."""
        self._wealth[:], self._sums[:], self._state[:] = held["wealth"], held["sums"], held["state"]
        self._points[:], self._kept[:] = held["points"], held["kept"]


def _boundary(squares: float, alpha: float) -> float:
    """Polynomial stitching (Howard, Ramdas, McAuliffe and Sekhon 2021, eq. 10), each side at alpha / 2.

    Differences lie in [-1, 1], so the sums are sub-exponential with scale 2; eta = 2, s = 1.4, from variance 1 on.
    """
    eta, s, zeta = 2.0, 1.4, 3.1055472779775815
    scale, variance = 2.0, max(squares, 1.0)
    logs = math.log(math.log(eta * variance)) if eta * variance > math.e else 0.0
    term = s * logs + math.log(zeta / (alpha / 2 * math.log(eta) ** s))
    k1, k2 = (eta**0.25 + eta**-0.25) / math.sqrt(2), (math.sqrt(eta) + 1) / 2
    return math.sqrt(k1**2 * variance * term + (k2 * scale * term) ** 2) + k2 * scale * term


@compiled
def average(logs: Floats) -> float:
    """Return the log of the mean of what the logs stand for."""
    most = logs[0]
    for place in range(1, len(logs)):
        most = max(most, logs[place])
    total = 0.0
    for place in range(len(logs)):
        total += math.exp(logs[place] - most)
    return most + math.log(total / len(logs))


@compiled
def _bet(wealth: Floats, difference: float) -> None:
    for place in range(len(BETS)):
        up, down = math.log1p(BETS[place] * difference), math.log1p(-BETS[place] * difference)
        wealth[0, place] += up
        wealth[1, place] += down
        wealth[2, place] = max(wealth[2, place], 0.0) + up
        wealth[3, place] = max(wealth[3, place], 0.0) + down


@compiled
def _keep(points: Floats, kept: npt.NDArray[np.int64], sums: Floats, at: int) -> None:
    """Keep a point at every so many labels; where there is no room, every second stays and they come half as often."""
    if int(sums[0]) % kept[1] != 0:
        return
    if kept[0] == len(points):
        half = len(points) // 2
        points[:half] = points[1::2].copy()
        kept[0], kept[1] = half, kept[1] * 2
        if int(sums[0]) % kept[1] != 0:
            return
    points[kept[0], 0], points[kept[0], 1] = sums[0], float(at)
    points[kept[0], 2], points[kept[0], 3] = sums[1], sums[2]
    kept[0] += 1


@compiled
def _run(
    alpha: float,
    changing: bool,
    wealth: Floats,
    sums: Floats,
    state: npt.NDArray[np.int64],
    points: Floats,
    kept: npt.NDArray[np.int64],
    kind: npt.NDArray[np.int8],
    at: npt.NDArray[np.int64],
    base: Floats,
    arm: Floats,
    skipped: npt.NDArray[np.bool_],
    admitted: npt.NDArray[np.int8],
) -> None:
    for place in range(len(kind)):
        if kind[place] == LEARN and not skipped[place]:
            difference = min(max(base[place] - arm[place], -1.0), 1.0)
            before = sums[1] / sums[0] if sums[0] > 0 else 0.0
            sums[0] += 1.0
            sums[1] += difference
            sums[2] += (difference - before) * (difference - before)
            _bet(wealth, difference)
            _keep(points, kept, sums, at[place])
            if state[1] == 0:
                better, worse = average(wealth[0]), average(wealth[1])
                if max(better, worse) >= -math.log(alpha):
                    state[1] = 1 if better > worse else -1
                    state[2] = at[place]
            if changing:
                if state[0] == MUTED and average(wealth[2]) >= DETECT:
                    state[0] = ADMITTED
                    wealth[3, :] = 0.0
                elif state[0] == ADMITTED and average(wealth[3]) >= DETECT:
                    state[0] = MUTED
                    wealth[2, :] = 0.0
        admitted[place] = state[0]
