import gzip
import json
import os
import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.definitions import FilesConnector, SourceColumn, Table
from headrace.features_sql.errors import SourceError
from headrace.runtime.duck import connect
from headrace.runtime.sources import files as files_module
from headrace.runtime.sources import read_csv, read_jsonl, read_parquet
from headrace.runtime.sources.decode import Decoder
from headrace.runtime.sources.files import FilesReader, Position, RawBatch, SourceFile, discover, verify
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CSV = FilesConnector("in/*.csv", "csv")
START = Position(0, 0)
OLD = 1_600_000_000 * 10**9


def put(root: Path, path: str, data: bytes = b"a\n1\n", modified: int | None = OLD) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)
    if modified is not None:
        os.utime(root / path, ns=(modified, modified))


def paths(files: list[SourceFile]) -> list[tuple[int, str]]:
    return [(file.ordinal, file.path) for file in files]


def table(*columns: str, connector: FilesConnector = CSV) -> Table:
    declared = tuple(SourceColumn(*column.split(" ", 1)) for column in columns)
    return Table("t", declared, (), connector, "", "", None)  # type: ignore[arg-type]


def read_all(reader: FilesReader, limits=(1000,), position=START) -> tuple[list[RawBatch], Position]:
    batches = []
    while True:
        batch = reader.read(position, limits[len(batches) % len(limits)])
        assert batch.start == position
        if batch.end == batch.start:
            assert batch.rows.num_rows == 0
            assert batch.rejected == []
            return batches, position
        batches.append(batch)
        position = batch.end


def open_reader(root: Path, source: Table) -> FilesReader:
    reader = FilesReader(source, root)
    reader.set_files(discover("t", source.connector, root, []))
    return reader


class TestDiscover:
    def test_new_files_by_path_then_those_of_the_next_scan(self, tmp_path):
        for name in ("b.csv", "10.csv", "9.csv", "note.txt", "sub/c.csv"):
            put(tmp_path, f"in/{name}")
        first = discover("s", CSV, tmp_path, [])
        assert paths(first) == [(0, "in/10.csv"), (1, "in/9.csv"), (2, "in/b.csv")]
        put(tmp_path, "in/a.csv")
        assert paths(discover("s", CSV, tmp_path, first)) == [(3, "in/a.csv")]

    def test_hidden_names_are_ignored(self, tmp_path):
        for name in ("_a.csv", ".b.csv", "_tmp/c.csv", ".git/d.csv", "e/f.csv"):
            put(tmp_path, f"_in/{name}")
        found = discover("s", FilesConnector("_in/**/*.csv", "csv"), tmp_path, [])
        assert paths(found) == [(0, "_in/e/f.csv")]
        assert discover("s", FilesConnector("_in/_a.csv", "csv"), tmp_path, []) == []

    def test_folders_are_no_files(self, tmp_path):
        (tmp_path / "in" / "x.csv").mkdir(parents=True)
        assert discover("s", CSV, tmp_path, []) == []

    def test_absolute_path_outside_and_inside_the_project(self, tmp_path):
        put(tmp_path, "data/x.csv")
        put(tmp_path, "project/in/y.csv")
        root = tmp_path / "project"
        outside = discover("s", FilesConnector(f"{tmp_path}/data/*.csv", "csv"), root, [])
        assert paths(outside) == [(0, f"{tmp_path}/data/x.csv")]
        assert paths(discover("s", FilesConnector("../data/*.csv", "csv"), root, [])) == paths(outside)
        assert discover("s", FilesConnector(f"{tmp_path}/project/in/*", "csv"), root, []) == discover(
            "s", CSV, root, []
        )

    def test_root_may_look_like_a_glob(self, tmp_path):
        put(tmp_path, "[a]*/in/x.csv")
        assert paths(discover("s", CSV, tmp_path / "[a]*", [])) == [(0, "in/x.csv")]

    def test_file_is_known_by_size_and_checksum(self, tmp_path):
        put(tmp_path, "in/x.csv", b"abc")
        (file,) = discover("s", CSV, tmp_path, [])
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        assert file == SourceFile(0, "in/x.csv", 3, sha256)
        assert file.modified == OLD

    def test_bounded_source_without_files(self, tmp_path):
        put(tmp_path, "in/_x.csv")
        with pytest.raises(SourceError, match=r"source s: no file matches 'in/\*.csv'"):
            discover("s", FilesConnector("in/*.csv", "csv", bounded=True), tmp_path, [])
        assert discover("s", CSV, tmp_path / "nowhere", []) == []

    @pytest.mark.parametrize("data", [b"a\n12\n", b"a\n2\n", b""])
    @pytest.mark.parametrize("modified", [OLD + 1, None])
    def test_changed_file_is_named(self, tmp_path, data, modified):
        put(tmp_path, "in/x.csv", modified=modified and OLD)
        known = discover("s", CSV, tmp_path, [])
        put(tmp_path, "in/x.csv", data, modified)
        with pytest.raises(SourceError, match=r"source s: in/x.csv has changed"):
            discover("s", CSV, tmp_path, known)

    def test_file_that_was_only_touched_or_copied_back_is_the_same(self, tmp_path):
        put(tmp_path, "in/x.csv")
        known = discover("s", CSV, tmp_path, [])
        put(tmp_path, "in/x.csv", modified=OLD + 7)
        assert discover("s", CSV, tmp_path, known) == []
        verify("s", known[0], tmp_path)

    def test_file_without_a_known_time_is_read_again(self, tmp_path):
        put(tmp_path, "in/x.csv")
        (file,) = discover("s", CSV, tmp_path, [])
        verify("s", SourceFile(0, file.path, file.size, file.sha256), tmp_path)
        with pytest.raises(SourceError, match="has changed"):
            verify("s", SourceFile(0, file.path, file.size, "0" * 64), tmp_path)

    def test_name_that_cannot_be_kept(self, tmp_path):
        put(tmp_path, os.fsdecode(b"in/\xff.csv"))
        with pytest.raises(SourceError, match="must be printable text"):
            discover("s", CSV, tmp_path, [])

    def test_vanished_file_is_named(self, tmp_path):
        put(tmp_path, "in/x.csv")
        known = discover("s", CSV, tmp_path, [])
        (tmp_path / "in" / "x.csv").unlink()
        with pytest.raises(SourceError, match=r"source s: in/x.csv .* is gone"):
            discover("s", CSV, tmp_path, known)


