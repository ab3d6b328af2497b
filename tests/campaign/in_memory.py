"""A case run without files: batches and restarts over a group of sources, and the batch programs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
from headrace.features_sql import program
from headrace.features_sql.definitions import Column, Definitions
from headrace.features_sql.groups import source_groups, sources_of
from headrace.runtime import side_by_side
from headrace.runtime.duck import arrow_schema, connect, fetch
from headrace.runtime.group import Group
from headrace.runtime.live_view import Probes
from headrace.runtime.reads.online_reads import read_service
from headrace.runtime.sources import lateness
from headrace.tests.meaning.replay import END, Replay, calculator, definitions_of, instants, records, table_of
from headrace.tests.meaning.replay import Source as Judged

from .arrivals import Arrivals, Row
from .case import Case, Outcome
from .compare import compare_rows, differences
from .interpreter import Interpreter, Key
from .projects import Service, Source, View
from .write_streams import cuts
from .write_windows import Pace

Rows = list[dict[str, Any]]


@dataclass
class Watched(Judged):
    """A source whose late rows the engine finds, a batch at a time."""

    def take(self, count: int) -> list[int]:
        first = self.read
        self.read = min(first + count, len(self.rows))
        times = instants([row[self.time] for row in self.rows[first : self.read]])
        late, _, self.high = lateness.judge(times, self.high, self.delay)
        self.late += [first + place for place in np.flatnonzero(late).tolist()]
        return [first + place for place in np.flatnonzero(~late).tolist()]

    @property
    def watermark(self) -> int:
        return lateness.watermark(self.high, self.delay, self.read == len(self.rows))


@dataclass
class Accepted(Judged):
    """A source whose rows the interpreter has judged: no repeats, none that are too far ahead."""

    arrivals: Arrivals = field(kw_only=True)

    def take(self, count: int) -> list[int]:
        first = self.read
        self.read = min(first + count, len(self.rows))
        self.high = replace(self.arrivals, rows=self.rows[: self.read]).greatest
        return [offset for offset in self.arrivals.accepted if first <= offset < self.read]


class CaseReplay(Replay):
    """A replay whose groups join the tables of a case."""

    def __init__(self, case: Case, name: str, group: Group | None) -> None:
        self._tables = {
            table.name: contents(definitions_of(case.project.sql), table.name, case.rows[table.name])
            for table in case.project.tables
        }
        super().__init__(case.project.sql, case.arrived, name, group)
        for source in case.project.sources:
            if source.name in self.sources:
                self.sources[source.name] = _judged(source, case.rows[source.name])
        self.group.use_tables(self._tables)

    def restart(self) -> None:
        super().restart()
        self.group.use_tables(self._tables)


def _judged(source: Source, rows: Sequence[Row]) -> Judged:
    if source.dedupe is None and not source.max_future:
        return Watched(rows, source.time, source.delay)
    return Accepted(rows, source.time, source.delay, arrivals=Arrivals(source, rows))


def contents(definitions: Definitions, name: str, rows: Sequence[Row]) -> pa.Table:
    """A frozen table's columns and ``_offset``, as a group joins them."""
    columns = [Column(column.name, column.type) for column in definitions.tables[name].columns]
    schema = arrow_schema([*columns, Column("_offset", "BIGINT")])
    numbered = [{**row, "_offset": place} for place, row in enumerate(rows)]
    return pa.table({one.name: pa.array([row[one.name] for row in numbered], one.type) for one in schema}, schema)


@mock.patch.object(side_by_side, "FEWEST", 0)
def run_in_memory(case: Case, outcome: Outcome, random: Random) -> None:
    """Run every group of sources in random batches, with restarts and reads, then the batch programs."""
    definitions = definitions_of(case.project.sql)
    meant = Interpreter(case.project, case.arrived, case.tables)
    for spec in source_groups(definitions):
        # Rows are written again by whole epochs, of a project on files.
        if case.project.is_revised or not (spec.views or spec.services):
            continue
        group = Group(definitions, spec, connect(2), threads=2) if random.random() < 0.1 else None
        replay = CaseReplay(case, spec.name, group)
        sizes = cuts(random, max(case.arrived.values(), key=len))
        restarts = frozenset(random.sample(range(1, 8), random.choice([0, 0, 1, 2])))
        written = run(case, replay, sizes, restarts, outcome, random)
        compare(case, meant, written, outcome, "incremental")
    for view in case.project.views:
        rows = batch_rows(case, definitions, view)
        if rows is not None:
            compare(case, meant, {view.name: rows}, outcome, "batch")


def run(
    case: Case, replay: Replay, sizes: Sequence[int], restarts: frozenset[int], outcome: Outcome, random: Random
) -> Mapping[str, Rows]:
    """Step to the end, with a restart after some steps, and reads of services after one."""
    steps, asked_after = 0, random.randint(1, 6)
    while not replay.done:
        replay.step(sizes[steps % len(sizes)])
        steps += 1
        if steps in restarts:
            replay.restart()
        if steps == asked_after and not replay.done:
            ask(case, replay, outcome, random)
    return {name: [] for name in replay.written} | replay.finish([1])


def compare(
    case: Case, meant: Interpreter, found: Mapping[str, Rows], outcome: Outcome, way: str, below: int = END
) -> None:
    """Compare the rows of views and services with those that the language asks for, below a watermark."""
    for one in (*case.project.views, *case.project.services):
        if one.name in found:
            driver = one if isinstance(one, View) else one.driver
            written = meant.rows(one) if isinstance(one, View) else meant.answers(one)
            written = [row for row in written if row.time < below]
            entity = [column.column for column in driver.entity]
            differing = compare_rows(written, found[one.name], entity, driver.time)
            outcome.note(way, one.name, len(written), differing)


