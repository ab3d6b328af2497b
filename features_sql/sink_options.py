"""What a sink's options mean: where its rows go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .diagnostics import Findings, refuse
from .names import listed
from .options import Options, known_options, need
from .sink import FilesTarget, KafkaTarget, RedisTarget, SinkTarget
from .statements import Name, Option

CONNECTORS = ("files", "kafka", "redis")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "files": ("path", "format"),
    "kafka": ("topic", "bootstrap.servers", "format", "key"),
    "redis": ("url", "stream", "key.prefix", "key"),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "files": ("path",),
    "kafka": ("topic", "bootstrap.servers"),
    "redis": ("url",),
}
# Options of librdkafka that go to it as they are: how to reach the broker, how to log in, how to compress.
PASSED = ("security.", "sasl.", "ssl.", "client.", "socket.", "reconnect.", "compression.", "linger.", "batch.")


def passed_on(options: Sequence[Option]) -> tuple[str, ...]:
    """Return the keys that go to librdkafka under their own names."""
    return tuple(option.key.text for option in options if option.key.text.startswith(PASSED))


def sink_target(
    options: Sequence[Option], name: Name, environment: Mapping[str, str], findings: Findings
) -> tuple[SinkTarget, Options] | None:
    """Read a sink's options; None, with the reasons reported, where they cannot be used."""
    before = findings.refusals
    connector = next((option for option in options if option.key.text == "connector"), None)
    if connector is None:
        hint = f"'connector' may be {listed(CONNECTORS)}"
        findings.add(refuse(name.span, f"sink {name.text} has no 'connector'", hint))
        return None
    kind = connector.value
    passed = passed_on(options) if kind == "kafka" else ()
    keys = ("connector", *_KEYS.get(kind, ()), *passed)
    read = known_options(options if kind in _KEYS else [connector], keys, environment, findings)
    with findings.collecting():
        read.one_of("connector", CONNECTORS, "")
        format_ = "jsonl" if kind == "files" else "json"
        read.one_of("format", (format_,), format_)
        if findings.refusals == before:
            need(read, "sink", name, *_NEEDED.get(kind, ()))
        if kind == "redis" and ("stream" in read.values) == ("key.prefix" in read.values):
            hint = "'stream' appends each row; 'key.prefix' keeps each key's newest"
            raise refuse(name.span, f"sink {name.text} needs either 'stream' or 'key.prefix'", hint)
    if findings.refusals > before:
        return None
    return _target(kind, read, passed), read


def _target(kind: str, read: Options, passed: Sequence[str]) -> SinkTarget:
    if kind == "files":
        return FilesTarget(read.get("path"))
    if kind == "kafka":
        options = {key: read.get(key) for key in ("bootstrap.servers", *passed)}
        return KafkaTarget(read.get("topic"), options)
    return RedisTarget(read.get("url"), read.get("stream"), read.get("key.prefix"))
