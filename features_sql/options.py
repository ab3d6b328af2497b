"""What options mean: known keys, their values, and the environment's part in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from .definitions import Partition
from .diagnostics import Findings, refuse
from .durations import parse_duration
from .names import did_you_mean
from .source_text import Span
from .statements import Name, Option

_VIEW_KEYS = ("owner", "tags", "valid.for", "recompute", "offline.partition")
_SERVICE_KEYS = ("owner", "tags", "offline.partition")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Options:
    """Known options by key, with ``${NAME}`` replaced in the values; messages quote the text as written.

    What is ``written`` has no value where that was refused.
    """

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
            if key not in keys:
                raise refuse(
                    option.key.span, f"unknown option '{key}'", did_you_mean(key, keys) or f"one of {', '.join(keys)}"
                )
            written[key] = option
            values[key] = _expand(option, environment)
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


def need(read: Options, kind: str, name: Name, *keys: str) -> None:
    """Refuse a ``kind`` of definition that leaves out one of ``keys``, or gives it no value."""
    for key in keys:
        refused = key in read.written and key not in read.values
        if not refused and not read.get(key).strip():
            raise refuse(name.span, f"{kind} {name.text} has no '{key}'", f"add '{key}' = '...'")


def duration_option(read: Options, key: str) -> int | None:
    """Return the microseconds of an option that holds a length of time, longer than nothing; None where not given."""
    if key not in read.values:
        return None
    length = parse_duration(read.get(key), read.span(key))
    if length <= 0:
        raise refuse(read.span(key), f"'{key}' must be longer than nothing")
    return length


@dataclass(frozen=True)
class ViewOptions:
    """What a view's or service's options say."""

    owner: str
    tags: tuple[str, ...]
    valid_for: int | None
    recompute_allowed: bool
    valid_for_span: Span | None
    partition: Partition


def view_options(
    options: Sequence[Option], kind: str, environment: Mapping[str, str], findings: Findings
) -> ViewOptions:
    """Read a view's or service's options; wrong ones are reported and left out."""
    read = known_options(options, _VIEW_KEYS if kind == "view" else _SERVICE_KEYS, environment, findings)
    tags = tags_of(read)
    valid_for, recompute, partition = None, False, "month"
    with findings.collecting():
        valid_for = duration_option(read, "valid.for")
    with findings.collecting():
        partition = read.one_of("offline.partition", ("day", "month"), "month")
    with findings.collecting():
        recompute = read.one_of("recompute", ("allowed",), "allowed") == "allowed" and "recompute" in read.values
    span = read.written["valid.for"].key.span if valid_for is not None else None
    return ViewOptions(read.get("owner"), tags, valid_for, recompute, span, cast("Partition", partition))


def tags_of(options: Options) -> tuple[str, ...]:
    """Return the comma-separated words of ``tags``."""
    return tuple(tag.strip() for tag in options.get("tags").split(",") if tag.strip())
