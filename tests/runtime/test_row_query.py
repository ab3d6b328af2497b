"""What is handed on without DuckDB is what DuckDB would have made of it."""

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql import program
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime.duck import Prepared, connect
from headrace.runtime.live_view import LiveView
from headrace.runtime.row_query import FilterQuery, prepare_query
from headrace.runtime.source_schema import source_schema

SQL = """
CREATE SOURCE pay (shop VARCHAR, "a ""b" DECIMAL(9, 2), ok BOOLEAN, note VARCHAR, n INTEGER, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
WITH ('connector' = 'files', 'path' = 'pay/*.csv', 'format' = 'csv');
CREATE FEATURE VIEW plain ENTITY shop AS
SELECT note, sum("a ""b") OVER w AS total, max(n) OVER w AS most, count(*) FILTER (WHERE NOT ok) OVER w AS bad
FROM pay WINDOW w AS (SLIDING SIZE 1 HOUR);
CREATE FEATURE VIEW mixed ENTITY (shop, n) AS
SELECT CAST(note AS INTEGER) + 1 AS more, sum(n) OVER w AS total, max(CAST(note AS INTEGER)) OVER w / 2 AS half,
  NOT ok AS bad, NOT CAST(n AS BOOLEAN) AS no
FROM pay WINDOW w AS (SLIDING SIZE 1 HOUR);
"""
DEFINITIONS = compile_project([SourceText("pay.sql", SQL)])


def events(notes):
    rows = len(notes)
    columns = [["a", None, "b", "a"][:rows], np.arange(rows).astype(float), [True, False, None, False][:rows], notes]
    columns += [[1, 2, 3, 0][:rows], np.arange(rows), np.zeros(rows, np.int64), np.arange(rows)]
    schema = source_schema(DEFINITIONS, "pay")
    arrays = [pa.array(column).cast(field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema).append_column("_n", pa.array(np.arange(rows)))


def live_view(connection, view):
    return LiveView(connection, view, DEFINITIONS.upstream(view), source_schema(DEFINITIONS, "pay"))


@pytest.fixture(scope="module")
def connection():
    with connect() as held:
        yield held


@pytest.mark.parametrize(("name", "computes"), [("plain", False), ("mixed", True)])
def test_prepared_rows_are_those_of_the_query(connection, name, computes):
    view, rows = DEFINITIONS.views[name], events(["1", "2", "3", "4"])
    upstream, live = DEFINITIONS.upstream(view), live_view(connection, view)
    query = prepare_query(connection, view, upstream, rows.schema, live._prepared_schema)
    assert (query._query is not None) == computes
    whole = FilterQuery(
        connection, program.prepare_sql(view, upstream), {"_source_rows": rows.schema}, live._prepared_schema
    )
    for part in (rows, rows.slice(1, 2), rows.slice(0, 0)):
        assert query.run(part) == whole.run(part)


def test_finished_rows_are_those_of_the_query(connection, monkeypatch):
    for name, computes in {"plain": False, "mixed": True}.items():
        view, rows = DEFINITIONS.views[name], events(["1", "2", "3", "4"])
        live = live_view(connection, view)
        assert (live._finish._query is not None) == computes
        seen = []
        run = live._finish.run
        monkeypatch.setattr(live._finish, "run", lambda rows, run=run, seen=seen: seen.append(rows) or run(rows))
        turn, _ = live.prepare(rows, 1 << 60)
        written, _, poison = live.evaluate(turn, [], 1 << 60)
        expected = Prepared(connection, program.finish_sql(view), {"_evaluated": seen[0].schema})
        assert written == expected.run(_evaluated=seen[0])
        assert len(written) == 3
        assert not poison


def test_a_row_that_fails_is_told_by_its_place_among_all(connection):
    view, rows = DEFINITIONS.views["mixed"], events(["1", "no", "no", "4"])
    live = live_view(connection, view)
    turn, poison = live.prepare(rows, 1 << 60)
    # The second row has no shop: it is in no window, and nothing is computed of it.
    assert [one.offset for one in poison] == [2]
    assert turn.rows.column("_offset").to_pylist() == [0, 3]
    assert turn.rows.column("_k0").to_pylist() == ["a", "a"]
    assert turn.rows.column("_k1").to_pylist() == [1, 0]
