"""A small shop: payments, a table of merchants, two views and a service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from headrace.catalog.database import connect, transaction
from headrace.catalog.registry import StepNote, record
from headrace.features_sql.definitions import (
    AsofJoin,
    Column,
    Definitions,
    Emit,
    Feature,
    FilesConnector,
    LateRows,
    Measure,
    Service,
    ServiceColumn,
    ServiceJoin,
    Source,
    SourceColumn,
    Table,
    Term,
    View,
    Window,
)
from headrace.features_sql.source_text import SourceText, Span

SPAN = Span(SourceText("shop.sql", "CREATE"), 0, 6)
MINUTE = 60_000_000

PAYMENTS = Source(
    name="payments",
    columns=(
        SourceColumn("card", "BIGINT"),
        SourceColumn("merchant", "VARCHAR"),
        SourceColumn("amount", "DOUBLE"),
        SourceColumn("at", "VARCHAR"),
        SourceColumn("ts", "TIMESTAMP", 'CAST("at" AS TIMESTAMP)'),
    ),
    time="ts",
    delay=5_000_000,
    primary_key=("card", "ts"),
    connector=FilesConnector("payments/*.csv", "csv"),
    late=LateRows("payments$late"),
    max_future=None,
    dedupe=None,
    idle_timeout=None,
    history=None,
    kept=False,
    description="every payment",
    sql="CREATE SOURCE payments (...) WITH ('path' = 'payments/*.csv')",
    span=SPAN,
)
MERCHANTS = Table(
    name="merchants",
    columns=(
        SourceColumn("merchant", "VARCHAR"),
        SourceColumn("risk", "DOUBLE"),
        SourceColumn("valid_from", "TIMESTAMP"),
    ),
    primary_key=("merchant", "valid_from"),
    connector=FilesConnector("merchants.parquet", "parquet"),
    description="",
    sql="CREATE TABLE merchants (...)",
    span=SPAN,
)


def feature(name: str, sql: str, type: str, text: str, **more: object) -> Feature:
    """A feature with nothing but what is given."""
    empty: dict[str, object] = {"description": "", "windows": (), "measures": (), "lineage": ()}
    return Feature(name=name, sql=sql, type=type, text=text, span=SPAN, **(empty | more))  # pyright: ignore[reportArgumentType]


VELOCITY = View(
    name="velocity",
    source="payments",
    alias="p",
    entity=(Column("card", "BIGINT"),),
    time="ts",
    joins=(AsofJoin("merchants", "m", (('"p"."merchant"', "merchant"),), '"p"."ts"', "valid_from", strict=False),),
    where='"p"."amount" > 0',
    terms=(
        Term("r0", '"p"."merchant"', "VARCHAR"),
        Term("r1", '"m"."risk"', "DOUBLE"),
        Term("x0", '"p"."amount"', "DOUBLE"),
        Term("f0", '"p"."amount" > 100', "BOOLEAN"),
    ),
    windows=(
        Window("w5m", "sliding", size=5 * MINUTE),
        Window("visit", "session", gap=30 * MINUTE, exclude="group"),
        Window("unused", "global"),
    ),
    measures=(
        Measure("m0", "count", (), False, None, "w5m", "BIGINT"),
        Measure("m1", "avg", ("x0",), False, "f0", "visit", "DOUBLE"),
    ),
    features=(
        feature("merchant", "r0", "VARCHAR", "merchant", lineage=("payments.merchant",)),
        feature("risk", "r1", "DOUBLE", "m.risk", lineage=("merchants.risk",), description="how risky the shop is"),
        feature(
            "n_5m",
            "m0",
            "BIGINT",
            "count(*) OVER w5m",
            windows=("w5m",),
            measures=("m0",),
            description="payments in the last five minutes",
        ),
        feature(
            "avg_large_visit",
            "m1 / nullif(m0, 0)",
            "DOUBLE",
            "avg(amount) FILTER (WHERE amount > 100) OVER visit / nullif(count(*) OVER w5m, 0)",
            windows=("visit", "w5m"),
            measures=("m1", "m0"),
            lineage=("payments.amount",),
        ),
    ),
    emit=Emit("event"),
    qualify=None,
    owner="risk",
    tags=("tier:gold", "fraud"),
    valid_for=None,
    partition="month",
    recompute_allowed=False,
    description="how fast a card pays",
    sql="CREATE FEATURE VIEW velocity ...",
    span=SPAN,
)
HOURLY = View(
    name="hourly",
    source="payments",
    alias="payments",
    entity=(Column("merchant", "VARCHAR"),),
    time="as_of",
    joins=(),
    where=None,
    terms=(Term("x0", '"payments"."amount"', "DOUBLE"),),
    windows=(Window("h", "tumbling", size=60 * MINUTE),),
    measures=(Measure("m0", "sum", ("x0",), False, None, "h", "DOUBLE"),),
    features=(
        feature(
            "turnover",
            "m0",
            "DOUBLE",
            "sum(amount) OVER h",
            windows=("h",),
            measures=("m0",),
            lineage=("payments.amount",),
        ),
    ),
    emit=Emit("close", "h"),
    qualify=None,
    owner="sales",
    tags=(),
    valid_for=None,
    partition="month",
    recompute_allowed=False,
    description="",
    sql="CREATE FEATURE VIEW hourly ...",
    span=SPAN,
)
FRAUD = Service(
    name="fraud",
    view="velocity",
    alias="v",
    joins=(ServiceJoin("hourly", "h", ("merchant",)),),
    columns=(
        ServiceColumn("n_5m", '"v.n_5m"', "BIGINT", "v.n_5m", "", ("velocity.n_5m",), SPAN),
        ServiceColumn("shop_turnover", '"h.turnover"', "DOUBLE", "h.turnover", "", ("hourly.turnover",), SPAN),
    ),
    owner="risk",
    tags=(),
    partition="month",
    description="what the fraud model reads",
    sql="CREATE FEATURE SERVICE fraud ...",
    span=SPAN,
)
SHOP = Definitions(
    sources={"payments": PAYMENTS},
    tables={"merchants": MERCHANTS},
    views={"hourly": HOURLY, "velocity": VELOCITY},
    services={"fraud": FRAUD},
)
STEPS = {
    ("velocity", "n_5m"): StepNote("fold", "constant", 16),
    ("hourly", "turnover"): StepNote("tiles", "constant", 8),
}


@pytest.fixture
def shop() -> Definitions:
    return SHOP


@pytest.fixture
def steps() -> dict[tuple[str, str], StepNote]:
    return STEPS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".headrace" / "headrace.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect(path)
    yield opened
    opened.close()


@pytest.fixture
def catalog(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The catalog with the shop applied once."""
    with transaction(connection):
        record(connection, SHOP, STEPS)
    return connection
