"""Encodings of Parquet files: which columns take a dictionary, and that readers get every value back."""

import decimal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.runtime.stores import durable
from headrace.runtime.stores.encodings import encodings

MANY = np.arange(3000)
NESTED = {
    "list": pa.array([["a"], None, []] * 1000),
    "lists": pa.array([[["a"]], None, [["b"]]] * 1000, pa.list_(pa.large_list(pa.string()))),
    "struct": pa.array([{"n": 1, "of": {"t": "a"}}] * 3000),
    "map": pa.array([[("a", 1.5)], None, []] * 1000, pa.map_(pa.string(), pa.float64())),
}
FLAT = {
    "int8": pa.array(MANY % 100 - 50, pa.int8()),
    "uint64": pa.array(MANY.astype(np.uint64) + np.uint64(2**64 - 3000)),
    "holes": pa.array([None, 2**63 - 1, -(2**63)] * 1000, pa.int64()),
    "real": pa.array(MANY / 7, pa.float32()),
    "double": pa.array([*(MANY[2:] / 7), np.nan, None]),
    "date": pa.array(MANY - 1500, pa.int32()).cast(pa.date32()),
    "time": pa.array(MANY, pa.time64("us")),
    "instant": pa.array(MANY, pa.timestamp("us")),
    "zoned": pa.array(MANY, pa.timestamp("us", tz="UTC")),
    "exact": pa.array([decimal.Decimal(int(n)) / 4 for n in MANY], pa.decimal128(20, 2)),
    "text": pa.array([f"t{n}" for n in MANY]),
    "empty": pa.nulls(3000, pa.int64()),
    "flag": pa.array(MANY % 2 == 0),
}


def test_numbers_and_instants_take_a_dictionary_only_where_few_of_them_come_again_and_again() -> None:
    columns = {"of_100": MANY % 100, "of_101": MANY % 101, "rates": MANY % 4 / 4, "sums": MANY / 7}
    instants = {"hours": pa.array(MANY // 100, pa.timestamp("us")), "ts": pa.array(MANY, pa.timestamp("us"))}
    looked_up, encoded = encodings(pa.table(columns | instants))
    assert looked_up == ["of_100", "rates", "hours"]
    assert encoded == {"of_101": "DELTA_BINARY_PACKED", "sums": "PLAIN", "ts": "DELTA_BINARY_PACKED"}


def test_what_is_inside_of_lists_and_structs_takes_a_dictionary(tmp_path) -> None:
    durable.write_parquet(tmp_path / "x.parquet", pa.table(NESTED))
    written = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    leaves = [written.column(place) for place in range(written.num_columns)]
    assert [leaf.path_in_schema for leaf in leaves] == encodings(pa.table(NESTED))[0]
    assert all(leaf.has_dictionary_page for leaf in leaves)


@pytest.mark.parametrize("rows", [slice(0, 3000), slice(0, 1), slice(0, 0), slice(1234, 2345)])
def test_arrow_and_duckdb_read_what_was_written(tmp_path, rows: slice) -> None:
    table = pa.table(FLAT | NESTED).slice(rows.start, rows.stop - rows.start)
    durable.write_parquet(tmp_path / "x.parquet", table)
    assert repr(pq.read_table(tmp_path / "x.parquet").to_pylist()) == repr(table.to_pylist())
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f"FROM '{tmp_path}/x.parquet'").fetchall()
        assert repr(found) == repr(connection.from_arrow(table).fetchall())
