"""A window's words, inside ``WINDOW w AS (...)`` or ``OVER (...)``."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from .definitions import Window
from .diagnostics import refuse
from .durations import read_duration, read_interval, read_months
from .names import did_you_mean, read_name
from .source_text import Span
from .statements import Name, WindowStatement
from .tokens import Cursor
from .zones import zone_names

KIND_WORDS = ("SLIDING", "ROLLING", "TUMBLING", "HOPPING", "SESSION", "GLOBAL", "UNBOUNDED", "LAST", "RANGE", "ROWS")
_HINT = "a window is, for example, (SLIDING SIZE 5 MINUTES)"


def read_window(cursor: Cursor, name: Name | None, span: Span) -> WindowStatement:
    """Read the inside of a window's brackets to the end; ``span`` is the place of the whole."""
    partition = _partition(cursor)
    order = _order(cursor)
    window = _kind(cursor)
    window = replace(window, exclude=_exclude(cursor))
    if not cursor.done:
        raise cursor.unexpected("EXCLUDE or )", _HINT)
    return WindowStatement(name, window, partition, order, span)


def _partition(cursor: Cursor) -> tuple[Name, ...]:
    if not cursor.take("PARTITION", "BY"):
        return ()
    bracketed = cursor.at("(")
    inner = cursor.inside() if bracketed else cursor
    names = [read_name(inner, "a column of the entity")]
    while inner.take(","):
        names.append(read_name(inner, "a column of the entity"))
    if bracketed and not inner.done:
        raise inner.unexpected(", or )")
    return tuple(names)


def _order(cursor: Cursor) -> tuple[Name, ...]:
    if not cursor.take("ORDER", "BY"):
        return ()
    names = [read_name(cursor, "the event time column")]
    if cursor.take("."):
        names.append(read_name(cursor, "the event time column"))
    if cursor.at("DESC") or cursor.at(",") or cursor.at("NULLS"):
        raise refuse(cursor.span(cursor.peek(), cursor.peek()), "windows are ordered by event time, oldest first")
    cursor.take("ASC")
    return tuple(names)


def _kind(cursor: Cursor) -> Window:
    token = cursor.peek()
    word = token.upper
    if token.kind == "end":
        raise cursor.unexpected("a kind of window", _HINT)
    if word not in KIND_WORDS and len(cursor.tokens) == 1:
        raise refuse(
            cursor.span(token, token), f"unknown kind of window {token.text}", f"a declared window: OVER {token.text}"
        )
    if word not in KIND_WORDS:
        hint = did_you_mean(word, KIND_WORDS) or f"one of {', '.join(KIND_WORDS)}"
        raise refuse(cursor.span(token, token), f"unknown kind of window {token.text}", hint)
    cursor.next()
    window = _READERS[word](cursor)
    _refuse_misplaced(cursor, window)
    return window


_HOPPING = "HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES"
_FORMS = {"SIZE": "SIZE 5 MINUTES", "GAP": "SESSION GAP 30 MINUTES"}


def _size(cursor: Cursor, word: str = "SIZE") -> int:
    cursor.expect(word, hint=_FORMS.get(word, ""))
    first = cursor.peek()
    value = read_duration(cursor)
    if value <= 0:
        raise refuse(cursor.span(first, cursor.tokens[cursor.position - 1]), f"{word} must be longer than nothing")
    return value


def _sliding(cursor: Cursor) -> Window:
    size = _size(cursor)
    if cursor.at("ADVANCE"):
        span = cursor.span(cursor.peek(), cursor.peek(1))
        raise refuse(span, "a sliding window moves with every event", "a window that advances in steps is HOPPING")
    return Window("", "sliding", size=size)


def _tumbling(cursor: Cursor) -> Window:
    cursor.expect("SIZE", hint=_FORMS["SIZE"])
    months = read_months(cursor)
    if months is not None:
        return _grid(cursor, Window("", "tumbling", months=months))
    cursor.position -= 1
    return _grid(cursor, Window("", "tumbling", size=_size(cursor)))


def _hopping(cursor: Cursor) -> Window:
    if not cursor.at("SIZE"):
        raise cursor.unexpected("SIZE", _HOPPING)
    size = _size(cursor)
    first = cursor.peek()
    cursor.expect("ADVANCE", "BY", hint=_HOPPING)
    cursor.position -= 1
    advance = _size(cursor, "BY")
    if size % advance:
        span = cursor.span(first, cursor.tokens[cursor.position - 1])
        raise refuse(span, "the size of a hopping window must be a multiple of its advance")
    return _grid(cursor, Window("", "hopping", size=size, advance=advance))


def _session(cursor: Cursor) -> Window:
    gap = _size(cursor, "GAP")
    return Window("", "session", gap=gap, most=_size(cursor, "MAX") if cursor.at("MAX") else None)


