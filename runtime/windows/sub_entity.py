"""The windows of a view over part of its entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from ...features_sql.definitions import View
from ...features_sql.sub_entities import measures_by
from .keys import UNSEEN, KeyIndex, Slots
from .window_steps import WindowSteps


class SubEntity:
    """Numbers the sub-entities (entity, ``by``) and keeps the window steps of the measures over them.

    Rows and instants carry the entity's ``_slot`` and the terms ``by``. Where one of these is NULL a row is in no
    window, and an instant sees empty ones.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, view: View, by: Sequence[str], rows: pa.Schema) -> None:
        self._keys = KeyIndex(pa.schema([rows.field(name) for name in ("_slot", *by)]))
        self._steps = WindowSteps(connection, view, measures_by(view, by, view.measures), rows)

    def process(self, rows: pa.Table, instants: pa.Table, watermark: int) -> list[pa.Table]:
        """Take in ``rows`` and return the measures at ``instants``, as ``WindowSteps`` does."""
        slots = self._keys.add(self._named(rows))
        asked = self._keys.find(self._named(instants))
        return self._steps.process(*_within(rows, slots, instants, asked), watermark)

    def peek(self, rows: pa.Table, instants: pa.Table) -> list[pa.Table]:
        """Return what ``process`` would, leaving the state as it is."""
        local = KeyIndex(self._keys.schema)
        places, asked = local.add(self._named(rows)), local.add(self._named(instants))
        known = self._keys.find(local.snapshot())
        # Those seen only here get numbers past all others.
        slots = np.where(known == UNSEEN, len(self._keys) + np.arange(len(known)), known)
        numbers = np.append(slots, UNSEEN)
        return self._steps.peek(slots, *_within(rows, numbers[places], instants, numbers[asked]))

    def _named(self, table: pa.Table) -> pa.Table:
        return table.select(self._keys.schema.names).cast(self._keys.schema)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the sub-entities in the order of their numbers, and the state of their windows."""
        return {"keys": self._keys.snapshot(), **self._steps.snapshot()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        self._keys.restore(tables["keys"])
        self._steps.restore(tables)


def _within(rows: pa.Table, slots: Slots, instants: pa.Table, asked: Slots) -> tuple[pa.Table, pa.Table]:
    """Rows and instants under the numbers of sub-entities, without the rows of none."""
    held = slots != UNSEEN
    place = np.where(held, np.cumsum(held) - 1, UNSEEN)
    own = np.append(place, UNSEEN)[instants.column("_row").to_numpy()]
    rows = _numbered(rows, slots).filter(pa.array(held))
    return rows, _numbered(instants, asked).set_column(instants.column_names.index("_row"), "_row", pa.array(own))


def _numbered(table: pa.Table, slots: Slots) -> pa.Table:
    return table.set_column(table.column_names.index("_slot"), table.schema.field("_slot"), pa.array(slots))
