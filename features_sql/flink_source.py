"""A source in Flink's words: CREATE TABLE with its watermark."""

from __future__ import annotations

from .definitions import FilesConnector, Source
from .flink_expressions import translated
from .flink_verdicts import NoCounterpartError, Verdicts
from .flink_words import MILLISECOND, ROWTIME, interval, quote, type_name
from .names import literal
from .sink import KafkaTarget
from .source_options import DAY
from .topic_connector import TopicConnector

_LATE_BY = 2 * MILLISECOND
"""So far behind ours Flink's watermark is declared: there an event *at* the watermark is late, here it is not, and a
session is over one millisecond before its end."""

_JSON = "where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there"


def source_sql(source: Source, verdicts: Verdicts) -> str:
    """Return CREATE TABLE for a source; what is refused is noted."""
    lines: list[str] = []
    with verdicts.on(f"{source.name}: columns"):
        lines = [_column(source, place) for place in range(len(source.columns))]
    wait = "times have milliseconds there, and which late rows count depends on when a watermark is sent"
    with verdicts.on(f"{source.name}: WATERMARK", "exact with delay", wait):
        delayed = f"{quote(source.time)} - {interval(source.delay + _LATE_BY)}"
        lines.append(f"WATERMARK FOR {quote(source.time)} AS {delayed}")
    _rules(source, verdicts)
    options = ["'connector' = '...'"]
    with verdicts.on(f"{source.name}: connector", beside=True, reason=_JSON):
        options = _options(source)
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {quote(source.name)} (\n  {body}\n) WITH (\n  " + ",\n  ".join(options) + "\n)"


def _column(source: Source, place: int) -> str:
    column = source.columns[place]
    if column.computed is not None:
        return f"{quote(column.name)} AS {translated(column.computed, lambda _, name: quote(name))}"
    return f"{quote(column.name)} {ROWTIME if column.name == source.time else type_name(column.type)}"


def _rules(source: Source, verdicts: Verdicts) -> None:
    """Refuse the rules for a source's rows that were asked for; the reference says what is so without them."""
    late = source.late
    if late.within is not None:
        with verdicts.on(f"{source.name}: LATE ROWS ACCEPT WITHIN"):
            raise NoCounterpartError("rows that were written are not written again there")
    elif late.name not in (None, f"{source.name}$late"):
        with verdicts.on(f"{source.name}: LATE ROWS TO"):
            raise NoCounterpartError("late rows are dropped there, and kept nowhere")
    if source.dedupe is not None:
        with verdicts.on(f"{source.name}: dedupe"):
            raise NoCounterpartError("a key is deduplicated for ever there, or by the wall clock, not by event time")
    if source.max_future not in (None, DAY):
        with verdicts.on(f"{source.name}: max.future"):
            raise NoCounterpartError("a row from the future moves the watermark there")
    if source.idle_timeout is not None:
        wait = "a source of which every partition is idle waits there for its next row"
        with verdicts.on(f"{source.name}: idle.timeout", "exact with delay", wait):
            pass


def _options(source: Source) -> list[str]:
    connector = source.connector
    if isinstance(connector, FilesConnector):
        raise NoCounterpartError("files are read there in no order, which makes rows late: bring them to a topic")
    if not isinstance(connector, TopicConnector) or not isinstance(connector.topic, KafkaTarget):
        raise NoCounterpartError(f"no connector there reads {connector.kind}; kafka is read by both")
    if connector.key_column or connector.headers_column:
        raise NoCounterpartError("key.column and headers.column are not translated")
    # Addresses and secrets stay in the project's environment.
    options = {
        "connector": "kafka",
        "topic": connector.topic_name,
        "properties.bootstrap.servers": "...",
        "scan.startup.mode": "earliest-offset",
        "format": "json",
    }
    if source.idle_timeout is not None:
        options["scan.watermark.idle-timeout"] = f"{source.idle_timeout // MILLISECOND} ms"
    return [f"{literal(key)} = {literal(value)}" for key, value in options.items()]
