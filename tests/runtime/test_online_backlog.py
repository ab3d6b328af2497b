"""Rows that wait to be put online: the newest of each entity, with the epoch that wrote it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest
from headrace.runtime.sources.lateness import BEGINNING
from headrace.runtime.stores import ledger, online_backlog
from headrace.runtime.stores.datasets import Dataset
from headrace.runtime.stores.online_backlog import OnlineBacklog

DATASET = Dataset("v", 1, "offline/v/v1", ("card",), "ts", BEGINNING, True, "month", False)


@pytest.fixture
def store() -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        ledger.create(connection)
        yield connection


def rows(*written: tuple[str, int, float]) -> pa.Table:
    cards, minutes, spent = zip(*written, strict=True)
    at = pa.array([datetime(2026, 1, 1, 0, minute) for minute in minutes], pa.timestamp("us"))
    return pa.table({"card": cards, "ts": at, "spent": spent, "_offset": list(range(len(at)))})


def online(store: sqlite3.Connection) -> list[tuple[str, int, float]]:
    found = store.execute('SELECT key, epoch, "row" FROM online ORDER BY key').fetchall()
    return [(json.loads(key)[0], epoch, json.loads(row)["spent"]) for key, epoch, row in found]


def test_of_many_epochs_the_newest_row_is_put_online(store: sqlite3.Connection) -> None:
    backlog = OnlineBacklog()
    backlog.add(1, DATASET, rows(("a", 1, 1.0), ("b", 2, 2.0), ("a", 3, 3.0)))
    backlog.add(2, DATASET, rows(("c", 4, 4.0)))
    backlog.add(3, DATASET, rows(("b", 5, 5.0), ("b", 5, 6.0)))
    backlog.note(store)
    assert online(store) == []
    assert store.execute("SELECT * FROM online_behind").fetchall() == [("v", 1, 0)]
    backlog.settle(store)
    assert online(store) == [("a", 1, 3.0), ("b", 3, 6.0), ("c", 2, 4.0)]
    assert store.execute("SELECT * FROM online_behind").fetchall() == []
    backlog.add(4, DATASET, rows(("a", 9, 9.0)))
    backlog.put(store)
    assert online(store) == [("a", 4, 9.0), ("b", 3, 6.0), ("c", 2, 4.0)]


def test_a_view_that_is_put_online_stays_there_where_the_next_one_fails(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog, upsert = OnlineBacklog(), online_backlog.online.upsert
    for view in ("v", "w"):
        backlog.add(1, replace(DATASET, name=view), rows(("a", 1, 1.0)))
    backlog.note(store)

    def fail_at_w(store: sqlite3.Connection, name: str, version: int, texts: pa.Table) -> None:
        upsert(store, name, version, texts)
        if name == "w":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(online_backlog.online, "upsert", fail_at_w)
        with pytest.raises(KeyboardInterrupt):
            backlog.settle(store)
    assert store.execute("SELECT name FROM online").fetchall() == [("v",)]
    assert store.execute("SELECT name FROM online_behind").fetchall() == [("w",)]
    backlog.settle(store)
    assert store.execute("SELECT name FROM online").fetchall() == [("v",), ("w",)]
    assert store.execute("SELECT name FROM online_behind").fetchall() == []


@pytest.mark.parametrize("together", [True, False])
def test_rows_on_arrival_are_the_newest_by_their_instant_however_epochs_are_cut(
    store: sqlite3.Connection, together: bool
) -> None:
    backlog, dataset = OnlineBacklog(), replace(DATASET, on_arrival=True)
    written = [("a", 5, 1.0), ("a", 9, 2.0), ("a", 9, 3.0), ("a", 7, 4.0)]
    for part in [written] if together else [[row] for row in written]:
        backlog.add(1, dataset, rows(*part))
    backlog.put(store)
    assert online(store) == [("a", 1, 3.0)]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("views", [1, 2, 4])
def test_many_rows_of_many_views_are_put_online_by_one_thread_or_two(
    store: sqlite3.Connection, threads: int, views: int
) -> None:
    cards = [f"{card:04}" for card in range(6_000)]
    backlog = OnlineBacklog(threads)
    for epoch, minute in ((1, 5), (2, 9), (3, 7)):
        for view in range(views):
            written = [(card, minute, float(view)) for card in cards[1_000 * epoch :]]
            backlog.add(epoch, replace(DATASET, name=f"v{view}"), rows(*written))
        if epoch > 1:
            backlog.put(store)
    # What the third epoch wrote is of an earlier instant than what is online.
    newest = {card: epoch for epoch in (1, 3, 2) for card in cards[1_000 * epoch :]}
    found = store.execute('SELECT name, key, epoch, "row" FROM online ORDER BY name, key').fetchall()
    assert [(name, json.loads(key)[0], epoch, json.loads(row)["spent"]) for name, key, epoch, row in found] == [
        (f"v{view}", card, newest[card], float(view)) for view in range(views) for card in sorted(newest)
    ]


@pytest.mark.parametrize("others", [0, 1, 20])
def test_a_row_without_an_entity_is_not_put_online(store: sqlite3.Connection, others: int) -> None:
    backlog, none = OnlineBacklog(), rows(("a", 1, 1.0))
    none = none.set_column(0, "card", pa.nulls(1, pa.string()))
    backlog.add(1, DATASET, pa.concat_tables([none, *[rows(("b", 2, 2.0))] * others]))
    backlog.put(store)
    assert online(store) == ([("b", 1, 2.0)] if others else [])


def test_rows_wait_for_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog, now = OnlineBacklog(), [100.0]
    monkeypatch.setattr(online_backlog.time, "monotonic", lambda: now[0])
    assert not backlog.due
    backlog.add(1, DATASET, rows(("a", 1, 1.0)))
    now[0] += 9.0
    backlog.add(2, DATASET, rows(("a", 2, 1.0)))
    assert not backlog.due
    now[0] += 1.0
    assert backlog.due


def test_of_much_that_waits_only_the_newest_rows_are_left(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online_backlog, "MOST_BYTES", 4_000)
    backlog = OnlineBacklog()
    for epoch in range(1, 100):
        backlog.add(epoch, DATASET, rows(*((card, epoch % 50, float(epoch)) for card in "abc")))
        assert not backlog.due
    backlog.put(store)
    assert online(store) == [("a", 99, 99.0), ("b", 99, 99.0), ("c", 99, 99.0)]


def test_too_many_entities_do_not_wait(store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_backlog, "MOST_BYTES", 4_000)
    backlog = OnlineBacklog()
    backlog.add(1, DATASET, rows(*((f"card {card:02}", 1, 1.0) for card in range(80))))
    assert not backlog.due
    backlog.add(2, DATASET, rows(*((f"card {card:02}", 2, 2.0) for card in range(40, 80))))
    assert backlog.due
    backlog.put(store)
    assert not backlog.due
    assert [epoch for _, epoch, _ in online(store)] == [1] * 40 + [2] * 40


def test_rows_that_may_be_revised_do_not_wait() -> None:
    backlog = OnlineBacklog()
    backlog.add(1, replace(DATASET, revised=True), rows(("a", 1, 1.0)))
    assert backlog.due


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("views", [0, 1, 2, 5])
def test_what_is_to_be_done_besides_is_done_once(store: sqlite3.Connection, threads: int, views: int) -> None:
    backlog, done = OnlineBacklog(threads), list[int]()
    for view in range(views):
        many = rows(*((f"{card}", view, float(view)) for card in range(online_backlog.FEWEST)))
        backlog.add(1, replace(DATASET, name=f"v{view}"), many)
    backlog.settle(store, lambda: done.append(1))
    assert done == [1]
    assert [view for (view,) in store.execute("SELECT DISTINCT name FROM online ORDER BY name")] == [
        f"v{view}" for view in range(views)
    ]


def test_what_fails_besides_is_raised_once_all_is_online(store: sqlite3.Connection) -> None:
    backlog = OnlineBacklog(2)
    for view in ("v", "w"):
        many = rows(*((f"{card}", 1, 1.0) for card in range(online_backlog.FEWEST)))
        backlog.add(1, replace(DATASET, name=view), many)

    def fail() -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        backlog.settle(store, fail)
    assert store.execute("SELECT count(*) FROM online").fetchone() == (2 * online_backlog.FEWEST,)


def test_what_is_to_be_done_besides_is_left_where_rows_cannot_be_put_online(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog, done = OnlineBacklog(2), list[int]()
    for view in range(5):
        many = rows(*((f"{card}", view, 1.0) for card in range(online_backlog.FEWEST)))
        backlog.add(1, replace(DATASET, name=f"v{view}"), many)

    def fail(store: sqlite3.Connection, name: str, version: int, texts: pa.Table) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(online_backlog.online, "upsert", fail)
    with pytest.raises(KeyboardInterrupt):
        backlog.settle(store, lambda: done.append(1))
    assert done == []
