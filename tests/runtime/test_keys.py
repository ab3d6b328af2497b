import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from headrace.runtime.windows.keys import UNSEEN, KeyIndex
from hypothesis import given, settings
from hypothesis import strategies as st

VALUES = {
    pa.string(): ["", "a", "A", "ä", "a" * 40],
    pa.int64(): [0, -1, 2**63 - 1, -(2**63)],
    pa.bool_(): [True, False],
    pa.decimal128(12, 2): [Decimal("0.00"), Decimal("1.10"), Decimal("-9.99")],
    pa.date32(): [datetime.date(1970, 1, 1), datetime.date(2024, 2, 29)],
    pa.timestamp("us"): [datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), datetime.datetime(2024, 1, 1)],
}


@st.composite
def batches_of_keys(draw):
    types = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=3))
    key = st.tuples(*(st.none() | st.sampled_from(VALUES[type]) for type in types))
    schema = pa.schema([(f"_k{place}", type) for place, type in enumerate(types)])
    return schema, draw(st.lists(st.lists(key, max_size=12), max_size=6))


def table(schema, keys):
    columns = list(zip(*keys, strict=True)) if keys else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


@settings(deadline=None)
@given(batches_of_keys(), st.data())
def test_entities_are_numbered_in_order_of_first_sight(drawn, data):
    schema, batches = drawn
    index, known = KeyIndex(schema), {}
    for keys in batches:
        for key in keys:
            if None not in key:
                known.setdefault(key, len(known))
        assert index.add(table(schema, keys)).tolist() == [known.get(key, UNSEEN) for key in keys]
        if data.draw(st.booleans()):
            saved = index.snapshot()
            index = KeyIndex(schema)
            index.restore(saved)
    assert len(index) == len(known)
    assert index.snapshot().to_pylist() == table(schema, list(known)).to_pylist()
    asked = [key for keys in batches for key in keys]
    assert index.find(table(schema, asked)).tolist() == [known.get(key, UNSEEN) for key in asked]
    assert index.take(np.arange(len(known))[::-1].copy()).to_pylist() == table(schema, list(known)[::-1]).to_pylist()


def test_a_key_that_was_never_added_is_unseen_and_not_added():
    schema = pa.schema([("_k0", pa.string())])
    index = KeyIndex(schema)
    assert index.find(table(schema, [("a",), (None,)])).tolist() == [UNSEEN, UNSEEN]
    assert len(index) == 0


def test_restoring_forgets_what_was_known():
    schema = pa.schema([("_k0", pa.string())])
    index = KeyIndex(schema)
    index.add(table(schema, [("a",), ("b",)]))
    index.restore(table(schema, [("b",)]))
    assert index.add(table(schema, [("a",), ("b",)])).tolist() == [1, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_codes_of_two_columns_do_not_run_together(rows):
    schema = pa.schema([("_k0", pa.string()), ("_k1", pa.string())])
    keys = [("a", "bc"), ("ab", "c"), ("abc", "")] * rows
    assert KeyIndex(schema).add(table(schema, keys)).tolist() == [0, 1, 2] * rows
