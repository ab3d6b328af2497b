"""CREATE MODEL: PREDICT ... LABELS, CORRECTS, and Flink's INPUT and OUTPUT."""

from __future__ import annotations

from .diagnostics import refuse
from .durations import parse_duration, read_duration
from .names import read_name
from .parse_options import read_options
from .parse_relation import read_column, read_single_name
from .source_text import Span
from .statements import ColumnStatement, LabelsStatement, ModelStatement, Name, Option
from .tokens import Cursor

_PREDICTS = "PREDICT is_fraud FROM service LABELS source ON (key) WITHIN 30 DAYS WITH (...)"
# What PREDICT says in words, Flink's form says in options.
_FLINK_OPTIONS = ("service", "labels", "labels.on", "labels.within")


def read_model(cursor: Cursor, name: Name, description: str, span: Span) -> ModelStatement:
    """Read what follows ``CREATE MODEL name``."""
    if cursor.take("CORRECTS"):
        base = read_name(cursor, "the model to correct")
        return ModelStatement(name, None, None, None, base, (), None, _options(cursor), description, span)
    if cursor.at("INPUT"):
        return _flink(cursor, name, description, span)
    if not cursor.take("PREDICT"):
        raise cursor.unexpected("PREDICT, CORRECTS or INPUT", f"CREATE MODEL {name.text} {_PREDICTS}")
    target = read_name(cursor, "the label's column")
    cursor.expect("FROM", hint=_PREDICTS)
    service = read_name(cursor, "the name of a feature service")
    cursor.expect("LABELS", hint=_PREDICTS)
    source = read_name(cursor, "the name of the labels' source")
    cursor.expect("ON", hint=_PREDICTS)
    if not cursor.at("("):
        raise cursor.unexpected("( and the label's key", "ON (txn_id)")
    keys = tuple(read_single_name(part, "a column of the label's key") for part in cursor.inside().split())
    cursor.expect("WITHIN", hint=_PREDICTS)
    within = read_duration(cursor)
    labels = LabelsStatement(source, keys, within)
    return ModelStatement(name, target, service, labels, None, (), None, _options(cursor), description, span)


def _options(cursor: Cursor) -> tuple[Option, ...]:
    options = read_options(cursor)
    if not cursor.done:
        raise cursor.unexpected("; after the options" if options else "WITH and options", "WITH ('provider' = ...)")
    return options


def _flink(cursor: Cursor, name: Name, description: str, span: Span) -> ModelStatement:
    inputs = _columns(cursor, "INPUT")
    output, *others = _columns(cursor, "OUTPUT")
    if others:
        raise refuse(others[0].name.span, "a model predicts one column", "OUTPUT (is_fraud BOOLEAN)")
    options = _options(cursor)
    written = {option.key.text: option for option in options}
    for key in _FLINK_OPTIONS:
        if key not in written:
            raise refuse(name.span, f"model {name.text} has no '{key}'", f"INPUT ... OUTPUT ... WITH ('{key}' = '...')")
    service, source, on, within = (written[key] for key in _FLINK_OPTIONS)
    keys = tuple(Name(key.strip(), on.span) for key in on.value.split(","))
    labels = LabelsStatement(_value(source), keys, parse_duration(within.value, within.span))
    rest = tuple(option for option in options if option.key.text not in _FLINK_OPTIONS)
    target = output.name
    return ModelStatement(name, target, _value(service), labels, None, tuple(inputs), output, rest, description, span)


def _columns(cursor: Cursor, word: str) -> list[ColumnStatement]:
    cursor.expect(word, hint="INPUT (amount DOUBLE) OUTPUT (is_fraud BOOLEAN) WITH (...)")
    if not cursor.at("("):
        raise cursor.unexpected("( and columns")
    columns = list[ColumnStatement]()
    for part in cursor.inside().split():
        columns.append(read_column(part, columns))
    return columns


def _value(option: Option) -> Name:
    return Name(option.value.strip(), option.span)
