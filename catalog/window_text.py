"""Windows and emissions in the words of the language."""

from __future__ import annotations

from ..features_sql.definitions import Emit, Window
from ..features_sql.durations import LARGEST_FIRST

_EXCLUDE = {"none": "", "group": " EXCLUDE CURRENT GROUP", "row": " EXCLUDE CURRENT ROW"}


def duration(microseconds: int) -> str:
    """Return a duration in its largest exact unit: ``90 MINUTES``, ``1 HOUR``."""
    for unit, size in LARGEST_FIRST:
        if microseconds and microseconds % size == 0:
            count = microseconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}S"
    return f"{microseconds} MICROSECONDS"


def window_text(window: Window) -> str:
    """Return a window as a user would write it between the parentheses."""
    partition = f"PARTITION BY ({', '.join(window.partition)}) " if window.partition else ""
    return partition + _kind_text(window) + _EXCLUDE[window.exclude]


def emit_text(emit: Emit) -> str:
    """Return what follows EMIT."""
    match emit.kind:
        case "event":
            return "ON EVENT"
        case "immediately":
            return "ON EVENT IMMEDIATELY"
        case "close":
            return f"ON WINDOW CLOSE {emit.window}"
        case "every":
            return f"EVERY {duration(emit.every or 0)}{' REPEAT' if emit.repeat else ''}"
        case "count":
            return f"EVERY {emit.count} EVENTS"
        case "when":
            return f"WHEN {emit.text}"
        case "demand":
            return "ON DEMAND"


def _kind_text(window: Window) -> str:
    match window.kind:
        case "sliding":
            return f"SLIDING SIZE {duration(window.size or 0)}"
        case "tumbling":
            return f"TUMBLING SIZE {_size(window)}{_grid(window)}"
        case "hopping":
            advance = duration(window.advance or 0)
            return f"HOPPING SIZE {duration(window.size or 0)} ADVANCE BY {advance}{_grid(window)}"
        case "session":
            most = "" if window.most is None else f" MAX {duration(window.most)}"
            return f"SESSION GAP {duration(window.gap or 0)}{most}"
        case "global":
            return "GLOBAL"
        case "last":
            return f"LAST {window.rows} ROWS"
        case "range" | "rows":
            return f"{window.kind.upper()} BETWEEN {_edge(window, window.start)} AND {_edge(window, window.end)}"


def _size(window: Window) -> str:
    if window.months is None:
        return duration(window.size or 0)
    years, months = divmod(window.months, 12)
    count, unit = (window.months, "MONTH") if months else (years, "YEAR")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}S"


def _grid(window: Window) -> str:
    offset = f" OFFSET {duration(window.offset)}" if window.offset is not None else ""
    zone = f" TIME ZONE '{window.zone}'" if window.zone is not None else ""
    return offset + zone


def _edge(window: Window, edge: int | None) -> str:
    if edge is None:
        return "UNBOUNDED PRECEDING"
    if edge == 0:
        return "CURRENT ROW"
    return f"{edge} PRECEDING" if window.kind == "rows" else f"INTERVAL {duration(edge)} PRECEDING"
