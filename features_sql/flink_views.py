"""The SELECTs of a view in Flink's SQL: prepared rows, then OVER windows or a window function, then features."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent

from .definitions import View, Window
from .flink_aggregates import aggregate
from .flink_expressions import Named, translated
from .flink_verdicts import NoCounterpartError, Verdicts
from .flink_words import MILLISECOND, interval, quote, type_name

_WAITS = "rows are written once Flink's watermark has passed them"
_EMITS = {
    "immediately": "the time of a row there is its event's, and not how far its source had come",
    "every": "the row that says that every window has become empty is not written there",
    "count": "nothing there writes at an entity's n-th event",
    "when": "nothing there writes at the event that turns a condition true",
    "demand": "state there is not read from outside",
}
_FRAMES = {
    "tumbling": "an OVER there reaches back a fixed time, not to the start of a bucket",
    "hopping": "an OVER there reaches back a fixed time, not to the start of a hop",
    "session": "an OVER there reaches back a fixed time, not to the start of a session",
    "last": "rows of one time come in no order there, so which are the last n is open",
    "rows": "rows of one time come in no order there, so which are in the frame is open",
}
_ENDS = {"window_start": "`window_start`", "window_end": "`window_end`"}
_MARGIN = "  "
_WIDE = 110
_MEASURE = re.compile(r"\bm\d+\b")


def prepared_sql(view: View, time: str, reads: str, verdicts: Verdicts) -> str:
    """Return the SELECT of entity, ``_t`` and terms from the rows, with event time ``time``, that a view reads."""
    alias = quote(view.alias)
    columns = [f"{alias}.{quote(column.name)} AS {quote(f'_k{place}')}" for place, column in enumerate(view.entity)]
    columns.append(f"{alias}.{quote(time)} AS `_t`")
    for term in view.terms:
        with verdicts.on(f"{view.name}: {term.sql}", None):
            columns.append(f"{translated(term.sql, qualified)} AS {quote(term.id)}")
    conditions = [f"{alias}.{quote(column.name)} IS NOT NULL" for column in view.entity]
    if view.where:
        with verdicts.on(f"{view.name}: WHERE"):
            conditions.append(f"({translated(view.where, qualified)})")
    return f"{select(columns)}\nFROM {reads} AS {alias}\nWHERE {' AND '.join(conditions)}"


def emitted(view: View, verdicts: Verdicts) -> None:
    """Note what becomes of EMIT."""
    with verdicts.on(f"{view.name}: EMIT", "exact with delay", _WAITS):
        if reason := _EMITS.get(view.emit.kind):
            raise NoCounterpartError(reason)


def evented_sql(view: View, prepared: str, verdicts: Verdicts) -> str:
    """Return the SELECT of a view ON EVENT over its prepared rows: an OVER for each window, one round the other."""
    sql, refused = prepared, dict[str, str]()
    for window in view.windows:
        over = ""
        with verdicts.on(f"{view.name}: WINDOW {window.name}"):
            over = f"PARTITION BY {_partition(view, window)} ORDER BY `_t` {_frame(window)}"
        if not over:
            refused |= _without(view, window)
            continue
        name = quote(window.name)
        columns = ["*", *_calls(view, window, f" OVER {name}", refused)]
        sql = f"{select(columns)}\nFROM (\n{indent(sql, _MARGIN)}\n)\nWINDOW {name} AS ({over})"
    return _finished(view, "`_t`", sql, verdicts, refused)


def closed_sql(view: View, rows: str, verdicts: Verdicts) -> str:
    """Return the SELECT of a view ON WINDOW CLOSE over the view ``rows``, which holds its prepared rows."""
    closing = next(window for window in view.windows if window.name == view.emit.window)
    refused = dict[str, str]()
    for window in view.windows:
        if window.name != closing.name:
            with verdicts.on(f"{view.name}: WINDOW {window.name}"):
                raise NoCounterpartError("at a close there only the window that closes has a value")
            refused |= _without(view, window)
    function = ""
    with verdicts.on(f"{view.name}: WINDOW {closing.name}"):
        function = _function(view, closing, rows)
    if not function:
        refused |= _without(view, closing)
    keys = [quote(f"_k{place}") for place in range(len(view.entity))]
    columns = [*keys, "`window_end` AS `_t`", *_calls(view, closing, "", refused)]
    grouped = ", ".join([*keys, "`window_start`", "`window_end`"])
    sql = f"{select(columns)}\nFROM TABLE({function})\nGROUP BY {grouped}"
    return _finished(view, f"CAST(`_t` AS {type_name('TIMESTAMP')})", sql, verdicts, refused)


def feature_item(name: str, sql: str, type: str, named: Named) -> str:
    """Return the SELECT item of a feature; raises NoCounterpartError."""
    value = translated(sql, named)
    # What is already a column has its type, but for times: only that of the row's own event stays an event time.
    value = value if sql.isidentifier() and type != "TIMESTAMP" else f"CAST({value} AS {type_name(type)})"
    return f"{value} AS {quote(name)}"


def qualified(table: str, name: str) -> str:
    """Return a column with its qualifier."""
    return f"{quote(table)}.{quote(name)}" if table else quote(name)


def select(columns: Sequence[str]) -> str:
    """Return SELECT and its items, each on a line of its own where they are long."""
    line = f"SELECT {', '.join(columns)}"
    return line if len(line) <= _WIDE else "SELECT\n  " + ",\n  ".join(columns)


def _calls(view: View, window: Window, over: str, refused: dict[str, str]) -> list[str]:
    """The aggregates over a window; why one has no counterpart goes into ``refused`` by its measure's id."""
    items: list[str] = []
    for measure in view.measures:
        if measure.window == window.name:
            try:
                call = _ENDS.get(measure.function) or aggregate(measure, view, over)
                items.append(f"{call} AS {quote(measure.id)}")
            except NoCounterpartError as error:
                refused[measure.id] = str(error)
    return items


