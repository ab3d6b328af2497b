"""``COMMENT ON`` and ``DROP``: statements about what other statements define."""

from __future__ import annotations

from .names import did_you_mean, read_name
from .statements import CommentStatement, DropStatement
from .tokens import Cursor

KINDS = ("SOURCE", "TABLE", "VIEW", "SERVICE", "MODEL", "STREAM", "SINK")
_COMMENTED = "FEATURE, SOURCE, TABLE, VIEW, SERVICE, MODEL, STREAM or SINK"


def read_comment(cursor: Cursor) -> CommentStatement:
    """Read ``COMMENT ON kind name IS 'text'``; a feature's name is ``view.feature``."""
    hint = "COMMENT ON FEATURE card_velocity.txns_5m IS 'payments in five minutes'"
    cursor.expect("COMMENT", "ON", hint=hint)
    kind = _kind(cursor, feature=True)
    owner, feature = read_name(cursor, f"the {kind}'s name"), None
    if kind == "feature":
        cursor.expect(".", hint=hint)
        feature = read_name(cursor, "the feature's name")
    cursor.expect("IS", hint=hint)
    text = cursor.peek()
    if text.kind != "string" or not text.text.startswith("'"):
        raise cursor.unexpected("a quoted text", hint)
    cursor.next()
    _end(cursor)
    return CommentStatement(owner, kind, feature, text.text[1:-1].replace("''", "'").strip())


def read_drop(cursor: Cursor) -> DropStatement:
    """Read ``DROP kind [IF EXISTS] name``."""
    span = cursor.expect("DROP")
    kind = _kind(cursor, feature=False)
    unless = cursor.take("IF", "EXISTS") is not None
    name = read_name(cursor, f"the {kind}'s name")
    _end(cursor)
    return DropStatement(name, kind, unless, span)


def _kind(cursor: Cursor, *, feature: bool) -> str:
    """Read a kind of definition: FEATURE VIEW and VIEW are one, FEATURE alone is a view's or service's column."""
    if cursor.at("FEATURE") and cursor.peek(1).upper in ("VIEW", "SERVICE"):
        cursor.next()
    elif feature and cursor.take("FEATURE"):
        return "feature"
    word = cursor.peek().upper
    if word not in KINDS:
        wanted = _COMMENTED if feature else _COMMENTED.removeprefix("FEATURE, ")
        raise cursor.unexpected(wanted, did_you_mean(cursor.peek().text, [*KINDS, *(("FEATURE",) if feature else ())]))
    cursor.next()
    return word.lower()


def _end(cursor: Cursor) -> None:
    if not cursor.done:
        raise cursor.unexpected("the end of the statement")
