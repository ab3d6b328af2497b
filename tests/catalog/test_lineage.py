"""Trees of columns, both ways."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from headrace.catalog.database import transaction
from headrace.catalog.lineage import Node, downstream, upstream
from headrace.catalog.registry import record
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.errors import ReadError


def drawn(nodes: tuple[Node, ...], depth: int = 0) -> list[str]:
    return [line for node in nodes for line in ("  " * depth + node.name, *drawn(node.children, depth + 1))]


def test_upstream_reaches_the_source(catalog: sqlite3.Connection) -> None:
    (node,) = upstream(catalog, "fraud.shop_turnover")
    assert drawn((node,)) == ["fraud.shop_turnover", "  hourly.turnover", "    payments.amount"]
    assert [node.kind, node.children[0].kind, node.children[0].children[0].kind] == ["service", "view", "source"]


def test_downstream_reaches_the_services(catalog: sqlite3.Connection) -> None:
    assert drawn(downstream(catalog, "payments.amount")) == [
        "payments.amount",
        "  hourly.turnover",
        "    fraud.shop_turnover",
        "  velocity.avg_large_visit",
    ]
    assert drawn(downstream(catalog, "merchants.risk")) == ["merchants.risk", "  velocity.risk"]


def test_keys_and_times_have_lineage(catalog: sqlite3.Connection) -> None:
    assert drawn(upstream(catalog, "fraud.card")) == ["fraud.card", "  velocity.card", "    payments.card"]
    assert drawn(upstream(catalog, "fraud.ts")) == ["fraud.ts", "  velocity.ts", "    payments.ts"]
    assert drawn(upstream(catalog, "hourly.as_of")) == ["hourly.as_of"]


def test_a_relation_alone_shows_each_column(catalog: sqlite3.Connection) -> None:
    assert drawn(upstream(catalog, "hourly")) == [
        "hourly.merchant",
        "  payments.merchant",
        "hourly.as_of",
        "hourly.turnover",
        "  payments.amount",
    ]
    assert [node.name for node in downstream(catalog, "merchants")] == [
        "merchants.merchant",
        "merchants.risk",
        "merchants.valid_from",
    ]


def test_counting_rows_reads_the_source_as_a_whole(catalog: sqlite3.Connection) -> None:
    assert drawn(upstream(catalog, "fraud.n_5m")) == ["fraud.n_5m", "  velocity.n_5m", "    payments.*"]
    counted = ["payments.*", "  velocity.n_5m", "    fraud.n_5m"]
    assert drawn(downstream(catalog, "payments.*")) == counted
    assert drawn(downstream(catalog, "payments"))[-3:] == counted


def test_only_live_versions_count(catalog: sqlite3.Connection, shop: Definitions) -> None:
    view = shop.views["hourly"]
    other = replace(view, features=(replace(view.features[0], lineage=("payments.at",)),), where="true")
    with transaction(catalog):
        record(catalog, replace(shop, views={**shop.views, "hourly": other}), {})
    assert drawn(upstream(catalog, "hourly.turnover")) == ["hourly.turnover", "  payments.at"]
    assert drawn(downstream(catalog, "payments.amount")) == ["payments.amount", "  velocity.avg_large_visit"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hourly.turnovr", "hourly has no column turnovr; did you mean turnover?"),
        ("turnover", "turnover is no source, table, view or service; did you mean hourly.turnover?"),
        ("hurly.turnover", "hurly is no source, table, view or service; did you mean hourly?"),
        ("zzz", "zzz is no source, table, view or service; there are: fraud, hourly, merchants, payments, velocity"),
    ],
)
def test_an_unknown_name_is_refused(catalog: sqlite3.Connection, name: str, message: str) -> None:
    for direction in (upstream, downstream):
        with pytest.raises(ReadError) as caught:
            direction(catalog, name)
        assert str(caught.value) == message
