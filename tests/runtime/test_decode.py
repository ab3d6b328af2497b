import datetime as dt
import json
import math
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from headrace.features_sql.definitions import SourceColumn
from headrace.features_sql.errors import SourceError, StoreError
from headrace.runtime.duck import Prepared, connect
from headrace.runtime.sources.decode import Decoder


@pytest.fixture(scope="module")
def connection():
    connection = connect()
    yield connection
    connection.close()


def decode(connection, columns, values, time=None):
    """Decode columns given as {name: (declared type, values)}; computed ones come as (type, SQL)."""
    declared = [
        SourceColumn(name, type, value if isinstance(value, str) else None) for name, (type, value) in columns.items()
    ]
    raw = {name: value for name, (_, value) in columns.items() if not isinstance(value, str)}
    count = len(next(iter(raw.values())))
    assert values is None or count == values
    decoder = Decoder(declared, time, connection)
    table = pa.table({**raw, "_offset": pa.array([10 * row for row in range(count)], pa.int64())})
    try:
        decoded = decoder.decode(table)
        assert decoded.rows.schema.equals(decoder.schema)
        assert decoded.rows.column_names == [*columns, "_partition", "_offset"]
        return decoded
    finally:
        decoder.close()


def one(connection, type, value, arrow=None):
    """Decode a single value; return it, or the reason why it is rejected."""
    decoded = decode(connection, {"x": (type, pa.array([value], arrow or pa.string()))}, 1)
    if decoded.rejected:
        assert decoded.rows.num_rows == 0
        return decoded.rejected[0].reason
    return decoded.rows.column("x")[0].as_py()


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("BIGINT", "9223372036854775807", 9223372036854775807),
        ("BIGINT", "9223372036854775808", "x must be BIGINT; got '9223372036854775808'"),
        ("BIGINT", None, None),
        ("INTEGER", "", "x must be INTEGER; got ''"),
        ("HUGEINT", "9" * 38, Decimal("9" * 38)),
        ("HUGEINT", "1" + "0" * 38, f"x must be HUGEINT of at most 38 digits; got '1{'0' * 38}'"),
        ("DECIMAL(12,2)", "1234567890.12", Decimal("1234567890.12")),
        ("DECIMAL(12,2)", "12345678901.12", "x must be DECIMAL(12,2); got '12345678901.12'"),
        ("DOUBLE", "1e5", 1e5),
        ("DOUBLE", "-inf", -math.inf),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", "maybe", "x must be BOOLEAN; got 'maybe'"),
        ("VARCHAR", "zürich\x00\n'\"", "zürich\x00\n'\""),
        ("DATE", "2024-02-29", dt.date(2024, 2, 29)),
        ("DATE", "2023-02-29", "x must be DATE; got '2023-02-29'"),
        ("UUID", "A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("TIMESTAMP", "2024-01-01 00:00:00", dt.datetime(2024, 1, 1)),
        ("TIMESTAMP", "2024-01-01", dt.datetime(2024, 1, 1)),
        ("TIMESTAMP", "2024-01-01T02:00:00+02:00", dt.datetime(2024, 1, 1)),
        ("TIMESTAMP", "2024-01-01 02:00+02", dt.datetime(2024, 1, 1)),
        ("TIMESTAMP", "2024-01-01T00:00:00.123456Z", dt.datetime(2024, 1, 1, 0, 0, 0, 123456)),
        ("TIMESTAMP", "2024-01-01 00:00:00.1234569", dt.datetime(2024, 1, 1, 0, 0, 0, 123456)),
        ("TIMESTAMP", "1969-12-31 23:59:59.9999999", dt.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("TIMESTAMP", "2024-02-30 00:00:00", "x must be TIMESTAMP; got '2024-02-30 00:00:00'"),
        ("TIMESTAMP", "12345678901", "x must be TIMESTAMP; got '12345678901'"),
        ("TIMESTAMP WITH TIME ZONE", "2024-01-01 02:00:00+02", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
        ("VARCHAR[]", '["a", null, "ü"]', ["a", None, "ü"]),
        ("INTEGER[]", '["1", 2]', [1, 2]),
        ("INTEGER[]", '["x"]', "x must be INTEGER[]; got '[\"x\"]'"),
        ("INTEGER[]", "[1", "x must be INTEGER[]; got '[1'"),
        ("TIMESTAMP[]", '["2024-01-01T02:00:00+02:00"]', [dt.datetime(2024, 1, 1)]),
        ("STRUCT(a INTEGER, b DECIMAL(4,2)[])", '{"a": 1, "b": [1.25]}', {"a": 1, "b": [Decimal("1.25")]}),
        ("STRUCT(a INTEGER)", '{"a": "x"}', 'x must be STRUCT(a INTEGER); got \'{"a": "x"}\''),
        ("MAP(VARCHAR, INTEGER)", '{"k": 1}', [("k", 1)]),
    ],
)
def test_text(connection, type, text, value):
    assert one(connection, type, text) == value


@pytest.mark.parametrize(
    ("type", "value", "arrow", "expected"),
    [
        ("BIGINT", 7, pa.int8(), 7),
        ("TINYINT", 1000, pa.int64(), "x must be TINYINT; got '1000'"),
        ("DOUBLE", 0.5, pa.float16(), 0.5),
        ("DECIMAL(12,2)", Decimal("1.25"), pa.decimal128(38, 10), Decimal("1.25")),
        ("VARCHAR", "ü", pa.large_string(), "ü"),
        ("VARCHAR", "ü", pa.string_view(), "ü"),
        ("VARCHAR", "ü", pa.dictionary(pa.int32(), pa.string()), "ü"),
        ("VARCHAR", None, pa.null(), None),
        ("VARCHAR", "ü".encode(), pa.binary(), "ü"),
        ("VARCHAR", b"\xff", pa.binary(), "x must be VARCHAR; got \"b'\\\\xff'\""),
        ("BLOB", b"\xff", pa.binary(), b"\xff"),
        ("TINYINT", 1 << 60, pa.int64(), f"x must be TINYINT; got '{1 << 60}'"),
        ("TIMESTAMP", 1, pa.timestamp("s"), dt.datetime(1970, 1, 1, 0, 0, 1)),
        ("TIMESTAMP", 1, pa.timestamp("ms", "America/New_York"), dt.datetime(1970, 1, 1, 0, 0, 0, 1000)),
        ("TIMESTAMP", 1999, pa.timestamp("ns"), dt.datetime(1970, 1, 1, 0, 0, 0, 1)),
        ("TIMESTAMP", -1, pa.timestamp("ns"), dt.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("TIMESTAMP", -1000, pa.timestamp("ns"), dt.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("TIMESTAMP", -1001, pa.timestamp("ns", "UTC"), dt.datetime(1969, 12, 31, 23, 59, 59, 999998)),
        ("TIMESTAMP WITH TIME ZONE", -1, pa.timestamp("ns"), dt.datetime(1969, 12, 31, 23, 59, 59, 999999, dt.UTC)),
        ("TIMESTAMP", dt.date(2024, 1, 1), pa.date32(), dt.datetime(2024, 1, 1)),
        ("VARCHAR[]", ["a", None], pa.large_list(pa.string()), ["a", None]),
        ("STRUCT(a BIGINT)", {"a": 1}, pa.struct([("a", pa.int16())]), {"a": 1}),
    ],
)
def test_typed_columns(connection, type, value, arrow, expected):
    assert one(connection, type, value, arrow) == expected


@pytest.mark.parametrize(
    ("type", "value", "arrow"),
    [
        ("TIMESTAMP", 5, pa.int64()),
        ("INTEGER", {"a": 1}, pa.struct([("a", pa.int16())])),
        ("INTEGER", b"1", pa.binary()),
        ("DOUBLE", Decimal(1), pa.decimal256(76, 0)),
    ],
)
def test_a_column_of_an_impossible_type_is_no_row_error(connection, type, value, arrow):
    with pytest.raises(SourceError, match=r"column x is .* in the file, which cannot become " + type):
        one(connection, type, value, arrow)


def test_nan_and_infinity_pass(connection):
    values = pa.array([math.nan, math.inf, -math.inf, None])
    rows = decode(connection, {"x": ("DOUBLE", values)}, 4).rows
    assert [str(value) for value in rows.column("x").to_pylist()] == ["nan", "inf", "-inf", "None"]


def test_only_bad_rows_go_and_the_rest_keeps_its_order(connection):
    numbers = ["1", "x", "3", None, "5.5e9999", "6"]
    days = ["2024-01-01"] * 2 + ["soon"] + ["2024-01-02"] * 3
    decoded = decode(connection, {"n": ("BIGINT", numbers), "d": ("DATE", days)}, 6)
    assert decoded.rows.column("n").to_pylist() == [1, None, 6]
    assert decoded.rows.column("_offset").to_pylist() == [0, 30, 50]
    assert decoded.rows.column("_partition").to_pylist() == [0, 0, 0]
    assert [(row.offset, row.reason) for row in decoded.rejected] == [
        (10, "n must be BIGINT; got 'x'"),
        (20, "d must be DATE; got 'soon'"),
        (40, "n must be BIGINT; got '5.5e9999'"),
    ]
    assert json.loads(decoded.rejected[1].raw) == {"n": "3", "d": "soon"}


def test_only_bad_rows(connection):
    decoded = decode(connection, {"n": ("BIGINT", ["x"] * 5000), "l": ("INTEGER[]", ["[]"] * 5000)}, 5000)
    assert (decoded.rows.num_rows, len(decoded.rejected)) == (0, 5000)


def test_no_rows(connection):
    decoded = decode(connection, {"n": ("BIGINT", pa.array([], pa.string()))}, 0)
    assert (decoded.rows.num_rows, decoded.rejected) == (0, [])


def test_computed_columns(connection):
    columns = {
        "ts": ("TIMESTAMP", "strptime(\"at\", '%Y-%m-%d %H:%M:%S')"),
        "at": ("VARCHAR", ["2024-01-01 00:00:01", "2024-01-01", None]),
        "twice": ("INTEGER", "amount * 2"),
        "amount": ("DECIMAL(4,2)", ["1.26", "2", "3"]),
        "more": ("HUGEINT", '"twice" + 1'),
    }
    decoded = decode(connection, columns, 3)
    assert decoded.rows.drop_columns(["_partition"]).to_pylist() == [
        {
            "ts": dt.datetime(2024, 1, 1, 0, 0, 1),
            "at": "2024-01-01 00:00:01",
            "twice": 3,
            "amount": Decimal("1.26"),
            "more": Decimal(4),
            "_offset": 0,
        },
        {"ts": None, "at": None, "twice": 6, "amount": Decimal(3), "more": Decimal(7), "_offset": 20},
    ]
    assert [row.offset for row in decoded.rejected] == [10]
    assert decoded.rejected[0].reason.startswith('Could not parse string "2024-01-01"')


def test_computed_columns_see_declared_types(connection):
    big = "170141183460469231731687303715884105"
    columns = {
        "h": ("HUGEINT", [big]),
        "kind": ("VARCHAR", "typeof(h)"),
        "j": ("JSON", ['{"a":[1]}']),
        "a": ("VARCHAR", "typeof(j)"),
    }
    rows = decode(connection, columns, 1).rows
    assert rows.column("kind").to_pylist() == ["HUGEINT"]
    assert rows.column("a").to_pylist() == ["JSON"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("d || 'T02:00:00+02:00'", dt.datetime(2024, 1, 1)),
        ("CAST(d || ' 00:00:00.0000019' AS TIMESTAMP_NS)", dt.datetime(2024, 1, 1, 0, 0, 0, 1)),
        ("CAST('1969-12-31 23:59:59.9999999' AS TIMESTAMP_NS)", dt.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("CAST(d AS DATE)", dt.datetime(2024, 1, 1)),
    ],
)
def test_computed_instants_follow_the_same_rules(connection, sql, expected):
    rows = decode(connection, {"d": ("VARCHAR", ["2024-01-01"]), "ts": ("TIMESTAMP", sql)}, 1, time="ts").rows
    assert rows.column("ts").to_pylist() == [expected]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "ts must not be NULL"),
        ("infinity", "ts must be within 140,000 years of 1970"),
        ("-infinity", "ts must be within 140,000 years of 1970"),
        ("290000-01-01", "ts must be within 140,000 years of 1970"),
        ("never", "ts must be TIMESTAMP; got 'never'"),
    ],
)
def test_rows_without_a_usable_event_time_are_rejected(connection, text, reason):
    columns = {"ts": ("TIMESTAMP", pa.array(["2024-01-01", text, "2024-01-02"])), "n": ("BIGINT", ["1", "2", "x"])}
    decoded = decode(connection, columns, 3, time="ts")
    assert decoded.rows.column("_offset").to_pylist() == [0]
    assert [(row.offset, row.reason) for row in decoded.rejected] == [(10, reason), (20, "n must be BIGINT; got 'x'")]
    assert json.loads(decoded.rejected[0].raw) == {"ts": text, "n": "2"}


