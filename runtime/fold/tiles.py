"""Folded tiles: running values per (slot, tile), put together when the view's window closes."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ...features_sql.definitions import Column, Measure, Window
from ..duck import arrow_schema
from ..in_order import in_order
from ..windows.closings import FEWEST, Closed, roomy
from ..windows.keys import Slots
from .columns import array_of, decode, encode_columns, encode_flags, words_of
from .layout import S_OUTPUTS, S_STATE, S_WORDS, Answers, Memory
from .plan import lay_out


class FoldedTiles:
    """Window step for measures over the window whose close writes the view's rows, each of which ``has_tile``.

    A tile is one advance of the window (tumbling, hopping) or one piece of a session. Its accumulators are those of a
    fold, so a close puts tiles together without touching an event again, and no event outlives its batch.
    """

    def __init__(self, window: Window, measures: Sequence[Measure], types: Mapping[str, str]) -> None:
        # numba takes a second to import, and only a fold needs it.
        from . import tile_kernels as fold_tile_kernels

        self._kernels = fold_tile_kernels
        # Nothing leaves a tile, and at a close no event is a peer.
        held = replace(window, kind="session" if window.kind == "session" else "tumbling", exclude="none")
        self._layout = lay_out([held], measures, types)
        schema = arrow_schema([Column(term, types[term]) for term in self._layout.terms])
        self._types: dict[str, pa.DataType] = dict(zip(schema.names, schema.types, strict=True))
        self._results: list[pa.DataType] = arrow_schema([Column(one.id, one.type) for one in measures]).types
        self._empty()

    def _empty(self) -> None:
        width, entry = self._width, self._kernels.ENTRY_WORDS
        self._state, self._entries = np.zeros(FEWEST * width, np.int64), np.zeros(FEWEST * entry, np.int64)
        # The first row of the state is where tiles are put together.
        self._newest, self._tops = np.zeros(FEWEST, np.int64), np.array([1, 0], np.int64)

    @property
    def _width(self) -> int:
        return int(self._layout.plan.sizes[S_STATE])

    def process(self, rows: pa.Table, tiles: Slots, closed: Closed) -> pa.Table:
        """Take in ``rows`` (with the tile of each) and return a column per measure, a row per close in order."""
        slots = words_of(array_of(rows, "_slot", pa.int64()))
        self._make_room(int(slots.max(initial=-1)) + 1, len(slots))
        answers = self._answers(len(closed.close))
        times = words_of(array_of(rows, "_t", pa.int64()))
        batch = self._kernels.Batch(slots, tiles, times, closed.slots, closed.first, closed.close, closed.keep)
        tiled = self._kernels.Tiled(self._newest, self._entries, self._tops)
        memory = self._memory(self._bodies(rows, times))
        self._kernels.tile_kernel()(self._layout.plan, memory, answers, tiled, batch, len(slots), len(closed.close))
        outputs = zip(self._layout.outputs, self._results, strict=True)
        return pa.table({output.id: decode(output, answers, {}, type) for output, type in outputs})

    def _make_room(self, slots: int, rows: int) -> None:
        self._newest = roomy(self._newest, slots, 0)
        used, entry = int(self._tops[self._kernels.T_TOP]), self._kernels.ENTRY_WORDS
        self._entries = roomy(self._entries, (used + rows) * entry, 0, used * entry)
        self._state = roomy(self._state, (used + rows) * self._width, 0, used * self._width)

    def _bodies(self, rows: pa.Table, times: Slots) -> Slots:
        """The flags, then the columns, of row after row."""
        arrays = {term: array_of(rows, term, type) for term, type in self._types.items()}
        flags = encode_flags(self._layout.flags, arrays, len(rows))
        columns = encode_columns(self._layout.columns, arrays, {}, times)
        bodies = np.empty((len(rows), len(flags) + len(columns)), np.int64)
        bodies[:, : len(flags)], bodies[:, len(flags) :] = flags.T, columns.T
        return bodies.reshape(-1)

    def _memory(self, log: Slots) -> Memory:
        none = np.zeros(1, np.int64)
        floats = np.float64
        return Memory(
            self._state, self._state.view(floats), log, log.view(floats), none, none.view(floats), none, none, none
        )

    def _answers(self, count: int) -> Answers:
        layout, sizes = self._layout, self._layout.plan.sizes
        words = np.zeros((count, sizes[S_WORDS]), np.int64)
        valid = np.zeros((count, sizes[S_OUTPUTS]), np.uint8)
        valid[:, [output.place for output in layout.outputs if output.zero]] = 1
        none = np.zeros(1, np.int64)
        return Answers(words, words.view(np.float64), valid, none, np.zeros(1, np.uint8), none, none)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the tiles that a later close reads, by slot and tile, with their accumulators."""
        entries = self._entries.reshape(-1, self._kernels.ENTRY_WORDS)
        slots = np.flatnonzero(self._newest)
        held, found = self._newest[slots], [(np.empty(0, np.int64), np.empty(0, np.int64))]
        while len(held):
            found.append((slots, held))
            before = entries[held, self._kernels.E_BEFORE]
            slots, held = slots[before != 0], before[before != 0]
        slot, entry = (np.concatenate(parts) for parts in zip(*found, strict=True))
        tile = entries[entry, self._kernels.E_TILE]
        order = in_order(slot, tile)
        words = self._state.reshape(-1, self._width)[entry[order]]
        columns = {f"word_{place}": words[:, place] for place in range(self._width)}
        return {"folded": pa.table({"slot": slot[order], "tile": tile[order], **columns})}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot."""
        slot, tile, *words = (column.to_numpy() for column in tables["folded"].columns)
        self._empty()
        count = len(slot)
        self._make_room(int(slot.max(initial=-1)) + 1, count)
        same = np.append(False, slot[1:] == slot[:-1])[:count]
        entries = self._entries.reshape(-1, self._kernels.ENTRY_WORDS)[1 : count + 1]
        entries[:, self._kernels.E_TILE] = tile
        entries[:, self._kernels.E_BEFORE] = np.where(same, np.arange(count), 0)
        self._state.reshape(-1, self._width)[1 : count + 1] = np.column_stack(words)
        # Of the tiles of a slot the last one stands.
        self._newest[slot] = np.arange(1, count + 1)
        self._tops[:] = count + 1, 0
