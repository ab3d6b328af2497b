import io
import re

import pytest
from headrace.features_sql.definitions import FilesConnector, SourceColumn
from headrace.features_sql.errors import SourceError
from headrace.runtime.sources import read_csv
from headrace.runtime.sources.records import FileRequest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

A_AND_B = (SourceColumn("a", "VARCHAR"), SourceColumn("b", "BIGINT"))


def read(tmp_path, data, columns=A_AND_B, start=0, **options):
    """Return {number: row} and {number: (raw, reason)}, after checking that the parts fit together."""
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    connector = FilesConnector("*.csv", "csv", **options)
    rows, rejected, end = {}, {}, 0
    for part in read_csv.read(FileRequest("source s: x.csv", path, tuple(columns), frozenset(), connector, start)):
        assert part.first == end
        end = part.first + part.count
        assert part.rows.column_names == [column.name for column in columns]
        values = [tuple(row.values()) for row in part.rows.to_pylist()]
        rows |= dict(zip(part.numbers.tolist(), values, strict=True))
        assert [number for number, _, _ in part.rejected] == sorted(number for number, _, _ in part.rejected)
        rejected |= {number: (raw, reason) for number, raw, reason in part.rejected}
        assert all(part.first <= number < end for number in [*part.numbers, *(row[0] for row in part.rejected)])
    assert sorted([*rows, *rejected]) == list(range(end))
    return rows, rejected


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"", {}),
        (b"\n\r\n\n", {}),
        (b"a,b", {}),
        (b"a,b\n", {}),
        (b"a,b\nx,1", {0: ("x", "1")}),
        (b"\xef\xbb\xbfa,b\r\nx,1\r\n", {0: ("x", "1")}),
        (b"a,b\rx,1\ry,2\r", {0: ("x", "1"), 1: ("y", "2")}),
        (b"\n\na,b\n\nx,1\n\n\ny,2\n\n", {0: ("x", "1"), 1: ("y", "2")}),
        (b"b,c,a\n1,z,x\n", {0: ("x", "1")}),
        (b'"a","b"\n"x","1"\n', {0: ("x", "1")}),
        (b'a,b\n"say ""hi"", ok","1"\n', {0: ('say "hi", ok', "1")}),
        (b'a,b\n"one\n\ntwo\r\n",1\ny,2\n', {0: ("one\n\ntwo\r\n", "1"), 1: ("y", "2")}),
        (b'a,b\n5" pipe,1\n', {0: ('5" pipe', "1")}),
        (b'a,b\n5"" pipe "x",1\n"x""""y",""\n', {0: ('5"" pipe "x"', "1"), 1: ('x""y', None)}),
        (b"a,b\n,\n", {0: (None, None)}),
        (b'a,b\n"",""\n', {0: ("", None)}),
        (b"a,b\n x , 1 \n", {0: (" x ", " 1 ")}),
        (b"a,b\nx\x00y,1\n", {0: ("x\x00y", "1")}),
        ("a,b\nzürich 日本 🎉,1\n".encode(), {0: ("zürich 日本 🎉", "1")}),
        ("a,b\n\U0010ff00\U0010ffff\ufdd0,1\n".encode(), {0: ("\U0010ff00\U0010ffff\ufdd0", "1")}),
        (b"a,b\n" + b"1" * 400 + b",1\n", {0: ("1" * 400, "1")}),
    ],
)
@pytest.mark.parametrize("block", [16, 1 << 20])
def test_good_rows(tmp_path, monkeypatch, block, data, rows):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", block)
    assert read(tmp_path, data) == (rows, {})


WIDTH = "the row must have 2 fields; got {}"
GOES_ON = "a quoted field goes on after its closing quote; a quote inside it is doubled"
UNCLOSED = "a quoted field is never closed: it takes in the rest of the file"