def test_without_a_time_column_a_null_is_a_value(connection):
    decoded = decode(connection, {"ts": ("TIMESTAMP", pa.array([None], pa.string()))}, 1)
    assert (decoded.rows.num_rows, decoded.rejected) == (1, [])


def test_rows_that_python_cannot_print_are_rejected_all_the_same(connection):
    far = pa.array([1 << 62], pa.timestamp("us"))
    fine = pa.array([1], pa.timestamp("ns"))
    decoded = decode(connection, {"ts": ("TIMESTAMP", far), "n": ("TIMESTAMP", fine)}, 1, time="ts")
    assert [row.reason for row in decoded.rejected] == ["ts must be within 140,000 years of 1970"]
    assert json.loads(decoded.rejected[0].raw) == {
        "ts": f"{1 << 62} in timestamp[us]",
        "n": "1970-01-01 00:00:00.000000001",
    }


def test_trouble_of_duckdb_is_no_row_error(connection, monkeypatch):
    def run(*_, **__):
        raise duckdb.FatalException("FATAL Error: database is invalid")

    monkeypatch.setattr(Prepared, "run", run)
    with pytest.raises(StoreError, match="database is invalid"):
        one(connection, "BIGINT", "1")


def test_names_are_quoted(connection):
    columns = {'a "b"': ("BIGINT", ["1"]), "select": ("VARCHAR", ["x"]), "ü": ("BIGINT", '"a ""b""" + 1')}
    rows = decode(connection, columns, 1).rows
    assert rows.drop_columns(["_partition"]).to_pylist() == [{'a "b"': 1, "select": "x", "ü": 2, "_offset": 0}]


