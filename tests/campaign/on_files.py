"""A case run as a project in a folder: epochs, stops, restarts, what is written offline, reads of now and of then."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
from headrace.features_sql.definitions import Column
from headrace.runtime import side_by_side
from headrace.runtime.duck import arrow_schema
from headrace.tests.meaning.folders import Folder, run_epochs
from headrace.tests.meaning.replay import END, definitions_of, records

from .arrivals import Arrivals, Row
from .case import Case, Outcome
from .compare import differences
from .in_memory import compare, contents, keys_of
from .interpreter import Interpreter, Key
from .projects import Service, Source, Union, View, follows_arrival


@mock.patch.object(side_by_side, "FEWEST", 0)
def run_on_files(case: Case, outcome: Outcome, random: Random) -> None:
    """Apply the project, run it with stops after some epochs, compare what is written, read and verify."""
    with tempfile.TemporaryDirectory() as path:
        folder = laid_out(case, Path(path), random)
        folder.project.apply()
        for _ in range(random.choice([0, 1, 2])):
            run_epochs(folder.project, random.randint(1, 3))
        if random.random() < 0.7:
            middle = _middle(case, random)
            folder.project.run(until=moment(middle))
            read(case, folder, outcome, random, middle)
        folder.project.run()
        meant = Interpreter(case.project, case.arrived, case.tables)
        for one in (*case.project.views, *case.project.services):
            driver = one if isinstance(one, View) else one.driver
            if driver.emit.kind != "demand":
                compare(case, meant, {one.name: in_order_of_arrival(folder, one.name, driver)}, outcome, "offline")
        verified(case, folder, outcome)


def laid_out(case: Case, path: Path, random: Random) -> Folder:
    """The case as a project of its own, in files of some rows each."""
    definitions = definitions_of(case.project.sql)
    batch, snapshot = random.choice([5, 11, 1000]), random.randint(1, 3)
    folder = Folder(path, case.project.sql, batch_rows=batch, snapshot_epochs=snapshot)
    settings = path / "headrace.toml"
    settings.write_text(settings.read_text() + f"threads = {random.randint(1, 2)}\n")
    for source in case.project.sources:
        folder.add(definitions, source.name, case.rows[source.name], random.randint(1, 3))
    for table in case.project.tables:
        (path / table.name).mkdir()
        rows = contents(definitions, table.name, case.rows[table.name]).drop_columns(["_offset"])
        pq.write_table(rows, path / table.name / "facts.parquet")
    return folder


def moment(time: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)


def _middle(case: Case, random: Random) -> int:
    source = random.choice(case.project.sources)
    arrivals = Arrivals(source, case.rows[source.name])
    return arrivals.rows[random.choice(arrivals.known)][source.time]


def in_order_of_arrival(folder: Folder, name: str, driver: View) -> list[dict[str, Any]]:
    """The rows written under a name, by ``_offset`` in order of arrival; of rows written again the newest."""
    rows = _newest(folder.rows(name), [*(column.column for column in driver.entity), driver.time])
    for row in rows:
        if row.get("_offset") is not None:
            row["_offset"] = _arrival(folder, driver, row["_partition"], row["_offset"])
    return rows


def _newest(rows: list[dict[str, Any]], identity: Sequence[str]) -> list[dict[str, Any]]:
    """Rows as readers take them: of one identity the greatest ``_revision``, unless that is deleted."""
    keyed = [(tuple(row.get(name) for name in (*identity, "_partition", "_offset")), row) for row in rows]
    greatest: dict[Any, int] = {}
    for key, row in keyed:
        greatest[key] = max(greatest.get(key, 0), row.get("_revision", 0))
    return [row for key, row in keyed if row.get("_revision", 0) == greatest[key] and not row.get("_deleted")]


def _arrival(folder: Folder, view: View, partition: int, offset: int) -> int:
    """Where the event behind a row that events drive stands among its source's; a close, among those of its instant."""
    relation = view.relation
    if isinstance(relation, Union):
        partition, place = divmod(partition, len(relation.branches))
        relation = relation.branches[place].relation
    if isinstance(relation, Source):
        return folder.place_of(relation.name, offset)
    return _arrival(folder, relation, partition, offset) if relation.from_events else offset


