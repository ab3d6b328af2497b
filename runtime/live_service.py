"""A feature service at work: the driving view's rows, with every joined view read at the same instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql import program
from ..features_sql.definitions import Column, Definitions, Service, ServiceJoin, View
from .duck import arrow_schema
from .live_view import LiveView, Poison, Probes
from .reads.direct_view import DirectRows
from .row_query import service_query
from .windows.keys import UNSEEN
from .windows.newest import Newest


class LiveService:
    """The program of one service over live views."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, service: Service, definitions: Definitions) -> None:
        self.service = service
        self.driver = definitions.views[service.view]
        self._views = {join.alias: definitions.views[join.view] for join in service.joins}
        columns = _joined_columns(service.alias, self.driver)
        for alias, view in self._views.items():
            columns += _joined_columns(alias, view)
        origin = [Column(name, "BIGINT") for name in ("_i", *program.ORIGIN)]
        self._schema = arrow_schema([*columns, *origin])
        self._query = service_query(connection, service, self.driver, self._schema)

    def join(self, alias: str) -> ServiceJoin:
        """Return the join of the view under ``alias``."""
        return next(join for join in self.service.joins if join.alias == alias)

    def probes(self, join: ServiceJoin, live: LiveView, driving: pa.Table) -> Probes:
        """Return what the service asks of a joined view: its keys at the instant of each driving row."""
        columns = [driving.column(name) for name in join.keys]
        schema = live.keys.schema
        keys = pa.table({field.name: column.cast(field.type) for field, column in zip(schema, columns, strict=True)})
        return Probes(keys, instants_of(self.driver, driving))

    def rows(self, driving: pa.Table, answers: Mapping[str, pa.Table]) -> tuple[pa.Table, list[Poison]]:
        """Return the service's rows for ``driving`` rows; ``answers`` holds, per join alias, a row for each of them."""
        columns = {f"{self.service.alias}.{c.name}": driving.column(c.name) for c in self.driver.columns}
        for alias, view in self._views.items():
            columns |= {f"{alias}.{column.name}": answers[alias].column(column.name) for column in view.columns}
        columns |= {name: driving.column(name) for name in ("_i", *program.ORIGIN)}
        joined = pa.table({name: columns[name] for name in self._schema.names})
        if not joined.schema.equals(self._schema):
            joined = joined.cast(self._schema)
        finished, failed = self._query.run(joined)
        return finished, Poison.of(joined, failed)

    @property
    def schema(self) -> pa.Schema:
        """The schema of ``rows``."""
        return self._query.schema

    @property
    def handed_on(self) -> dict[str, str] | None:
        """The ``alias.column`` that each column of the rows is; None where one is computed."""
        return self._query.handed_on

    def close(self) -> None:
        """Let go of the prepared statement."""
        self._query.close()


class StoredRows:
    """The newest written row per entity of a view that a service reads as stored."""

    def __init__(self, live: LiveView) -> None:
        self._live = live
        self._schema = arrow_schema(live.view.columns)
        self._newest = Newest(self._schema)

    def ask(self, written: pa.Table, asked: Sequence[Probes]) -> list[pa.Table]:
        """Return, for each probe, the newest row with its instant <= the probe's; ``written`` rows join the store.

        A row older than the view's ``valid.for`` at the probe is NULL in every column.
        """
        view, keys = self._live.view, self._live.keys
        slots = keys.find(entity_keys(view, written))
        times = instants_of(view, written)
        questions = [keys.find(probe.keys) for probe in asked]
        empty = np.empty(0, np.int64)
        moments = np.concatenate([empty, *(probe.times for probe in asked)])
        answers = self._newest.ask(written, times, slots, np.concatenate([empty, *questions]), moments)
        fresh = valid_rows(view, answers, moments)
        starts = np.cumsum([0, *(len(one) for one in questions)]).tolist()
        return [fresh.slice(start, len(one)) for start, one in zip(starts[:-1], questions, strict=True)]

    def read(self, probes: Probes) -> pa.Table:
        """Return the newest stored row for each probe (all at or past the watermark), leaving the store as it is."""
        slots = self._live.keys.find(probes.keys)
        copy = self._newest.restrict(np.unique(slots[slots != UNSEEN]))
        empty = np.empty(0, np.int64)
        answers = copy.ask(self._schema.empty_table(), empty, empty, slots, probes.times)
        return valid_rows(self._live.view, answers, probes.times)

    def direct(self) -> DirectRows:
        """Return what reads single keys until the state changes."""
        return DirectRows(self._live.view, self._live.keys, self._newest)

    def snapshot(self) -> pa.Table:
        """Return the held rows."""
        return self._newest.snapshot()

    def restore(self, held: pa.Table) -> None:
        """Take over the rows of a snapshot."""
        self._newest.restore(held)


def _joined_columns(alias: str, view: View) -> list[Column]:
    return [Column(f"{alias}.{column.name}", column.type) for column in view.columns]


def entity_keys(view: View, rows: pa.Table) -> pa.Table:
    """Return the entity columns of written rows under their key names."""
    names = program.key_columns(view)
    return pa.table({name: rows.column(c.name) for name, c in zip(names, view.entity, strict=True)})


def instants_of(view: View, rows: pa.Table) -> npt.NDArray[np.int64]:
    """Return the instants of written rows in µs."""
    return pc.cast(rows.column(view.time), pa.int64()).to_numpy()


def valid_rows(view: View, rows: pa.Table, moments: npt.NDArray[np.int64]) -> pa.Table:
    """Return ``rows`` with those older than ``valid.for`` at their moment made NULL."""
    if view.valid_for is None:
        return rows
    at = pc.fill_null(pc.cast(rows.column(view.time), pa.int64()), 0).to_numpy()
    stale = moments - at > view.valid_for
    return rows.take(pa.array(np.arange(len(rows)), mask=stale))