@pytest.mark.parametrize(
    ("data", "numbers", "rejected"),
    [
        (b"a,b\nx\ny,1\n", [1], {0: (b"x", WIDTH.format(1))}),
        (b"a,b\r\ny,1\r\nx,1,2\r\n", [0], {1: (b"x,1,2", WIDTH.format(3))}),
        (
            b"a,b\nx\ny,1,2\nz\n",
            [],
            {0: (b"x", WIDTH.format(1)), 1: (b"y,1,2", WIDTH.format(3)), 2: (b"z", WIDTH.format(1))},
        ),
        (b'a,b\n"x\ny",1,2\nz,1\n', [1], {0: (b'"x\ny",1,2', WIDTH.format(3))}),
        (b"a,b\n\xff\xfe\nz,1\n", [1], {0: (b"\xff\xfe", WIDTH.format(1))}),
        (b"a,b\nx\xff,1\ny,2\n", [1], {0: (b"x\xff,1", "a is not valid UTF-8")}),
        (b"a,b\n\xc3\xbc\xc3,\xff\ny,2\n", [1], {0: (b"\xc3\xbc\xc3,\xff", "a is not valid UTF-8")}),
        (b'a,b\n"\xed\xa0\x80,",1\ny,2\n', [1], {0: (b'"\xed\xa0\x80,",1', "a is not valid UTF-8")}),
        (
            "a,b\n\U0010ff80".encode() + b"\xf4,1\ny,2\n",
            [1],
            {0: ("\U0010ff80".encode() + b"\xf4,1", "a is not valid UTF-8")},
        ),
        (b'a,b\n"y"z,1\nx,1\n', [1], {0: (b'"y"z,1', GOES_ON)}),
        (
            b'a,b\n"y""" z,1\n"y" ,"1"\n""x,1\n',
            [],
            {0: (b'"y""" z,1', GOES_ON), 1: (b'"y" ,"1"', GOES_ON), 2: (b'""x,1', GOES_ON)},
        ),
        (b'a,b\nx,"1"\r\ny,1,"2""3"\xff"\n5" z,1\n', [0, 2], {1: (b'y,1,"2""3"\xff"', GOES_ON)}),
        (b'a,b\ny,1\n"x,2\nz,3\n', [0], {1: (b'"x,2\nz,3\n', UNCLOSED)}),
        (b'a,b\ny,1\nx,"2\nz\n', [0], {1: (b'x,"2\nz\n', UNCLOSED)}),
        (b'a,b\ny,1\nx,1,"\xff""', [0], {1: (b'x,1,"\xff""', UNCLOSED)}),
        (b"a,b\ny,1\n\xe2\x82", [0], {1: (b"\xe2\x82", WIDTH.format(1))}),
    ],
)
@pytest.mark.parametrize("block", [16, 1 << 20])
def test_bad_rows_go_alone_with_their_bytes(tmp_path, monkeypatch, block, data, numbers, rejected):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", block)
    rows, bad = read(tmp_path, data)
    assert (list(rows), bad) == (numbers, rejected)


def test_bad_text_in_a_column_that_is_not_declared_is_no_matter(tmp_path):
    assert read(tmp_path, b"a,c,b\nx,\xff,1\n") == ({0: ("x", "1")}, {})


def test_one_column(tmp_path):
    data = b'a\nx\n\n""\n"y\nz"\np,q\n"open'
    rows, rejected = read(tmp_path, data, A_AND_B[:1])
    assert rows == {0: ("x",), 1: ("",), 2: ("y\nz",)}
    assert {number: raw for number, (raw, _) in rejected.items()} == {3: b"p,q", 4: b'"open'}


def test_without_a_header_columns_go_by_place(tmp_path):
    assert read(tmp_path, b"x,1,9\n\ny,2,9\nz\n", header=False) == (
        {0: ("x", "1"), 1: ("y", "2")},
        {2: (b"z", "the row must have 3 fields; got 1")},
    )
    assert read(tmp_path, b'"x"y,1\nz,1\n', header=False) == ({1: ("z", "1")}, {0: (b'"x"y,1', GOES_ON)})
    with pytest.raises(SourceError, match=r"x\.csv has no column b: its rows have 1 fields"):
        read(tmp_path, b"x\n", header=False)


def test_delimiter_and_null_texts(tmp_path):
    data = b'a\tb\nNA\tNA\n"NA"\t"NA"\n\t\n-,\t-\n'
    rows = {0: (None, None), 1: ("NA", None), 2: ("", ""), 3: ("-,", None)}
    assert read(tmp_path, data, delimiter="\t", nulls=("NA", "-")) == (rows, {})


@pytest.mark.parametrize("delimiter", ["", "ü", "||", '"', "\n", "\r"])
def test_delimiter_that_cannot_be(tmp_path, delimiter):
    with pytest.raises(SourceError, match=r"csv\.delimiter must be one ASCII character"):
        read(tmp_path, b"a,b\n", delimiter=delimiter)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"c,b", "source s: x.csv has no column a; it has c, b"),
        (b"A,b", "source s: x.csv has no column a; it has A, b; did you mean A?"),
        (b"b, a", 'source s: x.csv has no column a; it has b, " a"; did you mean " a"?'),
        (b"a,b,a", "source s: x.csv has more than one column a"),
        (b'"a b"', "source s: x.csv has no column a; it has a b"),
        (b"\xff\xfea\x00,b\x00", "source s: x.csv has no column a; it has"),
    ],
)
def test_header_without_a_declared_column(tmp_path, header, message):
    with pytest.raises(SourceError, match="^" + re.escape(message)):
        read(tmp_path, header + b"\n1,2\n")


