"""Online reads: a service for given keys, as of now, from live state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from time import monotonic
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...catalog import registry
from ...catalog.names import hint
from ...features_sql import program
from ...features_sql.definitions import Column, Definitions, Service, Source, View
from ...features_sql.errors import ReadError
from ...features_sql.groups import source_groups
from ..batch import Batch
from ..duck import arrow_schema
from ..group import Group
from ..group_run import GroupRun
from ..history import NO_ROWS
from ..live_view import CURRENT, LiveView, Probes
from ..sources.lateness import BEGINNING
from ..stores import memory
from ..workplace import Workplace
from . import read_log
from .current_rows import current_row, missing_of_row, whole_source
from .direct_service import DirectService, direct_service
from .historical import driving_at
from .read_log import LoggedRead
from .service_name import find_service

LOG_EVERY = 1.0
"""An open reader logs no more than one read in so many seconds."""


def online_features(
    place: Workplace, name: str, keys: Sequence[Mapping[str, object]], as_of: datetime | None = None
) -> pa.Table:
    """Return the service's row for each key, in order, at ``as_of`` (UTC) or now.

    A key gives the driving view's entity columns and, if it likes, other columns of that view, the same in
    every key: a given column is used as it is, also to join by; the rest comes from the entity's newest event. Keys
    with every column of the source (computed ones apart) are whole rows: see ``current_rows``.
    Every accepted event with ts <= the instant counts, those that wait for the watermark too. "Now" is the
    wall clock, or with ``clock = "event"`` the least, over the sources, of their greatest ts. An instant
    below the watermark is a historical read. The first key of a read that brings no whole row is logged.
    """
    with closing(OnlineReader(place, name)) as reader:
        return reader.read(keys, as_of)


class OnlineReader:
    """Answers reads of one service from state that it keeps: the first read pays for it, not the others.

    It follows what a run commits meanwhile, epoch by epoch. It must be closed; not for two threads at once.
    """

    def __init__(self, place: Workplace, name: str) -> None:
        self._place, self._service = place, find_service(place.definitions, name)
        spec = next(spec for spec in source_groups(place.definitions) if name in spec.services)
        self._driver = place.definitions.views[self._service.view]
        # Where the source has no other columns, the entity is a whole row.
        entity = dict.fromkeys(column.name for column in self._driver.entity)
        self._has_direct = whole_source(place.definitions, self._driver, [entity]) is None
        self._run = GroupRun(place, spec, features_alone=True)
        self._past: Batch | None = None
        self._direct: DirectService | None = None
        self._is_stale, self._is_open = True, True
        self._seen: int = self._changes()
        self._logged = -LOG_EVERY
        try:
            self._run.restore()
        except BaseException:
            self.close()
            raise

    def read(self, keys: Sequence[Mapping[str, object]], as_of: datetime | None = None) -> pa.Table:
        """Return the service's row for each key, as ``online_features`` does; one read a second is logged.

        Raises ReadError once the project is applied anew, or the reader is closed.
        """
        _require_keys(keys)
        self._follow()
        instant = _instant(self._place, self._run, as_of)
        direct = self._direct_at(instant) if len(keys) == 1 else None
        if direct is not None and (values := direct.row(keys[0], instant)) is not None:
            found = direct.table(values)
        elif (whole := whole_source(self._place.definitions, self._driver, keys)) is not None:
            rows = [_current(self._place, self._run, self._service, whole, key, instant) for key in keys]
            return pa.concat_tables(rows)
        else:
            found = self._ask(keys, instant)
        if len(keys) and self._is_logged_now():
            self._log(keys[0], instant, found.slice(0, 1))
        return found

    def row(self, key: Mapping[str, object], as_of: datetime | None = None) -> dict[str, object]:
        """Return the service's row for one key as a dict, as ``read`` does but for the way it is handed out.

        Where features are aggregates in running values, and the key's values are of its columns' kind, neither a query
        nor a table is made.
        """
        _require_keys([key])
        self._follow()
        instant = _instant(self._place, self._run, as_of)
        direct = self._direct_at(instant)
        values = None if direct is None else direct.row(key, instant)
        if direct is None or values is None:
            return self.read([key], as_of).to_pylist()[0]
        if self._is_logged_now():
            self._log(key, instant, direct.table(values))
        return dict(zip(direct.names, values, strict=True))

    def _direct_at(self, instant: int) -> DirectService | None:
        """What reads the state as it is; None where it takes a query, tables, or history."""
        if instant < self._run.watermark or not self._has_direct:
            return None
        if self._is_stale:
            self._direct = direct_service(self._run.group, self._service, self._place.definitions)
            self._is_stale = False
        return self._direct

    def _ask(self, keys: Sequence[Mapping[str, object]], instant: int) -> pa.Table:
        """The service at keys that have no row of their own."""
        probes = Probes(key_columns(self._driver, keys), np.full(len(keys), instant, np.int64))
        given = given_columns(self._place.definitions, self._driver, keys)
        if instant < self._run.watermark:
            return self._historical(probes, given)
        return read_service(self._run.group, self._service, probes, given)

    def _is_logged_now(self) -> bool:
        now = monotonic()
        if now < self._logged + LOG_EVERY:
            return False
        self._logged = now
        return True

    def _log(self, key: Mapping[str, object], instant: int, answer: pa.Table) -> None:
        read = LoggedRead(self._run.epoch, self._run.watermark, instant, key, answer)
        version = self._place.versions[self._service.name]
        read_log.note(self._place.layout, self._service.name, version, read)

    def _historical(self, probes: Probes, given: pa.Table | None) -> pa.Table:
        """The service at keys that have no row of their own, from history."""
        if self._past is None:
            self._past = Batch(self._place, folded=True)
        driving = driving_at(self._past, self._driver, probes, strict=True)
        return self._past.read(self._service, with_given(driving, given))

    def _changes(self) -> int:
        """A number that changes when another process or connection has written to the project's database."""
        return int(self._place.store.execute("PRAGMA data_version").fetchone()[0])

    def is_outdated(self) -> bool:
        """Tell whether the project has been applied anew since this was opened: then it answers no more."""
        return self._changes() != self._seen and registry.live_versions(self._place.store) != self._place.versions

    def _follow(self) -> None:
        if not self._is_open:
            raise ReadError("this reader is closed; open another")
        if self._place.layout.memory is not None:
            memory.require_run(self._place.layout)
        changes = self._changes()
        if changes == self._seen:
            return
        if self.is_outdated():
            raise ReadError("the project has been applied anew; open the reader again")
        self._seen, self._past, self._is_stale = changes, None, True
        self._run.catch_up()

    def close(self) -> None:
        """Let go of the state."""
        self._is_open = False
        self._run.close()