def batch_rows(case: Case, definitions: Definitions, view: View) -> Rows | None:
    """The rows of a view's batch program over the accepted events of its sources; None if it writes none."""
    if view.emit.kind == "demand":
        return None
    cursor = calculator().cursor()
    try:
        for source in sources_of(definitions, view.name):
            cursor.register(source, _history(definitions, _source(case, source), case.rows[source]))
        for one in definitions.views.values():
            for place, join in enumerate(one.joins):
                table = definitions.joined(join)
                cursor.register("_contents", _facts(case, definitions, table.name))
                joined = fetch(cursor, program.join_table_sql(join, table.primary_key, "_contents"))
                cursor.register(program.join_relation(one, place), joined)
        return records(fetch(cursor, program.batch_sql(definitions.views[view.name], definitions)))
    finally:
        cursor.close()


def _facts(case: Case, definitions: Definitions, name: str) -> pa.Table:
    """What a view joins: a frozen table, or the accepted rows of one that is a stream."""
    if name in case.tables:
        return contents(definitions, name, case.rows[name])
    accepted = Arrivals(_source(case, name), case.rows[name]).accepted
    return table_of(definitions, name, case.rows[name], accepted).drop_columns(["_partition"])


def _history(definitions: Definitions, source: Source, rows: Sequence[Row]) -> pa.Table:
    """The accepted rows of a source; where a repeat came last of all, a row of no entity stands for its time."""
    arrivals = Arrivals(source, rows)
    accepted, greatest = arrivals.accepted, arrivals.greatest
    if any(rows[place][source.time] == greatest for place in accepted):
        return table_of(definitions, source.name, rows, accepted)
    last = {column.column: None for column in source.columns} | {source.time: greatest}
    return table_of(definitions, source.name, [*rows, last], [*accepted, len(rows)])


def _source(case: Case, name: str) -> Source:
    return next(source for source in case.project.sources if source.name == name)


def ask(case: Case, replay: Replay, outcome: Outcome, random: Random) -> None:
    """Read the services of a group online, at instants from its watermark on."""
    arrived = {name: source.rows[: source.read] for name, source in replay.sources.items()}
    ends = [Arrivals(source, case.rows[source.name]).greatest for source in case.project.sources]
    highest = max(end for end in ends if end is not None)
    lowest = max(replay.watermark, highest - 60 * case.pace.unit)
    latest = max(lowest, highest) + 4 * case.pace.unit
    until = {name: latest for name, source in replay.sources.items() if source.read < len(source.rows)}
    seen = Interpreter(case.project, {**{name: [] for name in case.arrived}, **arrived}, case.tables, until)
    for service in case.project.services:
        if service.name not in replay.spec.services:
            continue
        keys = keys_of(service, case, random)
        times = [_moment(random, case.pace, lowest, latest) for _ in keys]
        found = answers(replay, service, keys, times)
        for key, time, row in zip(keys, times, found, strict=True):
            said = seen.answer(service, key, time, below=replay.watermark)
            wrong = [f"{difference} for {key} at {time}" for difference in differences(said, row)]
            outcome.note("online", service.name, 1, wrong)
            for quick, slow in at_once(replay, service, key, time):
                outcome.note("at once", service.driver.name, 1, [] if quick == slow else [f"{quick} for {slow}"])


def _moment(random: Random, pace: Pace, lowest: int, latest: int) -> int:
    """An instant between the two, mostly one on the grid of events, where windows begin and end."""
    time = random.randint(lowest, latest)
    on_grid = time - (time - pace.start) % (pace.unit // 2)
    return on_grid if on_grid >= lowest and random.random() < 0.7 else time


def keys_of(service: Service, case: Case, random: Random) -> list[Key]:
    """Keys of the driving entity, some of which no event has."""
    names = [column.column for column in service.driver.entity]
    rows = [row for row in case.rows["events"] if all(row.get(name) is not None for name in names)]
    unseen = tuple(7777 if column.type == "INTEGER" else "unseen" for column in service.driver.entity)
    picked = [tuple(row[name] for name in names) for row in random.sample(rows, min(len(rows), 3))]
    return [*picked, unseen]


def answers(replay: Replay, service: Service, keys: Sequence[Key], times: Sequence[int]) -> Rows:
    """What the engine returns for these keys at these instants."""
    definition = replay.definitions.services[service.name]
    driver = replay.definitions.views[service.driver.name]
    schema = arrow_schema([Column(f"_k{place}", column.type) for place, column in enumerate(driver.entity)])
    columns = {one.name: pa.array([key[place] for key in keys], one.type) for place, one in enumerate(schema)}
    return records(read_service(replay.group, definition, Probes(pa.table(columns, schema), instants(times))))


def at_once(replay: Replay, service: Service, key: Key, time: int) -> list[tuple[str, str]]:
    """The driving view at a key as it is read without a query, where it can be, and as it is read with one."""
    live = replay.group.views[service.driver.name]
    if live.view.emit.stored or live.view.source not in replay.group.buffers:
        return []
    waiting = replay.group.waiting_in(live.view.source)
    direct = live.direct(waiting)
    values = None if direct is None else direct.row(key, time)
    if values is None:
        return []
    columns = [pa.array([value], field.type) for value, field in zip(key, live.keys.schema, strict=True)]
    asked = Probes(pa.table(columns, live.keys.schema), instants([time]))
    row = live.read(waiting, asked).select([column.name for column in live.view.columns]).to_pylist()[0]
    return [(repr(values), repr(list(row.values())))]
