"""Materialize: replace a view's offline rows of a stretch of time by the batch program's, in one step."""

from __future__ import annotations

import os
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ..catalog import statistics
from ..catalog.database import transaction
from ..catalog.names import hint
from ..features_sql.errors import ReadError
from . import failpoints
from .batch import Batch
from .sources.retention import past
from .status import instant_text
from .stores import datasets, ledger, offline, online_backlog
from .stores.datasets import Dataset
from .stores.durable import make_folder, sync_folder, write_parquet
from .stores.ledger import Output
from .stores.written import first_revisions
from .stretch import between
from .verify import refuse_unwritten
from .workplace import Workplace


def materialize(place: Workplace, name: str, start: int, end: int) -> int:
    """Replace the rows of ``name`` with instants in [start, end) (µs); return how many it has there now.

    State, online store and offsets stay as they are. Files outside the stretch are linked, not copied, and
    readers see the old rows until all new ones are there. Raises ReadError for an unknown name, a stretch without an
    instant or an end past the watermark.
    """
    held = datasets.load(place.store, place.definitions, place.versions)
    if name in place.definitions.streams:
        raise ReadError(f"{name} is a stream: scores are what models gave at the time and are never computed again")
    if name not in held:
        raise ReadError(f"there is no view or service {name!r}{hint(name, held)}")
    refuse_unwritten(place.definitions, name)
    dataset = held[name]
    if end <= start:
        raise ReadError(f"--end must lie past --start; got {instant_text(start)} to {instant_text(end)}")
    if end > dataset.watermark:
        raise ReadError(f"{name} is written up to its watermark only, and --end lies past it; run on first")
    definitions = place.definitions
    written = definitions.views.get(name) or definitions.services[name]
    past(place.store, definitions, written).require(start, "materialize")
    offline.settle(place.layout, place.store)
    online_backlog.recover(place.layout, place.store, held)
    inside = between(_batch_rows(place, dataset), dataset.time, start, end)
    # An epoch of its own names the new folder, so that numbers never repeat.
    number = ledger.next_epoch(place.store)
    target = replace(dataset, folder=f"{offline.live_folder(name, dataset.version)}.{number}")
    outputs = _fill(place, dataset, target, number, inside, start, end)
    failpoints.reach("commit")
    _commit(place, target, number, outputs)
    failpoints.reach("committed")
    offline.settle(place.layout, place.store)
    return len(inside)


def _batch_rows(place: Workplace, dataset: Dataset) -> pa.Table:
    batch, definitions = Batch(place), place.definitions
    if dataset.name in definitions.views:
        rows = batch.view(definitions.views[dataset.name]).drop_columns(["_i"])
    else:
        rows = batch.service(definitions.services[dataset.name])
    order = [(dataset.time, "ascending"), ("_partition", "ascending"), ("_offset", "ascending")]
    rows = rows.sort_by(order)
    rows = first_revisions(rows) if dataset.revised else rows
    return rows if dataset.from_events else rows.drop_columns(["_partition", "_offset"])


def _fill(
    place: Workplace, dataset: Dataset, target: Dataset, number: int, inside: pa.Table, start: int, end: int
) -> list[Output]:
    """Fill the new folder: files as they are where no instant is replaced, rewritten ones, new rows."""
    root, outputs = place.layout.store, list[Output]()
    make_folder(root / target.folder)
    first, last = offline.date_of(start, target.partition), offline.date_of(end - 1, target.partition)
    for path in offline.files_of(place.layout, dataset.folder):
        relative = path.relative_to(root / dataset.folder)
        fresh = root / target.folder / relative
        make_folder(fresh.parent)
        rows = offline.read_file(path)
        if first <= relative.parts[0].removeprefix("_date=") <= last:
            times = pc.cast(rows.column(dataset.time), pa.int64())
            rows = rows.filter(pc.or_(pc.less(times, start), pc.greater_equal(times, end)))
            if not len(rows):
                continue
            write_parquet(fresh, rows)
        else:
            os.link(path, fresh)
        outputs.append(Output(dataset.name, "", str(fresh.relative_to(root)), len(rows)))
    for date, rows in offline.by_date(inside, dataset.time, dataset.partition):
        fresh = root / target.folder / f"_date={date}" / f"{number:08d}.parquet"
        make_folder(fresh.parent)
        write_parquet(fresh, rows)
        outputs.append(Output(dataset.name, "", str(fresh.relative_to(root)), len(rows)))
    for folder in {(root / output.path).parent for output in outputs}:
        sync_folder(folder)
    return outputs


def _commit(place: Workplace, target: Dataset, number: int, outputs: list[Output]) -> None:
    store = place.store
    with transaction(store):
        store.execute("INSERT INTO epochs VALUES (?, '', 0, 'committed', ?, ?)", (number, ledger.now(), ledger.now()))
        store.execute("DELETE FROM outputs WHERE name = ?", (target.name,))
        ledger.add_outputs(store, number, outputs)
        store.execute("UPDATE outputs SET placed = 1 WHERE name = ?", (target.name,))
        datasets.save(store, target.name, target.version, target.folder, target.watermark)
        statistics.clear(store, target.name, target.version)
        for output in outputs:
            rows = offline.read_file(place.layout.store / output.path)
            statistics.count(store, target.name, target.version, number, rows, target.time)
