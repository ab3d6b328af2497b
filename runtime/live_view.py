"""A feature view at work: prepared rows in, written rows and answers to probes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, Upstream, View
from ..features_sql.errors import ReadError
from ..features_sql.steps import plan_steps
from ..features_sql.sub_entities import measures_by, sub_entities
from .duck import arrow_schema
from .evaluated_rows import assemble, by_probe, evaluated_schema
from .in_order import in_order
from .reads.direct_view import DirectView
from .row_query import RowQuery, finish_query, prepare_query
from .stores.null_entities import null_entities
from .windows.emission import Due, emission
from .windows.keys import UNSEEN, KeyIndex, Slots
from .windows.newest import Newest
from .windows.numbering import Numbering
from .windows.sub_entity import SubEntity
from .windows.tiles import Tiles
from .windows.turning import Turning
from .windows.window_steps import WindowSteps, parts

INSTANT_FIELDS = ("_slot", "_m", "_t", "_row")
CURRENT = np.iinfo(np.int64).max
"""The offset of a row that a read brings along: after every other of its time."""
ORIGIN_SCHEMA = pa.schema([(name, pa.int64()) for name in program.ORIGIN])


@dataclass(frozen=True)
class Probes:
    """Questions to a view: what are its features for these keys at these instants?

    ``keys``: columns ``_k0`` ..., any row may hold NULL. ``times``: µs, one per row. The answer to a probe
    whose key has a NULL is NULL in every column.
    """

    keys: pa.Table
    times: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Turn:
    """One batch of a view between prepare and finish: its rows, and the instants that are due.

    ``keys`` holds, per instant, the entity: ``_k*``; ``null_entities`` are times of events that have none.
    """

    rows: pa.Table
    due: Due
    keys: pa.Table
    null_entities: pa.Table


@dataclass(frozen=True)
class Poison:
    """A row on which a view's query fails: what was asked of it, where it came from, and DuckDB's reason."""

    partition: int | None
    offset: int | None
    reason: str

    @staticmethod
    def of(rows: pa.Table, failed: Sequence[tuple[int, str]]) -> list[Poison]:
        """Return what failed by its place in ``rows``, which carry their origin."""
        partitions, offsets = (rows.column(name) for name in program.ORIGIN)
        return [Poison(partitions[place].as_py(), offsets[place].as_py(), reason) for place, reason in failed]


class LiveView:
    """The incremental program of one view, and its state.

    A batch goes ``prepare`` -> ``evaluate``, which answers probes in the same pass. Views whose rows have the same keys
    share one of ``numberings``, by what these keys are.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        view: View,
        upstream: Upstream,
        schema: pa.Schema,
        numberings: dict[object, Numbering] | None = None,
    ) -> None:
        self.view, self._upstream = view, upstream
        self._connection = connection
        self._key_names = program.key_columns(view)
        self._terms = program.row_terms(view)
        keys = [Column(name, key.type) for name, key in zip(self._key_names, view.entity, strict=True)]
        terms = [Column(term.id, term.type) for term in view.terms]
        words = (Column(name, "BIGINT") for name in ("_t", *program.ORIGIN))
        self._prepared_schema = arrow_schema([Column("_n", "BIGINT"), *keys, *words, *terms])
        numbered = schema.append(pa.field("_n", pa.int64()))
        self._prepare = prepare_query(connection, view, upstream, numbered, self._prepared_schema)
        self._evaluated_schema = evaluated_schema(view)
        self._finish = finish_query(connection, view, self._evaluated_schema)
        judged = bool(program.conditions(view))
        self._judge = finish_query(connection, view, self._evaluated_schema, judged=True) if judged else self._finish
        self._judged = list(program.conditions(view))
        self._written = self._judge.schema.empty_table().drop_columns(self._judged)
        self._numbering = Numbering(arrow_schema(keys))
        if numberings is not None and self._prepare.keeps_rows:
            self._numbering = numberings.setdefault((view.source, view.entity), self._numbering)
        self.keys = self._numbering.keys
        held = [Column(name, view.term(name).type) for name in self._terms]
        self._newest = Newest(arrow_schema(held)) if held else None
        self._emission = emission(view)
        self._turning = Turning() if view.emit.kind == "when" else None
        rows = self._prepared_schema.insert(0, pa.field("_slot", pa.int64()))
        tiles = plan_steps(view).tiles
        self._tiles = Tiles(connection, view, tiles, rows) if tiles else None
        self.steps = WindowSteps(connection, view, measures_by(view, (), view.measures), rows)
        self._subs = {by: SubEntity(connection, view, by, rows) for by in sub_entities(view)}
        self._parted = list(dict.fromkeys(term for by in self._subs for term in by))

    def prepare(self, source_rows: pa.Table, watermark: int, last: int | None = None) -> tuple[Turn, list[Poison]]:
        """Return the prepared rows and the instants at which the view writes below ``watermark``.

        ``source_rows`` are the source's columns and ``_n``, in total order. ``last`` is the greatest event time of
        the source where it has ended. A row on which the query fails is returned as poison and left out.
        """
        prepared, failed = self._prepare.run(source_rows)
        poison = Poison.of(source_rows, failed)
        absent = null_entities(source_rows, self.view, self._upstream)
        slots = self._numbering.slots(prepared)
        rows = prepared.add_column(0, "_slot", pa.array(slots))
        due = self._emission.due(slots, rows.column("_t").to_numpy(), watermark, last)
        if self.view.emit.from_events:
            return Turn(rows, due, _own_rows(rows, due).select(self._key_names), absent), poison
        return Turn(rows, due, self.keys.take(due.slots), absent), poison

    def evaluate(
        self, turn: Turn, probes: Sequence[Probes], watermark: int
    ) -> tuple[pa.Table, list[pa.Table], list[Poison]]:
        """Return the rows written, in the order of the turn's instants, and the answer to each probe set.

        Both have the view's columns, then ``_i``, ``_partition`` and ``_offset``; answers have one row per probe.
        """
        due, carried = turn.due, self._carry(turn, probes)
        own = instants_of(due.slots, due.members, due.times, due.own)
        asked_of = [self._probe_instants(asked) for asked in probes]
        if self._parted:
            asked_of = [self._with_parts(one, row) for one, row in zip(asked_of, carried, strict=True)]
            own = self._with_parts(own, _own_rows(turn.rows, due))
        instants, places = _merge([own, *asked_of])
        values = self._measure(turn, instants, watermark)
        measured = [values] if len(places) == 1 else [values.take(pa.array(place)) for place in places]
        written, poison = self._write(turn, measured[0])
        answers: list[pa.Table] = []
        for asked, part, row in zip(probes, measured[1:], carried, strict=True):
            evaluated = assemble(self._evaluated_schema, asked.keys, asked.times, part, row)
            answer, failed = self._finish_rows(evaluated, self._finish)
            answers.append(by_probe(answer, asked.keys))
            poison += failed
        return written, answers, poison

    def read(self, waiting: pa.Table, probes: Probes, *, own: bool = False) -> pa.Table:
        """Return what ``ask`` does; raises ReadError where a row cannot be computed."""
        answers, failed = self.ask(waiting, probes, own=own)
        if failed:
            raise ReadError(f"view {self.view.name} cannot be computed for these keys: {failed[0].reason}")
        return answers

    def ask(self, waiting: pa.Table, probes: Probes, *, own: bool = False) -> tuple[pa.Table, list[Poison]]:
        """Return the answer to each probe, laid out as ``evaluate`` does, and what failed; the state stays as it is.

        ``waiting``: accepted source rows not yet prepared, in total order; those with ts <= a probe's time
        count. All probes lie at or past the watermark. With ``own`` a waiting row whose offset is ``CURRENT`` is the
        current row of the probe for its entity and time.
        """
        local = KeyIndex(self.keys.schema)
        place = local.add(probes.keys)
        known = self.keys.find(local.snapshot())
        # Keys seen only in waiting rows get numbers past all others.
        slots = np.where(known == UNSEEN, len(self.keys) + np.arange(len(known)), known)
        rows = self._waiting_rows(waiting, local, slots)
        asked = np.where(place == UNSEEN, UNSEEN, slots[place] if len(slots) else UNSEEN)
        order = in_order(probes.times)
        back = in_order(order)
        times = probes.times[order]
        current = _current_rows(rows, asked, probes.times) if own else np.full(len(times), UNSEEN, np.int64)
        instants = instants_of(asked[order], times, times, current[order])
        carried = self._read_newest(known[known != UNSEEN], rows, asked, probes.times, current)
        if self._parted and carried is not None:
            instants = self._with_parts(instants, carried.take(pa.array(order)))
        values = self._peek(slots, rows, instants).take(pa.array(back))
        evaluated = assemble(self._evaluated_schema, probes.keys, probes.times, values, carried)
        finished, failed = self._finish_rows(evaluated, self._finish)
        return by_probe(finished, probes.keys), failed

    def _read_newest(
        self, known: Slots, rows: pa.Table, asked: Slots, times: npt.NDArray[np.int64], current: Slots
    ) -> pa.Table | None:
        """The plain columns at each probe of a read: those of its current row, else of the newest."""
        if self._newest is None:
            return None
        if np.any(current != UNSEEN):
            return rows.take(pa.array(current, mask=current == UNSEEN)).select(self._terms)
        moved, seen = rows.column("_t").to_numpy(), rows.column("_slot").to_numpy()
        return self._newest.restrict(known).ask(rows, moved, seen, asked, times)

    def _with_parts(self, instants: pa.Table, terms: pa.Table | None) -> pa.Table:
        """Instants with what tells their sub-entities, from the plain columns at each."""
        assert terms is not None
        for name in self._parted:
            instants = instants.append_column(self._prepared_schema.field(name), terms.column(name))
        return instants

    def direct(self, waiting: pa.Table) -> DirectView | None:
        """Return what reads single keys until the state changes; None where more than folds and plain columns count.

        ``waiting`` are source rows as for ``read``.
        """
        given = self._finish.handed_on
        if given is None or self._subs or not self.steps.reads_fold:
            return None
        state = self.keys, self.steps.fold, self._newest
        return DirectView(self.view, state, given, self._prepare_waiting(waiting))

    def _prepare_waiting(self, waiting: pa.Table) -> pa.Table:
        first = np.iinfo(np.int64).max - len(waiting)
        return self._prepare.run(waiting.append_column("_n", pa.array(np.arange(first, first + len(waiting)))))[0]

    def _waiting_rows(self, waiting: pa.Table, local: KeyIndex, slots: Slots) -> pa.Table:
        prepared = self._prepare_waiting(waiting)
        found = local.find(prepared.select(self._key_names))
        kept = prepared.filter(pa.array(found != UNSEEN))
        return kept.add_column(0, "_slot", pa.array(slots[found[found != UNSEEN]]))

    def _peek(self, slots: Slots, rows: pa.Table, instants: pa.Table) -> pa.Table:
        """The measures at ``instants`` on a copy of the state of ``slots``; rows past an instant do not count."""
        steps = self.steps.peek(slots, rows, instants)
        for sub in self._subs.values():
            steps += sub.peek(rows, instants)
        return self._columns(steps, len(instants))

    def _write(self, turn: Turn, values: pa.Table) -> tuple[pa.Table, list[Poison]]:
        """The rows that the view writes, of those at the instants that are due."""
        if not len(turn.due.times):
            return self._written, []
        carried = None
        if self.view.emit.from_events:
            carried = _own_rows(turn.rows, turn.due).select([*self._terms, *program.ORIGIN])
        evaluated = assemble(self._evaluated_schema, turn.keys, turn.due.times, values, carried)
        rows, poison = self._finish_rows(evaluated, self._judge)
        if self._turning is not None:
            place, true = rows.column("_i").to_numpy(), rows.column("_true").to_numpy()
            rows = rows.filter(pa.array(self._turning.turns(turn.due.slots[place], turn.due.times[place], true)))
        if self.view.qualify is not None:
            rows = rows.filter(rows.column("_kept"))
        return rows.drop_columns(self._judged), poison

    def _finish_rows(self, evaluated: pa.Table, query: RowQuery) -> tuple[pa.Table, list[Poison]]:
        finished, failed = query.run(evaluated)
        return finished, Poison.of(evaluated, failed)

    def _probe_instants(self, probes: Probes) -> pa.Table:
        slots = self.keys.find(probes.keys)
        return instants_of(slots, probes.times, probes.times, np.full(len(slots), UNSEEN, np.int64))

    def _measure(self, turn: Turn, instants: pa.Table, watermark: int) -> pa.Table:
        steps = self.steps.process(turn.rows, instants, watermark)
        for sub in self._subs.values():
            steps += sub.process(turn.rows, instants, watermark)
        if self._tiles is not None and turn.due.closed is not None and turn.due.tiles is not None:
            # A view that writes on close is never probed, so its instants are exactly its closes.
            steps.append(self._tiles.process(turn.rows, turn.due.tiles, turn.due.closed))
        return self._columns(steps, len(instants))

    def _columns(self, steps: Sequence[pa.Table], rows: int) -> pa.Table:
        columns: dict[str, pa.ChunkedArray] = {}
        for step in steps:
            columns |= dict(zip(step.column_names, step.columns, strict=True))
        if not columns:
            return pa.table({"_none": pa.nulls(rows)})
        return pa.table({measure.id: columns[measure.id] for measure in self.view.measures})

    def _carry(self, turn: Turn, probes: Sequence[Probes]) -> list[pa.Table | None]:
        """The newest plain columns at each probe; the turn's rows are newest afterwards."""
        if self._newest is None:
            return [None for _ in probes]
        slots, times = (turn.rows.column(name).to_numpy() for name in ("_slot", "_t"))
        asked = [self.keys.find(probe.keys) for probe in probes]
        empty = np.empty(0, np.int64)
        answered = self._newest.ask(
            turn.rows,
            times,
            slots,
            np.concatenate([empty, *asked]),
            np.concatenate([empty, *(probe.times for probe in probes)]),
        )
        starts = np.cumsum([0, *(len(one) for one in asked)])
        return [answered.slice(start, len(one)) for start, one in zip(starts[:-1].tolist(), asked, strict=True)]

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the whole state as tables named ``part.table``."""
        tables = {"keys": self.keys.snapshot()}
        if self._newest is not None:
            tables["newest"] = self._newest.snapshot()
        tables |= {f"emission.{part}": table for part, table in self._emission.snapshot().items()}
        if self._turning is not None:
            tables["turning"] = self._turning.snapshot()
        tables |= self.steps.snapshot()
        if self._tiles is not None:
            tables |= {f"tiles.{part}": table for part, table in self._tiles.snapshot().items()}
        for place, sub in enumerate(self._subs.values()):
            tables |= {f"sub_{place}.{part}": table for part, table in sub.snapshot().items()}
        return tables

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot."""
        self._numbering.restore(tables["keys"])
        if self._newest is not None:
            self._newest.restore(tables["newest"])
        self._emission.restore(parts(tables, "emission"))
        if self._turning is not None:
            self._turning.restore(tables["turning"])
        self.steps.restore(tables)
        if self._tiles is not None:
            self._tiles.restore(parts(tables, "tiles"))
        for place, sub in enumerate(self._subs.values()):
            sub.restore(parts(tables, f"sub_{place}"))

    def close(self) -> None:
        """Let go of the prepared statements."""
        for query in (self._prepare, self._finish, self._judge):
            query.close()


