"""Cards and the list."""

from __future__ import annotations

import sqlite3

import pytest
from headrace.catalog.show import ColumnCard, FeatureCard, SourceCard, ViewCard, entries, show
from headrace.catalog.window_text import duration, window_text
from headrace.features_sql.definitions import Window
from headrace.features_sql.errors import ReadError

MINUTE = 60_000_000


def test_the_list(catalog: sqlite3.Connection) -> None:
    found = [
        (entry.kind, entry.name, entry.version, entry.entity, entry.features, entry.rows) for entry in entries(catalog)
    ]
    assert found == [
        ("source", "payments", None, "", None, None),
        ("table", "merchants", None, "", None, None),
        ("view", "hourly", 1, "merchant", 1, 0),
        ("view", "velocity", 1, "card", 4, 0),
        ("service", "fraud", 1, "card", 2, 0),
    ]


def test_a_view(catalog: sqlite3.Connection) -> None:
    card = show(catalog, "velocity")
    assert isinstance(card, ViewCard)
    assert (card.kind, card.version, card.versions, card.entity, card.time) == ("view", 1, (1,), ("card",), "ts")
    assert (card.emit, card.source, card.owner, card.tags) == ("ON EVENT", "payments", "risk", ("tier:gold", "fraud"))
    assert card.readers == ("fraud",)
    assert [feature.feature for feature in card.features] == ["merchant", "risk", "n_5m", "avg_large_visit"]
    assert len(card.hash) == 64


def test_a_feature(catalog: sqlite3.Connection) -> None:
    card = show(catalog, "velocity.n_5m")
    assert isinstance(card, FeatureCard)
    assert (card.type, card.description) == ("BIGINT", "payments in the last five minutes")
    assert (card.window, card.expression) == ("SLIDING SIZE 5 MINUTES", "count(*) OVER w5m")
    assert (card.window_step, card.cost, card.state_bytes) == ("fold", "constant", 16)
    assert (card.inputs, card.version, card.kind) == (("payments.*",), 1, "view")


def test_a_service(catalog: sqlite3.Connection) -> None:
    card = show(catalog, "fraud")
    assert isinstance(card, ViewCard)
    assert (card.kind, card.source, card.entity, card.readers) == ("service", "velocity", ("card",), ())
    assert [feature.inputs for feature in card.features] == [("velocity.n_5m",), ("hourly.turnover",)]
    assert card.fed == tuple(feature.feature for feature in card.features)


def test_a_source_and_a_table(catalog: sqlite3.Connection) -> None:
    source = show(catalog, "payments")
    assert isinstance(source, SourceCard)
    assert (source.time, source.delay, source.primary_key) == ("ts", 5_000_000, ("card", "ts"))
    assert source.columns[-1] == ColumnCard("ts", "TIMESTAMP", 'CAST("at" AS TIMESTAMP)')
    assert source.readers == ("hourly", "velocity")
    table = show(catalog, "merchants")
    assert isinstance(table, SourceCard)
    assert (table.kind, table.time, table.readers) == ("table", None, ("velocity",))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("velocty", "the catalog has no velocty; did you mean velocity?"),
        ("velocity.n5m", "velocity has no feature n5m; did you mean n_5m?"),
        ("qq.n_5m", "the catalog has no qq; there are: fraud, hourly, merchants, payments, velocity"),
    ],
)
def test_an_unknown_name_is_refused(catalog: sqlite3.Connection, name: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        show(catalog, name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (Window("w", "sliding", size=5 * MINUTE), "SLIDING SIZE 5 MINUTES"),
        (Window("w", "tumbling", size=1440 * MINUTE), "TUMBLING SIZE 1 DAY"),
        (Window("w", "hopping", size=60 * MINUTE, advance=MINUTE), "HOPPING SIZE 1 HOUR ADVANCE BY 1 MINUTE"),
        (Window("w", "tumbling", months=1, offset=4 * 1440 * MINUTE), "TUMBLING SIZE 1 MONTH OFFSET 4 DAYS"),
        (Window("w", "tumbling", months=24, zone="Asia/Tokyo"), "TUMBLING SIZE 2 YEARS TIME ZONE 'Asia/Tokyo'"),
        (
            Window("w", "hopping", size=60 * MINUTE, advance=MINUTE, offset=0, zone="UTC"),
            "HOPPING SIZE 1 HOUR ADVANCE BY 1 MINUTE OFFSET 0 MICROSECONDS TIME ZONE 'UTC'",
        ),
        (Window("w", "session", gap=1_500_000), "SESSION GAP 1500000 MICROSECONDS"),
        (Window("w", "session", gap=MINUTE, most=120 * MINUTE), "SESSION GAP 1 MINUTE MAX 2 HOURS"),
        (Window("w", "global", exclude="group"), "GLOBAL EXCLUDE CURRENT GROUP"),
        (Window("w", "global", partition=("k", "m"), by=("r0",)), "PARTITION BY (k, m) GLOBAL"),
        (Window("w", "last", rows=10, exclude="row"), "LAST 10 ROWS EXCLUDE CURRENT ROW"),
        (Window("w", "rows", start=3, end=1), "ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING"),
        (Window("w", "rows", start=None, end=0), "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"),
        (
            Window("w", "range", start=90 * MINUTE, end=0),
            "RANGE BETWEEN INTERVAL 90 MINUTES PRECEDING AND CURRENT ROW",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_windows_in_words(window: Window, text: str) -> None:
    assert window_text(window) == text


def test_durations_in_words() -> None:
    assert [duration(us) for us in (0, 1_000_000, 36 * 3_600_000_000)] == ["0 MICROSECONDS", "1 SECOND", "36 HOURS"]
