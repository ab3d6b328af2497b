"""Of a source's columns, what a group reads waits for the watermark, and nothing else."""

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.groups import source_groups
from headrace.features_sql.read_columns import read_columns
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.source_schema import source_schema
from headrace.tests.meaning.replay import definitions_of

PAYMENTS = """CREATE SOURCE payments (id BIGINT, card BIGINT, amount DOUBLE, "Till ""A"" no" BIGINT,
  spare_1 VARCHAR, spare_2 BIGINT, cents DOUBLE AS (amount * 100), at TIMESTAMP,
  WATERMARK FOR at AS at, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'payments/*.parquet');
"""
SHOPS = """CREATE SOURCE shops (card BIGINT, risk DOUBLE, spare_3 BIGINT, at TIMESTAMP, WATERMARK FOR at AS at)
  WITH ('connector' = 'files', 'path' = 'shops/*.parquet');
"""
SPENT = "CREATE FEATURE VIEW spent ENTITY card AS SELECT sum(amount) OVER (GLOBAL) AS total FROM payments;\n"


def columns_of(sql, source="payments"):
    definitions = definitions_of(sql)
    (group,) = (group for group in source_groups(definitions) if source in group.sources)
    return read_columns(definitions, group, source)


@pytest.mark.parametrize(
    ("instead", "of", "read"),
    [
        ("amount", "amount", ["amount"]),
        ("sum(AMOUNT)", "sum(amount)", ["amount"]),
        ("count(*)", "sum(amount)", []),
        ("cents", "amount", ["cents"]),
        ('"till ""a"" NO"', "amount", ['Till "A" no']),
        ("payments WHERE spare_2 > 1;", "payments;", ["amount", "spare_2"]),
        ("sum(amount) FILTER (WHERE spare_1 <> '')", "sum(amount)", ["amount", "spare_1"]),
        ("(PARTITION BY card, spare_2 SLIDING SIZE 1 DAY)", "(GLOBAL)", ["amount", "spare_2"]),
    ],
)
def test_what_a_view_means_is_read(instead, of, read):
    found = columns_of(PAYMENTS + SPENT.replace(of, instead))
    assert [name for name in found if name not in ("id", "card", "at")] == read
    assert {"id", "card", "at"} <= set(found)


def test_what_any_view_means_is_read():
    other = SPENT.replace("spent", "other").replace("amount", "spare_2")
    assert columns_of(PAYMENTS + SPENT + other) == ("id", "card", "amount", "spare_2", "at")


def test_a_joined_streaming_table_is_read_whole():
    joined = """CREATE FEATURE VIEW spent ENTITY card AS SELECT sum(amount * s.risk) OVER (GLOBAL) AS total
      FROM payments p ASOF LEFT JOIN shops s ON p.card = s.card AND p.at >= s.at;
    """
    shops = SHOPS.replace("CREATE SOURCE", "CREATE TABLE").replace(
        "AS at)", "AS at, PRIMARY KEY (card, at) NOT ENFORCED)"
    )
    assert columns_of(PAYMENTS + shops + joined) == ("id", "card", "amount", "at")
    assert columns_of(PAYMENTS + shops + joined, "shops") == ("card", "risk", "spare_3", "at")


def test_the_labels_of_a_model_are_read():
    served = "CREATE FEATURE SERVICE served AS SELECT s.* FROM spent s;\n"
    model = "CREATE MODEL risky PREDICT risk FROM served LABELS shops ON (card) WITHIN 1 DAY;\n"
    assert columns_of(PAYMENTS + SHOPS + SPENT + served + model, "shops") == ("card", "risk", "at")


def test_only_what_is_read_waits():
    definitions = definitions_of(PAYMENTS + SPENT)
    (spec,) = source_groups(definitions)
    group = Group(definitions, spec, connect())
    whole = source_schema(definitions, "payments")
    rows = pa.table({field.name: np.arange(3) for field in whole}).cast(whole)
    assert len(group.advance({"payments": rows}, 1).rows["spent"]) == 1
    assert group.waiting_in("payments").column_names == ["id", "card", "amount", "at", "_partition", "_offset"]
    assert group.advance({}, 3).rows["spent"].column("total").to_pylist() == [1.0, 2.0]
