"""Versions, rows of the tables, and the plan that says what they will become."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from headrace.catalog.database import transaction
from headrace.catalog.plan import Change, plan
from headrace.catalog.registry import StepNote, live_versions, record
from headrace.features_sql.definitions import Definitions

Steps = dict[tuple[str, str], StepNote]


def changed(shop: Definitions, view: str, **changes: Any) -> Definitions:
    return replace(shop, views={**shop.views, view: replace(shop.views[view], **changes)})


def apply(connection: sqlite3.Connection, definitions: Definitions, steps: Steps | None = None) -> dict[str, int]:
    """Plan, record, and hold the one against the other."""
    planned = plan(connection, definitions)
    with transaction(connection):
        versions = record(connection, definitions, steps or {})
    promised = {c.name: c.version for c in planned.changes if c.version is not None and c.kind != "dropped"}
    assert versions == promised == live_versions(connection)
    assert plan(connection, definitions).empty
    return versions


def kinds(connection: sqlite3.Connection, definitions: Definitions) -> dict[str, tuple[str, str]]:
    return {change.name: (change.kind, change.reason) for change in plan(connection, definitions).changes}


def test_a_first_apply_records_everything(connection: sqlite3.Connection, shop: Definitions, steps: Steps) -> None:
    planned = plan(connection, shop)
    assert not planned.empty
    assert [(change.kind, change.object_kind, change.name, change.version) for change in planned.changes] == [
        ("new", "source", "payments", None),
        ("new", "table", "merchants", None),
        ("new", "view", "hourly", 1),
        ("new", "view", "velocity", 1),
        ("new", "service", "fraud", 1),
    ]
    assert apply(connection, shop, steps) == {"hourly": 1, "velocity": 1, "fraud": 1}
    rows = connection.execute(
        "SELECT name, kind, version, entity, time, emit, source, owner, tags, live, folder FROM views ORDER BY name"
    ).fetchall()
    assert rows == [
        ("fraud", "service", 1, "card", "ts", "ON EVENT", "velocity", "risk", "", 1, ".headrace/offline/fraud/v1"),
        (
            "hourly",
            "view",
            1,
            "merchant",
            "as_of",
            "ON WINDOW CLOSE h",
            "payments",
            "sales",
            "",
            1,
            ".headrace/offline/hourly/v1",
        ),
        (
            "velocity",
            "view",
            1,
            "card",
            "ts",
            "ON EVENT",
            "payments",
            "risk",
            "tier:gold, fraud",
            1,
            ".headrace/offline/velocity/v1",
        ),
    ]


def test_features_are_described(catalog: sqlite3.Connection) -> None:
    rows = catalog.execute(
        "SELECT feature, position, type, description, window, inputs, window_step, cost, state_bytes, owner, tags"
        " FROM features WHERE view = 'velocity' ORDER BY position"
    ).fetchall()
    owned = ("risk", "tier:gold, fraud")
    assert rows == [
        ("merchant", 0, "VARCHAR", "", "", "payments.merchant", None, None, None, *owned),
        ("risk", 1, "DOUBLE", "how risky the shop is", "", "merchants.risk", None, None, None, *owned),
        (
            "n_5m",
            2,
            "BIGINT",
            "payments in the last five minutes",
            "SLIDING SIZE 5 MINUTES",
            "payments.*",
            "fold",
            "constant",
            16,
            *owned,
        ),
        (
            "avg_large_visit",
            3,
            "DOUBLE",
            "",
            "SESSION GAP 30 MINUTES EXCLUDE CURRENT GROUP, SLIDING SIZE 5 MINUTES",
            "payments.amount",
            None,
            None,
            None,
            *owned,
        ),
    ]


def test_sources_are_described(catalog: sqlite3.Connection) -> None:
    row = catalog.execute("SELECT * FROM sources WHERE name = 'payments'").fetchone()
    assert row[:7] == ("payments", "source", "files", "payments/*.csv", "ts", 5_000_000, "card, ts")
    assert json.loads(row[7])[4] == {"name": "ts", "type": "TIMESTAMP", "computed": 'CAST("at" AS TIMESTAMP)'}
    table = catalog.execute("SELECT kind, time, delay FROM sources WHERE name = 'merchants'").fetchone()
    assert table == ("table", None, None)


def test_a_secret_in_a_path_stays_out_of_the_tables(connection: sqlite3.Connection, shop: Definitions) -> None:
    source = shop.sources["payments"]
    source = replace(
        source,
        connector=replace(source.connector, path="s3://key:hunter2@shop/*.csv"),
        sql="CREATE SOURCE payments (...) WITH ('format' = 'csv', 'path' = 's3://${KEY}@shop/*.csv')",
    )
    apply(connection, replace(shop, sources={"payments": source}))
    path = connection.execute("SELECT path FROM sources WHERE name = 'payments'").fetchone()[0]
    assert path == "s3://${KEY}@shop/*.csv"
    assert "hunter2" not in "\n".join(connection.iterdump())


def test_applying_the_same_again_changes_nothing(catalog: sqlite3.Connection, shop: Definitions, steps: Steps) -> None:
    before = list(catalog.iterdump())
    assert {kind for kind, _ in kinds(catalog, shop).values()} == {"unchanged"}
    apply(catalog, shop, steps)
    assert list(catalog.iterdump()) == before


def test_words_are_updated_under_the_same_version(catalog: sqlite3.Connection, shop: Definitions) -> None:
    view = shop.views["velocity"]
    features = (replace(view.features[0], description="where"), *view.features[1:])
    after = changed(shop, "velocity", owner="fraud team", tags=(), features=features, sql="new text")
    assert kinds(catalog, after) == {
        "payments": ("unchanged", ""),
        "merchants": ("unchanged", ""),
        "hourly": ("unchanged", ""),
        "velocity": ("metadata", "owner, tags, feature descriptions changed"),
        "fraud": ("unchanged", ""),
    }
    created = catalog.execute("SELECT created_at FROM views WHERE name = 'velocity'").fetchone()
    assert apply(catalog, after)["velocity"] == 1
    row = catalog.execute("SELECT owner, tags, sql, created_at FROM views WHERE name = 'velocity'").fetchall()
    assert row == [("fraud team", "", "new text", *created)]
    described = catalog.execute("SELECT feature, description, owner FROM features WHERE view = 'velocity'").fetchall()
    assert ("merchant", "where", "fraud team") in described


def test_text_alone_is_metadata(catalog: sqlite3.Connection, shop: Definitions) -> None:
    assert kinds(catalog, changed(shop, "hourly", sql="-- moved"))["hourly"] == ("metadata", "text changed")


def test_a_changed_view_gets_the_next_version_and_its_services_too(
    catalog: sqlite3.Connection, shop: Definitions
) -> None:
    view = shop.views["velocity"]
    after = changed(shop, "velocity", features=(*view.features[:2], replace(view.features[2], name="n_now")))
    planned = {change.name: change for change in plan(catalog, after).changes}
    reason = "+n_now, -n_5m, -avg_large_visit"
    assert planned["velocity"] == Change("changed", "view", "velocity", 2, reason)
    assert planned["fraud"] == Change("changed", "service", "fraud", 2, "view velocity changed")
    assert planned["hourly"].kind == "unchanged"
    assert apply(catalog, after) == {"hourly": 1, "velocity": 2, "fraud": 2}
    versions = catalog.execute("SELECT version, live FROM views WHERE name = 'velocity' ORDER BY version").fetchall()
    assert versions == [(1, 0), (2, 1)]
    # Going back is a change like any other: numbers are never used twice.
    assert apply(catalog, shop) == {"hourly": 1, "velocity": 3, "fraud": 3}


def test_a_changed_source_is_named(catalog: sqlite3.Connection, shop: Definitions) -> None:
    slower = replace(shop, sources={"payments": replace(shop.sources["payments"], delay=1)})
    found = kinds(catalog, slower)
    assert found["payments"] == ("changed", "delay changed")
    assert found["hourly"] == found["velocity"] == ("changed", "source payments changed")
    assert found["fraud"] == ("changed", "view hourly changed, view velocity changed")


def test_a_dropped_definition_stops_being_live(catalog: sqlite3.Connection, shop: Definitions) -> None:
    after = replace(shop, services={}, tables={}, views={"hourly": shop.views["hourly"]})
    dropped = [change for change in plan(catalog, after).changes if change.kind == "dropped"]
    assert [(change.object_kind, change.name, change.version) for change in dropped] == [
        ("service", "fraud", 1),
        ("table", "merchants", None),
        ("view", "velocity", 1),
    ]
    assert apply(catalog, after) == {"hourly": 1}
    assert catalog.execute("SELECT count(*) FROM features WHERE view = 'velocity'").fetchone() == (4,)
    assert catalog.execute("SELECT count(*) FROM live_features WHERE view = 'velocity'").fetchone() == (0,)
    # Back again: its old rows may not be reused, since input went on meanwhile.
    assert apply(catalog, shop) == {"hourly": 1, "velocity": 2, "fraud": 2}


def test_a_name_may_change_its_kind(catalog: sqlite3.Connection, shop: Definitions) -> None:
    service = replace(shop.services["fraud"], name="hourly", joins=(), columns=shop.services["fraud"].columns[:1])
    after = replace(shop, views={"velocity": shop.views["velocity"]}, services={"hourly": service})
    assert kinds(catalog, after)["hourly"] == ("changed", "was a view")
    assert apply(catalog, after)["hourly"] == 2


def test_nothing_is_recorded_when_the_transaction_fails(connection: sqlite3.Connection, shop: Definitions) -> None:
    def stopped() -> None:
        with transaction(connection):
            record(connection, shop, {})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert live_versions(connection) == {}
    assert {change.kind for change in plan(connection, shop).changes} == {"new"}


def test_creation_time_is_utc(connection: sqlite3.Connection, shop: Definitions) -> None:
    now = datetime(2024, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    with transaction(connection):
        record(connection, shop, {}, now=now)
    assert connection.execute("SELECT DISTINCT created_at FROM views").fetchall() == [("2024-05-01T10:30:00+00:00",)]
