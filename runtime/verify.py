"""Verify: written rows against the batch program over the same events."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from ..catalog.names import hint
from ..features_sql import program
from ..features_sql.definitions import Definitions
from ..features_sql.errors import ReadError
from ..features_sql.names import quote
from .batch import Batch
from .commands.row_differences import TOLERANCE, Differences, RowDifference
from .duck import fetch
from .reads import read_log
from .reads.read_log import LoggedRead
from .reads.replayed_reads import answered, answered_again
from .sources.lateness import BEGINNING, END
from .sources.retention import past
from .status import instant_text
from .stores import datasets
from .stores.datasets import Dataset
from .stores.written import written_rows
from .stretch import between
from .workplace import Workplace

LOG = logging.getLogger(__name__)
INEXACT = ("DOUBLE", "FLOAT")
EXAMPLES = 5


@dataclass(frozen=True)
class FeatureCheck:
    """How one feature compares: rows that differ, and the worst error relative to its scale."""

    mismatches: int
    worst_error: float


@dataclass(frozen=True)
class ViewCheck:
    """How one view or service compares. ``missing`` rows were never written, ``extra`` ones should not be there.

    ``due``: the watermark, as text, up to which the batch program has no rows either; None where it has or nothing ran.
    ``reads``: logged online reads that were answered again; ``wrong_reads``: values of them that differ.
    ``examples``: the first rows that differ, in the columns that do.
    """

    rows: int
    missing: int
    extra: int
    features: dict[str, FeatureCheck] = field(default_factory=dict[str, FeatureCheck])
    reads: int = 0
    wrong_reads: int = 0
    examples: Differences | None = None
    due: str | None = None

    @property
    def mismatches(self) -> int:
        """Missing and extra rows, every value that differs, written or read."""
        return self.missing + self.extra + self.wrong_reads + sum(one.mismatches for one in self.features.values())

    @property
    def passed(self) -> bool:
        """Before a first run, a view without rows or reads proves nothing, so it does not pass."""
        return (self.rows + self.reads > 0 or self.due is not None) and self.mismatches == 0


def verify(
    place: Workplace, names: Sequence[str] = (), on_view: Callable[[str, ViewCheck], None] | None = None
) -> dict[str, ViewCheck]:
    """Compare every written row below the committed watermark, of these views and services or of all.

    So are the online reads of a service that its log keeps, with what the batch program says of their instants.
    Integers, decimals, text and lists are compared exactly, doubles to 1e-9 of max(|expected|, the mean or
    sum of |x| that the aggregate implies). Streams are left out: what a model had learned by a row's instant is in no
    batch program; their rows come from the service's, which are compared. Raises ReadError for an unknown name, or one
    that writes nothing and of which no read is kept.
    """
    held = datasets.load(place.store, place.definitions, place.versions)
    held = {name: dataset for name, dataset in held.items() if name not in place.definitions.streams}
    unknown = [name for name in names if name not in held]
    if unknown and unknown[0] in place.definitions.streams:
        raise ReadError(f"{unknown[0]} is a stream: what its model had learned by each row is in no batch program")
    if unknown:
        raise ReadError(f"there is no view or service {unknown[0]!r}{hint(unknown[0], held)}")
    batch = Batch(place)
    services = [name for name in held if name in place.definitions.services]
    reads = {name: read_log.logged(place.layout, name, held[name].version) for name in services}
    for name in names:
        if not reads.get(name):
            refuse_unwritten(place.definitions, name)
    checks: dict[str, ViewCheck] = {}
    for name in names or (name for name in held if place.definitions.writes(name) or reads.get(name)):
        first = _first_instant(place, name, asked=name in names)
        if first is None:
            continue
        writes = place.definitions.writes(name)
        written = _check(place, batch, held[name], first) if writes else ViewCheck(0, 0, 0)
        known = [read for read in reads.get(name, []) if read.instant >= first]
        checks[name] = _with_reads(place, held[name], known, written)
        if on_view is not None:
            on_view(name, checks[name])
    return checks


def refuse_unwritten(definitions: Definitions, name: str) -> None:
    """Raise ReadError for a view or service that is only read."""
    if not definitions.writes(name):
        raise ReadError(f"{name} is ON DEMAND: it is read, and writes no rows")


def _first_instant(place: Workplace, name: str, *, asked: bool) -> int | None:
    """Return the instant (µs) from which the events are there that a view or service rests on; None where none is.

    Raises ReadError in place of None where the name was ``asked`` for.
    """
    definitions = place.definitions
    known = past(place.store, definitions, definitions.views.get(name) or definitions.services[name])
    try:
        known.require(END, "verify")
    except ReadError as error:
        if asked:
            raise
        LOG.warning("%s; it is left out", error)
    if known.first is not None and known.first != BEGINNING:
        LOG.warning("%s is compared from %s on: earlier events are gone", name, instant_text(known.first))
    return known.first


def _check(place: Workplace, batch: Batch, dataset: Dataset, first: int) -> ViewCheck:
    """Compare the rows of instants from ``first`` on."""
    written = written_rows(place.duck, place.layout, dataset)
    if len(written):
        written = between(written, dataset.time, first, END if dataset.on_arrival else dataset.watermark)
    expected = between(_expected(place, batch, dataset, scales=False), dataset.time, first)
    if not len(written):
        known = dataset.watermark > BEGINNING and not len(expected)
        return ViewCheck(0, len(expected), 0, due=instant_text(dataset.watermark) if known else None)
    check = compare(place.duck, dataset, written, expected)
    # Without its scale a double is judged by its own size, which is stricter: scales are for what fails.
    if check.mismatches:
        scaled = between(_expected(place, batch, dataset, scales=True), dataset.time, first)
        check = compare(place.duck, dataset, written, scaled, EXAMPLES)
    return check


def _with_reads(place: Workplace, dataset: Dataset, reads: Sequence[LoggedRead], check: ViewCheck) -> ViewCheck:
    """Add to a check how the logged reads of a service compare; the number of a read is its origin."""
    if not reads:
        return check
    service = place.definitions.services[dataset.name]
    numbered, found = replace(dataset, from_events=True), answered(reads)
    compared = compare(place.duck, numbered, found, answered_again(place, service, reads))
    if compared.mismatches:
        again = answered_again(place, service, reads, scales=True)
        compared = compare(place.duck, numbered, found, again, EXAMPLES)
    examples = check.examples or compared.examples
    return replace(check, reads=compared.rows, wrong_reads=compared.mismatches, examples=examples)


def _expected(place: Workplace, batch: Batch, dataset: Dataset, *, scales: bool) -> pa.Table:
    if dataset.name in place.definitions.views:
        return batch.view(place.definitions.views[dataset.name], scales=scales)
    return batch.service(place.definitions.services[dataset.name], scales=scales)


def compare(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, written: pa.Table, expected: pa.Table, examples: int = 0
) -> ViewCheck:
    """Compare two tables of a dataset's rows; ``expected`` may carry a ``_scale_`` column beside an inexact one.

    ``examples`` is how many of the rows that differ are kept.
    """
    # An origin that counts the closes of an instant is one of that instant only.
    identity = (dataset.time, *program.ORIGIN) if dataset.from_events else (*dataset.entity, dataset.time)
    features = [name for name in expected.column_names if not name.startswith("_") and name not in identity]
    cursor = connection.cursor()
    try:
        cursor.register("_written", written)
        cursor.register("_expected", expected)
        types = dict(cursor.execute("SELECT column_name, column_type FROM (DESCRIBE _expected)").fetchall())
        judges = [_judge(name, types[name], expected.column_names) for name in features]
        row = fetch(cursor, _comparison(identity, judges)).to_pylist()[0]
        checks = {
            name: FeatureCheck(row[f"bad_{place}"] or 0, row[f"worst_{place}"] or 0.0)
            for place, name in enumerate(features)
        }
        check = ViewCheck(row["rows"], row["missing"], row["extra"], checks)
        if not check.mismatches or not examples:
            return check
        wrong = [name for name in features if checks[name].mismatches and name not in dataset.entity]
        columns = (*dataset.entity, dataset.time, *(wrong or features))
        return replace(check, examples=_examples(cursor, identity, judges, tuple(dict.fromkeys(columns)), examples))
    finally:
        cursor.close()


@dataclass(frozen=True)
class _Judge:
    """SQL over a written row ``w`` and an expected one ``e``: whether a feature is equal, and the error of it."""

    equal: str
    error: str


def _judge(name: str, type: str, columns: Sequence[str]) -> _Judge:
    left, right = f"w.{quote(name)}", f"e.{quote(name)}"
    equal = f"{left} IS NOT DISTINCT FROM {right}"
    if type not in INEXACT:
        return _Judge(equal, "0.0")
    scale = f"e.{quote('_scale_' + name)}" if f"_scale_{name}" in columns else "0.0"
    error = f"abs({left} - {right}) / nullif(greatest(abs({right}), {scale}), 0)"
    return _Judge(f"({equal} OR coalesce({error} <= {TOLERANCE}, FALSE))", error)


def _joined(identity: Sequence[str]) -> str:
    """A full join on row identity; a row that stands twice on a side is missing or extra too."""
    same = " AND ".join(f"w.{quote(name)} IS NOT DISTINCT FROM e.{quote(name)}" for name in (*identity, "_copy"))
    numbered = "SELECT *, row_number() OVER (PARTITION BY {keys}) AS _copy, TRUE AS _there FROM {relation}"
    keys = ", ".join(quote(name) for name in identity)
    sides = [numbered.format(keys=keys, relation=relation) for relation in ("_written", "_expected")]
    return f"({sides[0]}) w FULL JOIN ({sides[1]}) e ON {same}"


def _comparison(identity: Sequence[str], judges: Sequence[_Judge]) -> str:
    both = "w._there AND e._there"
    sums = [
        "count(w._there) AS rows",
        "count(*) FILTER (WHERE w._there IS NULL) AS missing",
        "count(*) FILTER (WHERE e._there IS NULL) AS extra",
    ]
    for place, one in enumerate(judges):
        sums.append(f"count(*) FILTER (WHERE {both} AND NOT {one.equal}) AS bad_{place}")
        sums.append(f"max({one.error}) FILTER (WHERE {both} AND isfinite({one.error}::DOUBLE)) AS worst_{place}")
    return f"SELECT {', '.join(sums)} FROM {_joined(identity)}"


def _examples(
    cursor: duckdb.DuckDBPyConnection,
    identity: Sequence[str],
    judges: Sequence[_Judge],
    columns: tuple[str, ...],
    count: int,
) -> Differences:
    """The first rows that differ, by identity."""
    sides = {side: [f"{side}.{quote(name)}" for name in columns] for side in "we"}
    listed = [f"{sql} AS {side}{place}" for side in "we" for place, sql in enumerate(sides[side])]
    wrong = " OR ".join(["w._there IS NULL", "e._there IS NULL", *(f"NOT {one.equal}" for one in judges)])
    order = ", ".join(f"coalesce(w.{quote(name)}, e.{quote(name)})" for name in identity)
    sql = f"SELECT w._there AS w, e._there AS e, {', '.join(listed)} FROM {_joined(identity)} WHERE {wrong}"
    rows = fetch(cursor, f"{sql} ORDER BY {order} LIMIT {count}").to_pylist()

    def one(row: dict[str, object], side: str) -> tuple[object, ...] | None:
        return tuple(row[f"{side}{place}"] for place in range(len(columns))) if row[side] else None

    return Differences(columns, tuple(RowDifference(one(row, "e"), one(row, "w")) for row in rows))