def _current(
    place: Workplace, run: GroupRun, service: Service, source: Source, key: Mapping[str, object], instant: int
) -> pa.Table:
    """The service at one whole row, as if the row had just arrived."""
    driver = place.definitions.views[service.view]
    row = current_row(place, source, key, instant)
    known = {name: row.column(name)[0].as_py() for name in row.column_names} | dict(key)
    probes = Probes(key_columns(driver, [known]), pc.cast(row.column(source.time), pa.int64()).to_numpy())
    beside = {name: value for name, value in key.items() if name not in row.column_names or name in _lead(driver)}
    given = given_columns(place.definitions, driver, [beside])
    if int(probes.times[0]) >= run.watermark:
        return read_service(run.group, service, probes, given, {source.name: row})
    batch = Batch(place, {source.name: row})
    driving = driving_at(batch, driver, probes)
    if not program.is_stored(driver):
        own = batch.view_at_rows(driver, probes.keys)
        mine = own.filter(pc.equal(own.column("_offset"), CURRENT))
        driving = mine.drop_columns(["_i"]) if len(mine) else driving
    return batch.read(service, with_given(driving, given))


def _require_keys(keys: object) -> None:
    if isinstance(keys, Mapping | str) or not isinstance(keys, Sequence):
        raise ReadError(f"keys must be a list of mappings, each from column to value; got {keys!r}")
    for key in cast("Sequence[object]", keys):
        if not isinstance(key, Mapping):
            raise ReadError(f"a key must be a mapping from column to value; got {key!r}")


def _lead(driver: View) -> set[str]:
    return {column.name for column in driver.entity}


def with_given(driving: pa.Table, given: pa.Table | None) -> pa.Table:
    """Return driving rows with the columns that were given in place of their own."""
    if given is None:
        return driving
    return pa.table(
        {name: (given if name in given.column_names else driving).column(name) for name in driving.column_names}
    )


