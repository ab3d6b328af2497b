"""Aggregates that are plain arithmetic over other ones: written out, they share those aggregates' window steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One aggregate of a composite; ``argument`` is its SQL over ``{0}``, ``{1}``: the composite's arguments."""

    function: str
    argument: str


@dataclass(frozen=True)
class Composite:
    """``value`` is SQL over ``{0}``, ``{1}``: what its ``parts`` are."""

    parts: tuple[Part, ...]
    value: str


_DOUBLE = "CAST({0} AS DOUBLE)"

# As DuckDB defines them. Its geomean and weighted_avg are macros; sem divides by n, not by n - 1.
COMPOSITES: Mapping[str, Composite] = {
    "fsum": Composite((Part("sum", _DOUBLE),), "{0}"),
    "favg": Composite((Part("avg", _DOUBLE),), "{0}"),
    "geomean": Composite((Part("avg", "ln({0})"),), "exp({0})"),
    "sem": Composite((Part("stddev_pop", _DOUBLE), Part("count", _DOUBLE)), "{0} / sqrt({1})"),
    "weighted_avg": Composite(
        (Part("sum", "({0}) * ({1})"), Part("sum", "CASE WHEN ({0}) IS NOT NULL THEN {1} ELSE 0 END")), "{0} / {1}"
    ),
}
