"""``LATE ROWS``: what becomes of rows that come after the watermark has passed them."""

from __future__ import annotations

from .diagnostics import refuse
from .durations import read_duration
from .names import check_new_simple, did_you_mean, read_name
from .source_text import Span
from .statements import LateStatement, Name
from .tokens import Cursor

SUFFIX = "$late"
_FORMS = "TO name, DROP or ACCEPT WITHIN 1 HOUR"


def read_late(cursor: Cursor, streams: bool) -> LateStatement:
    """Read the clause up to WITH or the statement's end; only what ``streams``, has a watermark, has late rows."""
    span = cursor.expect("LATE", "ROWS")
    if not streams:
        raise refuse(span, "a table without a watermark has no late rows", "LATE ROWS is for CREATE SOURCE")
    late = _form(cursor, span)
    if not cursor.done and not cursor.at("WITH"):
        raise cursor.unexpected("WITH or ;")
    return late


def _form(cursor: Cursor, span: Span) -> LateStatement:
    if cursor.take("DROP"):
        return LateStatement("drop", None, span)
    if cursor.take("ACCEPT"):
        cursor.expect("WITHIN")
        return LateStatement("accept", None, span, read_duration(cursor))
    if not cursor.take("TO"):
        raise cursor.unexpected(_FORMS, did_you_mean(cursor.peek().text, ("TO", "DROP", "ACCEPT")))
    name = read_name(cursor, "the name under which late rows are kept")
    _check(name)
    return LateStatement("keep", name, span)


def _check(name: Name) -> None:
    """Refuse a name that could name no folder; it may end in ``$late``, as the default does."""
    check_new_simple(Name(name.text.removesuffix(SUFFIX), name.span), "the name of late rows")
