"""Names, types and lengths of time as Flink SQL writes them."""

from __future__ import annotations

from .durations import LARGEST_FIRST
from .flink_verdicts import NoCounterpartError
from .folds import DECIMAL

MILLISECOND = 1_000
_MOST = 1_000
_PLACES = 6
_TYPES = {
    "BOOLEAN": "BOOLEAN",
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INTEGER": "INT",
    "BIGINT": "BIGINT",
    "HUGEINT": "DECIMAL(38, 0)",
    "DOUBLE": "DOUBLE",
    "VARCHAR": "STRING",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP(6)",
}
ROWTIME = "TIMESTAMP(3)"
"""The type of an event time: Flink's has milliseconds."""


def quote(name: str) -> str:
    """Return a name in backticks."""
    return "`" + name.replace("`", "``") + "`"


def type_name(type: str) -> str:
    """Return Flink's type for one of DuckDB's; raises NoCounterpartError."""
    if decimal := DECIMAL.fullmatch(type):
        if int(decimal[2]) > _PLACES:
            raise NoCounterpartError(f"{type}: what is computed with more than six places is rounded there")
        return f"DECIMAL({decimal[1]}, {decimal[2]})"
    if type == "FLOAT":
        raise NoCounterpartError("a FLOAT is compared as a DOUBLE there, and 1.1 is not the same in both")
    if type not in _TYPES:
        raise NoCounterpartError(f"the type {type} is not translated")
    return _TYPES[type]


def interval(microseconds: int) -> str:
    """Return a length of time as a literal, in its largest whole unit; raises NoCounterpartError below milliseconds.

    Flink takes three digits in the leading field, so a thousand days raise too.
    """
    if microseconds % MILLISECOND:
        raise NoCounterpartError("Flink's event time has milliseconds, and this length has parts of one")
    for unit, size in LARGEST_FIRST:
        if microseconds % size == 0 and microseconds // size < _MOST:
            count = str(microseconds // size)
            # A leading field has two digits where nothing else is said.
            return f"INTERVAL '{count}' {unit}" + (f"({len(count)})" if len(count) > 2 else "")
    seconds, rest = divmod(microseconds // MILLISECOND, 1_000)
    if seconds < _MOST:
        return f"INTERVAL '{seconds}.{rest:03}' SECOND({max(2, len(str(seconds)))}, 3)"
    days, seconds = divmod(seconds, 86_400)
    if days >= _MOST:
        raise NoCounterpartError("a length of time has three digits of days there")
    clock = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
    return f"INTERVAL '{days} {clock}' DAY({max(2, len(str(days)))}) TO SECOND(3)"