def _without(view: View, window: Window) -> dict[str, str]:
    return {one.id: f"its window {window.name} is refused" for one in view.measures if one.window == window.name}


def _partition(view: View, window: Window) -> str:
    return ", ".join(quote(name) for name in (*(f"_k{place}" for place in range(len(view.entity))), *window.by))


def _frame(window: Window) -> str:
    if window.exclude != "none":
        raise NoCounterpartError("no OVER there leaves rows out")
    if window.kind in _FRAMES:
        raise NoCounterpartError(_FRAMES[window.kind])
    if window.kind == "range" and window.end:
        raise NoCounterpartError("an OVER there ends at the current row")
    reach = "UNBOUNDED"
    if window.kind == "sliding":
        # Both ends of a frame are closed, and a sliding window is open at its start.
        reach = interval((window.size or 0) - MILLISECOND)
    elif window.kind == "range" and window.start is not None:
        reach = interval(window.start)
    return f"RANGE BETWEEN {reach} PRECEDING AND CURRENT ROW"


def _function(view: View, window: Window, rows: str) -> str:
    if window.exclude != "none":
        raise NoCounterpartError("no window there leaves rows out")
    if window.by:
        raise NoCounterpartError("a close there is of what is grouped by, and PARTITION BY names more than the entity")
    if window.zone is not None:
        raise NoCounterpartError("buckets there have one time zone, that of the whole job")
    if window.months is not None:
        raise NoCounterpartError("no bucket there is a calendar month")
    if window.most is not None:
        raise NoCounterpartError("no session there is cut")
    offset = f", {interval(window.offset)}" if window.offset else ""
    table = f"TABLE {quote(rows)}"
    if window.kind == "tumbling":
        return f"TUMBLE({table}, DESCRIPTOR(`_t`), {interval(window.size or 0)}{offset})"
    if window.kind == "hopping":
        return f"HOP({table}, DESCRIPTOR(`_t`), {interval(window.advance or 0)}, {interval(window.size or 0)}{offset})"
    return f"SESSION({table} PARTITION BY ({_partition(view, window)}), DESCRIPTOR(`_t`), {interval(window.gap or 0)})"


def _finished(view: View, time: str, sql: str, verdicts: Verdicts, refused: Mapping[str, str]) -> str:
    columns = [f"{quote(f'_k{place}')} AS {quote(column.name)}" for place, column in enumerate(view.entity)]
    columns.append(f"{time} AS {quote(view.time)}")
    for feature in view.features:
        with verdicts.on(f"{view.name}: {feature.name}"):
            _refuse(feature.measures, refused)
            columns.append(feature_item(feature.name, feature.sql, feature.type, qualified))
    where = ""
    if view.qualify:
        with verdicts.on(f"{view.name}: QUALIFY"):
            _refuse(_MEASURE.findall(view.qualify), refused)
            where = f"\nWHERE {translated(view.qualify, qualified)}"
    return f"{select(columns)}\nFROM (\n{indent(sql, _MARGIN)}\n){where}"


def _refuse(measures: Iterable[str], refused: Mapping[str, str]) -> None:
    for id in measures:
        if id in refused:
            raise NoCounterpartError(refused[id])
