"""The recompute step: the evaluation query over the rows still inside a window, and the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Measure, View, Window
from ...features_sql.evaluate import Evaluation, evaluation_sql
from ..duck import Prepared
from ..in_order import in_order
from .buckets import Buckets
from .keys import Slots

INSTANT_COLUMNS = ("_slot", "_i", "_m", "_t", "_n")


class Recompute:
    """Window step for any aggregate over a bounded window.

    It keeps the rows that a later instant can still see, and evaluates each batch over those of the
    entities it touches.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, view: View, measures: Sequence[Measure], rows: pa.Schema
    ) -> None:
        self._evaluation = Evaluation(view, tuple(measures), ("_slot",))
        used = {name for measure in measures for name in (*measure.arguments, measure.filter)}
        self._schema = pa.schema([field for field in rows if field.name in {"_slot", "_n", "_t"} | used])
        instants = pa.schema([(name, pa.int64()) for name in INSTANT_COLUMNS])
        feeds = {"_rows": self._schema, "_instants": instants}
        columns = ", ".join(measure.id for measure in measures)
        evaluated = evaluation_sql(self._evaluation)
        sql = f"SELECT coalesce(_i, -1) AS _i, coalesce(_n, -1) AS _n, {columns} FROM ({evaluated})"
        self._query = Prepared(connection, sql, feeds, by_row=True)
        self._retained = self._schema.empty_table()

    def process(self, rows: pa.Table, instants: pa.Table, watermark: int) -> pa.Table:
        """Return a column per measure, aligned with ``instants``.

        ``rows``: ``_slot``, ``_n``, ``_t`` and terms in total order. ``instants``: ``_slot``, ``_m``, ``_t``,
        ``_row`` (its own row, or -1). Rows that no instant at or past ``watermark`` sees are let go.
        """
        retained = pa.concat_tables([self._retained, rows.select(self._schema.names).cast(self._schema)])
        values = self._evaluate(retained, rows, instants)
        self._retained = retained.filter(pa.array(self._seen_later(retained, watermark))).combine_chunks()
        return values

    def _evaluate(self, retained: pa.Table, rows: pa.Table, instants: pa.Table) -> pa.Table:
        slots = instants.column("_slot").to_numpy()
        own = instants.column("_row").to_numpy()
        touched = np.isin(retained.column("_slot").to_numpy(), slots)
        numbers = rows.column("_n").to_numpy()
        places = np.where(own >= 0, numbers[np.maximum(own, 0)] if len(numbers) else 0, -1)
        asked = pa.table(
            {
                "_slot": slots,
                "_i": np.arange(len(slots)),
                "_m": instants.column("_m"),
                "_t": instants.column("_t"),
                "_n": pa.array(places, mask=own < 0),
            }
        )
        found = self._query.run(_rows=retained.filter(pa.array(touched)), _instants=asked)
        order = _answer_order(found, places)
        return found.drop_columns(["_i", "_n"]).take(pa.array(order))

    def _seen_later(self, retained: pa.Table, watermark: int) -> npt.NDArray[np.bool_]:
        """Tell which rows some instant with ``_m`` >= ``watermark`` - 1 can see."""
        slots, times = retained.column("_slot").to_numpy(), retained.column("_t").to_numpy()
        seen = np.zeros(len(slots), bool)
        for window in self._evaluation.windows:
            seen |= visible(window, slots, times, watermark - 1)
        return seen

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the retained rows."""
        return {"retained": self._retained}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._retained = tables["retained"].cast(self._schema)

    def peek(self, rows: pa.Table, instants: pa.Table) -> pa.Table:
        """Return what ``process`` would, leaving the state as it is."""
        retained = pa.concat_tables([self._retained, rows.select(self._schema.names).cast(self._schema)])
        return self._evaluate(retained, rows, instants)


def _answer_order(found: pa.Table, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where the answer to each instant stands: by ``_i``, or by the ``_n`` of its own row."""
    answered, numbers = found.column("_i").to_numpy(), found.column("_n").to_numpy()
    order = np.empty(len(places), np.int64)
    probes = np.flatnonzero(answered >= 0)
    order[answered[probes]] = probes
    own = np.flatnonzero(places >= 0)
    by_number = in_order(numbers)
    order[own] = by_number[np.searchsorted(numbers[by_number], places[own])]
    return order


def visible(window: Window, slots: Slots, times: npt.NDArray[np.int64], moment: int) -> npt.NDArray[np.bool_]:
    """Tell which rows the window can hold at some instant with ``_m`` >= ``moment``; rows are in total order."""
    if window.kind == "global" or (window.kind in {"range", "rows"} and window.start is None):
        return np.ones(len(slots), bool)
    if window.kind in {"last", "rows"}:
        kept = (window.rows if window.kind == "last" else window.start) or 0
        return _rank_from_newest(slots) <= kept
    if window.kind == "session":
        # Of a session that a MAX has cut, the first event says where the next cut will be.
        return _in_open_session(slots, times, window.gap or 0, moment)
    if window.kind == "sliding":
        return times > moment - (window.size or 0)
    if window.kind == "range":
        return times >= moment - (window.start or 0)
    return times >= Buckets(window).starts(np.array([moment]))


def _rank_from_newest(slots: Slots) -> npt.NDArray[np.int64]:
    """1 for the newest row of each slot, 2 for the one before it, and so on."""
    order = in_order(slots[::-1])
    ordered = slots[::-1][order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(slots) else np.empty(0, bool)
    place = np.arange(len(slots)) - np.maximum.accumulate(np.where(first, np.arange(len(slots)), 0))
    rank = np.empty(len(slots), np.int64)
    rank[order] = place + 1
    return rank[::-1]


def _in_open_session(slots: Slots, times: npt.NDArray[np.int64], gap: int, moment: int) -> npt.NDArray[np.bool_]:
    """Tell which rows belong to a session that is still current at ``moment``."""
    order = in_order(slots)
    slot, time = slots[order], times[order]
    if not len(slot):
        return np.empty(0, bool)
    opens = np.concatenate([[True], (slot[1:] != slot[:-1]) | (time[1:] - time[:-1] > gap)])
    session = np.cumsum(opens) - 1
    last = time[np.concatenate([np.flatnonzero(opens)[1:] - 1, [len(time) - 1]])]
    current = np.empty(len(slots), bool)
    current[order] = (last + gap >= moment)[session]
    return current
