"""Events are taken in later where nothing is written for it, and nothing tells when."""

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.groups import source_groups
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.source_schema import source_schema
from headrace.runtime.taking_in import TOGETHER
from headrace.tests.meaning.replay import definitions_of

SOURCE = """CREATE SOURCE taps (k BIGINT, x BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 2 SECONDS)
  WITH ('connector' = 'files', 'path' = 'taps/*.parquet');
"""
ALONE = """CREATE FEATURE VIEW sums ENTITY k AS SELECT sum(x) OVER (SLIDING SIZE 9 SECONDS) AS s,
  last(x) OVER (SLIDING SIZE 1 MINUTE) AS x, x AS own FROM taps EMIT ON EVENT IMMEDIATELY;
"""
IN_ORDER = "CREATE FEATURE VIEW counts ENTITY k AS SELECT count(*) OVER (GLOBAL) AS n FROM taps EMIT ON EVENT;\n"
SERVED = "CREATE FEATURE SERVICE all_of_it AS SELECT c.* FROM sums c;\n"
SECOND, COUNT = 1_000_000, 11 * TOGETHER + 3


def group_of(sql):
    definitions = definitions_of(sql)
    (spec,) = source_groups(definitions)
    return Group(definitions, spec, connect())


def taps(group, absent=(), after=0):
    random = np.random.default_rng(5)
    times = (after + np.arange(COUNT)) * SECOND - random.integers(0, 2, COUNT) * SECOND
    columns = {
        "k": pa.array(random.integers(0, 4, COUNT), mask=np.isin(np.arange(COUNT), absent)),
        "x": random.integers(0, 100, COUNT),
        "ts": pa.array(times, pa.timestamp("us")),
        "_partition": np.zeros(COUNT, np.int64),
        "_offset": after + np.arange(COUNT),
    }
    return pa.table(columns, schema=source_schema(group.definitions, "taps"))


def advance(group, rows, size):
    """Hand rows in, so many at a time; return what was written, and how many rows waited after each time."""
    written, waited, watermark = [], [], -2 * SECOND
    for start in range(0, len(rows), size):
        part = rows.slice(start, size)
        watermark = max(watermark, int(part.column("ts").cast(pa.int64()).to_numpy().max()) - 2 * SECOND)
        result = group.advance({"taps": part}, watermark)
        written.append(result.rows["sums"])
        waited.append(group.buffers["taps"].rows)
    return pa.concat_tables(written), waited


def test_rows_and_state_are_those_of_events_that_were_taken_in_at_once():
    one, all_ = group_of(SOURCE + ALONE), group_of(SOURCE + ALONE)
    rows = taps(one)
    singly, waited = advance(one, rows, 1)
    assert TOGETHER < max(waited) < TOGETHER + 6
    together, _ = advance(all_, rows, COUNT)
    assert singly.equals(together)
    assert one.waiting == all_.waiting == 4
    tables, others = one.snapshot(), all_.snapshot()
    assert tables.keys() == others.keys()
    assert all(table.equals(others[name]) for name, table in tables.items() if not name.startswith("immediate/"))


@pytest.mark.parametrize("more", [IN_ORDER, SERVED])
def test_nothing_is_put_off_where_a_view_writes_or_is_read(more):
    group = group_of(SOURCE + ALONE + more)
    assert max(advance(group, taps(group), 1)[1]) < 6


def test_events_without_an_entity_put_nothing_off():
    group = group_of(SOURCE + ALONE)
    _, waited = advance(group, taps(group, absent=[40]), 1)
    assert max(waited[:40]) >= TOGETHER > 6 > max(waited[40:])
    before, after = group_of(SOURCE + ALONE), group_of(SOURCE + ALONE)
    advance(before, taps(group, absent=[COUNT - 1]), COUNT)
    after.restore(before.snapshot())
    assert max(advance(after, taps(group, after=COUNT), 1)[1]) < 6


def test_a_group_that_goes_back_writes_the_same_again():
    group = group_of(SOURCE + ALONE)
    rows, fresh = taps(group), group.snapshot()
    written, _ = advance(group, rows, 3)
    group.advance({}, 1 << 62, {"taps": COUNT * SECOND})
    group.restore(fresh)
    # What was put off before must not be caught up with now.
    assert group.snapshot().keys() == fresh.keys()
    assert all(group.snapshot()[name].equals(table) for name, table in fresh.items())
    again, _ = advance(group, rows, 3)
    assert again.equals(written)
