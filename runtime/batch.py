"""The batch programs, run over history: the oracle of ``verify`` and the engine of historical reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql import program
from ..features_sql.definitions import Column, Service, ServiceColumn, Source, Union, Upstream, View
from ..features_sql.errors import ReadError
from ..features_sql.groups import SourceGroup, awaited, source_groups, sources_of
from .batch_on_arrival import BatchOnArrival
from .duck import arrow_schema, query
from .evaluated_rows import by_probe
from .history import NO_ROWS, History, Known
from .live_view import Probes
from .reads.folded_probes import evaluated_at, has_folds
from .row_query import Failed
from .sources.frozen_tables import FrozenTables
from .sources.lateness import BEGINNING
from .sources.quarantine import bisect
from .stores import datasets, ledger
from .stretch import below
from .windows.keys import complete, typed_keys
from .workplace import Workplace

Relations = Mapping[str, pa.Table]

FEW_KEYS = 1_000
"""Of so many entities their own events are looked up; for more, everything is prepared once."""


class Batch:
    """Runs the batch program of views and services over the committed past.

    Every row is joined with the version of a frozen table that was in force when its epoch computed it. ``current``
    rows, by source, are taken for events of the past too. With ``known`` the past is that of an earlier epoch, and
    its events that waited for the watermark count, as in an online read; what is written is what was so then. Events
    are those of ``history`` where one is given. ``folded``: probes are answered as in the stream, by folds, where these
    have every measure; that is quicker, and no check of the stream.
    """

    def __init__(
        self,
        place: Workplace,
        current: Mapping[str, pa.Table] = NO_ROWS,
        known: Known | None = None,
        history: History | None = None,
        *,
        folded: bool = False,
    ) -> None:
        self._place, self._folded = place, folded
        self._known = known
        self._history = history or History(place, current, None if known is None else known.epoch)
        self._tables = FrozenTables(place.layout, place.duck)
        self._groups = {name: group for group in source_groups(place.definitions) for name in group.views}
        self._prepared: dict[str, pa.Table] = {}
        self._views: dict[tuple[str, bool], pa.Table] = {}
        self._datasets = datasets.load(place.store, place.definitions, place.versions)
        self._on_arrival = BatchOnArrival(place, self._history, self._prepare_part, self._at)

    def watermark(self, name: str) -> int:
        """Return the instant below which every row of a view or service is written."""
        if self._known is not None:
            return self._known.watermark
        return self._datasets[name].watermark

    def _horizon(self, name: str) -> int:
        """The instant below which events count."""
        return self.watermark(name) if self._known is None else self._known.upto + 1

    def view(self, view: View, *, scales: bool = False) -> pa.Table:
        """Return the rows the view should have written: its columns, ``_partition``, ``_offset``, scales if asked."""
        rows = self._rows(view, scales=scales)
        return rows if view.emit.kind == "immediately" else below(rows, view.time, self.watermark(view.name))

    def _rows(self, view: View, *, scales: bool = False) -> pa.Table:
        """The rows of a view, also those at or past the watermark."""
        if (view.name, scales) not in self._views and view.emit.kind == "immediately":
            self._views[view.name, scales] = self._on_arrival.rows(view, scales=scales)
        if (view.name, scales) not in self._views:
            relations = {"_rows": self._prepare(view)}
            if view.emit.kind == "every":
                relations["_horizon"] = pa.table({"_upto": pa.array([self._last_boundary(view)], pa.int64())})
            self._views[view.name, scales] = self._evaluate(view, relations, scales=scales)[0]
        return self._views[view.name, scales]

    def _last_boundary(self, view: View) -> int:
        """The µs past which no boundary of an EVERY view lies: the first after its source's end, or the watermark."""
        store, last = self._place.store, self._horizon(view.name) - 1
        upto = None if self._known is None else self._known.epoch
        names = sources_of(self._place.definitions, view.name)
        sources = [ledger.source_progress(store, name, upto) for name in names]
        if not all(source.ended for source in sources):
            return last
        high = max((source.high for source in sources if source.high is not None), default=BEGINNING)
        every = view.emit.every or 1
        return min((high // every + 1) * every, last)

    def view_at(self, view: View, probes: Probes, *, scales: bool = False, strict: bool = False) -> pa.Table:
        """Return the view as f(entity, instant), a row per probe, in order; NULLs for a key with a NULL.

        A row that cannot be computed is NULL in every column, as it is when streaming; ``strict`` raises ReadError.
        """
        known = complete(probes.keys)
        asked = probes.keys.filter(pa.array(known))
        if self._folded and not scales and has_folds(view):
            found, failed = self._folded_at(view, Probes(asked, probes.times[known]), np.flatnonzero(known))
        else:
            found, failed = self._queried_at(view, Probes(asked, probes.times[known]), np.flatnonzero(known), scales)
        if strict and failed:
            raise ReadError(f"view {view.name} cannot be computed for these keys: {failed[0][1]}")
        return by_probe(found, probes.keys)

    def _folded_at(self, view: View, asked: Probes, places: npt.NDArray[np.int64]) -> tuple[pa.Table, Failed]:
        """The view at whole keys, which have these places, by folds."""
        evaluated = evaluated_at(view, self._prepare(view, asked.keys), asked)
        numbers = evaluated.column_names.index("_i")
        return self._finish(view, evaluated.set_column(numbers, "_i", pa.array(places)))

    def _queried_at(
        self, view: View, asked: Probes, places: npt.NDArray[np.int64], scales: bool
    ) -> tuple[pa.Table, Failed]:
        """The same by the batch program."""
        times = pa.array(asked.times)
        instants = asked.keys.append_column("_i", pa.array(places)).append_column("_m", times)
        instants = instants.append_column("_t", times).append_column("_n", pa.nulls(len(times), pa.int64()))
        keys = ", ".join(program.key_columns(view))
        newest = int(asked.times.max()) if len(times) else 0
        seen = f"SELECT * FROM (SELECT * FROM _all WHERE _t <= {newest}) SEMI JOIN _instants USING ({keys})"
        touched = self._query(seen, {"_all": self._prepare(view, asked.keys), "_instants": asked.keys})
        relations = {"_rows": touched, "_instants": instants}
        return self._evaluate(view, relations, at_instants=True, scales=scales)

    def view_at_rows(self, view: View, keys: pa.Table) -> pa.Table:
        """Return the view at every event of these entities as the current row, whatever the view writes."""
        names = ", ".join(program.key_columns(view))
        mine = f"SELECT * FROM _all SEMI JOIN _asked USING ({names})"
        rows = self._query(mine, {"_all": self._prepare(view, keys), "_asked": keys})
        return self._evaluate(view, {"_rows": rows}, at_rows=True)[0]

    def stored_at(self, view: View, probes: Probes, *, scales: bool = False) -> pa.Table:
        """Return the newest row written at or before each instant, scales if asked; NULLs where none is valid."""
        keys = probes.keys.append_column("_i", pa.array(np.arange(len(probes.keys))))
        written = self.view(view, scales=scales)
        relations = {"_written": written, "_instants": keys.append_column("_t", pa.array(probes.times))}
        more = [name for name in written.column_names if name.startswith("_scale_")]
        sql = program.newest_stored_sql(view, "_written", more=more) + "\nORDER BY _i"
        return self._query(sql, relations).drop_columns(["_i"])

    def _at(self, known: Known | None, history: History | None) -> Batch:
        """Return the batch programs of an earlier past, or of all of it."""
        return self if known is None else Batch(self._place, known=known, history=history)

    def service(self, service: Service, *, scales: bool = False) -> pa.Table:
        """Return the rows the service should have written, laid out as ``view`` does."""
        driver = self._place.definitions.views[service.view]
        driving = self.view(driver, scales=scales)
        if driver.emit.kind != "immediately":
            return self.serve(service, driving, scales=scales)
        answers = self._on_arrival.answers(service, driving, scales=scales)
        return self._finish_service(service, driving, answers, scales)[0]

    def serve(self, service: Service, driving: pa.Table, *, scales: bool = False) -> pa.Table:
        """Return the service's row for each driving row (the driving view's columns, scales if asked), in order."""
        return self._serve(service, driving, scales)[0]

    def read(self, service: Service, driving: pa.Table) -> pa.Table:
        """Return the service's row for every driving row, without its origin.

        Raises ReadError for a row that cannot be computed: streaming would write none.
        """
        rows, failed = self._serve(service, driving, False)
        for place, reason in failed:
            raise ReadError(f"service {service.name} cannot be computed for row {place}: {reason}")
        return rows.drop_columns([*program.ORIGIN])

    def _serve(self, service: Service, driving: pa.Table, scales: bool) -> tuple[pa.Table, Failed]:
        definitions = self._place.definitions
        driver = definitions.views[service.view]
        times = pc.cast(driving.column(driver.time), pa.int64()).to_numpy()
        answers: dict[str, pa.Table] = {}
        for join in service.joins:
            view = definitions.views[join.view]
            probes = Probes(typed_keys(view, [driving.column(name) for name in join.keys]), times)
            found = self.stored_at if program.is_stored(view) else self.view_at
            answers[join.alias] = found(view, probes, scales=scales)
        return self._finish_service(service, driving, answers, scales)

    def _finish_service(
        self, service: Service, driving: pa.Table, answers: Mapping[str, pa.Table], scales: bool
    ) -> tuple[pa.Table, Failed]:
        definitions = self._place.definitions
        columns = {f"{service.alias}.{name}": driving.column(name) for name in driving.column_names}
        for alias, answer in answers.items():
            columns |= {f"{alias}.{name}": answer.column(name) for name in answer.column_names}
        columns["_i"] = pa.chunked_array([pa.array(np.arange(len(driving)))])
        columns |= {name: driving.column(name) for name in program.ORIGIN}
        joined = pa.table(columns)
        sql = program.service_sql(service, definitions) + "\nORDER BY _i"
        rows, failed = bisect(lambda part: self._query(sql, {"_joined": part}), joined)
        if scales:
            picked = joined.take(rows.column("_i"))
            for column in service.columns:
                if column.type in {"DOUBLE", "FLOAT"}:
                    rows = rows.append_column(f"_scale_{column.name}", _service_scale(service, column, picked))
        return rows.drop_columns(["_i"]), failed

    def _prepare(self, view: View, keys: pa.Table | None = None) -> pa.Table:
        """The prepared rows of a view, at least those of these entities where ``keys`` are few and name source rows."""
        if view.name in self._prepared:
            return self._prepared[view.name]
        upstream = self._place.definitions.upstream(view)
        few = keys is not None and len(keys) <= FEW_KEYS and isinstance(upstream, Source)
        numbered = self._numbered(upstream, self._horizon(view.name), _entities(view, keys) if few else None)
        times = pc.cast(numbered.column(upstream.time), pa.int64()).to_numpy()
        prepared = pa.concat_tables(
            self._prepare_part(view, numbered.slice(start, end - start), versions)
            for start, end, versions in self._segments(view, times)
        )
        if not few:
            self._prepared[view.name] = prepared
        return prepared

    def events(self, source: str) -> pa.Table:
        """Return every accepted event of a source: its columns, ``_partition``, ``_offset``."""
        return self._history.events(source)

    def _numbered(self, upstream: Upstream, horizon: int, only: Mapping[str, pa.Array] | None = None) -> pa.Table:
        """Return everything below ``horizon`` that a view reads, in total order; of a source ``only`` such values."""
        if isinstance(upstream, Source):
            events = self._history.events_below(upstream.name, horizon, only)
        elif isinstance(upstream, View):
            events = below(self._rows(upstream), upstream.time, min(horizon, self._horizon(upstream.name)))
        else:
            events = pa.concat_tables(self._branch(upstream, place, horizon) for place in range(len(upstream.branches)))
        return self._query(program.numbered_sql(upstream, "_events") + "\nORDER BY _n", {"_events": events})

    def _branch(self, union: Union, place: int, horizon: int) -> pa.Table:
        sql = program.branch_sql(union, place, "_read")
        read = self._numbered(self._place.definitions.relation(union.branches[place].source), horizon)
        return bisect(lambda rows: self._query(sql, {"_read": rows}), read)[0]

    def _segments(self, view: View, times: npt.NDArray[np.int64]) -> list[tuple[int, int, dict[str, str]]]:
        """Cut events in time order where the version of a joined table changes."""
        group: SourceGroup = self._groups[view.name]
        used = {join.table for join in view.joins}
        delays = {
            name: self._place.definitions.sources[name].delay for name in awaited(self._place.definitions, view.name)
        }
        reached = dict.fromkeys(delays, BEGINNING)
        segments: list[tuple[int, int, dict[str, str]]] = []
        start, versions = 0, dict[str, str]()
        known = None if self._known is None else self._known.epoch
        for epoch in ledger.committed_epochs(self._place.store, group.sources, 0, known):
            intent = ledger.read_intent(self._place.store, epoch)
            versions = versions | {name: sha for name, sha in intent.tables.items() if name in used}
            for held in intent.ranges:
                if held.source in delays:
                    reached[held.source] = held.reached.watermark(delays[held.source])
            # An epoch of another group, which has joined this one since, may name a watermark ahead of the sources.
            upto = min(intent.watermark, *reached.values())
            end = max(start, int(np.searchsorted(times, upto, side="left")))
            if segments and segments[-1][2] == versions:
                segments[-1] = (segments[-1][0], end, versions)
            else:
                segments.append((start, end, versions))
            start = end
        if segments and self._known is not None:
            # What waits for the watermark is joined with what is in force now.
            segments[-1] = (segments[-1][0], len(times), versions)
        return segments or [(0, 0, {})]

    def _prepare_part(
        self,
        view: View,
        rows: pa.Table,
        versions: Mapping[str, str],
        carried: Mapping[str, str] = program.NOTHING,
        arrived: Relations = NO_ROWS,
    ) -> pa.Table:
        """Prepare rows joined with these versions of frozen tables; of streaming ones all counts, else ``arrived``."""
        upstream = self._place.definitions.upstream(view)
        contents = self._tables.load(versions)
        relations: dict[str, pa.Table] = {}
        for position, join in enumerate(view.joins):
            table = self._place.definitions.joined(join)
            content = contents.get(join.table)
            if isinstance(table, Source):
                events = arrived[table.name] if table.name in arrived else self._history.events(table.name)
                content = events.drop_columns(["_partition"])
            if content is None:
                columns = [Column(column.name, column.type) for column in table.columns]
                content = arrow_schema([*columns, Column("_offset", "BIGINT")]).empty_table()
            sql = program.join_table_sql(join, table.primary_key, "_contents")
            relations[program.join_relation(view, position)] = self._query(sql, {"_contents": content})
        sql = program.prepare_sql(view, upstream, carried=carried)
        prepared, _ = bisect(lambda part: self._query(sql, {"_source_rows": part, **relations}), rows)
        return prepared

    def _evaluate(
        self,
        view: View,
        relations: Relations,
        *,
        at_instants: bool = False,
        at_rows: bool = False,
        scales: bool = False,
    ) -> tuple[pa.Table, Failed]:
        sql = program.evaluated_sql(view, at_instants=at_instants, at_rows=at_rows, scales=scales)
        judged = bool(program.conditions(view)) and not at_instants and not at_rows
        return self._finish(view, self._query(sql, relations), scales=scales, judged=judged)

    def _finish(
        self, view: View, evaluated: pa.Table, *, scales: bool = False, judged: bool = False
    ) -> tuple[pa.Table, Failed]:
        finish = program.finish_sql(view, scales=scales, judged=judged)
        rows, failed = bisect(lambda part: self._query(finish, {"_evaluated": part}), evaluated)
        return self._query(program.chosen_sql(view), {"_finished": rows}) if judged else rows, failed

    def _query(self, sql: str, relations: Relations) -> pa.Table:
        return query(self._place.duck, sql, relations)


def _entities(view: View, keys: pa.Table | None) -> dict[str, pa.Array]:
    """The values of each entity column among ``keys``."""
    assert keys is not None
    columns = zip(program.key_columns(view), view.entity, strict=True)
    return {entity.name: keys.column(name).combine_chunks() for name, entity in columns}


def _service_scale(service: Service, column: ServiceColumn, joined: pa.Table) -> pa.ChunkedArray:
    """The greatest magnitude among the inexact columns that an output column reads."""
    views = [(service.alias, service.view), *((join.alias, join.view) for join in service.joins)]
    read = {
        f"{alias}._scale_{name.partition('.')[2]}"
        for name in column.lineage
        for alias, view in views
        if view == name.partition(".")[0]
    }
    found = [joined.column(name) for name in sorted(read & set(joined.column_names))]
    if not found:
        return pa.chunked_array([pa.array(np.zeros(len(joined)))])
    return pc.fill_null(pc.max_element_wise(*found), 0.0)
