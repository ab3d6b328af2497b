"""What each measure keeps of its window, and what it makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...features_sql.aggregates import DECAYED
from ...features_sql.definitions import Measure, Window
from ...features_sql.folds import DECIMAL, FLOATS, HASHED, INTEGERS, QUANTILES
from .layout import (
    BEST,
    CHAIN,
    COUNT,
    COUNTED,
    DECAYED_SUM,
    EARLY,
    FLOAT_SUM,
    INTEGER_SUM,
    NEWEST,
    OLDEST,
    OUT_BEST,
    OUT_BETWEEN,
    OUT_BETWEEN_WHOLE,
    OUT_CHAIN,
    OUT_CHAINED,
    OUT_COUNT,
    OUT_COUNT_RATE,
    OUT_DECAYED_SUM,
    OUT_DISTINCT,
    OUT_EARLY,
    OUT_ENTROPY,
    OUT_ESTIMATE,
    OUT_EWMA,
    OUT_FLOAT_AVG,
    OUT_FLOAT_RATE,
    OUT_FLOAT_SUM,
    OUT_INTEGER_AVG,
    OUT_INTEGER_RATE,
    OUT_INTEGER_SUM,
    OUT_MODE,
    OUT_NEAREST,
    OUT_NEWEST,
    OUT_OLDEST,
    OUT_PASSED,
    OUT_RECENT,
    OUT_SESSION_DURATION,
    OUT_SESSION_INDEX,
    OUT_STDDEV_POP,
    OUT_STDDEV_SAMP,
    OUT_TOP,
    OUT_VAR_POP,
    OUT_VAR_SAMP,
    PASSED,
    RECENT,
    SORTED,
    SQUARE_SUM,
    TALLY,
    UNIQUE,
    VISIT,
)

SPREADS = {
    "var_samp": OUT_VAR_SAMP,
    "var_pop": OUT_VAR_POP,
    "stddev_samp": OUT_STDDEV_SAMP,
    "stddev_pop": OUT_STDDEV_POP,
}
INTEGER_OUTPUTS = {"sum": OUT_INTEGER_SUM, "avg": OUT_INTEGER_AVG, "rate": OUT_INTEGER_RATE}
FLOAT_OUTPUTS = {"sum": OUT_FLOAT_SUM, "avg": OUT_FLOAT_AVG, "rate": OUT_FLOAT_RATE, **SPREADS}
# What is made of how often each value occurs; a count, of those that are to be distinct.
TALLIED = {
    "count": OUT_DISTINCT,
    "entropy": OUT_ENTROPY,
    "mode": OUT_MODE,
    "top_n": OUT_TOP,
    HASHED: OUT_ESTIMATE,
}
MOST_HELD = 1 << 40
SESSION_OUTPUTS = {"session_index": OUT_SESSION_INDEX, "session_duration": OUT_SESSION_DURATION}
WORDS = (OUT_COUNT, OUT_SESSION_INDEX, OUT_DISTINCT, OUT_MODE, OUT_ESTIMATE, OUT_NEAREST, OUT_BETWEEN_WHOLE)
LISTS = (OUT_RECENT, OUT_EARLY, OUT_CHAINED, OUT_TOP)
VALUE_OUTPUTS = {BEST: OUT_BEST, OLDEST: OUT_OLDEST, CHAIN: OUT_CHAIN, NEWEST: OUT_NEWEST}
# Types whose values are one word as they stand; those of any other type are interned.
ONE_WORD = INTEGERS | FLOATS | {"BOOLEAN", "DATE", "TIMESTAMP"}
WIDEST_DECIMAL = 18


@dataclass(frozen=True)
class Column:
    """The words of a term: its values as they are (``word``), as float64 (``float``), or interned (``code``).

    Of hashes: their ``register`` and run. Of a decayed sum: its values weighed (``weighed``) and, of no term, the
    rows' own ``weight`` and ``block``.
    """

    term: str
    form: Literal["word", "float", "code", "register", "weighed", "weight", "block"]
    half_life: int = 0


@dataclass(frozen=True)
class Flag:
    """A truth about a row: that ``term`` is ``valid`` (not NULL), or ``true``; of no term, it always holds."""

    term: str | None
    kind: Literal["valid", "true", "always"]


ALWAYS = Flag(None, "always")


@dataclass(frozen=True)
class Spec:
    """An accumulator: what it keeps of the rows for which both ``passes`` and ``given`` hold.

    ``valid`` tells a value from a NULL where NULLs are kept. ``reverse`` is True for max, ``keep`` for first.
    """

    kind: int
    column: Column | None
    passes: Flag
    given: Flag = ALWAYS
    valid: Flag = ALWAYS
    is_float: bool = False
    reverse: bool = False
    keep: bool = False
    rows: int = 0
    weight: Column | None = None
    block: Column | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a row that it reads."""
        return tuple(column for column in (self.column, self.weight, self.block) if column is not None)

    @property
    def lane(self) -> tuple[Column | None, Flag, Flag]:
        """What is summed, whatever the sums kept of it."""
        return self.column, self.passes, self.given

    @property
    def is_sum(self) -> bool:
        """Whether this is a sum of floats."""
        return self.kind in (FLOAT_SUM, SQUARE_SUM)

    def covers(self, other: Spec) -> bool:
        """Tell whether this sum of floats holds all that ``other`` does."""
        return self.kind == SQUARE_SUM and self.lane == other.lane


