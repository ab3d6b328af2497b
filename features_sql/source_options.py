"""Options of a source or table: its connector, and the rules for its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, cast

from .definitions import Connector, FilesConnector, PushConnector
from .diagnostics import Findings, refuse
from .options import Options, duration_option, known_options
from .sink_options import passed_on
from .statements import Name, RelationStatement
from .topic_options import TOPIC_KEYS, topic_connector

Format = Literal["parquet", "csv", "jsonl"]

_FILES = ("connector", "path", "format", "csv.header", "csv.delimiter", "csv.null")
_RULES = ("max.future", "dedupe", "history", "idle.timeout")
_KEYS = {"table": _FILES, "source": (*_FILES, "bounded", *_RULES), "push": ("connector", *_RULES)}
CONNECTORS = ("files", "push", "kafka", "redis")
FORMATS: dict[str, Format] = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
DAY = 86_400_000_000
_IDLE = 10_000_000


@dataclass(frozen=True)
class SourceOptions:
    """What a source's or table's options say; see ``definitions.Source``. A table has no rules for its rows."""

    connector: Connector
    max_future: int | None = None
    dedupe: int | None = None
    idle_timeout: int | None = None
    history: int | None = None
    kept: bool = False


def source_options(
    statement: RelationStatement, kind: str, environment: Mapping[str, str], findings: Findings
) -> SourceOptions | None:
    """Read a source's or table's options; None, with the reasons reported, where they cannot be used."""
    before = findings.refusals
    options, name = statement.options, statement.name
    given = next((o.value for o in options if o.key.text == "connector"), "")
    logged = given if kind == "source" and given in ("push", *TOPIC_KEYS) else ""
    passed = passed_on(options) if logged == "kafka" else ()
    keys = (*_KEYS["push" if logged else kind], *TOPIC_KEYS.get(logged, ()), *passed)
    read = known_options(options, keys, environment, findings)
    with findings.collecting():
        read.one_of("connector", ("files",) if kind == "table" else CONNECTORS, "files")
    connector: Connector | None = None
    with findings.collecting():
        if logged in TOPIC_KEYS:
            connector = topic_connector(read, logged, statement, passed)
        else:
            connector = PushConnector() if logged else _files(read, kind, name, before, findings)
    rules = _rules(read, bool(logged), bool(statement.primary_key), findings) if kind == "source" else {}
    return SourceOptions(connector, **rules) if connector and findings.refusals == before else None


def _files(read: Options, kind: str, name: Name, before: int, findings: Findings) -> FilesConnector | None:
    for key in ("connector", "path"):
        if key not in read.values and findings.refusals == before:
            hint = "WITH ('connector' = 'files', 'path' = '...')"
            findings.add(refuse(name.span, f"{kind} {name.text} has no '{key}'", hint))
    values = dict[str, Any]()
    for field, reader in _READERS.items():
        with findings.collecting():
            values[field] = reader(read)
    return FilesConnector(**values) if findings.refusals == before else None


def _rules(read: Options, logged: bool, has_key: bool, findings: Findings) -> dict[str, Any]:
    """Read which rows of a source are let in, and how long they are kept."""
    rules = dict[str, Any]()
    bounded = read.get("bounded") == "true"
    with findings.collecting():
        given = duration_option(read, "max.future")
        rules["max_future"] = DAY if given is None and not bounded else given
    with findings.collecting():
        rules["dedupe"] = duration_option(read, "dedupe")
        if rules["dedupe"] is not None and not has_key:
            hint = "add PRIMARY KEY (...) NOT ENFORCED after the columns"
            raise refuse(read.written["dedupe"].key.span, "'dedupe' needs a PRIMARY KEY to tell repeats by", hint)
    with findings.collecting():
        rules["history"] = _history(read, logged)
        rules["kept"] = read.get("history", "keep" if logged else "source") != "source"
    with findings.collecting():
        given = duration_option(read, "idle.timeout")
        if given is not None and bounded:
            span = read.written["idle.timeout"].key.span
            raise refuse(span, "a bounded source is never idle: it ends", "leave 'idle.timeout' or 'bounded' out")
        rules["idle_timeout"] = _IDLE if given is None and logged else given
    return rules


def _history(read: Options, logged: bool) -> int | None:
    """Return how far back events are kept, None for ever; refuse what the connector cannot have."""
    given = read.get("history", "keep")
    if given not in ("keep", "source"):
        if not given[:1].isdigit():
            hint = "it may be 'keep', 'source' or a length of time such as '90 days'"
            raise refuse(read.span("history"), f"'history' cannot be '{read.shown('history')}'", hint)
        return duration_option(read, "history")
    if logged and given == "source":
        hint = "'keep' keeps every event"
        raise refuse(read.span("history"), "these events cannot be read from their source again", hint)
    return None


def _path(read: Options) -> str:
    if "path" in read.values and not read.get("path").strip():
        raise refuse(read.span("path"), "'path' must not be empty")
    return read.get("path")


def _delimiter(read: Options) -> str:
    delimiter = read.get("csv.delimiter", ",")
    delimiter = "\t" if delimiter == "\\t" else delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise refuse(read.span("csv.delimiter"), "'csv.delimiter' must be one character", "',', ';', '|' or '\\t'")
    return delimiter


def _truth(read: Options, key: str, default: str) -> bool:
    return read.one_of(key, ("true", "false"), default) == "true"


def _format(read: Options) -> Format:
    format_ = _format_of(read)
    for key in ("csv.header", "csv.delimiter", "csv.null"):
        if key in read.values and format_ != "csv":
            raise refuse(read.written[key].key.span, f"'{key}' is for csv; these files are {format_}")
    return format_


def _format_of(read: Options) -> Format:
    if "format" in read.values:
        return cast("Format", read.one_of("format", ("parquet", "csv", "jsonl"), ""))
    path = read.get("path", "missing.csv")
    suffix = PurePath(path).suffix.lower()
    if suffix not in FORMATS:
        raise refuse(
            read.span("path"),
            "the path does not say which format its files have",
            "add 'format' = 'parquet', 'csv' or 'jsonl'",
        )
    return FORMATS[suffix]


_READERS: Mapping[str, Callable[[Options], Any]] = {
    "path": _path,
    "format": _format,
    "header": lambda read: _truth(read, "csv.header", "true"),
    "delimiter": _delimiter,
    "nulls": lambda read: tuple(read.get("csv.null").split(",")),
    "bounded": lambda read: _truth(read, "bounded", "false"),
}