def test_row_longer_than_a_block(tmp_path, monkeypatch):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", 64)
    long = "y" * 5000
    data = "".join(f"x{row},{row}\n" for row in range(50)) + f"{long},7\nbad\n" + "z,9\n"
    rows, rejected = read(tmp_path, b"a,b\n" + data.encode())
    assert rows == {row: (f"x{row}", str(row)) for row in range(50)} | {50: (long, "7"), 52: ("z", "9")}
    assert list(rejected) == [51]


def plain_parse(data):
    """Split CSV by the rules alone, one character after the other; return rows, and the open one or None.

    The fields of a row with a quoted field that goes on are None.
    """
    rows, row, field, state, start, whole = [], [], [], "start", 0, True
    text = data.decode("latin-1") + "\n"
    for place, char in enumerate(text):
        if state == "quoted":
            if char == '"':
                state = "quote"
            else:
                field.append(char)
        elif state == "quote" and char == '"':
            field.append(char)
            state = "quoted"
        elif state == "start" and char == '"':
            state = "quoted"
        elif char == ",":
            row.append("".join(field))
            field, state = [], "start"
        elif char in "\r\n":
            if row or field or state != "start":
                rows.append(([*row, "".join(field)] if whole else None, text[start:place].encode("latin-1")))
            row, field, state, start, whole = [], [], "start", place + 1, True
        else:
            whole = whole and state != "quote"
            field.append(char)
            state = "plain"
    return rows, text[start:-1].encode("latin-1") if state == "quoted" else None


BYTES = st.lists(
    st.sampled_from([b'"', b",", b"\n", b"\r\n", b"\r", b"a", b"1", b"\xc3\xbc", b"\xff", b"\xf4\x8f", b" "]),
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.sampled_from([b"a,b\n", b"a\n", b"a,c,b\n"]), BYTES.map(b"".join), st.sampled_from([24, 1 << 20]))
@example(b"a\n", b'"a', 24)
@example(b"a,b\n", b'a"1,"1""' + b'"' * 20 + b',"a"1\n', 24)
@example(b"a,b\n", b'"\r\n\xff\xf4\x8f""""\r\n', 24)
def test_any_bytes_are_read_by_the_rules(tmp_path, monkeypatch, header, data, block):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", block)
    names = header.decode().strip().split(",")
    columns = [SourceColumn(name, "VARCHAR") for name in names if name != "c"]
    got, rejected = read(tmp_path, header + data, columns, nulls=("\x01",))
    parsed, unclosed = plain_parse(data)
    assert len(got) + len(rejected) == len(parsed) + (unclosed is not None)
    for number, (fields, raw) in enumerate(parsed):
        if fields is None:
            assert rejected[number] == (raw, GOES_ON)
            continue
        wanted = [field.encode("latin-1") for field, name in zip(fields, names, strict=False) if name != "c"]
        if len(fields) != len(names):
            assert rejected[number][0] == raw
        elif all(valid(field) for field in wanted):
            assert got[number] == tuple(field.decode() for field in wanted)
        else:
            assert rejected[number][1].endswith("is not valid UTF-8")
    if unclosed is not None:
        assert rejected[len(parsed)] == (unclosed, UNCLOSED)


def valid(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("shift", range(4))
def test_line_break_within_quotes_stays_whole_between_blocks(tmp_path, monkeypatch, shift):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", 16)
    text = "x" * shift + "\r\n\r\n"
    rows, rejected = read(tmp_path, f'a,b\n1,1\n"{text}",2\n'.encode())
    assert (rows, rejected) == ({0: ("1", "1"), 1: (text, "2")}, {})


def test_text_stream_gives_as_much_as_it_is_asked_for():
    data = "ü".encode() * 10 + b"\xff"
    text = read_csv._Text(io.BytesIO(data), b"#", read_csv._Quotes(",", b"#"))
    assert [len(text.read(7)) for _ in range(5)] == [7, 7, 7, 4, 0]
    assert text.escaped


def test_a_long_file_of_bad_rows_is_handed_on_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", 100)
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"bad\n" * 500)
    request = FileRequest("x", path, A_AND_B, frozenset(), FilesConnector("*", "csv"), 0)
    parts = list(read_csv.read(request))
    assert len(parts) > 5
    assert [number for part in parts for number, _, _ in part.rejected] == list(range(500))
