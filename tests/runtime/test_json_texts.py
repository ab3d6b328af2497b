"""JSON texts of columns: each is what Python writes of the value."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from headrace.runtime.json_texts import json_lists, json_objects, json_of, json_values
from headrace.runtime.stores import ledger, online

COLUMNS = {
    "bigint": pa.array([1, -(2**63), None]),
    "unsigned": pa.array([2**64 - 1, None], pa.uint64()),
    "boolean": pa.array([True, False, None]),
    "double": pa.array(
        [0.1, 1.0, -0.0, 1e22, 1e16, 100_000.0, 1e-7, 3.5e-5, 5.5e11, 5e-324, 1.7976931348623157e308, None]
    ),
    "not finite": pa.array([float("inf"), float("-inf"), 1.0, None]),
    "instant": pa.array([datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 500), None], pa.timestamp("us")),
    "zoned": pa.array([datetime(2026, 1, 1, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
    "day": pa.array([date(2026, 1, 1), None]),
    "time": pa.array([time(12, 0), time(12, 0, 0, 500), None]),
    "identity": pa.array([UUID(int=7).bytes, None], pa.uuid()),
    "struct": pa.array([{"at": datetime(2026, 1, 1), "of": [Decimal("1.50"), None]}, None]),
    "decimal": pa.array([Decimal("1.50"), None]),
    "plain text": pa.array(["card 1", "Zürich", "", None]),
    "text": pa.array(['she said "hi"', "a\\b", "two\nlines", "\x1f", "plain", None]),
    "bytes": pa.array([b"\x00\xff", None]),
    "list": pa.array([["a", None], [], None]),
    "nothing": pa.nulls(2),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_value_is_the_json_of_it(name: str) -> None:
    column = pa.chunked_array([COLUMNS[name]])
    assert json_values(column).to_pylist() == [json_of(value) for value in column.to_pylist()]


def test_doubles_of_every_size_are_what_python_writes() -> None:
    digits = np.random.default_rng(7).uniform(1, 10, 600)
    spread = digits * 10.0 ** np.arange(-300.0, 300.0)
    doubles = np.concatenate([spread, np.floor(spread), [1e-4, 9.999e-5, 1e10, 9_999_999_999.5, 1e15, 1e16, 1e22]])
    doubles = doubles[np.isfinite(doubles)]
    assert json_values(pa.chunked_array([doubles, -doubles])).to_pylist() == [
        repr(value) for value in [*doubles.tolist(), *(-doubles).tolist()]
    ]


def test_a_column_in_pieces_is_one_of_them_after_the_other() -> None:
    pieces = [[1.0, None, 0.5], [], [None], [2.0]]
    assert json_values(pa.chunked_array(pieces, pa.float64())).to_pylist() == ["1.0", "null", "0.5", "null", "2.0"]


def test_rows_are_lists_and_objects() -> None:
    columns = {'a "b"': json_values(pa.chunked_array([[1, None]])), "c": json_values(pa.chunked_array([["x", "y"]]))}
    assert json_lists(list(columns.values())).to_pylist() == ['[1,"x"]', '[null,"y"]']
    assert json_objects(columns).to_pylist() == ['{"a \\"b\\"":1,"c":"x"}', '{"a \\"b\\"":null,"c":"y"}']


BEYOND = (253_402_300_800 * 10**6, -(10**17))
"""The first instant that Python has no year for, and one before the first that it has one for, in µs."""
INSTANTS = pa.array([*BEYOND, -1, 0, None], pa.timestamp("us"))
DAYS = pa.array([instant // (86_400 * 10**6) for instant in BEYOND], pa.int32()).cast(pa.date32())
FAR = {
    "instant": INSTANTS,
    "zoned": INSTANTS.cast(pa.timestamp("us", "UTC")),
    "day": DAYS,
    "list": pa.array([[BEYOND[0], 0], [], None], pa.list_(pa.timestamp("us"))),
    "struct": pa.StructArray.from_arrays([DAYS, pa.array([[1], None])], ["day", "of"]),
}


@pytest.mark.parametrize("name", FAR)
def test_values_beyond_pythons_years_have_texts(name: str) -> None:
    texts = json_values(pa.chunked_array([FAR[name]])).to_pylist()
    assert "10000-01-01" in texts[0]
    assert len([json.loads(text) for text in texts]) == len(FAR[name])


@pytest.mark.parametrize("values", [*COLUMNS.values(), *FAR.values()], ids=[*COLUMNS, *(f"far {name}" for name in FAR)])
def test_few_rows_have_the_texts_that_they_have_among_many(values: pa.Array) -> None:
    def rows(b: pa.Array, a: range) -> pa.Table:
        ts = pa.array([0] * len(b), pa.timestamp("us"))
        return pa.table({"b": b, "a": a, "ts": ts, online.EPOCH: [1] * len(b)})

    few, others = rows(values, range(len(values))), rows(pa.nulls(50, values.type), range(100, 150))
    texts = [online.texts_of(table, ("b", "a"), "ts").to_pylist() for table in (few, pa.concat_tables([few, others]))]
    among = [text for text in texts[1] if int(json.loads(text["row"])["a"]) < 100]
    assert sorted(texts[0], key=str) == sorted(among, key=str)
    assert sorted(json.loads(text["key"])[1] for text in texts[0]) == list(range(len(values)))
    assert list(json.loads(texts[1][0]["row"])) == ["b", "a", "ts"]


def test_the_newest_row_of_an_entity_is_read_back() -> None:
    def rows(minute: int, spent: float) -> pa.Table:
        at = pa.array([datetime(2026, 1, 1, 0, minute)] * 2, pa.timestamp("us"))
        return pa.table({"card": ['a"b', "c"], "shop": [1, 2], "ts": at, "spent": [spent, None], "_offset": [0, 1]})

    with closing(sqlite3.connect(":memory:")) as store:
        ledger.create(store)
        for epoch, minute, spent in ((1, 5, 0.5), (2, 9, 2.0), (3, 7, 7.0)):
            written = rows(minute, spent).append_column(online.EPOCH, pa.array([epoch] * 2))
            online.upsert(store, "v", 1, online.texts_of(written, ("card", "shop"), "ts"))
        read = """SELECT at, "row" FROM online WHERE name = 'v' AND version = 1 AND key = '["a\\"b",1]'"""
        at, row = store.execute(read).fetchone()
        assert at == "2026-01-01T00:09:00.000000Z"
        assert json.loads(row) == {"card": 'a"b', "shop": 1, "ts": "2026-01-01 00:09:00", "spent": 2.0}
        online.forget(store, "v", 1, ("card", "shop"), "ts", rows(9, 0.0))
        assert store.execute(read).fetchone() is None
