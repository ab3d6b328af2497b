"""SHOW, DESCRIBE and EXPLAIN: what may be asked of a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .diagnostics import Refusal, refuse
from .errors import StatementError
from .names import did_you_mean, read_name
from .source_text import SourceText
from .tokens import Cursor, tokenize

_SHOWN = {
    "SOURCES": "sources",
    "TABLES": "tables",
    "FEATURE VIEWS": "views",
    "VIEWS": "views",
    "FEATURE SERVICES": "services",
    "SERVICES": "services",
    "MODELS": "models",
    "STREAMS": "streams",
    "SINKS": "sinks",
}
_KINDS = ("SHOW", "DESCRIBE", "EXPLAIN")
# What may stand between DESCRIBE or EXPLAIN and a name.
_KIND_WORDS = tuple(words.removesuffix("S").split() for words in _SHOWN)


@dataclass(frozen=True)
class Ask:
    """``name`` is what is asked of: a kind of definitions (SHOW), or the name of one.

    ``statement`` is the definition that EXPLAIN was given in place of a name, at its own place in the text. ``flink``:
    what it is in Flink's SQL is asked.
    """

    kind: Literal["show", "describe", "explain"]
    name: str
    statement: SourceText | None = None
    flink: bool = False


def read_ask(source: SourceText) -> Ask:
    """Read one question; raises StatementError."""
    try:
        return _ask(source)
    except Refusal as refusal:
        raise StatementError(refusal.diagnostic) from None


def _ask(source: SourceText) -> Ask:
    script = tokenize(source)
    if script.broken:
        raise script.broken
    tokens = list(script.tokens)
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    cursor = Cursor(script, tokens, tokens[-1].end if tokens else len(source.text))
    if cursor.take("SHOW"):
        ask = Ask("show", _kind(cursor))
    elif cursor.take("DESCRIBE"):
        _pass_kind(cursor)
        ask = Ask("describe", read_name(cursor, "a name").text)
    elif cursor.take("EXPLAIN"):
        return _explain(cursor, source)
    else:
        raise _no_question(cursor)
    if not cursor.done:
        raise cursor.unexpected("the end of the statement")
    return ask


def _pass_kind(cursor: Cursor) -> None:
    """Pass over the words for a kind of definition in front of its name."""
    for words in _KIND_WORDS:
        if cursor.at(*words) and cursor.peek(len(words)).kind != "end":
            cursor.take(*words)
            return


def _kind(cursor: Cursor) -> str:
    for words, kind in _SHOWN.items():
        if cursor.take(*words.split()):
            return kind
    hint = did_you_mean(cursor.peek().text, _SHOWN)
    raise cursor.unexpected("SOURCES, TABLES, FEATURE VIEWS, FEATURE SERVICES, MODELS, STREAMS or SINKS", hint)


def _explain(cursor: Cursor, source: SourceText) -> Ask:
    # A view may be named so.
    flink = cursor.peek(1).kind != "end" and cursor.take("FLINK") is not None
    if not cursor.at("CREATE"):
        _pass_kind(cursor)
        name = read_name(cursor, "a view, a service, or CREATE FEATURE VIEW ...").text
        if not cursor.done:
            raise cursor.unexpected("the end of the statement", did_you_mean(name, ["FLINK"]))
        return Ask("explain", name, flink=flink)
    start, words = cursor.peek().start, cursor.tokens[cursor.position :]
    place = next((place for place, token in enumerate(words) if token.upper in ("VIEW", "SERVICE")), None)
    if place is None or place + 1 >= len(words):
        whole = cursor.span(words[0], words[-1])
        raise refuse(whole, "EXPLAIN takes a view or a service", "EXPLAIN CREATE FEATURE VIEW ...")
    cursor.position += place + 1
    name = read_name(cursor, "the name of a view or service").text
    # Blanks in front keep every place in what the user typed.
    return Ask("explain", name, SourceText(source.path, " " * start + source.text[start:]), flink)


def _no_question(cursor: Cursor) -> Refusal:
    token = cursor.peek()
    hints = {
        "CREATE": "definitions stand in the project's .sql files; apply makes them so",
        "COMMENT": "comments stand in the project's .sql files; apply makes them so",
        "DROP": "take the definition out of the project's .sql files; apply makes it so",
        "SELECT": 'headrace catalog query "SELECT ..." asks the catalog',
    }
    hint = hints.get(token.upper) or did_you_mean(token.text, _KINDS)
    return cursor.unexpected("SHOW, DESCRIBE or EXPLAIN", hint)
