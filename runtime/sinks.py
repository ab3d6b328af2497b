"""Sinks: what epochs have committed goes on to files, Kafka or Redis, each row once and in order.

The offline store is the outbox: an epoch that is committed and not yet delivered is delivered from its files, so
a crash or a broker that is away delays rows and never loses one. Before an epoch is tried, its number is noted;
after it has arrived, that it has.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack

import duckdb
import pyarrow as pa

from ..catalog.database import transaction
from ..catalog.plan import Change
from ..features_sql.errors import SinkError
from ..features_sql.names import quote
from ..features_sql.sink import FilesTarget, KafkaTarget, Sink
from . import failpoints
from .brokers.topics import Positions, positions_of, positions_text
from .duck import query
from .scoring.circuit_breaker import CircuitBreaker
from .sink_targets import FilesSink, KafkaSink, RedisSink, SinkRow, Target
from .stores import ledger, offline
from .stores.datasets import Dataset
from .stores.layout import Layout

LOG = logging.getLogger(__name__)


def begin(store: sqlite3.Connection, sinks: Collection[Sink]) -> None:
    """Let new sinks start after the last epoch and forget those that are gone, inside the caller's transaction.

    A sink that takes another relation than before is a new one; one that changes otherwise goes on where it was.
    """
    sources = {sink.name: sink.source for sink in sinks}
    known = _sources(store)
    last = ledger.next_epoch(store) - 1
    for name in {**known, **sources}:
        if known.get(name) == sources.get(name):
            continue
        store.execute("DELETE FROM sinks WHERE name = ?", (name,))
        if name in sources:
            store.execute("INSERT INTO sinks VALUES (?, ?, ?, NULL, '{}')", (name, sources[name], last))
    store.execute("DELETE FROM sink_parts")
    parts = [(sink.name, json.dumps(_parts(sink))) for sink in sinks]
    store.executemany("INSERT INTO sink_parts VALUES (?, ?)", parts)


def changes(store: sqlite3.Connection, sinks: Iterable[Sink]) -> tuple[Change, ...]:
    """Return what ``begin`` would do, a change for each sink: those of the project first, then those that are gone."""
    known = _sources(store)
    kept = {name: json.loads(parts) for name, parts in store.execute("SELECT name, parts FROM sink_parts")}
    found = [_change(sink, known.pop(sink.name, None), kept.get(sink.name, {})) for sink in sinks]
    gone = (Change("dropped", "sink", name, None, "no longer defined") for name in known)
    return (*found, *gone)


def _sources(store: sqlite3.Connection) -> dict[str, str]:
    return dict(store.execute("SELECT name, source FROM sinks ORDER BY name").fetchall())


def _change(sink: Sink, source: str | None, kept: Mapping[str, str]) -> Change:
    if source is None:
        return Change("new", "sink", sink.name, None, "")
    said = [f"was FROM {source}"] if source != sink.source else []
    now = _parts(sink)
    differ = [part for part, value in now.items() if kept[part] != value]
    # The text holds everything else, so it alone is worth a word only when nothing else is named.
    said += [f"{part} changed" for part in differ if part != "text"]
    if said:
        return Change("changed", "sink", sink.name, None, ", ".join(said))
    return Change("metadata" if differ else "unchanged", "sink", sink.name, None, "text changed" if differ else "")


def _parts(sink: Sink) -> dict[str, str]:
    """Return what may differ of a sink that takes the same relation; what may be secret is told by the text alone."""
    return {"WHERE": sink.where or "", "key": ", ".join(sink.key), "place": repr(sink.target), "text": sink.sql}


def behind(store: sqlite3.Connection) -> dict[str, int]:
    """Return, by sink, how many epochs have committed rows of its source that have not arrived there."""
    sql = (
        "SELECT s.name, count(DISTINCT e.epoch) FROM sinks s LEFT JOIN outputs o ON o.name = s.source AND "
        "o.epoch > s.epoch LEFT JOIN epochs e ON e.epoch = o.epoch AND e.source_group <> '' GROUP BY s.name"
    )
    return dict(store.execute(sql).fetchall())


class Delivery:
    """Brings committed rows to the sinks of a project; use it in a ``with`` block."""

    def __init__(
        self,
        layout: Layout,
        store: sqlite3.Connection,
        duck: duckdb.DuckDBPyConnection,
        sinks: Mapping[str, Sink],
        datasets: Mapping[str, Dataset],
    ) -> None:
        self._layout, self._store, self._duck = layout, store, duck
        self._sinks, self._datasets = sinks, datasets
        self._targets: dict[str, Target] = {}
        self._breakers = {name: CircuitBreaker(failures=1) for name in sinks}
        self._open = ExitStack()

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, *, patient: bool = True) -> int:
        """Deliver every committed epoch that has not arrived; return the number of rows delivered.

        A place that cannot be reached is warned about, its rows wait, and it is tried again after a while; when
        ``patient`` is False it is tried at once, and SinkError is raised.
        """
        delivered = 0
        for name in self._sinks:
            breaker = self._breakers[name]
            if patient and not breaker.allows():
                continue
            try:
                delivered += self._deliver(name)
                breaker.note(succeeded=True)
            except SinkError as error:
                breaker.note(succeeded=False)
                if not patient:
                    raise
                LOG.warning("sink %s: %s; its rows wait", name, error)
        return delivered

    def _deliver(self, name: str) -> int:
        sink = self._sinks[name]
        reached, trying, held = self._store.execute(
            "SELECT epoch, trying, positions FROM sinks WHERE name = ?", (name,)
        ).fetchone()
        positions: Positions = positions_of(held)
        delivered = 0
        for epoch, paths in ledger.outputs_after(self._store, sink.source, reached):
            rows = self._rows(sink, paths)
            if rows and trying != epoch:
                self._note("UPDATE sinks SET trying = ? WHERE name = ?", epoch, name)
            target = self._target(sink)
            positions = target.deliver(epoch, rows, positions, again=trying == epoch)
            failpoints.reach("delivered")
            kept = positions_text(positions)
            self._note("UPDATE sinks SET epoch = ?, trying = NULL, positions = ? WHERE name = ?", epoch, kept, name)
            delivered += len(rows)
        return delivered

    def _note(self, sql: str, *values: object) -> None:
        with transaction(self._store):
            self._store.execute(sql, values)

    def _rows(self, sink: Sink, paths: Sequence[str]) -> list[SinkRow]:
        """The rows of one epoch that meet the sink's condition, numbered as the epoch wrote them."""
        rows = pa.concat_tables([offline.read_file(self._layout.store / path) for path in paths])
        if not len(rows):
            return []
        keys = sink.key or self._datasets[sink.source].entity
        found = query(self._duck, _json_sql(sink, rows.schema, keys), {"_written": rows})
        columns = (found.column(name).to_pylist() for name in ("number", "key", "json"))
        return [SinkRow(*row) for row in zip(*columns, strict=True)]

    def _target(self, sink: Sink) -> Target:
        if sink.name not in self._targets:
            target = _open(sink, self._layout)
            self._open.callback(target.close)
            self._targets[sink.name] = target
        return self._targets[sink.name]


