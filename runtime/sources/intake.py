"""From a source's rows to events: read, decode, judge."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Source
from ...features_sql.errors import SourceError
from ..stores import ledger
from ..stores.layout import Layout
from ..stores.ledger import DeadLetter, Range, SourceProgress
from .admission import Admission, Verdict
from .decode import Decoded, Decoder, rejections_at
from .feed import open_feed
from .files import Position, RawBatch, position_of
from .quarantine import Rejected
from .records import readable

_LAG = "_lag_seconds"


@dataclass(frozen=True)
class Arrival:
    """One read of a source: accepted rows in offset order, late rows with ``_lag_seconds``, dead letters."""

    accepted: pa.Table
    late: pa.Table
    dead_letters: tuple[DeadLetter, ...]
    range: Range


class Intake:
    """Turns positions in a source into arrivals.

    Positions are read in order, each once: the same ones always give the same arrivals.
    """

    def __init__(self, source: Source, layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
        self.source = source
        self._feed = open_feed(source, layout)
        self._decoder = Decoder(source.columns, source.time, connection, source.name)
        self._admission = Admission(source, self._decoder.schema)
        self._replayed: dict[int, str] = {}
        nothing = self._decoder.schema.empty_table()
        self._nothing = nothing, nothing.append_column(_LAG, pa.array([], pa.float64()))

    def refresh(self, store: sqlite3.Connection) -> None:
        """Take notice of what has come since."""
        self._feed.refresh(store)
        self._replayed = ledger.replayed_offsets(store, self.source.name)

    def read(self, before: SourceProgress, limit: int) -> Arrival:
        """Read up to ``limit`` rows that follow those of ``before``.

        ``range.ended`` is True when the source is bounded and nothing is left to read.
        """
        raw = self._feed.read(before.position, limit)
        return self._arrival(raw, before, ended=self.source.connector.bounded and self._at_end(raw.end))

    def read_again(self, held: Range, before: SourceProgress) -> Arrival:
        """Read exactly what a range names; raises SourceError where that is no longer there."""
        raw = self._feed.between(held.start, held.end)
        if raw.end != held.end or len(raw.rows) + len(raw.rejected) != held.rows:
            raise SourceError(
                f"source {self.source.name}: {held.rows} rows were read that are not there any more, "
                f"up to row {held.end.row} of {self._feed.place_of(held.end)}; put them back as they were"
            )
        # What an idle partition did is remembered, not found again.
        idle = before if held.rows else replace(before, floor=held.floor, clock=held.clock)
        return self._arrival(raw, idle, ended=held.ended)

    def bytes_of(self, offset: int) -> bytes:
        """Return the row at an offset as a JSON object of its columns, typed as its file types them."""
        at = position_of(offset)
        rows = self._feed.between(at, Position(at.ordinal, at.row + 1)).rows
        return json.dumps(rows.drop_columns(["_offset"]).to_pylist()[0], default=str, ensure_ascii=False).encode()

    def _arrival(self, raw: RawBatch, before: SourceProgress, *, ended: bool) -> Arrival:
        if raw.start == raw.end:
            # A run that looks for events mostly finds none.
            reached = (before.high, before.floor, before.clock, before.lanes)
            read = Range(self.source.name, 0, raw.start, raw.end, 0, ended, *reached, 0, 0, 0, 0)
            return Arrival(*self._nothing, (), read)
        decoded = decode(self._decoder, raw, f"source {self.source.name}", self._feed.place_of)
        rows, handed_in = self._without_replayed(raw, decoded.rows)
        offsets = rows.column("_offset").to_numpy()
        arrived = self._feed.arrived(offsets)
        verdict = self._admission.judge(rows, arrived, before, self._feed.placed(offsets))
        future = self._from_future(raw, rows, arrived, verdict.future)
        rejected = sorted([*raw.rejected, *decoded.rejected, *handed_in, *future], key=lambda row: row.offset)
        letters = tuple(DeadLetter(self.source.name, 0, row.offset, row.raw, row.reason) for row in rejected)
        accepted = verdict.accepted
        read = Range(
            source=self.source.name,
            partition=0,
            start=raw.start,
            end=raw.end,
            rows=len(raw.rows) + len(raw.rejected),
            ended=ended,
            high=verdict.high,
            floor=before.floor,
            clock=int(arrived.max(initial=before.clock)),
            lanes=verdict.lanes,
            accepted=int(np.count_nonzero(accepted)),
            late=int(np.count_nonzero(verdict.late)),
            repeated=int(np.count_nonzero(verdict.repeated)),
            rejected=len(rejected),
        )
        events = rows if len(rows) == read.accepted else rows.filter(pa.array(accepted))
        return Arrival(events, self._late(rows, verdict) if read.late else self._nothing[1], letters, read)

    def _late(self, rows: pa.Table, verdict: Verdict) -> pa.Table:
        late = rows.filter(pa.array(verdict.late))
        return late.append_column(_LAG, pa.array(verdict.lag[verdict.late] / 1e6, pa.float64()))

    def _without_replayed(self, raw: RawBatch, rows: pa.Table) -> tuple[pa.Table, list[Rejected]]:
        """Leave out rows that came again at another place: at this one they stay rejected, whatever the rules."""
        if not self._replayed:
            return rows, []
        again = pc.is_in(rows.column("_offset"), pa.array(list(self._replayed), pa.int64()))
        if not pc.any(again).as_py():
            return rows, []
        offsets = rows.column("_offset").filter(again).to_pylist()
        return rows.filter(pc.invert(again)), rejections_at(raw.rows, {at: self._replayed[at] for at in offsets})

    def _from_future(
        self, raw: RawBatch, rows: pa.Table, arrived: npt.NDArray[np.int64], future: npt.NDArray[np.bool_]
    ) -> list[Rejected]:
        """Return the rows whose event time lies too far past their arrival, with the reason."""
        places = np.flatnonzero(future)
        if not len(places):
            return []
        offsets, times = rows.column("_offset"), rows.column(self.source.time)
        reasons = {
            offsets[place].as_py(): f"{self.source.time} must be at most 'max.future' past the row's arrival at "
            f"{np.datetime64(int(arrived[place]), 'us')}; got {readable(times[place])}"
            for place in places.tolist()
        }
        return rejections_at(raw.rows, reasons)

    def snapshot(self) -> pa.Table | None:
        """Return what must be known of rows already read to judge the next ones, if anything."""
        return self._admission.snapshot()

    def restore(self, rows: pa.Table) -> None:
        """Take over a snapshot."""
        self._admission.restore(rows)

    def _at_end(self, position: Position) -> bool:
        return self._feed.read(position, 1).end == position


def decode(decoder: Decoder, raw: RawBatch, what: str, place_of: Callable[[Position], str]) -> Decoded:
    """Decode the rows of ``what`` (a source or table); an error names the place of the first of them."""
    try:
        return decoder.decode(raw.rows)
    except SourceError as error:
        offsets = raw.rows.column("_offset")
        first = position_of(offsets[0].as_py()) if len(offsets) else raw.end
        raise SourceError(f"{what}: {place_of(first)}: {error}") from error
