"""Every edge of every window matters: with one `<` in place of `<=` the engine fails some case worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from headrace.features_sql import evaluate, program, steps, sub_entities
from headrace.features_sql.definitions import View, Window
from headrace.features_sql.groups import source_groups, sources_of
from headrace.runtime import group as group_module
from headrace.runtime import live_service, live_view
from headrace.runtime.duck import connect, fetch
from headrace.runtime.fold import compiled as fold_compiled
from headrace.runtime.fold.fold import Fold
from headrace.runtime.group import Group
from headrace.runtime.windows import closing_kernels, emission, recompute, tiles, window_steps
from headrace.runtime.windows.closings import closings
from headrace.runtime.windows.recompute import Recompute
from headrace.tests.meaning import hand_cases
from headrace.tests.meaning.hand_cases import Case
from headrace.tests.meaning.mutants import Mutant, mutants
from headrace.tests.meaning.replay import Replay, calculator, records, table_of

Change = Callable[[Window], Window]
Patch = pytest.MonkeyPatch


@cache
def load(name: str) -> Case:
    return hand_cases.load(name)


@cache
def moments(case: Case) -> tuple[int, ...]:
    """Each instant at which the case has an event, an ask or a row: the watermark stops at every one."""
    times = {row[source.time] for name, source in case.definitions.sources.items() for row in case.streams()[name]}
    replay = Replay(case.sql, case.streams())
    for name, rows in replay.finish([1000]).items():
        if name in case.definitions.views:
            times |= {row[case.definitions.views[name].time] for row in rows}
    return tuple(sorted(times))


def red_incrementally(case: Case) -> set[str]:
    """The views and services whose rows are not the expected ones, with the engine as it is now.

    The watermark moves over all instants at once, and if no row is wrong then, from one to the next.
    """
    (spec,) = source_groups(case.definitions)
    red: set[str] = set()
    for stops in ((), moments(case)):
        if not red:
            with connect() as connection:
                group = Group(case.definitions, spec, connection)
                try:
                    written = Replay(case.sql, case.streams(), group=group).creep(stops)
                except (AssertionError, IndexError, pa.ArrowInvalid):
                    return set(case.expected)
                finally:
                    group.close()
            rows = {name: case.text_of(name, written[name]) for name in case.expected}
            red = {name for name, expected in case.expected.items() if rows[name] != list(expected.rows)}
    return red


def red_in_batch(case: Case, change: Change = lambda window: window, batch_sql: Any = None) -> set[str]:
    """The views of a case for which the batch program gives other rows than the expected ones."""
    red: set[str] = set()
    for name in case.expected.keys() & case.definitions.views.keys():
        view = case.definitions.views[name]
        sql = (batch_sql or program.batch_sql)(changed(view, change), case.definitions)
        cursor = calculator().cursor()
        for source in sources_of(case.definitions, name):
            rows = case.streams()[source]
            cursor.register(source, table_of(case.definitions, source, rows, accepted(case, source)))
        found = records(fetch(cursor, sql))
        cursor.close()
        found.sort(key=lambda row: row["_i"])
        if case.text_of(name, found) != list(case.expected[name].rows):
            red.add(name)
    return red


@cache
def accepted(case: Case, source: str) -> tuple[int, ...]:
    replay = Replay(case.sql, case.streams())
    replay.finish([1000])
    return tuple(replay.sources[source].accepted)


def changed(view: View, change: Change) -> View:
    return replace(view, windows=tuple(map(change, view.windows)))


@pytest.mark.parametrize("name", hand_cases.names())
def test_without_a_change_nothing_is_red(name: str) -> None:
    assert not red_incrementally(load(name))
    assert not red_in_batch(load(name))


# One bound of one window, moved by the least step: at a resolution of 1 µs, or of one row, that is `<` for `<=`.


def moved(kind: str, field: str, by: int) -> Change:
    def change(window: Window) -> Window:
        value = getattr(window, field)
        if window.kind != kind or value is None or value + by < 0:
            return window
        return replace(window, **{field: value + by})

    return change


def newest_end(kind: str, exclude: Any, instead: Any) -> Change:
    """EXCLUDE CURRENT GROUP is ts < t in place of ts <= t, and to leave it out the other way round."""

    def change(window: Window) -> Window:
        return replace(window, exclude=instead) if (window.kind, window.exclude) == (kind, exclude) else window

    return change


LENGTH = {
    "sliding": ("size",),
    "session": ("gap",),
    "last": ("rows",),
    "range": ("start", "end"),
    "rows": ("start", "end"),
}
EDGES: dict[str, tuple[str, Change]] = {
    **{
        f"{kind} {field} {by:+}": (kind, moved(kind, field, by))
        for kind, fields in LENGTH.items()
        for field in fields
        for by in (1, -1)
    },
    **{
        f"{kind} ts {after} t": (kind, newest_end(kind, exclude, instead))
        for kind in ("sliding", "tumbling", "hopping", "session", "global", "last")
        for after, exclude, instead in (("<", "none", "group"), ("<=", "group", "none"))
    },
    "range ts < t": ("range", newest_end("range", "none", "group")),
    "range ts <= t": ("range", newest_end("range", "group", "none")),
    "rows ts <= t": ("rows", newest_end("rows", "group", "none")),
    "last own row": ("last", newest_end("last", "row", "none")),
    "rows own row": ("rows", newest_end("rows", "row", "none")),
    "range own row": ("range", newest_end("range", "row", "none")),
}
FOLDED = ("sliding", "tumbling", "hopping", "session", "global", "last")


def cases_of(kind: str) -> list[Case]:
    return [load(f"{kind}_1"), load(f"{kind}_2")]


@pytest.mark.parametrize("edge", [name for name, (kind, _) in EDGES.items() if kind in FOLDED and "own" not in name])
def test_edges_of_the_fold(edge: str, monkeypatch: Patch) -> None:
    kind, change = EDGES[edge]
    monkeypatch.setattr(
        window_steps, "Fold", lambda windows, measures, types: Fold(list(map(change, windows)), measures, types)
    )
    assert_red(kind, edge)


@pytest.mark.parametrize("edge", EDGES)
def test_edges_of_the_recompute_step(edge: str, monkeypatch: Patch) -> None:
    kind, change = EDGES[edge]
    monkeypatch.setattr(
        window_steps,
        "Recompute",
        lambda connection, view, measures, rows: Recompute(connection, changed(view, change), measures, rows),
    )
    assert_red(kind, edge)


def assert_red(kind: str, edge: str) -> None:
    first, second = cases_of(kind)
    red = red_incrementally(first) or red_incrementally(second)
    assert red
    if edge.startswith("session gap"):
        # Whether an event joins and whether a session is still current are two comparisons.
        assert {"visits", "answers"} <= red


@pytest.mark.parametrize("edge", EDGES)
def test_edges_of_the_batch_program(edge: str) -> None:
    kind, change = EDGES[edge]
    assert any(red_in_batch(case, change) for case in cases_of(kind))


# Buckets: one that begins 1 µs later or sooner takes the events on its edges from the one before, or gives them away.


def shifted_buckets(by: int, made: Any, window: Window, *rest: str) -> str:
    return made(replace(window, offset=(window.offset or 0) + by), *rest)


class ShiftedFold(Fold):
    """A fold to which every time is ``by`` µs off: only buckets tell the difference."""

    by = 0

    def process(self, rows: pa.Table, instants: pa.Table) -> pa.Table:
        return super().process(self._off(rows, "_t"), self._off(self._off(instants, "_m"), "_t"))

    def _off(self, table: pa.Table, name: str) -> pa.Table:
        place = table.column_names.index(name)
        return table.set_column(place, name, pc.add(table.column(name), self.by))


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("kind", ["tumbling", "hopping"])
def test_edges_of_buckets(kind: str, by: int, monkeypatch: Patch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(window_steps, "Fold", type("Shifted", (ShiftedFold,), {"by": by}))
        assert red_incrementally(load(f"{kind}_1")) == {*load(f"{kind}_1").expected}
    with monkeypatch.context() as patch:
        patch.setattr(evaluate, "with_bucket", partial(shifted_buckets, by, evaluate.with_bucket))
        assert red_incrementally(load(f"{kind}_1")) == {*load(f"{kind}_1").expected}
        assert red_in_batch(load(f"{kind}_1"))
    with monkeypatch.context() as patch:
        patch.setattr(emission, "closings", partial(shifted_closings, by))
        assert red_incrementally(load(f"{kind}_2"))
    with monkeypatch.context() as patch:
        patch.setattr(program, "with_closes", partial(shifted_buckets, by, program.with_closes))
        assert red_in_batch(load(f"{kind}_2"))


def shifted_closings(by: int, window: Window) -> Any:
    made = closings(window)
    process = made.process
    made.process = lambda slots, times, watermark: process(slots, times + by, watermark)
    return made


@pytest.mark.parametrize("kind", ["tumbling", "hopping", "session"])
def test_a_close_is_evaluated_just_before_it(kind: str, monkeypatch: Patch) -> None:
    """Fold, recompute and the batch program, asked at T in place of the instant before it."""
    instants = live_view.instants_of

    def at_the_close(slots: Any, members: Any, clock: Any, own: Any) -> pa.Table:
        return instants(slots, clock, clock, own)

    def batch_sql(view: View, definitions: Any) -> str:
        sql = program.batch_sql(view, definitions)
        assert sql.count("_t - 1 AS _m") == 1
        return sql.replace("_t - 1 AS _m", "_t AS _m")

    assert red_in_batch(load(f"{kind}_2"), batch_sql=batch_sql)
    monkeypatch.setattr(live_view, "instants_of", at_the_close)
    assert red_incrementally(load(f"{kind}_2"))


# Every comparison in the text of the functions that decide what a window holds and when a row is written.


@dataclass(frozen=True)
class Decisions:
    """Functions of a module that decide, and who runs them: the incremental engine, or the batch program."""

    module: str
    functions: tuple[str, ...]
    live: bool = True
    batch: bool = False

    def __str__(self) -> str:
        return "batch" if self.batch else "live"


EVALUATION = (
    "_events", "_marks", "_counts", "_ranked", "_range_bounds", "_bounds", "_bounded", "_placed", "_frame_parts",
    "_value",
)  # fmt: skip
DECISIONS = (
    Decisions("headrace.features_sql.evaluate", EVALUATION),
    Decisions("headrace.features_sql.evaluate", EVALUATION, live=False, batch=True),
    Decisions("headrace.features_sql.program", ("closes_sql",), live=False, batch=True),
    Decisions("headrace.runtime.windows.closings", ("BucketClosings.process",)),
    Decisions("headrace.runtime.windows.closing_kernels", ("close_buckets", "follow_sessions", "close_sessions")),
    Decisions("headrace.runtime.windows.recompute", ("visible", "_in_open_session")),
    Decisions("headrace.runtime.windows.exported_tiles", ("_close_sql", "ExportedTiles._forget")),
    Decisions("headrace.runtime.windows.newest", ("_last_at_or_before",)),
    Decisions("headrace.runtime.live_service", ("valid_rows",)),
    Decisions("headrace.runtime.sources.reorder", ("ReorderBuffer.release",)),
)
# These give the same rows: each with its reason.
SAME_ROWS = {
    "return times > moment - (window.size or 0)": "one row more is kept than any window can see",
    "if len(self._pending) > 2 * self._merged + 1024:": "tiles are merged one sooner or later",
    "if cut < len(run.times):": "an empty run of rows waits",
}
# The cases that most mutants fail first.
CASES = list(dict.fromkeys(["tumbling_2", "hopping_2", "session_2", "session_1", "service_1", *hand_cases.names()]))


USERS = {
    "Newest": (live_view, live_service),
    "Recompute": (window_steps,),
    "ExportedTiles": (tiles,),
    "closings": (emission,),
    "StoredRows": (group_module,),
    "ReorderBuffer": (group_module,),
    "evaluation_sql": (sub_entities, recompute),
}


@pytest.fixture(scope="module", autouse=True)
def moments_are_known() -> None:
    """Find the moments of every case while nothing is changed: they are the engine's, and a mutant may never end."""
    for name in CASES:
        moments(load(name))


