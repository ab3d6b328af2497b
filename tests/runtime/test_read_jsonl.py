import json
import re

import pytest
from headrace.features_sql.definitions import FilesConnector, SourceColumn
from headrace.features_sql.errors import SourceError
from headrace.runtime.sources import read_jsonl
from headrace.runtime.sources.records import FileRequest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

A_AND_B = (SourceColumn("a", "VARCHAR"), SourceColumn("b", "BIGINT"))


def read(tmp_path, data, columns=A_AND_B, required=(), start=0):
    path = tmp_path / "x.jsonl"
    path.write_bytes(data)
    request = FileRequest("source s: x.jsonl", path, columns, frozenset(required), FilesConnector("*", "jsonl"), start)
    rows, rejected, end = {}, {}, None
    for part in read_jsonl.read(request):
        assert end is None or part.first == end
        end = part.first + part.count
        values = [tuple(row.values()) for row in part.rows.to_pylist()]
        rows |= dict(zip(part.numbers.tolist(), values, strict=True))
        rejected |= {number: (raw, reason) for number, raw, reason in part.rejected}
    return rows, rejected


def one(tmp_path, value):
    rows, rejected = read(tmp_path, b'{"a": ' + value.encode() + b"}")
    assert not rejected
    return rows[0][0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"x"', "x"),
        ('""', ""),
        ("null", None),
        ("true", "true"),
        ("false", "false"),
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("1E400", "1E400"),
        (
            "123456789012345678901234567890.123456789012345678901234567890",
            "123456789012345678901234567890.123456789012345678901234567890",
        ),
        ("9" * 5000, "9" * 5000),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ('"\\u00fc\\ud83c\\udf89\\n\\u0000"', "ü🎉\n\x00"),
        ("[ ]", "[]"),
        ('[1.10, "1.10", null, [true, {"k\\"": "ü\\n"}]]', '[1.10,"1.10",null,[true,{"k\\"":"ü\\n"}]]'),
        ('{"x": 12345678901234567890123, "y": {}}', '{"x":12345678901234567890123,"y":{}}'),
    ],
)
def test_values_as_text(tmp_path, value, text):
    assert one(tmp_path, value) == text


@pytest.mark.parametrize("block", [8, 1 << 20])
def test_lines(tmp_path, monkeypatch, block):
    monkeypatch.setattr(read_jsonl, "_BLOCK_BYTES", block)
    data = (
        b'\xef\xbb\xbf{"b": 1, "c": [2], "a": "x"}\r\n\n  \t\r\n{"a": "\xe2\x80\xa8"}\n[1]\nnope\n"x"\n{"a": "\xff"}\n'
    )
    data += b'{"a": "\\ud800"}\n{"b": 2}\n{"a": 1} {"a": 2}'
    rows, rejected = read(tmp_path, data)
    assert rows == {0: ("x", "1"), 3: ("\u2028", None), 9: (None, "2")}
    assert {number: raw for number, (raw, _) in rejected.items()} == {
        4: b"[1]",
        5: b"nope",
        6: b'"x"',
        7: b'{"a": "\xff"}',
        8: b'{"a": "\\ud800"}',
        10: b'{"a": 1} {"a": 2}',
    }
    assert [reason for _, reason in rejected.values()][:3] == [
        "the line must be a JSON object",
        "the line is not valid JSON: Expecting value: line 1 column 1 (char 0)",
        "the line must be a JSON object",
    ]


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_nothing(tmp_path, data):
    assert read(tmp_path, data) == ({}, {})


def test_only_bad_lines(tmp_path):
    rows, rejected = read(tmp_path, b"x\n" * 1000)
    assert (rows, list(rejected)) == ({}, list(range(1000)))


def test_deep_nesting_is_one_bad_line(tmp_path):
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    rows, rejected = read(tmp_path, b'{"a": 1}\n' + deep + b'\n{"a": 2}\n')
    assert list(rows) == [0, 2]
    assert rejected[1] == (deep, "the line is nested too deeply")


def test_a_key_given_twice_holds_the_last(tmp_path):
    assert read(tmp_path, b'{"a": 1, "a": 2}') == ({0: ("2", None)}, {})


@pytest.mark.parametrize(
    ("data", "required", "message"),
    [
        (b'{"x": 1}', (), "source s: x.jsonl has no column a; it has x"),
        (b'{"A": 1, "b": 2}', (), "source s: x.jsonl has no column a; it has A, b; did you mean A?"),
        (b'nope\n{"b": 2}\n{"c": 1}', ("a",), "source s: x.jsonl has no column a; it has b, c"),
    ],
)
def test_missing_column(tmp_path, data, required, message):
    with pytest.raises(SourceError, match="^" + re.escape(message) + "$"):
        read(tmp_path, data, required=required)


def test_optional_key_may_be_absent(tmp_path):
    columns = (SourceColumn("price_2", "BIGINT"), SourceColumn("carrier", "VARCHAR"))
    assert read(tmp_path, b'{"price_1": 1, "carrier": "x"}', columns) == ({0: (None, "x")}, {})
    with pytest.raises(SourceError, match=r"no column carrier; .* did you mean carier"):
        read(tmp_path, b'{"price_2": 1, "carier": "x"}', columns)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=6), st.booleans())
def test_any_value_keeps_its_meaning(tmp_path, values, ascii):
    data = "\n".join(json.dumps({"a": value}, ensure_ascii=ascii) for value in values)
    halves = [index for index, value in enumerate(values) if not _encodable(value)]
    rows, rejected = read(tmp_path, data.encode("utf-8", "surrogatepass"))
    assert set(rejected) <= set(halves)
    for number, (text, _) in rows.items():
        value = values[number]
        if isinstance(value, str) or value is None:
            assert text == value
        else:
            assert json.loads(text) == value


def _encodable(value):
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
