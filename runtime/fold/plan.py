"""From windows and measures to the tables that the kernels read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...features_sql.buckets import step_of
from ...features_sql.definitions import Measure, Window
from ...features_sql.folds import HASHED, share_of
from ...features_sql.zones import clock
from .layout import (
    A_RANKED,
    A_RING,
    A_STATE,
    ACCUMULATOR_COLUMNS,
    ACCUMULATOR_WORDS,
    BEST,
    C_WINDOWS,
    CHAIN,
    CLASSES,
    COUNTED,
    E_BODY,
    EARLY,
    FACTOR_COLUMNS,
    FLOAT_SUM,
    GLOBAL,
    HOPPING,
    IN_LOG,
    IN_RING,
    IN_STATE,
    LAST,
    NEWEST,
    OLDEST,
    OUT_CHAINED,
    OUT_DISTINCT,
    OUT_ESTIMATE,
    OUT_INTEGER_SUM,
    OUT_MODE,
    OUT_TOP,
    OUTPUT_COLUMNS,
    PASSED,
    R_STATE,
    RECENT,
    RING_COLUMNS,
    RING_PROMISED,
    SESSION,
    SLIDING,
    SORTED,
    SQUARE_SUM,
    TALLY,
    TUMBLING,
    UNIQUE,
    VISIT,
    W_ADDED,
    W_EVICTED,
    Plan,
    Words,
)
from .measures import (
    ALWAYS,
    LISTS,
    Column,
    Flag,
    Spec,
    accumulator_of,
    counted,
    decimal_scale,
    form_of,
    output_of,
)
from .outputs import ListRoom, Output

FLAGS_A_WORD = 62
KINDS = {
    "sliding": SLIDING,
    "hopping": HOPPING,
    "tumbling": TUMBLING,
    "session": SESSION,
    "global": GLOBAL,
    "last": LAST,
}
WINDOW_WORDS = {TUMBLING: 2, SESSION: 5, LAST: 2}
FLOAT_BITS = (1 << 63) - 1
LISTED = frozenset({RECENT, UNIQUE, EARLY})
HELD = frozenset({TALLY, SORTED, COUNTED})
RINGED = LISTED | HELD
BY_PLACE = LISTED | {NEWEST, PASSED}
STRIDES = {TALLY: 2, SORTED: 1, COUNTED: 2}
ZERO_OF_NOTHING = frozenset({HASHED, "count", "count_if", "decayed_count", "decayed_sum", "entropy", "rate"})


@dataclass(frozen=True)
class Layout:
    """The tables of a fold and what Python must know of them.

    ``columns`` and ``flags`` are the words that each row brings, in order. ``cells`` are, per interned term,
    where its codes are. ``sequence_words`` and ``link_words`` are the words of a state row and of a log
    entry that hold sequence numbers of the log. ``lists`` tell the room that each list output needs; ``ranked`` are
    the interned terms whose values are put in order.
    """

    plan: Plan
    columns: tuple[Column, ...]
    flags: tuple[Flag, ...]
    outputs: tuple[Output, ...]
    cells: Mapping[str, Words]
    sequence_words: tuple[int, ...]
    link_words: tuple[int, ...]
    lists: tuple[ListRoom, ...]
    ranked: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term of which a row's value is read, once."""
        columns = [column.term for column in self.columns]
        flags = [flag.term for flag in self.flags]
        return tuple(dict.fromkeys(term for term in (*columns, *flags) if term))


def lay_out(windows: Sequence[Window], measures: Sequence[Measure], types: Mapping[str, str]) -> Layout:
    """Return the tables for ``measures``, each of which must have a fold."""
    builder = _Builder(types)
    named = {window.name: window for window in windows}
    by_window: dict[str, list[Measure]] = {}
    for measure in measures:
        by_window.setdefault(measure.window, []).append(measure)
    for name, held in by_window.items():
        builder.collect(named[name], held)
    for name, held in by_window.items():
        builder.place(named[name], held)
    order = {measure.id: place for place, measure in enumerate(measures)}
    return builder.finish(order)