def accumulator_of(measure: Measure, types: Mapping[str, str], window: Window) -> Spec:
    """Return what ``measure`` keeps of its window."""
    passes = Flag(measure.filter, "true") if measure.filter is not None else ALWAYS
    if measure.function in SESSION_OUTPUTS:
        return Spec(VISIT, None, ALWAYS)
    if measure.function == "since_last":
        return Spec(PASSED, None, passes)
    # The hashes are of use to a fold, the values that stand before them are not.
    argument = measure.arguments[1 if measure.function == HASHED else 0] if measure.arguments else None
    if measure.function in DECAYED:
        return _decayed_accumulator(argument, measure.per or 0, passes)
    if argument is None:
        return Spec(COUNT, None, passes)
    if measure.function == "count" and not measure.distinct:
        return Spec(COUNT, None, passes, Flag(argument, "valid"))
    if measure.function == "count_if":
        return Spec(COUNT, None, passes, Flag(argument, "true"))
    return _value_accumulator(measure, argument, types[argument], passes, window)


def _decayed_accumulator(argument: str | None, half_life: int, passes: Flag) -> Spec:
    weight, block = Column("", "weight", half_life), Column("", "block", half_life)
    weighed = weight if argument is None else Column(argument, "weighed", half_life)
    given = ALWAYS if argument is None else Flag(argument, "valid")
    return Spec(DECAYED_SUM, weighed, passes, given, weight=weight, block=block)


def _value_accumulator(measure: Measure, argument: str, type: str, passes: Flag, window: Window) -> Spec:
    valid, floats = Flag(argument, "valid"), type in FLOATS
    hashes = measure.function == HASHED
    column = Column(argument, "register" if hashes else "word" if is_one_word(type) else "code")
    if measure.function in TALLIED:
        return Spec(TALLY, column, passes, valid, is_float=floats, rows=MOST_HELD)
    if measure.function in QUANTILES:
        kind = COUNTED if window.kind == "global" else SORTED
        return Spec(kind, column, passes, valid, is_float=floats, rows=MOST_HELD)
    match measure.function:
        case "last_n_distinct":
            return Spec(UNIQUE, column, passes, valid, is_float=floats, rows=measure.count or 0)
        case "first_n" if not evicts(window):
            return Spec(EARLY, column, passes, valid=valid, rows=measure.count or 0)
        case "last_n":
            if (measure.count or 0) < 1:
                raise ValueError(f"last_n must keep at least 1 value; got {measure.count}")
            return Spec(RECENT, column, passes, valid=valid, rows=measure.count or 0)
        case "last":
            return Spec(NEWEST, column, passes, valid=valid)
        case "first" | "first_n":
            return Spec(CHAIN if evicts(window) else OLDEST, column, passes, valid=valid, keep=True)
        case "min" | "max":
            reverse = measure.function == "max"
            return Spec(CHAIN if evicts(window) else BEST, column, passes, valid, valid, floats, reverse)
        case "sum" | "avg" | "rate":
            return Spec(FLOAT_SUM if floats else INTEGER_SUM, column, passes, valid)
        case "var_samp" | "var_pop" | "stddev_samp" | "stddev_pop":
            return Spec(SQUARE_SUM, column if floats else Column(argument, "float"), passes, valid)
        case other:
            raise ValueError(f"a measure of a fold must be an aggregate that has one; got {other}")


def is_one_word(type: str) -> bool:
    """Tell whether values of a DuckDB type are kept as they are."""
    decimal = DECIMAL.fullmatch(type)
    return type in ONE_WORD or (decimal is not None and int(decimal[1]) <= WIDEST_DECIMAL)


def output_of(measure: Measure, spec: Spec) -> int:
    """Return what to make of the accumulator ``spec``."""
    if spec.kind == COUNT:
        return OUT_COUNT_RATE if measure.function == "rate" else OUT_COUNT
    if spec.kind == TALLY:
        return TALLIED[measure.function]
    if spec.kind in (SORTED, COUNTED):
        between = OUT_BETWEEN if measure.type == "DOUBLE" else OUT_BETWEEN_WHOLE
        return OUT_NEAREST if measure.function == "quantile_disc" else between
    if spec.kind == PASSED:
        return OUT_PASSED
    if spec.kind == VISIT:
        return SESSION_OUTPUTS[measure.function]
    if spec.kind in (RECENT, UNIQUE):
        return OUT_RECENT
    if spec.kind == EARLY:
        return OUT_EARLY
    if measure.function == "first_n":
        return OUT_CHAINED
    if spec.kind == DECAYED_SUM:
        return OUT_EWMA if measure.function == "ewma" else OUT_DECAYED_SUM
    if spec.kind == INTEGER_SUM:
        return INTEGER_OUTPUTS[measure.function]
    return FLOAT_OUTPUTS[measure.function] if spec.is_sum else VALUE_OUTPUTS[spec.kind]


def form_of(output: int) -> Literal["word", "wide", "float", "list"]:
    """Return how the words of an output are read."""
    if output in LISTS:
        return "list"
    if output == OUT_INTEGER_SUM:
        return "wide"
    return "word" if output in WORDS or OUT_BEST <= output <= OUT_NEWEST else "float"


def evicts(window: Window) -> bool:
    """Tell whether rows leave the window one by one, rather than all at once or never."""
    return window.kind in {"sliding", "hopping", "last"}


def decimal_scale(measure: Measure, types: Mapping[str, str]) -> int:
    """Return the digits after the point of a decimal argument, 0 for any other."""
    argument = types.get(measure.arguments[0], "") if measure.arguments else ""
    decimal = DECIMAL.fullmatch(argument)
    return int(decimal[2]) if decimal is not None else 0


def counted(spec: Spec) -> Spec:
    """Return what counts the values of a chain that holds all."""
    return Spec(COUNT, None, spec.passes)