def _open(sink: Sink, layout: Layout) -> Target:
    if isinstance(sink.target, FilesTarget):
        return FilesSink(sink.target, layout.root)
    return KafkaSink(sink.target) if isinstance(sink.target, KafkaTarget) else RedisSink(sink.target, sink.name)


def _json_sql(sink: Sink, schema: pa.Schema, keys: Sequence[str]) -> str:
    """The query from written rows to (number, key, JSON): no row goes through Python on its way to text."""
    columns = [
        f"CASE WHEN isfinite({quote(field.name)}) THEN {quote(field.name)} END AS {quote(field.name)}"
        if pa.types.is_floating(field.type)
        else quote(field.name)
        for field in schema
    ]
    key = " || ',' || ".join(f"coalesce(CAST({quote(name)} AS VARCHAR), '')" for name in keys)
    where = f"\nWHERE {sink.where}" if sink.where else ""
    numbered = "SELECT *, row_number() OVER () - 1 AS _number FROM _written"
    chosen = f"SELECT _number, {', '.join(columns)}\nFROM ({numbered}) AS {quote(sink.source)}{where}"
    packed = f"to_json(struct_pack({', '.join(f'{quote(f.name)} := {quote(f.name)}' for f in schema)}))"
    return (
        f"SELECT _number AS number, {key} AS key, CAST({packed} AS VARCHAR) AS json\nFROM ({chosen})\nORDER BY _number"
    )