def key_columns(driver: View, keys: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return the entity of each key, in the driving view's types."""
    wanted = [column.name for column in driver.entity]
    for key in keys:
        missing = [name for name in wanted if name not in key]
        if missing:
            raise ReadError(f"a key must give {', '.join(wanted)}; got {', '.join(key) or 'nothing'}")
    names = program.key_columns(driver)
    schema = arrow_schema([Column(name, column.type) for name, column in zip(names, driver.entity, strict=True)])
    columns = [
        _column([key[column.name] for key in keys], column, field.type)
        for column, field in zip(driver.entity, schema, strict=True)
    ]
    return pa.table(dict(zip(names, columns, strict=True)))


def given_columns(definitions: Definitions, driver: View, keys: Sequence[Mapping[str, object]]) -> pa.Table | None:
    """Return the columns that the keys give beyond the entity, in the driving view's types; None if they give none."""
    entity = {column.name for column in driver.entity}
    names = list(dict.fromkeys(name for key in keys for name in key if name not in entity))
    if not names:
        return None
    known = {column.name: column for column in driver.columns[len(driver.entity) + 1 :]}
    for name in names:
        if name not in known:
            more = missing_of_row(definitions, driver, name, keys) or hint(name, known)
            raise ReadError(f"view {driver.name} has no column {name!r} to be given{more}")
        if any(name not in key for key in keys):
            raise ReadError(f"every key must give {name}, or none")
    types = arrow_schema([known[name] for name in names])
    return pa.table({f.name: _column([key[f.name] for key in keys], known[f.name], f.type) for f in types})


def _column(values: Sequence[object], column: Column, type: pa.DataType) -> pa.Array:
    try:
        if any(isinstance(value, str) for value in values):
            return pa.array([None if value is None else str(value) for value in values]).cast(type)
        if pa.types.is_integer(type) and any(isinstance(value, float | Decimal) for value in values):
            # Given its type at once, pyarrow cuts 1.5 to 1.
            return pa.array(values).cast(type)
        return pa.array(values, type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        shown = values[0] if len(values) == 1 else list(values)
        raise ReadError(f"key column {column.name} must be {column.type}; got {shown!r}") from error


def _require_instant(as_of: object) -> None:
    if not isinstance(as_of, datetime):
        raise ReadError(f"as_of must be a datetime; got {as_of!r}")


def _instant(place: Workplace, run: GroupRun, as_of: datetime | None) -> int:
    if as_of is not None:
        _require_instant(as_of)
        aware = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        return int(np.datetime64(aware.astimezone(UTC).replace(tzinfo=None), "us").astype(np.int64))
    if place.settings.clock == "event":
        highs = [held.high for held in run.progress.values() if held.high is not None]
        if not highs:
            raise ReadError("no event has been read yet, so the event clock stands nowhere; give --as-of")
        return min(highs)
    return int(np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us").astype(np.int64))


def read_service(
    group: Group,
    service: Service,
    probes: Probes,
    given: pa.Table | None = None,
    current: Mapping[str, pa.Table] = NO_ROWS,
) -> pa.Table:
    """Return the service at each probe of its driving view, from the group's state, which stays as it is.

    ``given`` columns, a row per probe, stand in for the driving view's own. ``current`` holds, by source, the one row
    that a single probe brings along: it counts like an event, and is the current row of the driving view.
    """
    driver = group.views[service.view]
    waiting = group.waiting_events(int(probes.times.max()) if len(probes.times) else BEGINNING, current)
    driving = _at_probes(driver.view, _read_view(group, driver, probes, waiting, own=bool(current)), probes)
    driving = with_given(driving, given)
    live = group.services[service.name]
    answers: dict[str, pa.Table] = {}
    for join in service.joins:
        joined = group.views[join.view]
        columns = [driving.column(name) for name in join.keys]
        schema = joined.keys.schema
        keys = pa.table({f.name: column.cast(f.type) for f, column in zip(schema, columns, strict=True)})
        answers[join.alias] = _read_view(group, joined, Probes(keys, probes.times), waiting)
    rows, failed = live.rows(driving, answers)
    if failed:
        raise ReadError(f"service {service.name} cannot be computed for these keys: {failed[0].reason}")
    return rows.drop_columns(["_i", *program.ORIGIN])


def _read_view(
    group: Group, live: LiveView, probes: Probes, waiting: Mapping[str, pa.Table], *, own: bool = False
) -> pa.Table:
    if program.is_stored(live.view):
        return group.stored[live.view.name].read(probes)
    return live.read(waiting[live.view.source], probes, own=own)


def _at_probes(view: View, answer: pa.Table, probes: Probes) -> pa.Table:
    """The driving view's columns and origin; the entity and the instant are the probe's own."""
    columns = {name: answer.column(name) for name in (column.name for column in view.columns)}
    for key, name in zip(view.entity, program.key_columns(view), strict=True):
        columns[key.name] = probes.keys.column(name)
    columns[view.time] = pc.cast(pa.chunked_array([pa.array(probes.times)]), pa.timestamp("us"))
    columns["_i"] = pa.chunked_array([pa.array(np.arange(len(probes.keys)))])
    columns |= {name: pa.chunked_array([pa.nulls(len(probes.keys), pa.int64())]) for name in program.ORIGIN}
    return pa.table(columns)
