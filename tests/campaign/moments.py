"""Moments of values, from exact fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal


def variance(values: Sequence[Fraction], lost: int) -> Fraction:
    """The mean square distance from the mean, over as many values less ``lost``."""
    middle = sum(values) / Fraction(len(values))
    return Fraction(sum((value - middle) ** 2 for value in values)) / (len(values) - lost)


def central(values: Sequence[Any], power: int) -> Fraction:
    exact = [Fraction(value) for value in values]
    middle = sum(exact) / Fraction(len(exact))
    return Fraction(sum((value - middle) ** power for value in exact)) / len(exact)


def skewness(values: Sequence[Any]) -> float | None:
    """Of a sample; NULL for less than three values, or if all are equal."""
    n = len(values)
    if n < 3 or central(values, 2) == 0:
        return None
    return math.sqrt(n * (n - 1)) / (n - 2) * float(central(values, 3)) / float(central(values, 2)) ** 1.5


def kurtosis(values: Sequence[Any]) -> float | None:
    """The excess of a sample; NULL for less than four values, or if all are equal."""
    n = len(values)
    if n < 4 or central(values, 2) == 0:
        return None
    shape = central(values, 4) / central(values, 2) ** 2
    return float(Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * shape - 3 * (n - 1)))


def covariance(rows: Sequence[tuple[Any, ...]], kind: Literal["pop", "samp", "corr"]) -> float | None:
    """Of the rows in which neither value is NULL; the correlation of a constant is NaN."""
    pairs = [(Fraction(y), Fraction(x)) for y, x in rows if y is not None and x is not None]
    n = len(pairs)
    if n <= (1 if kind == "samp" else 0):
        return None
    left, right = (sum(side) / n for side in zip(*pairs, strict=True))
    together = Fraction(sum((y - left) * (x - right) for y, x in pairs))
    if kind != "corr":
        return float(together / (n - 1 if kind == "samp" else n))
    spreads = [variance(side, 0) for side in zip(*pairs, strict=True)]
    if 0 in spreads:
        return math.nan
    return float(together / n) / math.sqrt(spreads[0] * spreads[1])
