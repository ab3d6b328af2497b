"""The fold step: running values per key, kept by one pass over the rows in time order."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql.definitions import Column, Measure, Window
from ..duck import arrow_schema
from .columns import array_of, decode, encode_columns, encode_flags, first_values, words_of
from .layout import (
    C_BASE,
    C_END,
    C_SLOTS,
    C_TALLIED,
    E_SLOT,
    R_STATE,
    R_STRIDE,
    RING_CAPACITY,
    RING_COLUMNS,
    S_ENTRY,
    S_STATE,
    S_WORDS,
    SMALLEST_BLOCK,
    W_ACC_MID,
    W_DEFER,
    W_EVICT,
    W_HELD,
    WINDOW_COLUMNS,
    Answers,
    Instants,
)
from .plan import Layout, lay_out
from .values import Values

if TYPE_CHECKING:
    from .layout import Memory, Words


FEWEST_FORGOTTEN = 4096
"""Values are not looked through for unused ones before this many are new."""


class Fold:
    """Window step that keeps running values per key.

    ``measures`` are those that ``has_fold`` admits, each over one of ``windows``; ``types`` maps every term they
    use to its DuckDB type. Values and state depend on the rows and instants alone, never on how these
    were cut into calls. Not safe for use by two threads at once.
    """

    def __init__(self, windows: Sequence[Window], measures: Sequence[Measure], types: Mapping[str, str]) -> None:
        # numba takes a second to import, and only a fold needs it.
        from . import memory as fold_memory

        self._arrays = fold_memory
        self._kernels = fold_memory.kernels()
        self._layout: Layout = lay_out(windows, measures, types)
        schema = arrow_schema([Column(term, types[term]) for term in self._layout.terms])
        self._types: dict[str, pa.DataType] = dict(zip(schema.names, schema.types, strict=True))
        results = arrow_schema([Column(measure.id, measure.type) for measure in measures])
        self._results: list[pa.DataType] = results.types
        self._nothing = results.empty_table()
        self._values = {term: Values(self._types[term]) for term in self._layout.cells}
        self._memory: Memory = fold_memory.new_memory(
            self._layout.plan, fold_memory.FEWEST_SLOTS, fold_memory.FEWEST_ENTRIES, fold_memory.FEWEST_WORDS
        )
        self._slots: Words | None = None
        self._ranked: tuple[list[Words], Words] = [], np.zeros(1, np.int64)
        self._zero = np.zeros(len(self._layout.outputs), np.uint8)
        self._zero[[output.place for output in self._layout.outputs if output.zero]] = 1

    def process(self, rows: pa.Table, instants: pa.Table) -> pa.Table:
        """Take in ``rows`` and return the measures at ``instants``: a column each, aligned with these.

        ``rows``: ``_slot`` int64, dense from 0; ``_t`` int64 µs, never decreasing, and never below an earlier
        call's; the terms. Rows of one ``_t`` must come in one call. ``instants``, sorted by ``_m``: ``_slot``
        (-1: no row yet), ``_m`` (the newest event time that counts), ``_t`` (the clock), ``_row`` (place of its
        own row in ``rows``, or -1; those of one ``_m`` in the order of rows). No later ``_m`` may be below
        the greatest ``_m`` or row's ``_t`` so far.
        """
        slots = words_of(array_of(rows, "_slot", pa.int64()))
        slots = slots if self._slots is None else self._local(slots, len(self._slots))
        times = words_of(array_of(rows, "_t", pa.int64()))
        arrays = {term: array_of(rows, term, type) for term, type in self._types.items()} if len(slots) else {}
        if len(slots):
            self._ingest(slots, times, arrays)
        asked = self._asked(instants)
        answers = self._answers(asked, self._memory)
        first = int(self._memory.cursors[C_END]) - len(slots)
        self._kernels.run(self._layout.plan, self._memory, answers, asked, len(asked.slot), first)
        columns = self._decode(answers)
        self._forget()
        return columns

    def peek(self, instants: pa.Table) -> pa.Table:
        """Return what ``process`` would without rows, and leave the state as it is; ``has_peek`` must hold."""
        asked = self._asked(instants)
        known = (asked.slot >= 0) & (asked.slot < self._memory.cursors[C_SLOTS])
        slots, places = np.unique(asked.slot[known], return_inverse=True)
        # Slots as rows of a copy of their state.
        asked.slot[:] = -1
        asked.slot[known] = places
        return self._decode(self._peek(slots, asked))

    def glance(self, slot: int, time: int) -> dict[str, object]:
        """Return what ``peek`` would for one slot, which looks at ``time``: a value of Python by measure."""
        if self._slots is not None:
            slot = int(self._local(np.array([slot]), -1)[0])
        known = 0 <= slot < self._memory.cursors[C_SLOTS]
        asked = (np.array([one], np.int64) for one in (0 if known else -1, time, time, -1))
        answers = self._peek([slot] if known else [], Instants(*asked))
        return first_values(self._layout.outputs, self._results, answers, self._values)

    def _peek(self, slots: Words | list[int], asked: Instants) -> Answers:
        """The answers of a copy of the state of ``slots``, by whose places in it ``asked`` names them."""
        memory, plan = self._memory, self._layout.plan
        rows = memory.state.reshape(-1, int(plan.sizes[S_STATE]))[slots].reshape(-1)
        copy = memory._replace(state=rows, state_floats=rows.view(np.float64))
        answers = self._answers(asked, copy)
        self._kernels.peek(plan, copy, answers, asked, len(asked.slot))
        return answers

    @property
    def has_peek(self) -> bool:
        """Tell whether all that changes with time alone lies in a slot's own state.

        Peers that a window leaves out wait elsewhere, and values that rows take with them lie elsewhere.
        """
        windows = self._layout.plan.windows.reshape(-1, WINDOW_COLUMNS)
        held = (windows[:, W_EVICT] != 0) & (windows[:, W_HELD] < windows[:, W_ACC_MID])
        return not (held | (windows[:, W_DEFER] != 0)).any()

    def _asked(self, instants: pa.Table) -> Instants:
        asked = Instants(*(words_of(array_of(instants, name, pa.int64())) for name in ("_slot", "_m", "_t", "_row")))
        return asked if self._slots is None else asked._replace(slot=self._local(asked.slot, -1))

    def _local(self, slots: Words, other: int) -> Words:
        """Slots as this copy numbers them, ``other`` for those it does not hold."""
        if self._slots is None:
            return slots
        places = np.searchsorted(self._slots, slots)
        known = np.append(self._slots, -2)[places] == slots
        return np.where(known, places, other)

    def _ingest(self, slots: Words, times: Words, arrays: Mapping[str, pa.Array]) -> None:
        plan, rows = self._layout.plan, len(slots)
        flags = encode_flags(self._layout.flags, arrays, rows)
        columns = encode_columns(self._layout.columns, arrays, self._values, times)
        self._memory = self._arrays.with_room(plan, self._memory, int(slots.max()) + 1, rows)
        done = self._kernels.reserve(plan, self._memory, slots, flags, rows, 0)
        while done < rows * (len(plan.rings) // RING_COLUMNS):
            self._memory = self._arrays.with_arena(plan, self._memory, self._next_block(slots, done))
            done = self._kernels.reserve(plan, self._memory, slots, flags, rows, done)
        self._memory = self._arrays.with_table(plan, self._memory)
        self._kernels.ingest(plan, self._memory, slots, times, flags, columns, rows)

    def _next_block(self, slots: Words, done: int) -> int:
        """The size of an arena that has room for the block that was asked for at step ``done``."""
        plan, memory = self._layout.plan, self._memory
        row, place = divmod(done, len(plan.rings) // RING_COLUMNS)
        ring = place * RING_COLUMNS
        at = slots[row] * plan.sizes[S_STATE] + plan.rings[ring + R_STATE]
        entries = max(2 * int(memory.state[at + RING_CAPACITY]), SMALLEST_BLOCK)
        return memory.arena.size + entries * int(plan.rings[ring + R_STRIDE])

    def _answers(self, asked: Instants, memory: Memory) -> Answers:
        """Room for the answers; a list cannot be longer than what it is of will have been filled."""
        layout, count, plan = self._layout, len(asked.slot), self._layout.plan
        rooms = [0]
        known = asked.slot[(asked.slot >= 0) & (asked.slot < memory.cursors[C_SLOTS])]
        for room in layout.lists:
            longest = memory.state[known * plan.sizes[S_STATE] + room.word]
            if room.added is not None:
                coming = np.arange(memory.cursors[room.added], memory.cursors[C_END])
                coming = self._arrays.entries_at(plan, memory, coming)[:, E_SLOT]
                longest = longest + np.bincount(coming, minlength=int(memory.cursors[C_SLOTS]))[known]
            rooms.append(int(np.minimum(longest, room.most).sum()))
        ends = np.cumsum(rooms)
        words = np.zeros((count, plan.sizes[S_WORDS]), np.int64)
        valid = np.empty((count, len(layout.outputs)), np.uint8)
        valid[:] = self._zero
        items, items_valid = np.empty(ends[-1], np.int64), np.empty(ends[-1], np.uint8)
        return Answers(words, words.view(np.float64), valid, items, items_valid, ends, self._ranks())

    def _ranks(self) -> Words:
        """The places of interned values in order, by term and code, behind where each term's start."""
        ranks = [self._values[term].ranks() for term in self._layout.ranked]
        held, joined = self._ranked
        if len(held) != len(ranks) or any(one is not other for one, other in zip(held, ranks, strict=True)):
            starts = np.cumsum([len(ranks), *map(len, ranks)])[: len(ranks)]
            joined = np.concatenate([starts, *ranks])
            self._ranked = ranks, joined
        return joined

    def _decode(self, answers: Answers) -> pa.Table:
        if not len(answers.words):
            return self._nothing
        columns: dict[str, pa.Array] = {}
        for output, type in zip(self._layout.outputs, self._results, strict=True):
            columns[output.id] = decode(output, answers, self._values, type)
        return pa.table(columns)

    def _forget(self) -> None:
        """Let go of values that nothing refers to, once there may be as many of them as words of state."""
        if not self._values:
            return
        cursors, sizes = self._memory.cursors, self._layout.plan.sizes
        alive = int(cursors[C_SLOTS] * sizes[S_STATE] + (cursors[C_END] - cursors[C_BASE]) * sizes[S_ENTRY])
        most = FEWEST_FORGOTTEN + alive + self._memory.arena.size
        self._renumber([term for term, values in self._values.items() if values.garbage > most])

    def _renumber(self, terms: Collection[str]) -> None:
        """Give the values of these terms that are in use new codes, without gaps."""
        for term in terms:
            numbers = np.zeros(len(self._values[term]) + 1, np.int64)
            cells = self._layout.cells[term]
            self._kernels.trace(self._layout.plan, self._memory, cells, len(cells), numbers)
            self._values[term].keep(numbers)
        if terms and self._memory.cursors[C_TALLIED]:
            # Tallies find values by their codes.
            self._memory = self._arrays.rehashed(self._layout.plan, self._memory)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the whole state, bit by bit, the same for the same rows and instants however they were cut.

        The tables have no user's column names; ``restore`` of a fold of the same windows, measures and types
        takes them. Raises ValueError on a restricted copy.
        """
        if self._slots is not None:
            raise ValueError("A snapshot must be of a whole fold; got a copy restricted to some slots")
        self._renumber(self._values)
        tables = self._arrays.tables_of(self._layout.plan, self._memory)
        tables |= {f"values_{term}": pa.table({"value": values.all()}) for term, values in self._values.items()}
        return tables

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot; raises StoreError where it is one of another plan."""
        self._memory = self._arrays.memory_from(self._layout.plan, tables)
        self._slots = None
        for term, values in self._values.items():
            values.load(array_of(tables[f"values_{term}"], "value", values.type))

    def restrict(self, slots: npt.NDArray[np.int64]) -> Fold:
        """Return an independent copy that holds only these slots, under the same numbers, for reads.

        It takes rows and instants as the whole fold would, those of other slots as of a key never seen. The cost
        is that of the rows these slots have inside windows.
        """
        copy = object.__new__(Fold)
        copy.__dict__.update(self.__dict__)
        held = np.unique(np.asarray(slots, np.int64))
        held = held[held >= 0]
        local = self._local(held, -1)
        known = local[(local >= 0) & (local < self._memory.cursors[C_SLOTS])]
        copy._memory = self._arrays.restricted(self._layout, self._memory, known)
        copy._slots = held
        copy._values = {term: values.copy() for term, values in self._values.items()}
        return copy
