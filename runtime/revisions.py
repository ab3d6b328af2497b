"""Late rows that are let in: what views wrote since their time is computed again, and what changed is written again.

A row at most ``WITHIN`` late lies past the *settled* instant, which follows the watermark at that distance. State as
of the settled instant is kept beside the group's own. When a late row comes, the group goes back to that state, goes
over the events since once more, and is compared with what it had written.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.definitions import Definitions
from ..features_sql.names import quote
from ..features_sql.program import ORIGIN
from .advance import Advance
from .duck import connect, query
from .group import NO_ROWS, NO_VERSIONS, NOTHING, Group
from .scoring.live_models import Scoring
from .sources.lateness import BEGINNING
from .stores.datasets import Dataset
from .stores.written import DELETED, REVISION, first_revisions, first_written, newest_revisions
from .stretch import between

Tables = Mapping[str, str]
"""The version of each frozen table, by name."""
Load = Callable[[Tables], Mapping[str, pa.Table]]

# A double that was summed from other batches may differ in its last digits: it has not changed.
_SAME = 1e-12
_SETTLED, _HELD, _LABELS, _MARKS = "settled/", "revisions/held/", "revisions/labels/", "revisions//marks"


@dataclass(frozen=True)
class Stretch:
    """One epoch in event time (µs): the watermark ``before`` and ``after`` it, and the ``settled`` instant after it."""

    before: int
    after: int
    settled: int


@dataclass
class _Stand:
    """A group, the instant up to which it has computed, and the table versions with which it joins."""

    group: Group
    upto: int = BEGINNING
    tables: Tables | None = None


class Revisions:
    """The epochs of one group that late rows may reach; results depend on what the epochs name alone.

    ``datasets`` are those of the group; the rows of the ones that are ``revised`` get ``_revision``, how often each
    was written before, and ``_deleted``, whether it is gone.
    """

    def __init__(self, definitions: Definitions, live: Group, datasets: Mapping[str, Dataset], load: Load) -> None:
        self._connection = connect()
        features_alone = replace(live.spec, models=(), streams=())
        settled = Group(definitions, features_alone, self._connection, follows=True)
        self._live, self._settled = _Stand(live), _Stand(settled)
        self._datasets = {name: dataset for name, dataset in datasets.items() if dataset.revised}
        self._times = {name: dataset.time for name, dataset in datasets.items()}
        self._held: dict[str, pa.Table] = {}
        self._marks: list[tuple[int, Tables]] = []
        self._load = load
        # Going over labels again would teach them twice, so models have a buffer of their own.
        models = [definitions.models[name] for name in live.spec.models]
        self._labels = {model.labels: live.new_buffer(model.labels) for model in models}
        self._scored = {model.service for model in models}

    def advance(
        self,
        arrivals: Mapping[str, pa.Table],
        stretch: Stretch,
        last: Mapping[str, int | None],
        tables: Tables,
        versions: Mapping[str, int] = NO_VERSIONS,
    ) -> Advance:
        """Take in accepted rows by source, those that are late too, and return what is to be written; see ``Group``.

        ``tables`` are the versions with which instants from ``stretch.before`` on are joined, ``versions`` those of
        models that score.
        """
        if not self._marks or self._marks[-1][1] != tables:
            self._marks.append((stretch.before, tables))
        late = any(self._reaches_back(name, rows, stretch.before) for name, rows in arrivals.items())
        # Nothing is due at the settled instant: the events come to wait there.
        self._go(self._settled, self._settled.upto, arrivals, last)
        self._live.upto = stretch.before
        if late:
            # Rows that were written on arrival are never written again.
            on_arrival = self._live.group.snapshot_on_arrival()
            self._live.group.restore_features(self._settled.group.snapshot() | on_arrival)
            self._live.upto = self._settled.upto
        first = self._live.upto
        result = self._go(self._live, stretch.after, NO_ROWS if late else arrivals, last)
        self._settled.group.follow(result.rows)
        # Counted once nothing can go over them again.
        result.null_entities = self._go(self._settled, stretch.settled).null_entities
        result.rows = {name: self._changed(name, rows, first, stretch) for name, rows in result.rows.items()}
        self._marks = [mark for at, mark in enumerate(self._marks) if not self._is_past(at)]
        self._score(result, arrivals, Scoring(stretch.after, versions, stretch.before - 1))
        return result

    def _score(self, result: Advance, arrivals: Mapping[str, pa.Table], scoring: Scoring) -> None:
        """Score what is written for the first time: a score is never made again."""
        for name, buffer in self._labels.items():
            if name in arrivals:
                buffer.add(arrivals[name])
        labels = {name: buffer.release(scoring.watermark) for name, buffer in self._labels.items()}
        served = {name: first_written(result.rows[name]) for name in self._live.group.services}
        self._live.group.score(result, served, labels, scoring)

    def _reaches_back(self, source: str, rows: pa.Table, watermark: int) -> bool:
        times = pc.cast(rows.column(self._live.group.definitions.sources[source].time), pa.int64())
        return bool(len(times)) and pc.min(times).as_py() < watermark

    def _is_past(self, mark: int) -> bool:
        return mark + 1 < len(self._marks) and self._marks[mark + 1][0] <= self._settled.upto

    def _go(
        self,
        stand: _Stand,
        upto: int,
        arrivals: Mapping[str, pa.Table] = NO_ROWS,
        last: Mapping[str, int | None] = NOTHING,
    ) -> Advance:
        """Let a group take in events, then compute up to an instant, joining with what was in force at each."""
        parts: list[Advance] = []
        for end in (*(at for at, _ in self._marks if stand.upto < at < upto), upto):
            tables = [tables for at, tables in self._marks if at <= stand.upto][-1]
            if stand.tables != tables:
                stand.group.use_tables(self._load(tables))
                stand.tables = tables
            parts.append(stand.group.features(arrivals, end, last)[0])
            stand.upto, arrivals, last = end, NO_ROWS, NOTHING
        whole = Advance({name: pa.concat_tables([part.rows[name] for part in parts]) for name in parts[0].rows})
        for name in parts[0].null_entities:
            whole.null_entities[name] = pa.concat_tables([part.null_entities[name] for part in parts])
        for part in parts:
            for origin, poison in part.poison.items():
                whole.note(origin, poison)
        return whole

    def _changed(self, name: str, rows: pa.Table, first: int, stretch: Stretch) -> pa.Table:
        """Return what is to be written of rows computed for the instants from ``first`` on."""
        if name not in self._datasets:
            return rows if first == stretch.before else between(rows, self._times[name], stretch.before)
        dataset = self._datasets[name]
        origin = [] if dataset.from_events else list(ORIGIN)
        fresh = first_revisions(rows.drop_columns(origin))
        held = self._held.get(name, fresh.slice(0, 0))
        before = between(held, dataset.time, first, stretch.after)
        changed = fresh
        if len(before):
            changed = self._compared(dataset, before, fresh)
            held = newest_revisions(self._connection, dataset, pa.concat_tables([held, changed]))
        else:
            held = pa.concat_tables([held, changed])
        self._held[name] = between(held, dataset.time, stretch.settled)
        for column in origin:
            changed = changed.append_column(column, pa.nulls(len(changed), pa.int64()))
        return changed

    def _compared(self, dataset: Dataset, before: pa.Table, fresh: pa.Table) -> pa.Table:
        """Return the fresh rows that were not written so, and the written ones that are gone."""
        identity = dataset.identity
        on = " AND ".join(f"f.{quote(name)} IS NOT DISTINCT FROM b.{quote(name)}" for name in identity)
        names = [name for name in fresh.column_names if name not in (REVISION, DELETED)]
        same = [_same(field) for field in fresh.schema if field.name in names and field.name not in identity]
        changed = " OR ".join([f"b.{REVISION} IS NULL", f"b.{DELETED}", *(f"NOT ({one})" for one in same)])
        columns = ", ".join(quote(name) for name in names)
        sql = (
            f"SELECT {_of('f', names)}, coalesce(b.{REVISION} + 1, 0) AS {REVISION}, FALSE AS {DELETED}"
            f"\nFROM _fresh f LEFT JOIN _before b ON {on}\nWHERE {changed}"
            f"\nUNION ALL\nSELECT {_of('b', names)}, b.{REVISION} + 1, TRUE\nFROM _before b ANTI JOIN _fresh f ON {on}"
            f"\nWHERE NOT b.{DELETED}"
        )
        order = ", ".join(quote(name) for name in (dataset.time, *identity))
        ordered = f"SELECT {columns}, {REVISION}, {DELETED} FROM ({sql}) ORDER BY {order}"
        return query(self._connection, ordered, {"_before": before, "_fresh": fresh}).cast(fresh.schema)

    def take_written(self, name: str, rows: pa.Table) -> None:
        """Compare with these rows from now on: the newest revision of each that the store holds."""
        self._held[name] = between(rows, self._datasets[name].time, self._settled.upto)

    @property
    def settled(self) -> int:
        """The instant below which nothing changes any more (µs)."""
        return self._settled.upto

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the settled state as tables, and of what models read the rows that late ones may still change.

        What else was written is in the store.
        """
        tables = {f"{_SETTLED}{name}": table for name, table in self._settled.group.snapshot().items()}
        tables |= {f"{_HELD}{name}": rows for name, rows in self._held.items() if name in self._scored}
        tables |= {f"{_LABELS}{name}": buffer.snapshot() for name, buffer in self._labels.items()}
        marks = [(at, json.dumps(dict(versions))) for at, versions in ((self.settled, {}), *self._marks)]
        ats, versions = zip(*marks, strict=True)
        return tables | {_MARKS: pa.table({"at": pa.array(ats, pa.int64()), "tables": list(versions)})}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot."""
        self._settled.group.restore(_under(_SETTLED, tables))
        self._held = _under(_HELD, tables)
        for name, buffer in self._labels.items():
            buffer.restore(tables[f"{_LABELS}{name}"])
        first, *marks = tables[_MARKS].to_pylist()
        self._settled.upto, self._settled.tables, self._live.tables = first["at"], None, None
        self._marks = [(mark["at"], json.loads(mark["tables"])) for mark in marks]

    def close(self) -> None:
        """Let go of the settled state."""
        self._settled.group.close()
        self._connection.close()


def _under(prefix: str, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    return {name.removeprefix(prefix): table for name, table in tables.items() if name.startswith(prefix)}


def _of(alias: str, names: list[str]) -> str:
    return ", ".join(f"{alias}.{quote(name)}" for name in names)


def _same(field: pa.Field) -> str:
    """The condition that a column of a fresh row says what the written one does."""
    fresh, before = f"f.{quote(field.name)}", f"b.{quote(field.name)}"
    same = f"{fresh} IS NOT DISTINCT FROM {before}"
    if pa.types.is_floating(field.type):
        size = f"greatest(abs({fresh}), abs({before}))"
        same += f" OR coalesce(abs({fresh} - {before}) <= {_SAME} * {size}, FALSE)"
    return same
