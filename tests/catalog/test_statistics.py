"""Rows, NULLs and freshness."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest
from headrace.catalog.database import transaction
from headrace.catalog.registry import record
from headrace.catalog.show import FeatureCard, ViewCard, show
from headrace.catalog.statistics import clear, count
from headrace.features_sql.definitions import Definitions


def rows(*values: tuple[str, float | None]) -> pa.Table:
    instants = [datetime.fromisoformat(at) for at, _ in values]
    columns = {"merchant": ["a"] * len(values), "as_of": pa.array(instants, pa.timestamp("us"))}
    return pa.table({**columns, "turnover": pa.array([value for _, value in values], pa.float64())})


def test_epochs_add_up(catalog: sqlite3.Connection) -> None:
    with transaction(catalog):
        count(catalog, "hourly", 1, 7, rows(("2024-01-01 02:00", 1.0), ("2024-01-01 01:00", None)), "as_of")
    with transaction(catalog):
        count(catalog, "hourly", 1, 8, rows(("2024-01-01 03:00:00.000001", None), ("2024-01-01 02:30", 2.0)), "as_of")
        count(catalog, "hourly", 1, 9, rows(), "as_of")
    card = show(catalog, "hourly.turnover")
    assert isinstance(card, FeatureCard)
    assert (card.rows, card.nulls, card.null_rate) == (4, 2, 0.5)
    assert card.freshness == "2024-01-01T03:00:00.000001Z"
    view = show(catalog, "hourly")
    assert isinstance(view, ViewCard)
    assert (view.rows, view.first, view.updated_epoch) == (4, "2024-01-01T01:00:00.000000Z", 8)
    assert view.freshness_us == 1_704_078_000_000_001


def test_no_rows_are_no_rate(catalog: sqlite3.Connection) -> None:
    card = show(catalog, "velocity.n_5m")
    assert isinstance(card, FeatureCard)
    assert (card.rows, card.nulls, card.null_rate, card.freshness, card.freshness_us) == (0, 0, None, None, None)


def test_each_version_counts_for_itself(catalog: sqlite3.Connection, shop: Definitions) -> None:
    other = replace(shop, views={**shop.views, "hourly": replace(shop.views["hourly"], where="true")})
    with transaction(catalog):
        count(catalog, "hourly", 1, 1, rows(("2024-01-01", 1.0)), "as_of")
        assert record(catalog, other, {})["hourly"] == 2
        count(catalog, "hourly", 2, 2, rows(("2024-01-02", None), ("2024-01-03", None)), "as_of")
    kept = catalog.execute("SELECT version, rows FROM stats WHERE view = 'hourly' ORDER BY version").fetchall()
    assert kept == [(1, 1), (2, 2)]
    card = show(catalog, "hourly")
    assert isinstance(card, ViewCard)
    assert card.versions == (1, 2)
    assert card.features[0].null_rate == 1.0


def test_cleared_statistics_count_from_nothing(catalog: sqlite3.Connection) -> None:
    with transaction(catalog):
        count(catalog, "hourly", 1, 1, rows(("2024-01-05", None)), "as_of")
        clear(catalog, "hourly", 1)
        count(catalog, "hourly", 1, 2, rows(("2024-01-01", 1.0)), "as_of")
    card = show(catalog, "hourly.turnover")
    assert isinstance(card, FeatureCard)
    assert (card.rows, card.nulls, card.freshness) == (1, 0, "2024-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (-1, "1969-12-31T23:59:59.999999Z"),
        (0, "1970-01-01T00:00:00.000000Z"),
        (9_000_000_000_000_000_000, None),
    ],
)
def test_instants_before_1970_and_beyond_every_calendar(
    catalog: sqlite3.Connection, microseconds: int, text: str | None
) -> None:
    table = rows(("2024-01-01", 1.0)).set_column(1, "as_of", pa.array([microseconds], pa.int64()))
    with transaction(catalog):
        count(catalog, "hourly", 1, 1, table, "as_of")
    assert catalog.execute("SELECT first_us, last_us, last_at FROM stats").fetchall() == [
        (microseconds, microseconds, text)
    ]


def test_zoned_and_coarser_times(catalog: sqlite3.Connection) -> None:
    table = rows(("2024-01-01", 1.0)).set_column(1, "as_of", pa.array([0], pa.timestamp("s", tz="UTC")))
    with transaction(catalog):
        count(catalog, "hourly", 1, 1, table, "as_of")
    assert catalog.execute("SELECT last_us FROM stats").fetchall() == [(0,)]


def test_an_unrecorded_version_is_refused(catalog: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        count(catalog, "hourly", 2, 1, rows(("2024-01-01", 1.0)), "as_of")
