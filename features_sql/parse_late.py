"""``LATE ROWS``: what becomes of rows that come after the watermark has passed them."""

from __future__ import annotations

from .diagnostics import not_built, refuse
from .names import check_new_simple, did_you_mean, read_name
from .statements import LateStatement, Name
from .tokens import Cursor

SUFFIX = "$late"
_FORMS = "TO name or DROP"


def read_late(cursor: Cursor, streams: bool) -> LateStatement:
    """Read the clause up to WITH or the statement's end; only what ``streams``, has a watermark, has late rows."""
    span = cursor.expect("LATE", "ROWS")
    if not streams:
        raise refuse(span, "a table without a watermark has no late rows", "LATE ROWS is for CREATE SOURCE")
    if accept := cursor.take("ACCEPT"):
        raise not_built(accept, "LATE ROWS ACCEPT WITHIN", f"LATE ROWS {_FORMS}")
    name: Name | None = None
    if not cursor.take("DROP"):
        if not cursor.take("TO"):
            raise cursor.unexpected(_FORMS, did_you_mean(cursor.peek().text, ("TO", "DROP")))
        name = read_name(cursor, "the name under which late rows are kept")
        _check(name)
    if not cursor.done and not cursor.at("WITH"):
        raise cursor.unexpected("WITH or ;")
    return LateStatement("keep" if name else "drop", name, span)


def _check(name: Name) -> None:
    """Refuse a name that could name no folder; it may end in ``$late``, as the default does."""
    check_new_simple(Name(name.text.removesuffix(SUFFIX), name.span), "the name of late rows")
