"""Lengths of time as the language writes them, in microseconds."""

from __future__ import annotations

import re

from .diagnostics import Refusal, refuse
from .names import did_you_mean
from .source_text import Span
from .tokens import Cursor

_UNITS = {
    "microsecond": 1,
    "us": 1,
    "millisecond": 1_000,
    "ms": 1_000,
    "second": 1_000_000,
    "s": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
}
LARGEST_FIRST = (("DAY", 86_400_000_000), ("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000))
_OPTION_UNITS = {"ms", "s", "second", "minute", "hour", "day"}
_CALENDAR = {"month": 1, "quarter": 3, "year": 12}
_SHORT = {
    "sec": "seconds",
    "m": "minutes",
    "min": "minutes",
    "h": "hours",
    "hr": "hours",
    "d": "days",
    "w": "weeks",
    "wk": "weeks",
}
_LONGEST = 2**60
_MOST_MONTHS = 12_000


def read_duration(cursor: Cursor) -> int:
    """Read ``5 MINUTES`` and return its microseconds."""
    number = cursor.peek()
    if number.kind != "number":
        hint = "it is written without quotes" if number.kind == "string" else ""
        hint = "it is written without INTERVAL" if number.upper == "INTERVAL" else hint
        raise cursor.unexpected("a length of time such as 5 MINUTES", hint)
    cursor.next()
    unit = cursor.peek()
    if unit.kind != "word":
        raise cursor.unexpected("a unit of time such as MINUTES")
    cursor.next()
    return _microseconds(number.text, unit.text, cursor.span(number, unit), set(_UNITS))


def read_months(cursor: Cursor) -> int | None:
    """Read ``3 MONTHS``, ``1 QUARTER`` or ``1 YEAR`` and return its months; another unit: None, nothing is read."""
    number, unit = cursor.peek(), cursor.peek(1)
    months = _CALENDAR.get(_singular(unit.text))
    if number.kind != "number" or unit.kind != "word" or months is None:
        return None
    cursor.position += 2
    span = cursor.span(number, unit)
    count = _whole(number.text, unit.text, span)
    if not 0 < count * months <= _MOST_MONTHS:
        raise refuse(span, f"a calendar length must be 1 to {_MOST_MONTHS:,} months; got {number.text} {unit.text}")
    return count * months


def read_interval(cursor: Cursor) -> int:
    """Read ``INTERVAL 5 MINUTES``, ``INTERVAL '5 minutes'`` or ``INTERVAL '5' MINUTE``."""
    cursor.expect("INTERVAL", hint="INTERVAL 5 SECONDS")
    token = cursor.peek()
    if token.kind != "string":
        return read_duration(cursor)
    cursor.next()
    words = token.text[1:-1]
    unit = cursor.peek()
    if words.strip().isdigit() and unit.kind == "word" and _singular(unit.text) in {*_UNITS, *_CALENDAR}:
        cursor.next()
        return _microseconds(words.strip(), unit.text, cursor.span(token, unit), set(_UNITS))
    return parse_duration(words, cursor.span(token, token), set(_UNITS))


def parse_duration(text: str, span: Span, units: set[str] | None = None) -> int:
    """Return the microseconds of ``'<int> <unit>'`` as options hold it, refusing anything else at ``span``."""
    match = re.fullmatch(r"\s*([\d.+-][\w.+-]*?)\s*([A-Za-z]+)\s*", text)
    if match is None:
        raise refuse(span, "a length of time must be a whole number and a unit", "for example '10 minutes'")
    return _microseconds(match[1], match[2], span, units or _OPTION_UNITS)


def _singular(unit: str) -> str:
    word = unit.lower()
    return word if word in ("s", "ms", "us") else word.removesuffix("s")


def _microseconds(number: str, unit: str, span: Span, units: set[str]) -> int:
    word = _singular(unit)
    if word in _CALENDAR:
        hint = "months differ in length: use DAYS"
        raise refuse(span, f"{unit.upper()} is a length for TUMBLING SIZE only", hint)
    if word not in units:
        raise _unknown_unit(unit, span, units)
    value = _whole(number, unit, span) * _UNITS[word]
    if value > _LONGEST:
        raise refuse(span, "this length of time is too long", "the longest is some 36,000 years")
    return value


def _whole(number: str, unit: str, span: Span) -> int:
    if not re.fullmatch(r"[0-9]+", number):
        raise refuse(span, f"a length of time must be a whole number of {unit.lower()}; got {number}")
    return int(number) if len(number) < 20 else _LONGEST + 1


def _unknown_unit(unit: str, span: Span, units: set[str]) -> Refusal:
    known = sorted(word if len(word) < 3 else word + "s" for word in units)
    if unit.upper() in ("PRECEDING", "FOLLOWING"):
        return refuse(span, "RANGE reaches back a length of time", "RANGE 5 MINUTES PRECEDING; ROWS counts rows")
    short = _SHORT.get(_singular(unit))
    hint = f"did you mean {short}?" if short in known else did_you_mean(unit, known)
    return refuse(span, f"unknown unit of time {unit}", hint or f"one of {', '.join(known)}")
