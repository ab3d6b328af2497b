import datetime as dt
import json
import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.definitions import FilesConnector, SourceColumn
from headrace.features_sql.errors import SourceError
from headrace.runtime.sources import read_parquet
from headrace.runtime.sources.records import FileRequest


def request(path, *names, start=0):
    columns = tuple(SourceColumn(name, "VARCHAR") for name in names)
    return FileRequest("source s: x.parquet", path, columns, frozenset(), FilesConnector("*", "parquet"), start)


def write(tmp_path, table, **options):
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, **options)
    return path


def text(*values):
    """Return a string array whose bytes need not be UTF-8."""
    return pa.array(values, pa.binary()).view(pa.string())


TABLE = pa.table(
    {
        "n": pa.array([1, None, 3, 4, 5], pa.int16()),
        "d": pa.array([Decimal("1.10")] * 5, pa.decimal128(12, 2)),
        "l": [["ü", None], [], None, ["x"], ["y"]],
        "s": [{"a": 1, "b": "x"}] * 5,
        "a.b": ["1", "2", "3", "4", "5"],
    }
)


def test_rows_typed_as_the_file_has_them_in_the_order_asked_for(tmp_path):
    path = write(tmp_path, TABLE, row_group_size=2)
    parts = list(read_parquet.read(request(path, "l", "n", "s", "a.b", "d")))
    assert pa.concat_tables(part.rows for part in parts).equals(TABLE.select(["l", "n", "s", "a.b", "d"]))
    assert [(part.first, part.count, part.numbers.tolist()) for part in parts] == [
        (0, 2, [0, 1]),
        (2, 2, [2, 3]),
        (4, 1, [4]),
    ]


def test_only_the_columns_and_row_groups_asked_for_are_read(tmp_path):
    path = write(
        tmp_path,
        pa.table({"a": ["x" * 999] * 6, "b": range(6)}),
        row_group_size=2,
        compression="none",
        use_dictionary=False,
    )
    whole = pq.ParquetFile(path).metadata
    spoilt = bytearray(path.read_bytes())
    unwanted = [whole.row_group(group).column(0) for group in range(3)] + [whole.row_group(0).column(1)]
    for chunk in unwanted:
        spoilt[chunk.data_page_offset : chunk.data_page_offset + chunk.total_compressed_size] = (
            b"\xff" * chunk.total_compressed_size
        )
    path.write_bytes(spoilt)
    parts = list(read_parquet.read(request(path, "b", start=3)))
    assert [value for part in parts for value in part.rows.column("b").to_pylist()] == [2, 3, 4, 5]


def test_no_rows(tmp_path):
    path = write(tmp_path, TABLE.slice(0, 0))
    assert [part.count for part in read_parquet.read(request(path, "n"))] in ([], [0])


def test_int96_instants_are_cut_to_microseconds(tmp_path):
    instants = pa.array([1_700_000_000_000_000_999, None], pa.timestamp("ns"))
    path = write(tmp_path, pa.table({"t": instants}), use_deprecated_int96_timestamps=True)
    (part,) = read_parquet.read(request(path, "t"))
    assert part.rows.column("t").to_pylist() == [dt.datetime(2023, 11, 14, 22, 13, 20), None]


def test_text_that_is_not_utf8_is_rejected_row_by_row(tmp_path):
    lists = pa.ListArray.from_arrays([0, 1, 2, 3, 4, 5], text(b"a", b"b", b"\xfe", b"d", b"e"))
    rows = pa.table({"n": [0, 1, 2, 3, 4], "a": text(b"x", b"\xff", b"z", "ü".encode(), None), "l": lists})
    path = write(tmp_path, rows, row_group_size=4)
    parts = list(read_parquet.read(request(path, "n", "a", "l")))
    assert [row["n"] for part in parts for row in part.rows.to_pylist()] == [0, 3, 4]
    assert [number for part in parts for number in part.numbers] == [0, 3, 4]
    rejected = [row for part in parts for row in part.rejected]
    assert [(number, reason) for number, _, reason in rejected] == [
        (1, "a is not valid UTF-8"),
        (2, "l is not valid UTF-8"),
    ]
    assert json.loads(rejected[0][1]) == {"n": 1, "a": "\\xff", "l": ["b"]}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nn", "source s: x.parquet has no column nn; it has n, d, l, s, a.b; did you mean n?"),
        ("N", "source s: x.parquet has no column N; it has n, d, l, s, a.b; did you mean n?"),
        ("zzz", "source s: x.parquet has no column zzz; it has n, d, l, s, a.b"),
    ],
)
def test_missing_column(tmp_path, name, message):
    path = write(tmp_path, TABLE)
    with pytest.raises(SourceError, match="^" + re.escape(message) + "$"):
        list(read_parquet.read(request(path, "n", name)))


def test_column_given_twice(tmp_path):
    path = write(tmp_path, pa.table([[1], [2]], names=["a", "a"]))
    with pytest.raises(SourceError, match="more than one column a"):
        list(read_parquet.read(request(path, "a")))


def test_dictionaries_and_long_text_types(tmp_path):
    rows = pa.table(
        {"d": pa.array(["x", "y", "x"]).dictionary_encode(), "t": pa.array(["a", None, "c"], pa.large_string())}
    )
    (part,) = read_parquet.read(request(write(tmp_path, rows), "d", "t"))
    assert part.rows.to_pydict() == {"d": ["x", "y", "x"], "t": ["a", None, "c"]}
