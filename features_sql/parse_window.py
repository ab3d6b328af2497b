"""A window's words, inside ``WINDOW w AS (...)`` or ``OVER (...)``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .definitions import WindowKind
from .diagnostics import not_built, refuse
from .durations import read_duration, read_interval
from .names import did_you_mean, read_name
from .source_text import Span
from .statements import Name, WindowStatement
from .tokens import Cursor

KIND_WORDS = ("SLIDING", "ROLLING", "TUMBLING", "HOPPING", "SESSION", "GLOBAL", "UNBOUNDED", "LAST", "RANGE", "ROWS")
_HINT = "a window is, for example, (SLIDING SIZE 5 MINUTES)"


@dataclass
class _Words:
    """A window as far as it has been read."""

    kind: WindowKind = "global"
    size: int | None = None
    advance: int | None = None
    gap: int | None = None
    rows: int | None = None
    start: int | None = None
    end: int | None = None


def read_window(cursor: Cursor, name: Name | None, span: Span) -> WindowStatement:
    """Read the inside of a window's brackets to the end; ``span`` is the place of the whole."""
    partition = _partition(cursor)
    order = _order(cursor)
    words = _kind(cursor)
    exclude = _exclude(cursor)
    if not cursor.done:
        raise cursor.unexpected("EXCLUDE or )", _HINT)
    w = words
    return WindowStatement(
        name, w.kind, w.size, w.advance, w.gap, w.rows, w.start, w.end, exclude, partition, order, span
    )


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


def _kind(cursor: Cursor) -> _Words:
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
    words = _READERS[word](cursor)
    _refuse_not_built(cursor)
    return words


def _size(cursor: Cursor, word: str = "SIZE") -> int:
    cursor.expect(word)
    first = cursor.peek()
    value = read_duration(cursor)
    if value <= 0:
        raise refuse(cursor.span(first, cursor.tokens[cursor.position - 1]), f"{word} must be longer than nothing")
    return value


def _sliding(cursor: Cursor) -> _Words:
    size = _size(cursor)
    if cursor.at("ADVANCE"):
        span = cursor.span(cursor.peek(), cursor.peek(1))
        raise refuse(span, "a sliding window moves with every event", "a window that advances in steps is HOPPING")
    return _Words("sliding", size=size)


def _tumbling(cursor: Cursor) -> _Words:
    return _Words("tumbling", size=_size(cursor))


def _hopping(cursor: Cursor) -> _Words:
    size = _size(cursor)
    first = cursor.peek()
    cursor.expect("ADVANCE", "BY", hint="HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES")
    cursor.position -= 1
    advance = _size(cursor, "BY")
    if size % advance:
        span = cursor.span(first, cursor.tokens[cursor.position - 1])
        raise refuse(span, "the size of a hopping window must be a multiple of its advance")
    return _Words("hopping", size=size, advance=advance)


def _session(cursor: Cursor) -> _Words:
    gap = _size(cursor, "GAP")
    return _Words("session", gap=gap)


def _global(cursor: Cursor) -> _Words:
    return _Words("global")


def _last(cursor: Cursor) -> _Words:
    token = cursor.peek()
    count = _count(cursor)
    cursor.expect("ROWS", hint="LAST 10 ROWS")
    if count < 1:
        raise refuse(cursor.span(token, token), "LAST must keep at least 1 row")
    return _Words("last", rows=count)


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


def _frame(kind: Literal["range", "rows"], cursor: Cursor) -> _Words:
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
    return _Words(kind, start=start, end=end)


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


def _range(cursor: Cursor) -> _Words:
    return _frame("range", cursor)


def _rows(cursor: Cursor) -> _Words:
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


def _refuse_not_built(cursor: Cursor) -> None:
    for words in (("OFFSET",), ("TIME", "ZONE"), ("MAX",)):
        if span := cursor.take(*words):
            raise not_built(span, " ".join(words))


def _exclude(cursor: Cursor) -> Literal["none", "group", "row"]:
    if not cursor.take("EXCLUDE"):
        return "none"
    if cursor.take("CURRENT", "ROW"):
        return "row"
    if cursor.take("CURRENT", "GROUP"):
        return "group"
    if cursor.take("NO", "OTHERS"):
        return "none"
    raise cursor.unexpected("CURRENT ROW or CURRENT GROUP")