def test_one_decoder_takes_columns_typed_differently_by_each_file(connection):
    decoder = Decoder([SourceColumn("x", "BIGINT")], None, connection)
    for values in (pa.array(["1"]), pa.array([1], pa.int8()), pa.array([True]), pa.array(["1"])):
        rows = decoder.decode(pa.table({"x": values, "extra": [0], "_offset": pa.array([0], pa.int64())})).rows
        assert rows.column("x").to_pylist() == [1]
    decoder.close()


def test_columns_typed_as_declared_are_handed_on_unless_a_text_is_none(connection, monkeypatch):
    def raw(bytes):
        return pa.table(
            {
                "ts": pa.array([dt.datetime(2026, 1, 1), None, dt.datetime(2026, 1, 2)], pa.timestamp("us")),
                "name": pa.array([b"a", bytes, None], pa.binary()).cast(pa.string(), safe=False),
                "x": [0.5, float("nan"), None],
                "_offset": [4, 5, 9],
            }
        )

    columns = [SourceColumn("ts", "TIMESTAMP"), SourceColumn("name", "VARCHAR"), SourceColumn("x", "DOUBLE")]
    decoder = Decoder(columns, "ts", connection)
    damaged = decoder.decode(raw(b"\xff"))
    assert [row.offset for row in damaged.rejected] == [5]
    assert damaged.rows.column("_offset").to_pylist() == [4, 9]
    monkeypatch.setattr(Prepared, "run", lambda *_, **__: pytest.fail("DuckDB was asked"))
    whole = decoder.decode(raw(b"b"))
    assert [row.reason for row in whole.rejected] == ["ts must not be NULL"]
    assert whole.rows.equals(damaged.rows)
    decoder.close()
