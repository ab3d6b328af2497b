"""The payments project, resolved: every part of its definitions."""

from __future__ import annotations

import pytest
from headrace.features_sql.definitions import (
    AsofJoin,
    Column,
    Definitions,
    Emit,
    Feature,
    FilesConnector,
    Measure,
    ServiceJoin,
    SourceColumn,
    Term,
    Window,
)
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

MINUTE = 60_000_000
HOUR = 60 * MINUTE


@pytest.fixture
def definitions(payments: list[SourceText], payment_views: list[SourceText]) -> Definitions:
    # The order of files and statements must not matter.
    return compile_project([*payment_views, *payments])


def test_names(definitions: Definitions) -> None:
    assert list(definitions.sources) == ["transactions"]
    assert list(definitions.tables) == ["merchants"]
    assert list(definitions.views) == ["card_velocity", "merchant_hourly"]
    assert list(definitions.services) == ["fraud_v1"]


def test_source(definitions: Definitions) -> None:
    source = definitions.sources["transactions"]
    assert source.columns[:2] == (SourceColumn("txn_id", "BIGINT"), SourceColumn("card_id", "VARCHAR"))
    assert source.columns[-1] == SourceColumn(
        "ts", "TIMESTAMP", """strptime("transactions"."at", '%Y-%m-%d %H:%M:%S')"""
    )
    assert (source.time, source.delay, source.primary_key) == ("ts", 5_000_000, ("txn_id",))
    assert source.connector == FilesConnector("txn/*.csv", "csv", nulls=("NA", ""))
    assert source.description == "payments by card"
    assert source.sql.startswith("CREATE SOURCE transactions (")
    assert source.sql.endswith("'csv.null' = 'NA,')")
    assert source.span.text == source.sql


def test_table(definitions: Definitions) -> None:
    table = definitions.tables["merchants"]
    assert [column.type for column in table.columns] == ["VARCHAR", "DOUBLE", "TIMESTAMP"]
    assert table.primary_key == ("merchant_id", "valid_from")
    assert table.connector == FilesConnector("merchants/*.parquet", "parquet")


def test_view(definitions: Definitions) -> None:
    view = definitions.views["card_velocity"]
    assert (view.source, view.alias, view.time, view.emit) == ("transactions", "t", "ts", Emit("event"))
    assert view.entity == (Column("card_id", "VARCHAR"),)
    assert view.joins == (
        AsofJoin("merchants", "m", (('"t"."merchant_id"', "merchant_id"),), '"t"."ts"', "valid_from", False),
    )
    assert view.where == '"t"."amount" > 0'
    assert (view.owner, view.tags, view.valid_for, view.recompute_allowed) == ("risk", ("tier:gold",), None, False)
    assert view.windows == (
        Window("w5m", "sliding", size=5 * MINUTE),
        Window("w1h", "sliding", size=HOUR, exclude="group"),
        Window("visit", "session", gap=30 * MINUTE),
        Window("life", "global"),
    )


def test_terms_and_measures_are_shared(definitions: Definitions) -> None:
    view = definitions.views["card_velocity"]
    assert view.terms == (
        Term("r0", '"t"."txn_id"', "BIGINT"),
        Term("r1", '"t"."merchant_id"', "VARCHAR"),
        Term("r2", '"t"."amount"', "DECIMAL(12,2)"),
        Term("r3", '"m"."risk"', "DOUBLE"),
        Term("x0", '"t"."amount"', "DECIMAL(12,2)"),
        Term("f0", 'NOT "t"."ok"', "BOOLEAN"),
        Term("x1", '"t"."merchant_id"', "VARCHAR"),
    )
    assert view.measures == (
        Measure("m0", "count", (), False, None, "w5m", "BIGINT"),
        Measure("m1", "avg", ("x0",), False, None, "w1h", "DOUBLE"),
        Measure("m2", "rate", (), False, "f0", "w5m", "DOUBLE", per=MINUTE),
        Measure("m3", "last_n", ("x1",), False, None, "visit", "VARCHAR[]", count=10),
        Measure("m4", "sum", ("x0",), False, None, "w5m", "DECIMAL(38,2)"),
        Measure("m5", "since_last", (), False, None, "life", "DOUBLE"),
    )


def test_features(definitions: Definitions) -> None:
    features = {feature.name: feature for feature in definitions.views["card_velocity"].features}
    assert list(features)[:5] == ["txn_id", "merchant_id", "amount", "merchant_risk", "txns_5m"]
    count, share, risk = features["txns_5m"], features["share"], features["merchant_risk"]
    assert count == Feature(
        name="txns_5m",
        sql="m0",
        type="BIGINT",
        text="count(*) OVER w5m",
        description="payments in the last five minutes",
        windows=("w5m",),
        measures=("m0",),
        lineage=(),
        span=count.span,
    )
    assert " ".join(count.span.text.split()) == "count(*) OVER w5m AS txns_5m"
    assert (share.sql, share.type, share.measures) == ("m4 / nullif(m0, 0)", "DOUBLE", ("m4", "m0"))
    assert (risk.sql, risk.type, risk.lineage) == ("r3", "DOUBLE", ("merchants.risk",))
    assert features["failures_per_minute"].lineage == ("transactions.ok",)


def test_closing_view(definitions: Definitions) -> None:
    view = definitions.views["merchant_hourly"]
    assert (view.alias, view.time, view.emit) == ("transactions", "as_of", Emit("close", "h"))
    assert view.valid_for == 24 * HOUR
    assert [column.name for column in view.columns] == ["merchant_id", "as_of", "declines"]


def test_service(definitions: Definitions) -> None:
    service = definitions.services["fraud_v1"]
    assert (service.view, service.alias) == ("card_velocity", "c")
    assert service.joins == (ServiceJoin("merchant_hourly", "h", ("merchant_id",)),)
    columns = {column.name: column for column in service.columns}
    assert list(columns)[:2] == ["txn_id", "merchant_id"]
    assert list(columns)[-1] == "merchant_declines"
    assert columns["txns_5m"].sql == '"c.txns_5m"'
    assert columns["txns_5m"].description == "payments in the last five minutes"
    assert columns["merchant_declines"].sql == '"h.declines"'
    assert columns["merchant_declines"].lineage == ("merchant_hourly.declines",)
    assert columns["last_merchants"].type == "VARCHAR[]"
