"""What each aggregate takes, which names mean the same one, and why some are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Constant = Literal["any", "whole", "time"]


@dataclass(frozen=True)
class Signature:
    """The arguments of an aggregate: columns (expressions over the event), then constants.

    ``least`` is how many columns it needs where fewer than ``columns`` do. ``constant`` says what its constants
    are: anything DuckDB takes, a ``whole`` number from 1, or a length of ``time``. ``optional`` tells that it can
    do without them. ``ordered``: its value depends on the order of the events, which is the total order.
    ``keeps_nulls``: NULLs take part. ``distinct``: it may be asked for DISTINCT values.
    """

    form: str
    columns: int = 1
    least: int | None = None
    constants: int = 0
    constant: Constant = "any"
    optional: bool = False
    ordered: bool = False
    keeps_nulls: bool = False
    distinct: bool = True

    @property
    def fewest(self) -> int:
        """The least number of arguments."""
        columns = self.columns if self.least is None else self.least
        return columns + (0 if self.optional else self.constants)

    @property
    def most(self) -> int:
        """The greatest number of arguments."""
        return self.columns + self.constants


def _plain(names: str, columns: int = 1, *, ordered: bool = False, nulls: bool = False) -> dict[str, Signature]:
    arguments = "x" if columns == 1 else "y, x"
    return {
        name: Signature(f"{name}({arguments}) OVER w", columns, ordered=ordered, keeps_nulls=nulls)
        for name in names.split()
    }


_BY_VALUE = {
    name: Signature(f"{name}(y, x) OVER w or {name}(y, x, 3) OVER w", 2, None, 1, "whole", True, True, nulls)
    for name, nulls in (
        ("arg_max", False),
        ("arg_min", False),
        ("arg_max_nulls_last", True),
        ("arg_min_nulls_last", True),
    )
}
_LISTS_OF_N = {
    name: Signature(f"{name}(x, 10) OVER w", 1, None, 1, "whole", False, ordered, nulls, False)
    for name, ordered, nulls in (
        ("first_n", True, True),
        ("last_n", True, True),
        ("last_n_distinct", True, False),
        ("top_n", False, False),
    )
}

SIGNATURES: Mapping[str, Signature] = {
    "count": Signature("count(*) OVER w or count(x) OVER w", 1, 0),
    "count_if": Signature("count_if(condition) OVER w"),
    **_plain("sum avg stddev_samp stddev_pop var_samp var_pop sem fsum favg geomean median mad mode entropy"),
    **_plain("bool_and bool_or bit_and bit_or bit_xor approx_count_distinct skewness kurtosis kurtosis_pop"),
    **_plain("decimal_average"),
    **_plain("product", ordered=True),
    **_plain("any_value", ordered=True),
    **_plain("first last list json_group_array", ordered=True, nulls=True),
    **_plain("corr covar_samp covar_pop", 2),
    "weighted_avg": Signature("weighted_avg(x, weight) OVER w", 2, distinct=False),
    **_plain("regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy", 2),
    **_plain("json_group_object", 2, ordered=True),
    **_plain("arg_max_null arg_min_null", 2, ordered=True, nulls=True),
    **_BY_VALUE,
    "min": Signature("min(x) OVER w or min(x, 3) OVER w", 1, None, 1, "whole", True),
    "max": Signature("max(x) OVER w or max(x, 3) OVER w", 1, None, 1, "whole", True),
    "quantile_cont": Signature("quantile_cont(x, 0.5) OVER w", 1, None, 1),
    "quantile_disc": Signature("quantile_disc(x, 0.5) OVER w", 1, None, 1),
    "approx_quantile": Signature("approx_quantile(x, 0.5) OVER w", 1, None, 1, ordered=True),
    "approx_top_k": Signature("approx_top_k(x, 3) OVER w", 1, None, 1, "whole", ordered=True),
    "histogram": Signature("histogram(x) OVER w or histogram(x, [10, 100]) OVER w", 1, None, 1, optional=True),
    "histogram_exact": Signature("histogram_exact(x, [10, 100]) OVER w", 1, None, 1),
    "bitstring_agg": Signature("bitstring_agg(x, 0, 63) OVER w", 1, None, 2),
    "string_agg": Signature("string_agg(x, ',') OVER w", 1, None, 1, optional=True, ordered=True),
    **_LISTS_OF_N,
    "rate": Signature("rate(x, '1 minute') OVER w or rate(*, '1 minute') OVER w", 1, None, 1, "time", distinct=False),
    "since_last": Signature("since_last() OVER w or since_last(condition) OVER w", 1, 0, ordered=True, distinct=False),
    "session_duration": Signature("session_duration() OVER w", 0, distinct=False),
    "session_index": Signature("session_index() OVER w", 0, distinct=False),
    "decayed_count": Signature("decayed_count('1 hour') OVER w", 0, None, 1, "time", distinct=False),
    "decayed_sum": Signature("decayed_sum(x, '1 hour') OVER w", 1, None, 1, "time", distinct=False),
    "ewma": Signature("ewma(x, '1 hour') OVER w", 1, None, 1, "time", distinct=False),
}

SYNONYMS: Mapping[str, str] = {
    "mean": "avg",
    "stddev": "stddev_samp",
    "variance": "var_samp",
    "array_agg": "list",
    "arbitrary": "any_value",
    "argmax": "arg_max",
    "max_by": "arg_max",
    "argmin": "arg_min",
    "min_by": "arg_min",
    "countif": "count_if",
    "kahan_sum": "fsum",
    "sumkahan": "fsum",
    "geometric_mean": "geomean",
    "group_concat": "string_agg",
    "listagg": "string_agg",
    "quantile": "quantile_disc",
    "wavg": "weighted_avg",
}

# Quantiles by the names that standard SQL gives them with WITHIN GROUP.
WITHIN_GROUP: Mapping[str, str] = {
    "quantile_cont": "quantile_cont",
    "percentile_cont": "quantile_cont",
    "quantile_disc": "quantile_disc",
    "percentile_disc": "quantile_disc",
    "mode": "mode",
}

REFUSED: Mapping[str, tuple[str, str]] = {
    "reservoir_quantile": (
        "is random: it would not give the same value twice",
        "use quantile_cont or quantile_disc",
    ),
    "lttb": ("picks the points of a plot", "last_n(x, 100) holds the values themselves"),
    "json_group_structure": (
        "describes the type of JSON texts, not the events",
        "json_group_array(x) holds the values themselves",
    ),
    "variant_group_array": ("gives a VARIANT, which no store can keep", "use list(x) or json_group_array(x)"),
    "variant_group_object": ("gives a VARIANT, which no store can keep", "use json_group_object(k, x)"),
    "sum_no_overflow": ("is for DuckDB's own use: it does not watch for overflow", "use sum"),
    "combine_aggr": ("joins states that DuckDB exports, of which a feature has none", "aggregate the events: sum(x)"),
    "count_star": ("is DuckDB's inner name", "use count(*)"),
}
