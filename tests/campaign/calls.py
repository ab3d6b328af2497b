"""Aggregates over windows, as a user writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .expressions import Expression, Leaf, Type
from .windows import Window

CLASSES = {
    "count": "count count_if",
    "sum": "sum avg fsum",
    "spread": "stddev variance stddev_pop var_pop skewness kurtosis",
    "extreme": "min max",
    "order": "first last any_value arg_min arg_max",
    "list": "list string_agg last_n first_n last_n_distinct",
    "quantile": "median quantile_cont quantile_disc",
    "frequency": "mode top_n entropy",
    "truth": "bool_and bool_or bit_and bit_or bit_xor",
    "pair": "corr covar_pop covar_samp",
    "product": "product",
    "recency": "since_last",
    "rate": "rate",
    "decayed": "decayed_count decayed_sum ewma",
    "session": "session_duration session_index",
    "bounds": "window_start window_end",
}
CLASS_OF = {function: name for name, functions in CLASSES.items() for function in functions.split()}


@dataclass(frozen=True)
class Call(Leaf):
    """One aggregate; no ``arguments`` is the star, or nothing for a word that takes none.

    ``parameters`` follow the arguments: how many, which share, per what, which half-life (µs for durations).
    """

    function: str
    arguments: tuple[Expression, ...]
    window: Window
    type: Type
    where: Expression | None = None
    distinct: bool = False
    parameters: tuple[Any, ...] = ()

    @property
    def sql(self) -> str:
        if self.class_name == "bounds":
            return self.function
        shown = ", ".join([*(argument.sql for argument in self.arguments), *map(_parameter, self.parameters)])
        if self.function in {"count", "rate"} and not self.arguments:
            shown = ", ".join(["*", *map(_parameter, self.parameters)])
        distinct = "DISTINCT " if self.distinct else ""
        where = f" FILTER (WHERE {self.where.sql})" if self.where is not None else ""
        over = self.window.name or self.window.sql(())
        return f"{self.function}({distinct}{shown}){where} OVER {over}"

    @property
    def class_name(self) -> str:
        return "distinct" if self.distinct else CLASS_OF[self.function]


def _parameter(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def span(milliseconds: int) -> str:
    """A parameter that is a duration."""
    return f"{milliseconds} ms"


def length_of(text: str) -> int:
    """The µs of a parameter that ``span`` wrote."""
    return int(text.split()[0]) * 1000