def _global(cursor: Cursor) -> Window:
    return Window("", "global")


def _last(cursor: Cursor) -> Window:
    token = cursor.peek()
    count = _count(cursor)
    cursor.expect("ROWS", hint="LAST 10 ROWS")
    if count < 1:
        raise refuse(cursor.span(token, token), "LAST must keep at least 1 row")
    return Window("", "last", rows=count)


def _count(cursor: Cursor) -> int:
    token = cursor.peek()
    if token.kind != "number":
        raise cursor.unexpected("a whole number of rows")
    cursor.next()
    if not token.text.isdigit() or len(token.text) > 9:
        raise refuse(
            cursor.span(token, token), f"expected a whole number of rows below 1,000,000,000; got {token.text}"
        )
    return int(token.text)


def _frame(kind: Literal["range", "rows"], cursor: Cursor) -> Window:
    first = cursor.peek()
    if cursor.take("BETWEEN"):
        start = _bound(cursor, kind)
        cursor.expect("AND")
        end = _bound(cursor, kind)
    else:
        start, end = _bound(cursor, kind), 0
    span = cursor.span(first, cursor.tokens[cursor.position - 1])
    if end is None:
        raise refuse(span, "a frame that ends at UNBOUNDED PRECEDING holds nothing")
    if start is not None and start < end:
        raise refuse(span, "this frame ends before it starts", "the earlier bound comes first")
    if kind == "range" and start is None and end == 0:
        # The same events by another name, for which more aggregates have a fold.
        return Window("", "global")
    return Window("", kind, start=start, end=end)


def _bound(cursor: Cursor, kind: Literal["range", "rows"]) -> int | None:
    first = cursor.peek()
    if cursor.take("CURRENT", "ROW"):
        return 0
    if cursor.take("UNBOUNDED"):
        value = None
    elif kind == "rows":
        value = _count(cursor)
    else:
        value = read_interval(cursor) if cursor.at("INTERVAL") else read_duration(cursor)
    if cursor.at("FOLLOWING"):
        span = cursor.span(first, cursor.next())
        raise refuse(span, "a frame must not end after CURRENT ROW", "what comes later is not known at the instant")
    cursor.expect("PRECEDING")
    return value


def _range(cursor: Cursor) -> Window:
    return _frame("range", cursor)


def _rows(cursor: Cursor) -> Window:
    return _frame("rows", cursor)


_READERS = {
    "SLIDING": _sliding,
    "ROLLING": _sliding,
    "TUMBLING": _tumbling,
    "HOPPING": _hopping,
    "SESSION": _session,
    "GLOBAL": _global,
    "UNBOUNDED": _global,
    "LAST": _last,
    "RANGE": _range,
    "ROWS": _rows,
}


def _grid(cursor: Cursor, window: Window) -> Window:
    """Read where the buckets of a window begin: OFFSET and TIME ZONE, in either order."""
    while True:
        if window.offset is None and cursor.take("OFFSET"):
            window = replace(window, offset=read_duration(cursor))
        elif window.zone is None and cursor.take("TIME", "ZONE"):
            window = replace(window, zone=_zone(cursor))
        else:
            return window


def _zone(cursor: Cursor) -> str:
    token = cursor.peek()
    if token.kind != "string":
        raise cursor.unexpected("a time zone in quotes such as 'Europe/Berlin'")
    cursor.next()
    given = token.text[1:-1]
    known = {name.casefold(): name for name in zone_names()}
    if given.casefold() not in known:
        near = "" if given.isupper() else did_you_mean(given, known.values())
        hint = near or "a name of the IANA database, such as 'Europe/Berlin'"
        raise refuse(cursor.span(token, token), f"unknown time zone {given}", hint)
    return known[given.casefold()]


def _refuse_misplaced(cursor: Cursor, window: Window) -> None:
    if window.kind != "session" and (span := cursor.take("MAX")):
        raise refuse(span, f"a {window.kind} window has no MAX", "SESSION GAP 30 MINUTES MAX 8 HOURS")
    for words in (("OFFSET",), ("TIME", "ZONE")):
        if not (span := cursor.take(*words)):
            continue
        if window.kind in ("tumbling", "hopping"):
            raise refuse(span, f"{' '.join(words)} is given twice")
        raise refuse(
            span, f"a {window.kind} window has no buckets", "OFFSET and TIME ZONE are for TUMBLING and HOPPING"
        )


def _exclude(cursor: Cursor) -> Literal["none", "group", "row"]:
    if not cursor.take("EXCLUDE"):
        return "none"
    if cursor.take("CURRENT", "ROW"):
        return "row"
    if cursor.take("CURRENT", "GROUP"):
        return "group"
    if cursor.take("NO", "OTHERS"):
        return "none"
    raise cursor.unexpected("ROW or GROUP" if cursor.take("CURRENT") else "CURRENT ROW or CURRENT GROUP")