def read(case: Case, folder: Folder, outcome: Outcome, random: Random, until: int) -> None:
    """Ask the services online and at the rows of a spine: at instants that are written, and at later ones."""
    counts = {source.name: folder.read_rows(source.name) for source in case.project.sources}
    everything = Interpreter(case.project, case.arrived, case.tables)
    arrived = {name: case.rows[name][:count] for name, count in counts.items()}
    so_far = Interpreter(case.project, arrived, case.tables)
    for service in case.project.services:
        keys, given = keys_of(service, case, random), given_to(service, random)
        below = folder.watermark(service.name)
        if below < END:
            now = [max(until, below) + random.randint(0, 5) * case.pace.unit // 2] * len(keys)
            answer = folder.project.get_online_features(service.name, _named(service, keys, given), moment(now[0]))
            seen = Interpreter(case.project, arrived, case.tables, folder.open_until(counts, now[0]))
            _compare(seen, service, keys, now, records(answer), outcome, "online", below, given)
            read_with_row(case, folder, outcome, random, service, counts)
        if not service.driver.stored and any(call.window.exclude == "ROW" for call in service.driver.calls):
            continue
        then = [min(until, below - 1) - random.randint(0, 6) * case.pace.unit // 2 for _ in keys]
        features = folder.project.get_historical_features(spine(service, keys, then, given), service.name)
        known = so_far if case.project.is_revised else everything
        _compare(known, service, keys, then, records(features), outcome, "spine", None, given)


def read_with_row(
    case: Case, folder: Folder, outcome: Outcome, random: Random, service: Service, counts: Mapping[str, int]
) -> None:
    """Read a service for a whole row, which is not stored: it says what it would write if that event came now."""
    driver, below = service.driver, folder.watermark(service.name)
    if driver.emit.kind != "event" or not isinstance(driver.relation, Source):
        return
    if any(follows_arrival(join.view.relation) for join in service.joins):
        # What a read brings along does not arrive.
        return
    source, arrived = driver.relation, {name: case.rows[name][:count] for name, count in counts.items()}
    newest = Arrivals(source, arrived[source.name]).greatest
    time = max(below, newest or 0) + random.randint(0, 5) * case.pace.unit // 2
    row = {**random.choice(case.rows[source.name]), source.time: time}
    until = folder.open_until(counts, time)
    known = Interpreter(case.project, arrived, case.tables, until)
    more = {**arrived, source.name: [*arrived[source.name], row]}
    meant = Interpreter(case.project, more, case.tables, until, known)
    for one in meant.rows(driver):
        if one.place == counts[source.name]:
            given = {name: value for name, value in row.items() if name != source.time}
            answer = records(folder.project.get_online_features(service.name, [given], moment(time)))
            said = meant.serve(service, one.key, time, one.said, below)
            wrong = [f"{difference} for {row}" for difference in differences(said, answer[0])]
            outcome.note("with a row", service.name, 1, wrong)


def given_to(service: Service, random: Random) -> Row:
    """Sometimes a text of the driving view that a read gives itself."""
    texts = [output.name for output in service.driver.outputs if output.expression.type == "VARCHAR"]
    return {random.choice(texts): random.choice(["a", "x", "p", None])} if texts and random.random() < 0.5 else {}


def _named(service: Service, keys: Sequence[Key], given: Row) -> list[dict[str, Any]]:
    names = [column.column for column in service.driver.entity]
    return [{**dict(zip(names, key, strict=True)), **given} for key in keys]


def spine(service: Service, keys: Sequence[Key], times: Sequence[int], given: Row) -> pa.Table:
    schema = arrow_schema([Column(column.column, column.type) for column in service.driver.entity])
    columns = {one.name: pa.array([key[place] for key in keys], one.type) for place, one in enumerate(schema)}
    columns |= {name: pa.array([value] * len(keys), pa.string()) for name, value in given.items()}
    return pa.table({**columns, service.driver.time: pa.array(times, pa.timestamp("us"))})


def _compare(
    meant: Interpreter,
    service: Service,
    keys: Sequence[Key],
    times: Sequence[int],
    rows: Sequence[dict[str, Any]],
    outcome: Outcome,
    way: str,
    below: int | None,
    given: Row,
) -> None:
    for key, time, row in zip(keys, times, rows, strict=True):
        said = meant.answer(service, key, time, given, below)
        wrong = [f"{difference} for {key} at {time}" for difference in differences(said, row)]
        outcome.note(way, service.name, 1, wrong)


def verified(case: Case, folder: Folder, outcome: Outcome) -> None:
    """Verify compares every row, and finds nothing."""
    for name, check in folder.project.verify().items():
        wrong = [] if not check.mismatches else [f"verify finds {check}"]
        outcome.note("verify", name, check.rows, wrong)
