"""A source group at work: rows of its sources in, rows of all its views, services, streams out, up to one watermark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import duckdb
import numpy as np
import pyarrow as pa

from ..features_sql.definitions import Definitions, Source
from ..features_sql.groups import SourceGroup, read_views, sources_of
from ..features_sql.schedule import Question, Task, schedule, stored_views
from .advance import Advance
from .derived import DerivedEvents, UnionEvents
from .duck import connect
from .immediately import ImmediateRows
from .join_tables import JoinTables
from .live_service import LiveService, StoredRows
from .live_view import LiveView, Poison, Probes, Turn
from .reads.arrival_reads import Arriving, serve_on_arrival
from .scoring.live_models import LiveModels, Scoring
from .scoring.live_stream import LiveStream
from .scoring.served_versions import ServedVersions
from .scoring.unscored import Unscored
from .side_by_side import SideBySide
from .source_schema import read_schema
from .sources.reorder import ReorderBuffer
from .taking_in import TakingIn
from .windows.numbering import Numbering

NO_VERSIONS: Mapping[str, int] = MappingProxyType({})
NO_ROWS: Mapping[str, pa.Table] = MappingProxyType({})
NOTHING: Mapping[str, int | None] = MappingProxyType({})


class Group:
    """All live views, services, models and streams of one source group, and the rows that wait for their watermark.

    Results depend on the rows and watermarks handed in alone, not on ``threads``, of which two are used; a group
    restored from a snapshot goes on exactly as the one that took it. One that ``follows`` leaves it to another to
    write on arrival; see ``follow``.
    """

    def __init__(
        self,
        definitions: Definitions,
        group: SourceGroup,
        connection: duckdb.DuckDBPyConnection,
        trained: ServedVersions | None = None,
        threads: int = 1,
        *,
        follows: bool = False,
    ) -> None:
        self.definitions = definitions
        self.spec = group
        self._connection = connection
        self._numberings: dict[object, Numbering] = {}
        self._waves = schedule(definitions, group)
        tasks = [task for wave in self._waves for task in wave]
        self._side_by_side = SideBySide(threads)
        self._schemas = {name: read_schema(definitions, group, name) for name in group.sources}
        self.buffers = {name: self.new_buffer(name) for name in group.sources}
        read = read_views(definitions, group)
        self._derived = {name: DerivedEvents(connection, definitions.views[name]) for name in read}
        self._unions = self._union_events()
        self._released = dict.fromkeys((*self.buffers, *self._derived, *self._unions), 0)
        self._joined = JoinTables(definitions, group, connection)
        self.views = {task.view: self._live_view(task.view) for task in tasks if task.writes}
        on_arrival = [name for name in self.views if definitions.views[name].emit.kind == "immediately"]
        self._arrived = {name: one.new_buffer() for name, one in self._derived.items() if name in on_arrival}
        self._immediate = {} if follows else self._written_on_arrival(on_arrival)
        self._taking_in = TakingIn(definitions, group)
        self._answering = {task.view: self._live_view(task.view) for task in tasks if not task.writes}
        self.services = {
            name: LiveService(connection, definitions.services[name], definitions) for name in group.services
        }
        self.models = LiveModels(definitions, group.models, trained)
        scored = {definitions.models[name].service for name in group.models}
        self._unscored = Unscored({name: one for name, one in self.services.items() if name in scored})
        self.streams = {name: LiveStream(connection, definitions.streams[name], definitions) for name in group.streams}
        self._copy: Group | None = None
        self._last: dict[str, int | None] = {}
        self.stored = {name: StoredRows(self.views[name]) for name in stored_views(definitions, group)}

    def new_buffer(self, source: str) -> ReorderBuffer:
        """Return an empty buffer for the rows of a source."""
        held = self.definitions.sources[source]
        return ReorderBuffer(self._schemas[source], held.time, held.primary_key)

    def _live_view(self, name: str) -> LiveView:
        view = self.definitions.views[name]
        union = self._unions.get(view.source)
        schema = self._schema_of(view.source) if union is None else union.schema
        return LiveView(self._connection, view, self.definitions.upstream(view), schema, self._numberings)

    def _written_on_arrival(self, names: Sequence[str]) -> dict[str, ImmediateRows]:
        found: dict[str, ImmediateRows] = {}
        revised = any(self.definitions.sources[name].late.within is not None for name in self.spec.sources)
        for live in (self.views[name] for name in names):
            upstream = self.definitions.upstream(live.view)
            if isinstance(upstream, Source):
                described = (live, upstream, self._schemas[upstream.name])
                found[live.view.name] = ImmediateRows(self._connection, *described, revised=revised)
        return found

    def _schema_of(self, relation: str) -> pa.Schema:
        """The schema of the events of a source, or of a view's rows."""
        return self._derived[relation].schema if relation in self._derived else self._schemas[relation]

    def _union_events(self) -> dict[str, UnionEvents]:
        unions = [union for name in self.spec.views if (union := self.definitions.views[name].union) is not None]
        return {
            union.name: UnionEvents(self._connection, union, [self._schema_of(one.source) for one in union.branches])
            for union in unions
        }

    def use_tables(self, tables: Mapping[str, pa.Table]) -> None:
        """Join with these contents from now on: per frozen table its columns and ``_offset``."""
        self._joined.use(tables)

    def advance(
        self,
        arrivals: Mapping[str, pa.Table],
        watermark: int,
        last: Mapping[str, int | None] = NOTHING,
        versions: Mapping[str, int] = NO_VERSIONS,
    ) -> Advance:
        """Take in accepted rows by source and write every instant below ``watermark``, once.

        ``last``: the greatest event time (µs) of each source that has ended, None where it had no event.
        ``versions`` says which trained version scores, by model.
        """
        result, ready = self.features(arrivals, watermark, last)
        self.score(result, result.rows, ready, Scoring(watermark, versions))
        return result

    def features(
        self, arrivals: Mapping[str, pa.Table], watermark: int, last: Mapping[str, int | None] = NOTHING
    ) -> tuple[Advance, Mapping[str, pa.Table]]:
        """Do what ``advance`` does but for models and streams; also return the events that were ready, by source."""
        arrived = self._arrive(arrivals)
        self._last |= last
        if not self._taking_in.is_due(arrivals, watermark, ended=bool(self._last)):
            return arrived, NO_ROWS
        ready = self._release(watermark)
        result = self._take_turns(ready, watermark)
        result.add(arrived)
        return result, ready

    def _catch_up(self) -> None:
        """Take in the events that were put off."""
        if self._taking_in.catches_up():
            self._take_turns(self._release(self._taking_in.watermark), self._taking_in.watermark)

    def _arrive(self, arrivals: Mapping[str, pa.Table]) -> Advance:
        """Let rows come to wait for the watermark, and return what is written for each at once."""
        result = Advance()
        for source, rows in arrivals.items():
            mine = [one for one in self._immediate.values() if one.view.source == source]
            # Rows that are joined with others of their own source each see itself and those that came before.
            each = 1 if mine and source in self._joined.streams else max(len(rows), 1)
            for at in range(0, max(len(rows), 1), each):
                self._arrive_together(source, rows.slice(at, each).select(self._schemas[source].names), mine, result)
        return result

    def _arrive_together(self, source: str, rows: pa.Table, mine: Sequence[ImmediateRows], result: Advance) -> None:
        if mine and self._joined.streams:
            there = {name: self.buffers[name].snapshot() for name in self._joined.streams}
            self._joined.look_at(
                there | {source: pa.concat_tables([there[source], rows])} if source in there else there
            )
        arriving = Arriving(source, rows, {})
        for one in mine:
            arriving.written[one.view.name], failed = one.take(rows)
            result.write(one.view.name, arriving.written[one.view.name].drop_columns(["_i"]), failed)
        for name, service in self.services.items():
            if service.driver.name in arriving.written:
                result.write(name, *serve_on_arrival(self, service, arriving, result))
        self.buffers[source].add(rows)
        for name in arriving.written.keys() & self._arrived.keys():
            self._arrived[name].add(arriving.written[name])

    def follow(self, written: Mapping[str, pa.Table]) -> None:
        """Let rows that another group of these definitions has written on arrival wait for the watermark."""
        for name, buffer in self._arrived.items():
            buffer.add(written[name])

    def _release(self, watermark: int) -> dict[str, pa.Table]:
        """Let go of what is below the watermark: events of sources, and rows that were written on arrival."""
        for one in self._immediate.values():
            one.release(watermark)
        buffers = self.buffers | self._arrived
        return {name: self._number(name, buffer.release(watermark)) for name, buffer in buffers.items()}

    def _take_turns(self, ready: dict[str, pa.Table], watermark: int) -> Advance:
        """Let every view write; ``ready`` has the events of this turn by what they are read from, and grows."""
        self._joined.grow(ready)
        result, written, answers = Advance(), dict[str, pa.Table](), dict[Question, pa.Table]()
        for wave in self._waves:
            turns = [self._turn(task, ready, written, result, watermark) for task in wave]
            rows = sum(len(ready[self.views[task.view].view.source]) for task in wave)
            for task, (turn, wrote, answered, failed) in zip(wave, self._side_by_side.do(turns, rows), strict=True):
                answers |= dict(zip(task.questions, answered, strict=True))
                # What fails in a copy has failed where the view writes, on arrival too, but for questions put to it.
                first = task.writes and task.view not in self._immediate
                result.note(task.view, [one for one in failed if first or one.offset is None])
                if task.writes:
                    written[task.view], result.null_entities[task.view] = wrote, turn.null_entities
                if task.writes and task.view in self._derived and task.view not in self._arrived:
                    ready[task.view] = self._number(task.view, self._derived[task.view].events(wrote))
        answers |= self._ask_stored(written)
        result.rows = {name: rows.drop_columns(["_i"]) for name, rows in written.items()}
        self._serve(written, answers, result)
        return result

    def _turn(
        self, task: Task, ready: dict[str, pa.Table], written: Mapping[str, pa.Table], result: Advance, watermark: int
    ) -> Callable[[], tuple[Turn, pa.Table, list[pa.Table], list[Poison]]]:
        """Return a view's turn, which changes that view's state alone: its instants, rows, answers and poison."""
        live = self.views[task.view] if task.writes else self._answering[task.view]
        source = live.view.source
        if source in self._unions and task.writes:
            events, failed = self._unions[source].events(ready)
            result.note(task.view, failed)
            ready[source] = self._number(source, events)
        events, last = ready[source], self._last_time(task.view)
        asked = [self._probes(question, written) for question in task.questions]

        def take() -> tuple[Turn, pa.Table, list[pa.Table], list[Poison]]:
            turn, failed = live.prepare(events, watermark, last)
            rows, answered, more = live.evaluate(turn, asked, watermark)
            return turn, rows, answered, [*failed, *more]

        return take

    def _last_time(self, view: str) -> int | None:
        """The greatest event time of the sources behind a view, once they have all ended."""
        sources = sources_of(self.definitions, view)
        if not self._last.keys() >= set(sources):
            return None
        return max((high for name in sources if (high := self._last[name]) is not None), default=None)

    def _number(self, relation: str, rows: pa.Table) -> pa.Table:
        """Number rows in total order, going on where the last turn stopped."""
        first = self._released[relation]
        self._released[relation] = first + len(rows)
        return rows.append_column("_n", pa.array(np.arange(first, first + len(rows))))

    def _probes(self, question: Question, written: Mapping[str, pa.Table]) -> Probes:
        service = self.services[question[0]]
        join = service.join(question[1])
        return service.probes(join, self.views[join.view], written[service.driver.name])

    def _ask_stored(self, written: Mapping[str, pa.Table]) -> dict[Question, pa.Table]:
        answers: dict[Question, pa.Table] = {}
        for view, stored in self.stored.items():
            joins = [(name, join) for name, service in self.services.items() for join in service.service.joins]
            questions = [(name, join.alias) for name, join in joins if join.view == view]
            answered = stored.ask(written[view], [self._probes(question, written) for question in questions])
            answers |= dict(zip(questions, answered, strict=True))
        return answers

    def _serve(self, written: Mapping[str, pa.Table], answers: Mapping[Question, pa.Table], result: Advance) -> None:
        for name, service in self.services.items():
            mine = {alias: table for (owner, alias), table in answers.items() if owner == name}
            rows, failed = service.rows(written[service.driver.name], mine)
            result.rows[name] = rows.drop_columns(["_i"])
            result.note(name, failed)

    def score(
        self, result: Advance, served: Mapping[str, pa.Table], labels: Mapping[str, pa.Table], scoring: Scoring
    ) -> None:
        """Let models score these rows by service and learn these labels by source, and streams write into a result."""
        served = self._unscored.ready(served, scoring.watermark)
        predictions, result.steps = self.models.advance(served, labels, scoring)
        for name, live in self.streams.items():
            stream = live.stream
            result.rows[name], failed = live.rows(served[stream.service], predictions[stream.model])
            result.note(name, failed)

    def waiting_events(
        self, upto: int, current: Mapping[str, pa.Table] = NO_ROWS, written: Mapping[str, pa.Table] = NO_ROWS
    ) -> dict[str, pa.Table]:
        """Return the events with ts <= ``upto`` that no view has seen, by what they are read from, in total order.

        Of a view that others read they are the rows that it would write if the watermark stood just past
        ``upto``, computed on a copy of all state. Those of sources may lie past it too. ``current`` rows, by source,
        wait among them, ``written`` ones, by view, among those that were written on arrival.
        """
        waiting = {name: buffer.snapshot() for name, buffer in self.buffers.items()}
        for name, rows in current.items():
            together = self.new_buffer(name)
            together.restore(waiting[name])
            together.add(rows)
            waiting[name] = together.snapshot()
        if self._derived:
            waiting |= self._ahead(upto + 1, current, written)
        self._joined.look_ahead(waiting)
        numbered = {name: rows.append_column("_n", pa.array(np.arange(len(rows)))) for name, rows in waiting.items()}
        return waiting | {name: union.events(numbered)[0] for name, union in self._unions.items()}

    def waiting_in(self, source: str) -> pa.Table:
        """Return the events of a source that no view has seen, in total order; they may be joined from now on."""
        waiting = {name: buffer.snapshot() for name, buffer in self.buffers.items()}
        self._joined.look_ahead(waiting)
        return waiting[source]

    def _ahead(
        self, watermark: int, current: Mapping[str, pa.Table], written: Mapping[str, pa.Table]
    ) -> dict[str, pa.Table]:
        if self._copy is None:
            # What is scored and learned has no part in features.
            features_alone = replace(self.spec, models=(), streams=())
            self._copy = Group(self.definitions, features_alone, connect(), follows=True)
        copy = self._copy
        copy.restore(self.snapshot())
        copy._joined.take(self._joined)
        for name, rows in current.items():
            copy.buffers[name].add(rows)
        for name in written.keys() & copy._arrived.keys():
            copy._arrived[name].add(written[name])
        ready = copy._release(watermark)
        copy._take_turns(ready, watermark)
        return {name: ready[name].drop_columns(["_n"]) for name in self._derived}

    @property
    def waiting(self) -> int:
        """Accepted rows that wait for the watermark."""
        self._catch_up()
        return sum(buffer.rows for buffer in self.buffers.values())

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the whole state as tables named ``kind/name/part``."""
        self._catch_up()
        released = pa.table({"source": list(self._released), "rows": pa.array(self._released.values(), pa.int64())})
        last = pa.table({"source": list(self._last), "time": pa.array(self._last.values(), pa.int64())})
        tables = {"group//released": released, "group//last": last}
        for name, buffer in (self.buffers | self._arrived).items():
            tables[f"buffer/{name}/rows"] = buffer.snapshot()
        for prefix, live in self._lives():
            tables |= {f"{prefix}{part}": table for part, table in live.snapshot().items()}
        for name, stored in self.stored.items():
            tables[f"stored/{name}/rows"] = stored.snapshot()
        tables |= {f"joined/{name}": rows for name, rows in self._joined.snapshot().items()}
        tables |= self.snapshot_on_arrival()
        tables |= {f"unscored/{name}": rows for name, rows in self._unscored.snapshot().items()}
        return tables | {f"model/{part}": table for part, table in self.models.snapshot().items()}

    def snapshot_on_arrival(self) -> dict[str, pa.Table]:
        """Return what ``snapshot`` does of what is written on arrival alone."""
        tables: dict[str, pa.Table] = {}
        for name, one in self._immediate.items():
            tables |= {f"immediate/{name}/{part}": table for part, table in one.snapshot().items()}
        return tables

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot of the same definitions.

        Raises StoreError, before anything is taken over, where a trained version that it rests on cannot be had.
        """
        self.models.restore({name[6:]: table for name, table in tables.items() if name.startswith("model/")})
        self._unscored.restore({name[9:]: rows for name, rows in tables.items() if name.startswith("unscored/")})
        self.restore_features(tables)

    def restore_features(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot but for what models have learned: that stays as it is."""
        released = tables["group//released"]
        self._released = dict(zip(*(column.to_pylist() for column in released.columns), strict=True))
        self._last = dict(zip(*(column.to_pylist() for column in tables["group//last"].columns), strict=True))
        self._taking_in = TakingIn(self.definitions, self.spec)
        for name, buffer in (self.buffers | self._arrived).items():
            buffer.restore(tables[f"buffer/{name}/rows"])
            self._taking_in.look({name: tables[f"buffer/{name}/rows"]})
        for prefix, live in self._lives():
            live.restore({key[len(prefix) :]: table for key, table in tables.items() if key.startswith(prefix)})
        for name, one in self._immediate.items():
            one.restore({part: tables[f"immediate/{name}/{part}"] for part in ("held", "reached")})
        for name, stored in self.stored.items():
            stored.restore(tables[f"stored/{name}/rows"])
        self._joined.restore({key[7:]: rows for key, rows in tables.items() if key.startswith("joined/")})

    def _lives(self) -> list[tuple[str, LiveView]]:
        """Every view's state, and where a snapshot has it."""
        writing = [(f"view/{name}/", live) for name, live in self.views.items()]
        return writing + [(f"answering/{name}/", live) for name, live in self._answering.items()]

    def close(self) -> None:
        """Let go of every prepared statement and thread."""
        self._side_by_side.close()
        lives = (*(live for _, live in self._lives()), *self._immediate.values(), *self._derived.values())
        for one in (*lives, *self._unions.values(), *self.services.values(), self.models, *self.streams.values()):
            one.close()
        if self._copy is not None:
            self._copy.close()
            self._copy._connection.close()
