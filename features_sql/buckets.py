"""The buckets of tumbling and hopping windows, in SQL: where the one that an instant falls in begins and ends.

Buckets are equal in *readings*, what the clock of the window's time zone shows (UTC: the instant itself), so
an instant goes to its reading, that to the ends of its bucket, and those back to instants.
"""

from __future__ import annotations

from collections.abc import Sequence

from .definitions import Window
from .zones import clock


def step_of(window: Window) -> int:
    """Return the µs from one bucket to the next, 0 where they are months."""
    return window.advance or window.size or 0


def is_even(window: Window) -> bool:
    """Tell whether every bucket of a window is as long as its SIZE."""
    return window.months is None and window.zone is None


def with_bucket(window: Window, relation: str, at: str, start: str, end: str) -> str:
    """Return ``relation`` (SQL) with the ends of the window that holds the events which count at column ``at``.

    ``start`` and ``end`` name the new columns, µs: events in [start, end) count, and the window closes at end.
    """
    step, size = step_of(window), window.size or 0
    begin, finish = ("_bucket", _later(window, "_bucket", 1)) if window.months else (None, f"_bucket + {step}")
    begin = begin or f"_bucket + {step - size}"
    return _as_instants(window, _read(window, relation, at), {start: begin, end: finish})


def with_closes(window: Window, relation: str, at: str, close: str) -> str:
    """Return ``relation`` (SQL) with a row for each close of a window that holds an event at column ``at``."""
    if window.months:
        return _as_instants(window, _read(window, relation, at), {close: _later(window, "_bucket", 1)})
    step = step_of(window)
    hops = f"UNNEST(range(1, {(window.size or step) // step + 1}))"
    hopped = f"SELECT *, _bucket + {hops} * {step} AS _close FROM ({_read(window, relation, at)})"
    return _as_instants(window, hopped, {close: "_close"}, ("_bucket", "_close"))


def bucket_start(reading: str, step: int, offset: int = 0) -> str:
    """Return SQL for the greatest ``offset`` + multiple of ``step`` at or below ``reading``, below zero too."""
    moved = f"({reading} - {offset})" if offset else reading
    return f"({reading} - (({moved} % {step}) + {step}) % {step})"


def _read(window: Window, relation: str, at: str) -> str:
    """Add ``_bucket``: the reading at which the bucket of ``at`` begins."""
    reading = at
    if window.zone is not None:
        reading = "_reading"
        relation = f"SELECT *, {reading_at(window.zone, at)} AS _reading FROM ({relation})"
    offset = window.offset or 0
    if window.months is None:
        start = bucket_start(reading, step_of(window), offset)
    else:
        shown = f"make_timestamp({reading} - {offset})"
        month = f"(year({shown}) * 12 + month({shown}) - {1970 * 12 + 1})"
        start = f"{_month(bucket_start(month, window.months))} + {offset}"
    left_out = " EXCLUDE (_reading)" if window.zone is not None else ""
    return f"SELECT *{left_out}, {start} AS _bucket FROM ({relation})"


def _month(number: str) -> str:
    return f"epoch_us(TIMESTAMP '1970-01-01' + to_months(CAST({number} AS INTEGER)))"


def _later(window: Window, bucket: str, count: int) -> str:
    """SQL for the start of the bucket of months that comes ``count`` after the one that starts at ``bucket``."""
    offset = window.offset or 0
    start = f"make_timestamp({bucket} - {offset})"
    return f"epoch_us({start} + to_months({(window.months or 0) * count})) + {offset}"


def _as_instants(window: Window, relation: str, ends: dict[str, str], dropped: Sequence[str] = ("_bucket",)) -> str:
    """Replace the helper columns by ``ends``: instants by column name, given as SQL for readings."""
    left_out = ", ".join(dropped)
    if window.zone is None:
        listed = ", ".join(f"{sql} AS {name}" for name, sql in ends.items())
        return f"SELECT * EXCLUDE ({left_out}), {listed} FROM ({relation})"
    readings = ", ".join(f"{sql} AS _reads_{name}" for name, sql in ends.items())
    held = f"SELECT * EXCLUDE ({left_out}), {readings} FROM ({relation})"
    columns = ", ".join(f"{instant_of(window.zone, f'_reads_{name}')} AS {name}" for name in ends)
    left_out = ", ".join(f"_reads_{name}" for name in ends)
    return f"SELECT * EXCLUDE ({left_out}), {columns} FROM ({held})"


def reading_at(zone: str, instant: str) -> str:
    """Return SQL for what the clock of a zone reads at column ``instant``."""
    known = clock(zone)
    starts, readings = known.instants, known.readings
    leaves: list[str] = []
    for place, (start, reading) in enumerate(zip(starts, readings, strict=True)):
        leaf = _moved(instant, reading - start)
        if place + 1 < len(starts) and starts[place + 1] - start > readings[place + 1] - reading:
            leaf = f"least({leaf}, {readings[place + 1] - 1})"
        leaves.append(leaf)
    return _marked(zone, f"what it reads at {instant}", _searched(instant, starts, leaves))


def instant_of(zone: str, reading: str) -> str:
    """Return SQL for the first instant at which the clock of a zone reads column ``reading`` or more."""
    known = clock(zone)
    starts, readings = known.instants, known.readings
    leaves: list[str] = []
    for place, (start, shown) in enumerate(zip(starts, readings, strict=True)):
        leaf = _moved(reading, start - shown)
        if place + 1 < len(starts) and starts[place + 1] - start < readings[place + 1] - shown:
            leaf = f"least({leaf}, {starts[place + 1]})"
        leaves.append(leaf)
    return _marked(zone, f"when it reads {reading}", _searched(reading, readings, leaves))


def _moved(column: str, by: int) -> str:
    return f"{column} {'-' if by < 0 else '+'} {abs(by)}" if by else column


def _searched(column: str, starts: Sequence[int], leaves: Sequence[str]) -> str:
    """A binary search as nested CASEs: the leaf of the last start at or below the column, else the first."""
    if len(leaves) == 1:
        return leaves[0]
    middle = len(leaves) // 2
    low = _searched(column, starts[:middle], leaves[:middle])
    high = _searched(column, starts[middle:], leaves[middle:])
    return f"CASE WHEN {column} < {starts[middle]} THEN {low} ELSE {high} END"


def _marked(zone: str, what: str, sql: str) -> str:
    return f"/* {zone}: {what} */ ({sql}) /* {zone} */"
