import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import Column
from headrace.features_sql.names import literal, quote
from headrace.runtime.duck import Feed, Prepared, arrow_schema, connect, fetch

NUMBERS = pa.schema([("a", pa.int64())])


@pytest.fixture
def connection():
    connection = connect()
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/headrace-must-not-appear'",
        "ATTACH '/tmp/headrace-must-not-appear.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET TimeZone = 'Asia/Tokyo'",
        "SELECT * FROM a_python_variable",
    ],
)
def test_connection_is_sealed(connection, sql):
    a_python_variable = pa.table({"a": [1]})
    with pytest.raises(duckdb.Error):
        connection.execute(sql)
    assert a_python_variable.num_rows == 1


def test_instants_are_utc_whatever_the_machine_says(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    connection = connect()
    table = fetch(connection.cursor(), "SELECT '2024-07-01 00:00:00+02'::TIMESTAMPTZ::TIMESTAMP::VARCHAR AS t")
    connection.close()
    assert table.column("t").to_pylist() == ["2024-06-30 22:00:00"]


def test_prepared_reads_the_rows_of_each_run(connection):
    with Prepared(connection, "SELECT a * 2 AS b FROM numbers", {"numbers": NUMBERS}) as prepared:
        assert prepared.run(numbers=pa.table({"a": [1, None]})).to_pydict() == {"b": [2, None]}
        assert prepared.run(numbers=pa.table({"a": [5]})).to_pydict() == {"b": [10]}
        assert prepared.run().to_pydict() == {"b": []}


def test_what_comes_of_no_rows_is_asked_once(connection):
    none = pa.table({"a": pa.array([], pa.int64())})
    with Prepared(connection, "SELECT a + random() AS b FROM numbers", {"numbers": NUMBERS}, by_row=True) as prepared:
        first = prepared.run(numbers=none)
        assert first.schema == pa.schema([("b", pa.float64())])
        assert prepared.run(numbers=pa.table({"a": [5]})).num_rows == 1
        assert prepared.run(numbers=none) is first
        prepared.close()
        assert prepared.run(numbers=none) is first


def test_prepared_selects_and_casts_columns_by_name(connection):
    schema = pa.schema([("a", pa.int64()), ("b", pa.string())])
    table = pa.table({"c": [True], "b": pa.array([None], pa.null()), "a": pa.array([7], pa.int8())})
    with Prepared(connection, "SELECT * FROM feed", {"feed": schema}) as prepared:
        assert prepared.run(feed=table).equals(pa.table({"a": [7], "b": [None]}, schema=schema))
        with pytest.raises(KeyError, match="b"):
            prepared.run(feed=pa.table({"a": [1]}))
        with pytest.raises(KeyError, match="other"):
            prepared.run(other=table)


def test_two_statements_may_use_one_feed_name(connection):
    words = pa.schema([("a", pa.string())])
    first = Prepared(connection, "SELECT a + 1 AS r FROM feed", {"feed": NUMBERS})
    second = Prepared(connection, "SELECT a || '!' AS r FROM feed", {"feed": words})
    assert first.run(feed=pa.table({"a": [1]})).to_pydict() == {"r": [2]}
    assert second.run(feed=pa.table({"a": ["x"]})).to_pydict() == {"r": ["x!"]}
    assert first.run(feed=pa.table({"a": [2]})).to_pydict() == {"r": [3]}


def test_prepared_keeps_row_order_and_every_row(connection):
    rows = pa.table({"a": list(range(300_000, 0, -1))})
    with Prepared(connection, "SELECT a FROM feed", {"feed": NUMBERS}) as prepared:
        assert prepared.run(feed=rows).column("a").equals(rows.column("a"))


def test_prepared_goes_on_after_a_failed_run(connection):
    with Prepared(connection, "SELECT CAST(a AS TINYINT) AS b FROM feed", {"feed": NUMBERS}) as prepared:
        with pytest.raises(duckdb.ConversionException):
            prepared.run(feed=pa.table({"a": [1, 1000]}))
        assert prepared.run(feed=pa.table({"a": [3]})).to_pydict() == {"b": [3]}


def test_prepared_refuses_a_wrong_query_at_once(connection):
    with pytest.raises(duckdb.BinderException):
        Prepared(connection, "SELECT nope FROM feed", {"feed": NUMBERS})


def test_feed_is_read_twice_by_one_query(connection):
    with Prepared(connection, "SELECT x.a FROM feed x JOIN feed y ON x.a = y.a ORDER BY 1", {"feed": NUMBERS}) as query:
        assert query.run(feed=pa.table({"a": [2, 1]})).to_pydict() == {"a": [1, 2]}


def test_feed_refuses_a_value_that_does_not_fit():
    feed = Feed(pa.schema([("a", pa.int8())]))
    with pytest.raises(pa.ArrowInvalid):
        feed.table = pa.table({"a": [1000]})


def test_fetch_without_the_private_door(connection):
    class Public:
        sql = connection.sql

    sql = "SELECT 1::HUGEINT AS a, [NULL] AS b"
    assert fetch(Public(), sql).equals(fetch(connection, sql))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "arrow"),
    [
        ("BIGINT", pa.int64()),
        ("HUGEINT", pa.decimal128(38, 0)),
        ("DECIMAL(12,2)", pa.decimal128(12, 2)),
        ("TIMESTAMP", pa.timestamp("us")),
        ("TIMESTAMP WITH TIME ZONE", pa.timestamp("us", "UTC")),
        ("VARCHAR", pa.string()),
        ("VARCHAR[]", pa.list_(pa.field("l", pa.string()))),
        (
            'STRUCT(a INTEGER, "b c" DOUBLE[])',
            pa.struct([("a", pa.int32()), ("b c", pa.list_(pa.field("l", pa.float64())))]),
        ),
    ],
)
def test_arrow_schema(type, arrow, connection):
    schema = arrow_schema([Column("x", type), Column("y", "BIGINT")])
    assert schema == pa.schema([("x", arrow), ("y", pa.int64())])
    assert fetch(connection, f"SELECT NULL::{type} AS x, 1::BIGINT AS y").schema == schema


def test_quoting(connection):
    name, text = "a \"b\" 'c'", 'it\'s "so" \\ ü'
    table = fetch(connection, f"SELECT {literal(text)} AS {quote(name)}")
    assert table.to_pydict() == {name: [text]}


PROGRAM = """
import pyarrow as pa
from headrace.runtime.duck import Prepared, arrow_schema, connect
from headrace.features_sql.definitions import Column
connection = connect()
prepared = Prepared(connection, "SELECT a FROM feed", {"feed": arrow_schema([Column("a", "BIGINT")])})
print(prepared.run(feed=pa.table({"a": [1]})).to_pydict())
"""


@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "raise ValueError('expected')", "prepared.close()"])
def test_interpreter_exits_without_reports_of_leaks(end):
    ran = subprocess.run([sys.executable, "-c", PROGRAM + end], capture_output=True, text=True, check=False)
    assert ran.stdout == "{'a': [1]}\n"
    assert "nanobind" not in ran.stderr
    assert bool(ran.stderr) == ("ValueError" in end)
