"""CREATE SINK ... FROM relation [WHERE condition] WITH (...)."""

from __future__ import annotations

from .diagnostics import refuse
from .names import read_name
from .parse_options import read_options
from .parse_select import whole
from .source_text import Span
from .statements import Name, SinkStatement
from .tokens import Cursor, depths


def read_sink(cursor: Cursor, name: Name, description: str, span: Span) -> SinkStatement:
    """Read what follows ``CREATE SINK name``."""
    cursor.expect("FROM", hint=f"CREATE SINK {name.text} FROM stream WITH ('connector' = 'kafka', ...)")
    relation = read_name(cursor, "a stream, view or service")
    where = None
    if cursor.take("WHERE"):
        tokens = cursor.tokens[cursor.position :]
        level = depths(tokens)
        heads = (i for i, token in enumerate(tokens) if level[i] == 0 and token.upper == "WITH")
        stop = next(heads, len(tokens))
        end = tokens[stop].start if stop < len(tokens) else span.end
        where = whole(Cursor(cursor.script, tokens[:stop], end), "a condition")
        cursor.position += stop
    options = read_options(cursor)
    if not cursor.done:
        raise cursor.unexpected("; after the options")
    if not options:
        raise refuse(name.span, f"sink {name.text} has no options", "WITH ('connector' = 'files', 'path' = '...')")
    return SinkStatement(name, relation, where, options, description, span)
