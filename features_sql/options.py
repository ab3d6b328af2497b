"""What options mean: known keys, their values, and the environment's part in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal, cast

from .definitions import FilesConnector
from .diagnostics import Findings, not_built, refuse
from .durations import parse_duration
from .names import did_you_mean, words
from .source_text import Span
from .statements import Name, Option

Format = Literal["parquet", "csv", "jsonl"]

_SOURCE_KEYS = ("connector", "path", "format", "csv.header", "csv.delimiter", "csv.null", "bounded")
_TABLE_KEYS = _SOURCE_KEYS[:-1]
_VIEW_KEYS = ("owner", "tags", "valid.for", "recompute")
_SERVICE_KEYS = ("owner", "tags")
_INFERENCE_NOT_BUILT = ("external", "async", "side_output")
_NOT_BUILT = words(
    "idle.timeout max.future dedupe history topic bootstrap.servers group.id offline.partition url port stream"
)
_CONNECTORS_NOT_BUILT = ("kafka", "redis", "push", "http")
_FORMATS: dict[str, Format] = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Options:
    """Known options by key, with ``${NAME}`` replaced in the values; messages quote the text as written."""

    values: Mapping[str, str]
    written: Mapping[str, Option] = field(repr=False)

    def get(self, key: str, default: str = "") -> str:
        """Return the value of an option or the default."""
        return self.values.get(key, default)

    def span(self, key: str) -> Span:
        """Return the place of an option's value."""
        return self.written[key].span

    def shown(self, key: str) -> str:
        """Return the value as written, for messages."""
        return self.written[key].value

    def one_of(self, key: str, allowed: Sequence[str], default: str) -> str:
        """Return a value that must be one of ``allowed``."""
        value = self.get(key, default)
        if value not in allowed:
            hint = (
                did_you_mean(self.shown(key), allowed) or f"it may be {' or '.join(repr(value) for value in allowed)}"
            )
            raise refuse(self.span(key), f"'{key}' cannot be '{self.shown(key)}'", hint)
        return value


def known_options(
    options: Sequence[Option], keys: Sequence[str], environment: Mapping[str, str], findings: Findings
) -> Options:
    """Keep the options whose key is one of ``keys``; report the others and unknown variables."""
    values, written = dict[str, str](), dict[str, Option]()
    for option in options:
        with findings.collecting():
            key = option.key.text
            if key in _NOT_BUILT and key not in keys:
                raise not_built(option.key.span, f"'{key}'")
            if key not in keys:
                raise refuse(
                    option.key.span, f"unknown option '{key}'", did_you_mean(key, keys) or f"one of {', '.join(keys)}"
                )
            values[key] = _expand(option, environment)
            written[key] = option
    return Options(values, written)


def _expand(option: Option, environment: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            start = option.span.start + max(0, option.span.text.find(match[0]))
            span = Span(option.span.source, start, start + len(match[0]))
            raise refuse(span, f"the environment has no {match[1]}", did_you_mean(match[1], environment))
        return environment[match[1]]

    if "${" in _VARIABLE.sub("", option.value):
        raise refuse(option.span, "a variable is written ${NAME}")
    return _VARIABLE.sub(value, option.value)


def files_connector(
    options: Sequence[Option], kind: str, name: Name, environment: Mapping[str, str], findings: Findings
) -> FilesConnector | None:
    """Read a source's or table's options; None, with the reasons reported, where they cannot be used."""
    other = next((o for o in options if o.key.text == "connector" and o.value in _CONNECTORS_NOT_BUILT), None)
    if other:
        # The rest of its options belong to that connector: nothing useful can be said of them.
        findings.add(not_built(other.span, f"The connector {other.value}", "use files"))
        return None
    before = findings.refusals
    read = known_options(options, _SOURCE_KEYS if kind == "source" else _TABLE_KEYS, environment, findings)
    for key in ("connector", "path"):
        if key not in read.values and findings.refusals == before:
            hint = "WITH ('connector' = 'files', 'path' = '...')"
            findings.add(refuse(name.span, f"{kind} {name.text} has no '{key}'", hint))
    values = dict[str, Any]()
    for field_, reader in _READERS.items():
        with findings.collecting():
            values[field_] = reader(read)
    return FilesConnector(**values) if findings.refusals == before else None


def _path(read: Options) -> str:
    read.one_of("connector", ("files",), "files")
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
    if suffix not in _FORMATS:
        raise refuse(
            read.span("path"),
            "the path does not say which format its files have",
            "add 'format' = 'parquet', 'csv' or 'jsonl'",
        )
    return _FORMATS[suffix]


_READERS: Mapping[str, Callable[[Options], Any]] = {
    "path": _path,
    "format": _format,
    "header": lambda read: _truth(read, "csv.header", "true"),
    "delimiter": _delimiter,
    "nulls": lambda read: tuple(read.get("csv.null").split(",")),
    "bounded": lambda read: _truth(read, "bounded", "false"),
}


@dataclass(frozen=True)
class ViewOptions:
    """What a view's or service's options say."""

    owner: str
    tags: tuple[str, ...]
    valid_for: int | None
    recompute_allowed: bool
    valid_for_span: Span | None


def view_options(
    options: Sequence[Option], kind: str, environment: Mapping[str, str], findings: Findings
) -> ViewOptions:
    """Read a view's or service's options; wrong ones are reported and left out."""
    read = known_options(options, _VIEW_KEYS if kind == "view" else _SERVICE_KEYS, environment, findings)
    tags = tags_of(read)
    valid_for, recompute = None, False
    if "valid.for" in read.values:
        with findings.collecting():
            valid_for = parse_duration(read.get("valid.for"), read.span("valid.for"))
            if valid_for <= 0:
                raise refuse(read.span("valid.for"), "'valid.for' must be longer than nothing")
    with findings.collecting():
        recompute = read.one_of("recompute", ("allowed",), "allowed") == "allowed" and "recompute" in read.values
    span = read.written["valid.for"].key.span if valid_for is not None else None
    return ViewOptions(read.get("owner"), tags, valid_for, recompute, span)


@dataclass(frozen=True)
class StreamOptions:
    """What a stream's options say."""

    owner: str
    tags: tuple[str, ...]
    inference: Literal["embedded"]


def stream_options(options: Sequence[Option], environment: Mapping[str, str], findings: Findings) -> StreamOptions:
    """Read a stream's options; wrong ones are reported and left out."""
    other = next((o for o in options if o.key.text == "inference" and o.value in _INFERENCE_NOT_BUILT), None)
    if other:
        # The rest of its options belong to that way of scoring: nothing useful can be said of them.
        findings.add(not_built(other.span, f"'inference' = '{other.value}'", "use 'embedded'"))
        return StreamOptions("", (), "embedded")
    read = known_options(options, ("inference", *_SERVICE_KEYS), environment, findings)
    with findings.collecting():
        read.one_of("inference", ("embedded", *_INFERENCE_NOT_BUILT), "embedded")
    return StreamOptions(read.get("owner"), tags_of(read), "embedded")


def tags_of(options: Options) -> tuple[str, ...]:
    """Return the comma-separated words of ``tags``."""
    return tuple(tag.strip() for tag in options.get("tags").split(",") if tag.strip())