def _own_rows(rows: pa.Table, due: Due) -> pa.Table:
    """The events that drive the rows that are due; mostly these are all, or none."""
    if not len(due.own):
        return rows.slice(0, 0)
    return rows if len(due.own) == len(rows) else rows.take(pa.array(due.own[due.own != UNSEEN]))


def _current_rows(rows: pa.Table, asked: Slots, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place of the row that each probe brought along, UNSEEN where it is of another entity or WHERE removed it."""
    place = np.flatnonzero(rows.column("_offset").to_numpy() == CURRENT)[:1]
    if not len(place):
        return np.full(len(asked), UNSEEN, np.int64)
    slot, time = (rows.column(name).to_numpy()[place[0]] for name in ("_slot", "_t"))
    return np.where((asked == slot) & (times == time), place[0], UNSEEN)


def instants_of(
    slots: Slots, members: npt.NDArray[np.int64], clock: npt.NDArray[np.int64], own: npt.NDArray[np.int64]
) -> pa.Table:
    """Return instants as window steps read them: the entity, the newest time that counts, the clock, the own row."""
    return pa.table(dict(zip(INSTANT_FIELDS, (slots, members, clock, own), strict=True)))


def _merge(parts: Sequence[pa.Table]) -> tuple[pa.Table, list[npt.NDArray[np.int64]]]:
    """Merge instants in time order; also where the rows of each part went."""
    if len(parts) == 1:
        return parts[0], [np.arange(len(parts[0]))]
    together = pa.concat_tables(parts)
    order = in_order(together.column("_m").to_numpy())
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    starts = np.cumsum([0, *(len(part) for part in parts)])
    places = [place[start:end] for start, end in pairwise(starts.tolist())]
    return together.take(pa.array(order)), places
