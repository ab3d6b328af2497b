"""Which functions a user may call, and which aggregates exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .binder import Binder
from .diagnostics import Refusal, refuse
from .names import did_you_mean, words
from .signatures import REFUSED, SIGNATURES, SYNONYMS
from .source_text import Span

# Aggregates by the name the user writes, to the name the program uses.
AGGREGATES: Mapping[str, str] = {**{name: name for name in SIGNATURES}, **SYNONYMS}

# Where an expression stands, and what is said of an aggregate without OVER there.
Place = Literal["feature", "argument", "service", "value"]
_AGGREGATE_IN: Mapping[Place, tuple[str, str]] = {
    "feature": ("it needs OVER and a window", "sum(x) OVER w"),
    "argument": ("it cannot stand inside another", "aggregate once, over the events of a window"),
    "service": ("it is not part of a feature service", "compute it in a feature view and join that"),
    "value": ("it cannot stand here", "this is computed for each event by itself"),
}
_MACRO_AGGREGATES = words(
    "geomean geometric_mean json_group_array json_group_object json_group_structure variant_group_array wavg "
    "weighted_avg"
)
_MACROS = words(
    "array_append array_pop_back array_pop_front array_prepend array_push_back array_push_front array_reverse "
    "array_to_string array_to_string_comma_default date_add days_in_month fdiv fmod if json list_any_value "
    "list_append list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or "
    "list_count list_entropy list_first list_histogram list_kurtosis list_kurtosis_pop list_last list_mad list_max "
    "list_median list_min list_mode list_prepend list_product list_reverse list_sem list_skewness list_stddev_pop "
    "list_stddev_samp list_string_agg list_sum list_var_pop list_var_samp map_contains_entry map_contains_value "
    "md5_number_lower md5_number_upper nullif split_part"
)
# Consistent in DuckDB's eyes, yet they read the clock, the machine or the session, or are internal.
_DENIED = words(
    "getenv getvariable current_localtime current_localtimestamp current_setting version query query_table error "
    "alias index_key constant_or_null can_cast_implicitly cast_to_type replace_type make_type remap_struct "
    "create_sort_key icu_sort_key json_serialize_sql json_deserialize_sql json_serialize_plan list_aggr "
    "list_aggregate array_aggr array_aggregate aggregate combine finalize to_aggregate_state parse_duckdb_log_message "
    "is_histogram_other_bin variant_to_parquet_variant variant_bytes_to_variant generate_subscripts vector_type "
    "get_type bar"
)
# What other databases call it.
_ELSEWHERE = {
    "count_distinct": "count(DISTINCT x)",
    "nunique": "count(DISTINCT x)",
    "uniq": "count(DISTINCT x)",
    "percentile": "quantile_cont(x, 0.9)",
    "collect_list": "list(x)",
    "collect_set": "list(DISTINCT x)",
    "iff": "if(condition, a, b)",
    "nvl": "coalesce(a, b)",
    "isnull": "x IS NULL",
    "to_timestamp_ntz": "CAST(x AS TIMESTAMP)",
    "dateadd": "ts + INTERVAL 1 DAY",
}
_CLOCK = words(
    "now today current_date current_time current_timestamp localtime localtimestamp current_localtime "
    "current_localtimestamp get_current_time get_current_timestamp transaction_timestamp ago statement_timestamp "
    "clock_timestamp"
)
CLOCK_WORDS = words("current_date current_time current_timestamp localtime localtimestamp")


@dataclass(frozen=True)
class Functions:
    """The functions of the DuckDB in use, lower case."""

    scalar: frozenset[str]
    aggregate: frozenset[str]
    window: frozenset[str]
    table: frozenset[str]
    volatile: frozenset[str]


@lru_cache(maxsize=1)
def _listed(rows: tuple[tuple[str, str, str | None], ...]) -> Functions:
    def of(kind: str) -> set[str]:
        return {name for name, its_kind, _ in rows if its_kind == kind}

    # Overloads for TIMESTAMPTZ follow the session's time zone, always UTC here: one stable overload is enough.
    stable = {name for name, kind, stability in rows if kind == "scalar" and stability == "CONSISTENT"}
    unstable = of("scalar") - stable
    scalar = {name for name in stable - _DENIED if not name.startswith(("__internal", "icu_collate", "collate_"))}
    return Functions(
        frozenset(scalar | (_MACROS & of("macro"))),
        frozenset(of("aggregate") | _MACRO_AGGREGATES),
        frozenset(of("window") - of("aggregate")),
        frozenset(of("table") | of("table_macro")),
        frozenset(unstable),
    )


@lru_cache(maxsize=1)
def known_functions() -> Functions:
    """Return DuckDB's functions, asked once a process."""
    with Binder() as binder:
        return _listed(tuple(sorted(binder.functions(), key=str)))


def check_scalar(name: str, span: Span, place: Place) -> None:
    """Refuse a function outside aggregates that a user may not call; ``name`` is lower case."""
    functions = known_functions()
    if name in functions.scalar and name not in AGGREGATES:
        return
    if name in AGGREGATES or name in functions.aggregate:
        message, hint = _AGGREGATE_IN[place]
        raise refuse(span, f"{name} is an aggregate: {message}", hint)
    if name in functions.window:
        raise _window_function(name, span)
    raise _unknown(name, span, "function")


def check_aggregate(name: str, span: Span) -> str:
    """Return the name under which the program knows an aggregate written with OVER; refuse what is none."""
    functions = known_functions()
    if name in AGGREGATES:
        return AGGREGATES[name]
    if name in REFUSED:
        reason, hint = REFUSED[name]
        raise refuse(span, f"{name} {reason}", hint)
    if name in functions.aggregate:
        raise refuse(span, f"{name} is an aggregate of DuckDB that headrace does not know", "choose another")
    if name in functions.window:
        raise _window_function(name, span)
    if name in functions.scalar:
        raise refuse(span, f"{name} is not an aggregate: it takes no OVER", "put OVER after the aggregate inside it")
    raise _unknown(name, span, "aggregate")


def _window_function(name: str, span: Span) -> Refusal:
    hints = {
        "lead": "what comes later is not known at the instant",
        "lag": "last_n(x, 2) OVER w holds the value before the current one",
        "first_value": "use first(x) OVER w",
        "last_value": "use last(x) OVER w",
        "row_number": "use count(*) OVER w",
    }
    return refuse(
        span,
        f"{name} is a window function, not an aggregate",
        hints.get(name, "a feature is an aggregate over a window"),
    )


def _unknown(name: str, span: Span, what: str) -> Refusal:
    functions = known_functions()
    if name in ("window_start", "window_end"):
        return refuse(span, f"{name} is a word, not a function", f"write {name} alone")
    if name in _CLOCK:
        return refuse(
            span, f"{name} reads the clock: a feature depends on its instant only", "since_last() OVER w measures time"
        )
    if name in functions.volatile or name in ("random", "setseed"):
        return refuse(span, f"{name} is not allowed: it would not give the same value twice")
    if name in functions.table:
        return refuse(span, f"{name} is a table function: they are not part of the language")
    if name in _DENIED:
        return refuse(span, f"{name} is not allowed in a feature")
    known = functions.scalar.union(AGGREGATES) if what == "function" else frozenset(AGGREGATES)
    hint = _ELSEWHERE.get(name) or did_you_mean(name, sorted(word for word in known if word[0].isalpha()))
    return refuse(span, f"unknown {what} {name}", hint)