@dataclass
class _Builder:
    """Two passes: ``collect`` finds columns, flags and accumulators; ``place`` gives each its offsets."""

    types: Mapping[str, str]
    columns: list[Column] = field(default_factory=list[Column])
    flags: list[Flag] = field(default_factory=lambda: [ALWAYS])
    specs: dict[str, list[Spec]] = field(default_factory=dict[str, list[Spec]])
    window_rows: list[list[int]] = field(default_factory=list[list[int]])
    accumulator_rows: list[list[int]] = field(default_factory=list[list[int]])
    ring_rows: list[list[int]] = field(default_factory=list[list[int]])
    output_rows: list[list[int]] = field(default_factory=list[list[int]])
    factors: list[list[float]] = field(default_factory=list[list[float]])
    copied: list[int] = field(default_factory=list[int])
    outputs: list[Output] = field(default_factory=list[Output])
    cells: dict[str, list[list[int]]] = field(default_factory=dict[str, list[list[int]]])
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    knots: list[int] = field(default_factory=list[int])
    sequence_words: list[int] = field(default_factory=lambda: [0])
    lists: list[ListRoom] = field(default_factory=list[ListRoom])
    ranked: list[str] = field(default_factory=list[str])
    width: int = 1
    links: int = 0
    answer_words: int = 0

    def collect(self, window: Window, measures: Iterable[Measure]) -> None:
        specs: list[Spec] = []
        for measure in measures:
            spec = accumulator_of(measure, self.types, window)
            if spec not in specs:
                specs.append(spec)
            if output_of(measure, spec) == OUT_CHAINED and counted(spec) not in specs:
                specs.append(counted(spec))
        squares = {spec.lane for spec in specs if spec.kind == SQUARE_SUM}
        specs = [spec for spec in specs if spec.kind != FLOAT_SUM or spec.lane not in squares]
        self.specs[window.name] = sorted(specs, key=_rank)
        for spec in specs:
            for flag in (spec.passes, spec.given, spec.valid):
                if flag not in self.flags:
                    self.flags.append(flag)
            for column in spec.columns:
                if column not in self.columns:
                    self.columns.append(column)

    @property
    def flag_words(self) -> int:
        return -(-len(self.flags) // FLAGS_A_WORD)

    def bit(self, flag: Flag) -> tuple[int, int]:
        """The flag's word and its mask there."""
        place = self.flags.index(flag)
        return place // FLAGS_A_WORD, 1 << (place % FLAGS_A_WORD)

    def take(self, words: int) -> int:
        """Add words to the state of a slot and return the first."""
        start = self.width
        self.width += words
        return start

    def place(self, window: Window, measures: Sequence[Measure]) -> None:
        kind, specs = KINDS[window.kind], self.specs[window.name]
        deferred, by_time = window.exclude == "group", kind in (SLIDING, HOPPING)
        words = self.take(WINDOW_WORDS.get(kind, 0))
        head = self.take(1) if by_time or deferred else -1
        if head >= 0:
            self.sequence_words.append(head)
        first, output = len(self.accumulator_rows), len(self.output_rows)
        last = first + sum(spec.kind != VISIT for spec in specs)
        middle = last - sum(spec.kind in BY_PLACE for spec in specs)
        held = middle - sum(spec.kind in HELD for spec in specs)
        # A row ring comes before the accumulators, whose words from here on are what a new bucket resets.
        ring = self.row_ring(window, specs) if kind == LAST and middle > first else -1
        reset = self.width
        content = [column for spec in specs if spec.kind not in BY_PLACE for column in spec.columns]
        local = content if ring >= 0 else None
        chains = 0
        reset_end = reset
        for place, spec in enumerate(specs):
            chains += self.accumulator(spec, words if spec.kind == VISIT else None, local, chains, ring)
            if first + place < held:
                reset_end = self.width
        size, step = (window.gap, window.most or 0) if kind == SESSION else (window.size, step_of(window))
        rows = window.rows or 0
        for measure in measures:
            self.output(measure, window, first, specs)
        self.window_rows.append(
            [
                *(kind, size or 0, step, rows, deferred, by_time, words, reset, reset_end),
                *(place * ACCUMULATOR_COLUMNS for place in (first, held, middle, last)),
                *(place * OUTPUT_COLUMNS for place in (output, len(self.output_rows))),
                *(head, ring * RING_COLUMNS if ring >= 0 else -1, window.exclude == "row", 0, 0),
                *(window.offset or 0, window.months or 0, *self.clock(window)),
            ]
        )

    def clock(self, window: Window) -> tuple[int, int]:
        """Where the knots of a window's clock start, and how many there are."""
        if window.zone is None:
            return 0, 0
        if window.zone not in self.clocks:
            known = clock(window.zone)
            self.clocks[window.zone] = (len(self.knots), len(known.instants))
            self.knots += [*known.instants, *known.readings]
        return self.clocks[window.zone]

    def row_ring(self, window: Window, specs: Sequence[Spec]) -> int:
        """Give a LAST window the ring of its rows: flags, then columns, then the links of its chains."""
        held = unique(column for spec in specs if spec.kind not in BY_PLACE for column in spec.columns)
        chains = sum(spec.kind == CHAIN for spec in specs)
        start = len(self.copied)
        self.copied += [self.flag_words + self.columns.index(column) for column in held]
        stride = self.flag_words + len(held) + 2 * chains
        ring = len(self.ring_rows)
        self.ring_rows.append(
            [self.take(4), window.rows or 0, stride, 0, 1, start, len(self.copied), ring * CLASSES, 0]
        )
        for place, column in enumerate(held):
            if column.form == "code":
                self.cell(column, IN_RING, self.flag_words + place, ring)
        return ring

    def cell(self, column: Column, place: int, offset: int, ring: int = -1) -> None:
        self.cells.setdefault(column.term, []).append([place, offset, ring * RING_COLUMNS])

    def accumulator(self, spec: Spec, at: int | None, local: list[Column] | None, chains: int, row_ring: int) -> int:
        """Place one accumulator, in words of its own unless ``at`` is given; return how many chains it took."""
        at = self.take(ACCUMULATOR_WORDS[spec.kind]) if at is None else at
        held = self.columns if local is None or spec.kind in BY_PLACE else unique(local)
        column, weight, block = (
            self.flag_words + held.index(column) if column is not None else 0
            for column in (spec.column, spec.weight, spec.block)
        )
        link, ring = 0, -1
        if spec.kind == CHAIN:
            # Log links are numbered over all windows, those of a row ring over its own.
            link = self.flag_words + len(held) + 2 * (chains if row_ring >= 0 else self.links)
            self.links += row_ring < 0
            if row_ring < 0:
                self.sequence_words += [at, at + 1]
        if spec.kind in RINGED:
            ring = len(self.ring_rows)
            tally = spec.kind == TALLY
            stride = STRIDES.get(spec.kind, 3)
            self.ring_rows.append([at, spec.rows, stride, *self.bit(spec.passes), 0, 0, ring * CLASSES, tally])
        if spec.column is not None and spec.column.form == "code":
            offset = {BEST: 1, OLDEST: 2, NEWEST: 3}.get(spec.kind)
            if offset is not None:
                self.cell(spec.column, IN_STATE, at + offset)
            elif spec.kind in RINGED:
                self.cell(spec.column, IN_RING, 0 if spec.kind == TALLY else 2, ring)
        bits = (*self.bit(spec.passes), *self.bit(spec.given), *self.bit(spec.valid))
        mask = FLOAT_BITS if spec.is_float else 0
        self.accumulator_rows.append(
            [spec.kind, at, *bits, column, mask, -spec.reverse, spec.keep, link, ring * RING_COLUMNS, weight, block, -1]
        )
        return int(spec.kind == CHAIN)

    def output(self, measure: Measure, window: Window, first: int, specs: Sequence[Spec]) -> None:
        spec = accumulator_of(measure, self.types, window)
        op = output_of(measure, spec)
        held = next(place for place, other in enumerate(specs) if other == spec or (spec.is_sum and other.covers(spec)))
        list_place = -1
        most = measure.count or 0
        if op in LISTS:
            list_place = len(self.lists)
            count = first + specs.index(counted(spec)) if op == OUT_CHAINED else None
            self.lists.append(self.list_room(first + held, count, most))
        if op in (OUT_MODE, OUT_TOP) and spec.column is not None and spec.column.form == "code":
            self.accumulator_rows[first + held][A_RANKED] = self.rank(spec.column.term)
        accumulator, factors = (first + held) * ACCUMULATOR_COLUMNS, len(self.factors) * FACTOR_COLUMNS
        per, share = measure.per or 0, share_of(measure.function, measure.arguments[1:])
        if share is not None:
            most, per = share
        self.output_rows.append([op, accumulator, len(self.outputs), self.answer_words, list_place, most, factors])
        self.factors.append([10.0 ** decimal_scale(measure, self.types), float(per)])
        form = form_of(op)
        column = spec.column if op not in (OUT_DISTINCT, OUT_ESTIMATE) and form in ("list", "word") else None
        zero = measure.function in ZERO_OF_NOTHING
        self.outputs.append(Output(measure.id, len(self.outputs), self.answer_words, form, column, zero))
        self.answer_words += 2 if op == OUT_INTEGER_SUM or op in LISTS else 1

    def list_room(self, accumulator: int, count: int | None, most: int) -> ListRoom:
        """Tell the room of a list, of a chain by what counts it; the window of both is the next to have a row."""
        if count is not None:
            return ListRoom(self.accumulator_rows[count][A_STATE], most, C_WINDOWS + len(self.window_rows))
        ring = self.ring_rows[self.accumulator_rows[accumulator][A_RING] // RING_COLUMNS]
        return ListRoom(ring[R_STATE] + RING_PROMISED, most, None)

    def rank(self, term: str) -> int:
        """Have the values of an interned term put in order; return the place of the term among such."""
        if term not in self.ranked:
            self.ranked.append(term)
        return self.ranked.index(term)

    def finish(self, order: Mapping[str, int]) -> Layout:
        body = self.flag_words + len(self.columns)
        for place, column in enumerate(self.columns):
            if column.form == "code":
                self.cell(column, IN_LOG, E_BODY + self.flag_words + place)
        for place, row in enumerate(self.window_rows):
            row[W_ADDED] = C_WINDOWS + place
            row[W_EVICTED] = C_WINDOWS + len(self.window_rows) + place
        entry = E_BODY + body + 2 * self.links
        windows, rings = flat(self.window_rows), flat(self.ring_rows)
        counts = (len(windows), len(rings), len(self.outputs), self.answer_words)
        plan = Plan(
            windows=windows,
            accumulators=flat(self.accumulator_rows),
            rings=rings,
            outputs=flat(self.output_rows),
            factors=np.array(self.factors, np.float64).reshape(-1),
            copied=np.array(self.copied, np.int64),
            knots=np.array(self.knots, np.int64),
            sizes=np.array([self.width, entry, self.flag_words, len(self.columns), *counts], np.int64),
        )
        return Layout(
            plan=plan,
            columns=tuple(self.columns),
            flags=tuple(self.flags),
            outputs=tuple(sorted(self.outputs, key=lambda output: order[output.id])),
            cells={term: flat(rows) for term, rows in self.cells.items()},
            sequence_words=tuple(self.sequence_words),
            link_words=(2, *range(E_BODY + body, entry)),
            lists=tuple(self.lists),
            ranked=tuple(self.ranked),
        )


def flat(rows: Sequence[Sequence[int]]) -> Words:
    """Return the rows of a table one after the other."""
    return np.array(rows, np.int64).reshape(-1)


def _rank(spec: Spec) -> int:
    """Return where an accumulator stands among those of its window: what leaves it, is held, places, sessions."""
    return 3 if spec.kind == VISIT else 2 if spec.kind in BY_PLACE else 1 if spec.kind in HELD else 0


def unique(columns: Iterable[Column | None]) -> list[Column]:
    """Return the columns without repeats and Nones, in order."""
    return list(dict.fromkeys(column for column in columns if column is not None))