class TestFilesReader:
    def test_offsets_name_the_file_and_the_row(self, tmp_path):
        put(tmp_path, "in/1.csv", b"a,b\nx,1\n\nbad\ny,2\n")
        put(tmp_path, "in/2.csv", b"a,b\n")
        put(tmp_path, "in/3.csv", b"a,b\nz,3")
        batch = open_reader(tmp_path, table("b BIGINT", "a VARCHAR")).read(Position(0, 0), 100)
        offsets = [0, 2, 2 << 40]
        assert batch.rows.to_pydict() == {"b": ["1", "2", "3"], "a": ["x", "y", "z"], "_offset": offsets}
        assert [(row.offset, row.raw) for row in batch.rejected] == [(1, b"bad")]
        assert (batch.start, batch.end) == (Position(0, 0), Position(2, 1))

    def test_growing_folder(self, tmp_path):
        source = table("a BIGINT")
        reader = FilesReader(source, tmp_path)
        files: list[SourceFile] = []
        position, values = Position(0, 0), []
        for turn in range(4):
            batches, position = read_all(reader, position=position)
            values += [value for batch in batches for value in batch.rows.column("a").to_pylist()]
            put(tmp_path, f"in/{9 - turn}.csv", f"a\n{turn}\n".encode() if turn != 1 else b"")
            files += discover("t", CSV, tmp_path, files)
            reader.set_files(files)
        assert values == ["0", "2"]
        batches, _ = read_all(open_reader(tmp_path, source))
        assert len(batches) == 1

    def test_going_back(self, tmp_path):
        for name in "123":
            put(tmp_path, f"in/{name}.csv", b"a\n" + b"".join(b"%s%d\n" % (name.encode(), row) for row in range(5)))
        reader = open_reader(tmp_path, table("a VARCHAR"))
        every = reader.read(Position(0, 0), 100).rows.column("a").to_pylist()
        places = [Position(ordinal, row) for ordinal in range(3) for row in range(6)]
        for position in random.Random(3).choices(places, k=60):
            batch = reader.read(position, 4)
            start = position.ordinal * 5 + position.row
            assert batch.rows.column("a").to_pylist() == every[start : start + 4]

    def test_looking_ahead_does_not_open_a_file_again(self, tmp_path, monkeypatch):
        for name in "12":
            put(tmp_path, f"in/{name}.csv", b"a\n" + b"1\n" * 10)
        opened: list[str] = []
        monkeypatch.setitem(
            files_module._READERS, "csv", lambda request: opened.append(request.name) or read_csv.read(request)
        )
        reader = open_reader(tmp_path, table("a VARCHAR"))
        position, count = Position(0, 0), 0
        while reader.read(position, 1).end != position:
            batch = reader.read(position, 3)
            count, position = count + batch.rows.num_rows, batch.end
        assert count == 20
        assert opened == ["source t: in/1.csv", "source t: in/2.csv"]

    def test_file_that_changed_since_discovery_is_not_read(self, tmp_path):
        put(tmp_path, "in/x.csv")
        reader = open_reader(tmp_path, table("a BIGINT"))
        put(tmp_path, "in/x.csv", b"a\n2\n", OLD + 1)
        with pytest.raises(SourceError, match=r"in/x.csv has changed"):
            reader.read(Position(0, 0), 1)

    def test_file_that_changes_while_it_is_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr(read_jsonl, "_BLOCK_BYTES", 8)
        connector = FilesConnector("in/*", "jsonl")
        put(tmp_path, "in/x", b'{"a":1}\n' * 9)
        reader = open_reader(tmp_path, table("a BIGINT", connector=connector))
        reader.read(Position(0, 0), 1)
        put(tmp_path, "in/x", b'{"a":2}\n' * 9, OLD + 1)
        with pytest.raises(SourceError, match="in/x has changed while it was read"):
            read_all(reader, position=Position(0, 1))

    def test_files_may_type_a_column_differently(self, tmp_path):
        (tmp_path / "in").mkdir()
        for name, type in enumerate((pa.int8(), pa.int8(), pa.string(), pa.int64())):
            pq.write_table(pa.table({"a": pa.array([name], pa.int8()).cast(type)}), tmp_path / "in" / str(name))
        source = table("a BIGINT", connector=FilesConnector("in/*", "parquet"))
        batches, _ = read_all(open_reader(tmp_path, source))
        assert [batch.rows.column("a").to_pylist() for batch in batches] == [[0, 1], ["2"], [3]]

    @pytest.mark.parametrize("format", ["csv", "parquet"])
    def test_garbage_is_one_clear_error(self, tmp_path, format):
        put(tmp_path, "in/x", random.Random(5).randbytes(3000))
        source = table("a BIGINT", connector=FilesConnector("in/*", format))
        with pytest.raises(SourceError, match=r"^source t: in/x "):
            read_all(open_reader(tmp_path, source))

    def test_garbage_without_columns_is_rejected_whole(self, tmp_path):
        garbage = random.Random(5).randbytes(3000)
        put(tmp_path, "in/x", garbage)
        source = table("a BIGINT", connector=FilesConnector("in/*", "jsonl"))
        batches, _ = read_all(open_reader(tmp_path, source))
        assert b"\n".join(row.raw for batch in batches for row in batch.rejected) == garbage

    @pytest.mark.parametrize(("format", "data"), [("csv", b"a\n1\n2\n"), ("jsonl", b'{"a":1}\n{"a":2}\n')])
    def test_gzip(self, tmp_path, format, data):
        put(tmp_path, "in/x.gz", gzip.compress(data))
        source = table("a BIGINT", connector=FilesConnector("in/*", format))
        assert open_reader(tmp_path, source).read(Position(0, 0), 9).rows.column("a").to_pylist() == ["1", "2"]

    @pytest.mark.parametrize(
        "damage", [lambda data: data[:-9], lambda data: b"no" + data, lambda data: data[:40] + b"zz" + data[42:]]
    )
    @pytest.mark.parametrize("format", ["csv", "jsonl"])
    def test_damaged_gzip(self, tmp_path, format, damage):
        rows = b"".join(b"%d\n" % row for row in range(9999))
        put(tmp_path, "in/x.gz", damage(gzip.compress(b"a\n" + rows)))
        source = table("a BIGINT", connector=FilesConnector("in/*", format))
        with pytest.raises(SourceError, match=r"in/x\.gz cannot be read"):
            read_all(open_reader(tmp_path, source))

    def test_unreadable_file(self, tmp_path):
        put(tmp_path, "in/x.csv")
        reader = open_reader(tmp_path, table("a BIGINT"))
        shutil.rmtree(tmp_path / "in")
        with pytest.raises(SourceError, match=r"in/x\.csv .* gone"):
            reader.read(Position(0, 0), 1)

    def test_source_of_computed_columns_only(self, tmp_path):
        source = Table("t", (SourceColumn("a", "BIGINT", "1"),), (), CSV, "", "", None)  # type: ignore[arg-type]
        with pytest.raises(SourceError, match="t declares no column"):
            FilesReader(source, tmp_path)