def install(mutant: Mutant, monkeypatch: Patch) -> None:
    """Put what the mutant defines in the place of the original wherever the engine uses it."""
    for name in ("compiled", "inlined"):
        monkeypatch.setattr(fold_compiled, name, lambda function: function)
    monkeypatch.setattr(fold_compiled, "fetch", lambda held, place: None)
    changed_module = mutant.load()
    if mutant.module == closing_kernels.__name__:
        plain = {name: getattr(changed_module, name) for name in vars(closing_kernels.closing_kernels())}
        monkeypatch.setattr(closing_kernels, "closing_kernels", lambda: closing_kernels.ClosingKernels(**plain))
    if mutant.module.endswith(".exported_tiles"):
        # Only what no fold puts together is exported.
        monkeypatch.setattr(steps, "has_tile", lambda *asked: False)
    for name, users in USERS.items():
        if name in changed_module.__dict__ and changed_module.__dict__[name].__module__ == mutant.module:
            for user in users:
                monkeypatch.setattr(user, name, changed_module.__dict__[name])
    for name in {"closes_sql", "newest_stored_sql"} & changed_module.__dict__.keys():
        monkeypatch.setattr(program, name, changed_module.__dict__[name])


def changes() -> list[tuple[Decisions, Mutant]]:
    return [
        (decisions, mutant)
        for decisions in DECISIONS
        for mutant in mutants(decisions.module, *decisions.functions)
        if mutant.line not in SAME_ROWS
    ]


@pytest.mark.parametrize(("decisions", "mutant"), changes(), ids=str)
def test_comparisons_in_the_source(decisions: Decisions, mutant: Mutant, monkeypatch: Patch) -> None:
    install(mutant, monkeypatch)
    cases = map(load, CASES)
    assert any(
        (decisions.live and red_incrementally(case)) or (decisions.batch and red_in_batch(case)) for case in cases
    )


def test_what_gives_the_same_rows_is_still_there() -> None:
    lines = {mutant.line for one in DECISIONS for mutant in mutants(one.module, *one.functions)}
    assert lines >= SAME_ROWS.keys()


@pytest.mark.parametrize("mutant", list(mutants("headrace.features_sql.program", "newest_stored_sql")), ids=str)
def test_comparisons_of_a_stored_read(mutant: Mutant, monkeypatch: Patch, tmp_path: Path) -> None:
    """A service's batch rows read the newest row written on a close at or before the instant, unless it is too old."""
    project = hand_cases.project(load("service_1"), tmp_path)
    project.apply()
    project.run()
    assert project.verify("orders_read")["orders_read"].passed
    install(mutant, monkeypatch)
    assert not project.verify("orders_read")["orders_read"].passed
