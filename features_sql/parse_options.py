"""``WITH ('key' = 'value', ...)`` as written."""

from __future__ import annotations

from .diagnostics import refuse
from .statements import Name, Option
from .tokens import Cursor


def read_options(cursor: Cursor) -> tuple[Option, ...]:
    """Read the options if WITH comes next; keys are lower case."""
    if not cursor.at("WITH"):
        return ()
    cursor.next()
    if not cursor.at("("):
        raise cursor.unexpected("( and options", "WITH ('key' = 'value', ...)")
    options = list[Option]()
    for part in cursor.inside().split():
        option = _option(part)
        if any(option.key.text == other.key.text for other in options):
            raise refuse(option.key.span, f"option '{option.key.text}' is given twice")
        options.append(option)
    return tuple(options)


def _option(part: Cursor) -> Option:
    key = part.peek()
    if key.kind != "string" or not key.text.startswith("'"):
        raise part.unexpected("an option", "options are quoted: 'key' = 'value'")
    part.next()
    part.expect("=")
    value = part.peek()
    if value.kind != "string" or not value.text.startswith("'"):
        raise part.unexpected("a quoted value", "values are quoted: 'key' = 'value'")
    part.next()
    if not part.done:
        raise part.unexpected(", or )")
    name = Name(key.text[1:-1].lower(), part.span(key, key))
    return Option(name, value.text[1:-1].replace("''", "'"), part.span(value, value))