FIELDS = st.sampled_from(["", "1", "22", "x", "NULL", "ü", "a,b", 'say "hi"', "two\nlines", "2024-01-01"])


def csv_text(rows: list[list[str]]) -> bytes:
    quoted = [
        [f'"{field.replace(chr(34), chr(34) * 2)}"' if set(field) & set('",\n') else field for field in row]
        for row in rows
    ]
    return "".join(",".join(row) + "\n" for row in quoted).encode()


def jsonl_text(rows: list[list[str]]) -> bytes:
    lines = [f'{{"a": {json.dumps(row[0])}, "b": {row[-1]}}}'.replace("\n", " ") for row in rows]
    return "\n".join(lines).encode()


def parquet_bytes(rows: list[list[str]]) -> bytes:
    sink = pa.BufferOutputStream()
    columns = pa.table(
        {"a": [row[0] for row in rows], "b": [row[-1] for row in rows]},
        pa.schema([("a", pa.string()), ("b", pa.string())]),
    )
    pq.write_table(columns, sink, row_group_size=3)
    return sink.getvalue().to_pybytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    format=st.sampled_from(["csv", "jsonl", "parquet"]),
    files=st.lists(st.lists(st.lists(FIELDS, min_size=1, max_size=3), max_size=9), min_size=1, max_size=3),
    limits=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    restart=st.booleans(),
)
def test_events_do_not_depend_on_how_reading_is_cut(tmp_path_factory, monkeypatch, format, files, limits, restart):
    monkeypatch.setattr(read_csv, "_BLOCK_BYTES", 16)
    monkeypatch.setattr(read_jsonl, "_BLOCK_BYTES", 16)
    monkeypatch.setattr(read_parquet, "_BATCH_ROWS", 2)
    root = tmp_path_factory.mktemp("project")
    write = {"csv": csv_text, "jsonl": jsonl_text, "parquet": parquet_bytes}[format]
    for number, rows in enumerate(files):
        put(root, f"in/{number}", write([["a", "b"], *rows]) if format == "csv" else write(rows))
    source = table("a VARCHAR", "b BIGINT", connector=FilesConnector("in/*", format))
    known = discover("t", source.connector, root, [])
    connection = connect()
    decoder = Decoder(source.columns, None, connection)

    def events(cuts, afresh):
        rows, rejected, position = [], [], Position(0, 0)
        reader = FilesReader(source, root)
        reader.set_files(known)
        for turn in range(1000):
            if afresh:
                reader = FilesReader(source, root)
                reader.set_files(known)
            raw = reader.read(position, cuts[turn % len(cuts)])
            if raw.end == position:
                return rows, sorted(rejected, key=lambda row: row.offset)
            decoded = decoder.decode(raw.rows)
            rows += decoded.rows.to_pylist()
            rejected += [*raw.rejected, *decoded.rejected]
            position = raw.end
        raise AssertionError("reading never ends")

    whole = events([10_000], False)
    assert events(limits, restart) == whole
    offsets = [row["_offset"] for row in whole[0]] + [row.offset for row in whole[1]]
    # A CSV row of one empty field is a blank line.
    counts = [sum(format != "csv" or row != [""] for row in rows) for rows in files]
    assert sorted(offsets) == [ordinal << 40 | row for ordinal, count in enumerate(counts) for row in range(count)]
    decoder.close()
    connection.close()
