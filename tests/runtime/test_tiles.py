"""Tiles are merged and forgotten as a stream goes on, and combine to the same values."""

from decimal import Decimal

import pyarrow as pa
import pytest
from headrace.features_sql.groups import source_groups
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.source_schema import source_schema

SQL = """
CREATE SOURCE events (
  k BIGINT, d DOUBLE, i BIGINT, s SMALLINT, c DECIMAL(9,2), f FLOAT, ok BOOLEAN, day DATE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'e.csv', 'format' = 'csv');
CREATE FEATURE VIEW v ENTITY k AS SELECT
  count(*) OVER w AS n, count(d) OVER w AS nd, sum(d) OVER w AS sd, sum(i) OVER w AS si, sum(s) OVER w AS ss,
  sum(c) OVER w AS sc, sum(f) OVER w AS sf, avg(i) OVER w AS ai, avg(c) OVER w AS ac, avg(f) OVER w AS af,
  min(day) OVER w AS first_day, max(c) OVER w AS high, stddev(i) OVER w AS spread, var_pop(c) OVER w AS variance,
  bool_and(ok) OVER w AS every, bool_or(ok) OVER w AS some, count_if(ok) OVER w AS oks, since_last() OVER w AS age,
  rate(c, '1 second') OVER w AS rate_c, sum(i) FILTER (WHERE ok) OVER w AS ok_sum
FROM events WINDOW w AS (HOPPING SIZE 10 SECONDS ADVANCE BY 5 SECONDS) EMIT ON WINDOW CLOSE;
"""


@pytest.fixture(scope="module")
def definitions():
    return compile_project([SourceText("f.sql", SQL)])


def table(definitions, numbers):
    rows = [
        {
            "k": number % 700,
            "d": number / 8 if number % 5 else None,
            "i": number * (-1) ** number,
            "s": number % 100,
            "c": Decimal(number % 1000) / 4,
            "f": number % 64 / 4,
            "ok": None if number % 7 == 0 else number % 2 == 0,
            "day": number % 300,
            "ts": number * 2_000,
            "_partition": 0,
            "_offset": number,
        }
        for number in numbers
    ]
    schema = source_schema(definitions, "events")
    return pa.table({f.name: pa.array([row[f.name] for row in rows], f.type) for f in schema}, schema)


def written(definitions, cuts, rows=9000):
    with connect() as connection:
        group = Group(definitions, source_groups(definitions)[0], connection)
        found, merged = [], 0
        for start in range(0, rows, cuts):
            numbers = range(start, min(start + cuts, rows))
            end = 1 << 62 if numbers[-1] == rows - 1 else numbers[-1] * 2_000
            found += group.advance({"events": table(definitions, numbers)}, end).rows["v"].to_pylist()
            merged = max(merged, group.snapshot()["view/v/tiles.exported.merged"].column("rows")[0].as_py())
        group.close()
    return found, merged


def test_values_do_not_depend_on_how_often_tiles_are_merged(definitions):
    whole, _ = written(definitions, 9000)
    pieces, merged = written(definitions, 400)
    assert merged > 0
    assert len(whole) == len(pieces) == 700 * 5
    for one, other in zip(whole, pieces, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            same = value == pytest.approx(other[name], rel=1e-12) if isinstance(value, float) else value == other[name]
            assert same, (name, value, other[name])
