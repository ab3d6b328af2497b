import random

import numpy as np
import pyarrow as pa
import pytest
from headrace.runtime.in_order import FEWEST_COUNTED, in_order
from headrace.runtime.sources.lateness import END
from headrace.runtime.sources.reorder import ReorderBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

SCHEMA = pa.schema(
    [("ts", pa.timestamp("us")), ("k", pa.string()), ("_partition", pa.int64()), ("_offset", pa.int64())]
)


def table(rows):
    return (
        pa.table(dict(zip(SCHEMA.names, zip(*rows, strict=True), strict=True)), SCHEMA)
        if rows
        else SCHEMA.empty_table()
    )


def tuples(rows):
    columns = [rows.column(0).cast(pa.int64()), *rows.columns[1:]]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def order(row):
    time, key, partition, offset = row
    return (time, key is None, key or "", partition, offset)


EVENTS = st.lists(st.tuples(st.integers(-5, 5), st.none() | st.sampled_from("aäb"), st.integers(0, 1)), max_size=40)


@settings(deadline=None)
@given(EVENTS, st.lists(st.tuples(st.integers(1, 7), st.integers(-6, 7)), max_size=20), st.booleans())
def test_rows_leave_in_total_order_once_the_watermark_has_passed(events, turns, keyed):
    rows = [(time, key, partition, offset) for offset, (time, key, partition) in enumerate(events)]
    buffer = ReorderBuffer(SCHEMA, "ts", ("ts", "k") if keyed else ())
    rank = order if keyed else lambda row: (row[0], row[2], row[3])
    waiting, start = [], 0
    for size, watermark in [*turns, (len(rows), END)]:
        buffer.add(table(rows[start : start + size]))
        waiting += rows[start : start + size]
        start += size
        ready = sorted((row for row in waiting if row[0] < watermark), key=rank)
        waiting = [row for row in waiting if row[0] >= watermark]
        released = buffer.release(watermark)
        assert released.schema.equals(SCHEMA)
        assert tuples(released) == ready
        assert buffer.rows == len(waiting)
        snapshot = buffer.snapshot()
        assert tuples(snapshot) == sorted(waiting, key=rank)
        buffer = ReorderBuffer(SCHEMA, "ts", ("ts", "k") if keyed else ())
        buffer.restore(snapshot)


def test_many_small_additions_are_merged_without_loss():
    shuffled = random.Random(1).sample(range(500), 500)
    buffer = ReorderBuffer(SCHEMA, "ts")
    released = []
    for offset, time in enumerate(shuffled):
        buffer.add(table([(time, None, 0, offset)]))
        if offset % 100 == 99:
            released += tuples(buffer.release(offset))
    released += tuples(buffer.release(END))
    assert sorted(row[0] for row in released) == list(range(500))
    assert buffer.rows == 0


def test_restore_replaces_what_waited():
    buffer = ReorderBuffer(SCHEMA, "ts")
    buffer.add(table([(1, "a", 0, 0)]))
    buffer.restore(table([(2, "b", 0, 1)]))
    assert tuples(buffer.release(END)) == [(2, "b", 0, 1)]
    buffer.restore(SCHEMA.empty_table())
    assert buffer.release(END).equals(SCHEMA.empty_table())


def test_keys_of_several_types_order_peers():
    schema = pa.schema(
        [
            ("ts", pa.timestamp("us")),
            ("b", pa.bool_()),
            ("d", pa.decimal128(12, 2)),
            ("_partition", pa.int64()),
            ("_offset", pa.int64()),
        ]
    )
    rows = [(5, True, None), (5, False, 2), (5, None, 1), (5, False, 1), (4, True, 9), (5, True, 1)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    buffer = ReorderBuffer(schema, "ts", ("b", "d"))
    buffer.add(pa.table([*columns, [0] * 6, list(range(6))], schema=schema))
    assert buffer.release(6).column("_offset").to_pylist() == [4, 3, 1, 5, 0, 2]


def test_rows_that_arrive_in_any_order_leave_in_one_however_far_apart_they_are():
    for far in (1, 1 << 40, 1 << 59):
        chance = random.Random(2)
        rows = [(chance.randint(-7, 7) * far, None, offset % 3, offset) for offset in range(300)]
        chance.shuffle(rows)
        buffer = ReorderBuffer(SCHEMA, "ts")
        for start in range(0, len(rows), 60):
            buffer.add(table(rows[start : start + 60]))
        released = tuples(buffer.release(0)) + tuples(buffer.release(END))
        assert released == sorted(rows, key=order)
        assert tuples(buffer.beside(table(rows))) == released


@pytest.mark.parametrize("span", [1, 5, 1 << 11, 1 << 22, 1 << 40, (1 << 50) - 1, 1 << 62])
def test_many_rows_are_in_order_of_time_however_far_it_reaches(span):
    times = np.random.default_rng(span).integers(-(span // 2), span // 2 + 1, FEWEST_COUNTED + 100)
    offsets = np.arange(len(times))
    partitions = pa.array(np.zeros(len(times), np.int64))
    rows = pa.table([pa.array(times, SCHEMA[0].type), pa.nulls(len(times), pa.string()), partitions, offsets], SCHEMA)
    buffer = ReorderBuffer(SCHEMA, "ts")
    buffer.add(rows)
    assert tuples(buffer.release(END)) == tuples(rows.take(pa.array(np.lexsort((offsets, times)))))


def test_few_rows_that_wait_do_not_keep_those_that_have_left_in_memory():
    count = 10_000
    columns = [pa.array(range(count), SCHEMA[0].type), pa.nulls(count, pa.string()), [0] * count, list(range(count))]
    buffer = ReorderBuffer(SCHEMA, "ts")
    buffer.add(pa.table(columns, SCHEMA))
    before = pa.total_allocated_bytes()
    assert len(buffer.release(count - 10)) == count - 10
    del columns
    assert pa.total_allocated_bytes() < before - 100_000
    assert [row[0] for row in tuples(buffer.release(END))] == list(range(count - 10, count))


@pytest.mark.parametrize("type", ["int64", "int32", "uint8", "float64", "bool"])
def test_numbers_of_any_kind_are_put_in_order(type):
    numbers = np.random.default_rng(4).integers(0, 200, 2 * FEWEST_COUNTED).astype(type)
    assert in_order(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()
    assert in_order(numbers[::-2]).tolist() == np.argsort(numbers[::-2], kind="stable").tolist()
