"""EMIT: the words that say at which instants a view writes rows."""

from __future__ import annotations

from .diagnostics import refuse
from .durations import read_duration
from .names import did_you_mean, read_name
from .source_text import Span
from .statements import EmitStatement, Fragment, Name
from .tokens import Cursor

FORMS = "ON EVENT [IMMEDIATELY], ON WINDOW CLOSE, EVERY 1 MINUTE, EVERY 100 EVENTS, WHEN condition or ON DEMAND"
_MOST_EVENTS = 10**9


def read_emit(body: Cursor, span: Span) -> EmitStatement:
    """Read what follows EMIT to the end; ``span`` is the place of the whole clause."""
    if body.take("EVERY"):
        statement = _every(body, span)
    elif body.take("WHEN"):
        # The condition reaches to the end of the statement.
        return EmitStatement("when", span, condition=_condition(body))
    else:
        statement = _on(body, span)
    if not body.done:
        raise body.unexpected("; after EMIT")
    return statement


def _every(body: Cursor, span: Span) -> EmitStatement:
    if body.peek(1).upper in ("EVENTS", "EVENT"):
        return EmitStatement("count", span, count=_events(body))
    first = body.peek()
    every = read_duration(body)
    if every <= 0:
        raise refuse(body.span(first, body.tokens[body.position - 1]), "EVERY must be longer than nothing")
    return EmitStatement("every", span, every=every, repeat=body.take("REPEAT") is not None)


def _events(body: Cursor) -> int:
    token = body.next()
    if token.kind != "number" or not token.text.isdigit() or not 0 < int(token.text) <= _MOST_EVENTS:
        message = f"EVERY counts a whole number of events, at least 1; got {token.text}"
        raise refuse(body.span(token, token), message, "EMIT EVERY 100 EVENTS")
    body.next()
    if repeat := body.take("REPEAT"):
        raise refuse(repeat, "REPEAT belongs to an interval of time", "EMIT EVERY 1 MINUTE REPEAT")
    return int(token.text)


def _condition(body: Cursor) -> Fragment:
    if body.done:
        raise body.unexpected("a condition", "EMIT WHEN payments > 10")
    return Fragment(body.script, tuple(body.tokens[body.position :]))


def _on(body: Cursor, span: Span) -> EmitStatement:
    if not body.take("ON"):
        raise body.unexpected("ON, EVERY or WHEN", f"one of {FORMS}")
    if body.take("EVENT"):
        immediately = body.take("IMMEDIATELY")
        if not immediately and (hint := did_you_mean(body.peek().text, ["IMMEDIATELY"])):
            raise body.unexpected("IMMEDIATELY, or nothing, after ON EVENT", hint)
        return EmitStatement("immediately" if immediately else "event", span)
    if body.take("DEMAND"):
        return EmitStatement("demand", span)
    if body.take("WINDOW"):
        body.expect("CLOSE")
        if body.at("IMMEDIATELY"):
            raise body.unexpected("a window's name", "IMMEDIATELY goes with ON EVENT")
        window: Name | None = None if body.done else read_name(body, "a window's name")
        return EmitStatement("close", span, window=window)
    hint = "EMIT ON WINDOW CLOSE" if body.at("CLOSE") else did_you_mean(body.peek().text, ("EVENT", "WINDOW", "DEMAND"))
    raise body.unexpected("EVENT, WINDOW CLOSE or DEMAND", hint)
