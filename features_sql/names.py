"""Names: reading them, judging them, and guessing which one was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .diagnostics import refuse
from .spelling import did_you_mean as did_you_mean
from .statements import Name
from .tokens import Cursor, Token


def words(text: str) -> frozenset[str]:
    """Return the words of a text that blanks separate."""
    return frozenset(text.split())


# What DuckDB or this language would read as something else where a name stands unquoted.
RESERVED = words(
    "ALL AND ANY AS ASC ASOF BY CASE CAST CREATE DESC DISTINCT ELSE EMIT END EXCEPT FALSE FOR FROM GROUP HAVING IN "
    "INTERSECT INTO IS JOIN LIKE LIMIT NOT NULL OFFSET ON OR ORDER OVER QUALIFY SELECT TABLE THEN TO TRUE UNION USING "
    "WHEN WHERE WINDOW WITH"
)
_STATEMENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_name(cursor: Cursor, what: str) -> Name:
    """Read a name; ``what`` says which one in the refusal."""
    token = cursor.peek()
    if token.kind not in ("word", "quoted") or (token.kind == "word" and token.upper in RESERVED):
        reserved = token.kind == "word" and token.text.isidentifier()
        raise cursor.unexpected(
            what, f'{token.text} is a word of SQL; as a name it is quoted: "{token.text}"' if reserved else ""
        )
    cursor.next()
    return name_of(cursor, token)


def name_of(cursor: Cursor, token: Token) -> Name:
    """Return the name that a word or quoted name stands for."""
    return Name(unquote(token), cursor.span(token, token))


def unquote(token: Token) -> str:
    """Return the name that a token spells."""
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text


def quote(name: str) -> str:
    """Return ``name`` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return ``text`` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def check_new(name: Name, what: str) -> None:
    """Refuse a name that may not be given to a column, window or feature."""
    if name.text.startswith("_"):
        raise refuse(name.span, f"{what} may not start with _; got {name.text}", "such names are headrace's own")
    if not name.text.strip() or any(ord(char) < 32 for char in name.text) or "$" in name.text:
        raise refuse(name.span, f"{what} must be made of letters, digits and _; got {name.text!r}")


def check_new_simple(name: Name, what: str) -> None:
    """Refuse a name that may not be given to a statement or alias: these also name folders."""
    check_new(name, what)
    if not _STATEMENT_NAME.fullmatch(name.text):
        raise refuse(name.span, f"{what} must be made of the letters a to z, digits and _; got {name.text}")


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Return the names in one line, the first ones only where they are many."""
    all_names = list(names)
    more = f", ... ({len(all_names) - limit} more)" if len(all_names) > limit else ""
    return ", ".join(all_names[:limit]) + more
