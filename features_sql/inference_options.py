"""What a stream's options say of how it is scored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .diagnostics import Findings, refuse
from .inference import Async, External, Outside, SideOutput
from .options import Options, duration_option, known_options, need
from .sink import KafkaTarget, RedisTarget
from .sink_options import passed_on
from .statements import Name, Option

INFERENCES = ("embedded", "external", "async", "side_output")
SECOND = 1_000_000
_OWN: Mapping[str, tuple[str, ...]] = {
    "embedded": (),
    "external": ("url", "token", "timeout", "retries", "max.in.flight", "batch.size", "fallback"),
    "async": ("request.topic", "response.topic", "timeout", "bootstrap.servers", "url"),
    "side_output": ("timeout",),
}


def outside_of(
    options: Sequence[Option], shared: Sequence[str], name: Name, environment: Mapping[str, str], findings: Findings
) -> tuple[Outside | None, Options]:
    """Read how a stream is scored: None for 'embedded'; also its ``shared`` options, which say nothing of that.

    What is wrong is reported.
    """
    given = next((option.value for option in options if option.key.text == "inference"), "embedded")
    passed = passed_on(options) if given == "async" else ()
    keys = ("inference", *_OWN.get(given, ()), *shared, *passed)
    read = known_options(options if given in _OWN else (), keys, environment, findings)
    if given not in _OWN:
        whole = known_options([o for o in options if o.key.text == "inference"], ("inference",), environment, findings)
        with findings.collecting():
            whole.one_of("inference", INFERENCES, "embedded")
        return None, read
    with findings.collecting():
        if given == "external":
            return _external(read, name), read
        if given == "async":
            return _async(read, passed, name), read
        if given == "side_output":
            return SideOutput(duration_option(read, "timeout") or 30 * SECOND), read
    return None, read


def _external(read: Options, name: Name) -> External:
    need(read, "stream", name, "url")
    if not read.get("url").startswith(("http://", "https://")):
        raise refuse(read.span("url"), "'url' must start with http:// or https://")
    return External(
        read.get("url"),
        duration_option(read, "timeout") or SECOND,
        _count(read, "retries", 2, 0),
        _count(read, "max.in.flight", 4, 1),
        _count(read, "batch.size", 500, 1),
        _fallback(read),
        read.get("token"),
    )


def _fallback(read: Options) -> float | str | None:
    text = read.get("fallback", "NULL").strip()
    if text.upper() == "NULL":
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        raise refuse(read.span("fallback"), "'fallback' must be NULL, a finite number or the name of a model")
    return number


def _async(read: Options, passed: Sequence[str], name: Name) -> Async:
    need(read, "stream", name, "request.topic", "response.topic")
    if ("bootstrap.servers" in read.values) == ("url" in read.values):
        hint = "'bootstrap.servers' = 'host:9092' (Kafka) or 'url' = 'redis://host:6379/0'"
        raise refuse(name.span, f"stream {name.text} needs the address of one broker", hint)
    timeout = duration_option(read, "timeout") or 30 * SECOND
    if "url" in read.values:
        url = read.get("url")
        places = [RedisTarget(url, read.get(key), "") for key in ("request.topic", "response.topic")]
        return Async(places[0], places[1], timeout)
    options = {key: read.get(key) for key in ("bootstrap.servers", *passed)}
    topics = [KafkaTarget(read.get(key), options) for key in ("request.topic", "response.topic")]
    return Async(topics[0], topics[1], timeout)


def _count(read: Options, key: str, default: int, least: int) -> int:
    text = read.get(key, str(default)).strip()
    if not text.isdigit() or len(text) > 9 or int(text) < least:
        raise refuse(read.span(key), f"'{key}' must be a whole number from {least}; got '{read.shown(key)}'")
    return int(text)
