import errno
import os
import resource
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import StoreError
from headrace.runtime.stores import durable


def names(folder):
    return [path.name for path in folder.iterdir()]


TABLE = pa.table({"a": [1, None], "b": ["ü", ""], "c": [[1.5], None]})


def test_file_is_written_and_replaced_whole(tmp_path):
    path = tmp_path / "x"
    durable.write_file(path, lambda file: file.write(b"one"))
    durable.write_file(path, lambda file: file.write(b"two!"))
    assert path.read_bytes() == b"two!"
    assert names(tmp_path) == ["x"]


def test_file_is_hidden_while_it_is_written(tmp_path):
    def write(file):
        file.write(b"part")
        assert all(name.startswith(".") for name in names(tmp_path))

    durable.write_file(tmp_path / "x", write)
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EFBIG, "file size"), (errno.EACCES, "permission")]
)
def test_failed_write_leaves_the_old_file_and_says_why(tmp_path, number, words):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def write(file):
        file.write(b"new")
        raise OSError(number, os.strerror(number))

    with pytest.raises(StoreError, match=f"cannot write {path}: .*{words}"):
        durable.write_file(path, write)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["x"]


def test_other_errors_pass_and_leave_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        durable.write_file(tmp_path / "x", lambda _: 1 / 0)
    assert names(tmp_path) == []


def test_missing_folder(tmp_path):
    with pytest.raises(StoreError, match="folder does not exist"):
        durable.write_file(tmp_path / "no" / "x", lambda file: file.write(b""))


FULL = """
import sys
from pathlib import Path
import pyarrow as pa
from headrace.features_sql.errors import StoreError
from headrace.runtime.stores import durable
table = pa.table({"a": [str(i * 7919 % 100003) for i in range(200_000)]})
for write in (durable.write_arrow, durable.write_parquet):
    try:
        write(Path(sys.argv[1]) / "x", table)
    except StoreError as error:
        print(error)
"""


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def test_file_size_limit_of_the_process(tmp_path):
    command = [sys.executable, "-B", "-c", FULL, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit_file_size, check=False)
    assert ran.stdout.splitlines() == [f"cannot write {tmp_path}/x: the file would exceed the allowed file size"] * 2
    assert ran.stderr == ""
    assert names(tmp_path) == []


def test_failpoint_fills_the_disk(tmp_path):
    env = {"HEADRACE_FAILPOINT": "write:2:enospc"}
    ran = subprocess.run([sys.executable, "-B", "-c", FULL, str(tmp_path)], capture_output=True, env=env, check=False)
    assert ran.stdout.decode() == f"cannot write {tmp_path}/x: the disk is full\n"
    assert durable.read_arrow(tmp_path / "x").num_rows == 200_000


def test_rename_replaces_across_folders(tmp_path):
    (tmp_path / "to").mkdir()
    (tmp_path / "x").write_bytes(b"new")
    (tmp_path / "to" / "y").write_bytes(b"old")
    durable.rename(tmp_path / "x", tmp_path / "to" / "y")
    assert (tmp_path / "to" / "y").read_bytes() == b"new"
    assert not (tmp_path / "x").exists()
    with pytest.raises(StoreError, match="y"):
        durable.rename(tmp_path / "x", tmp_path / "to" / "y")


def test_sync_folder(tmp_path):
    durable.sync_folder(tmp_path)
    with pytest.raises(StoreError, match="no-such-folder"):
        durable.sync_folder(tmp_path / "no-such-folder")


def test_each_folder_that_is_made_is_on_disk_under_the_one_above(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "_sync", synced.append)
    durable.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert synced == [tmp_path, tmp_path / "a"]
    durable.make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot make .*/file"):
        durable.make_folder(tmp_path / "file" / "c")


@pytest.mark.parametrize("table", [TABLE, TABLE.slice(0, 0), TABLE.slice(1)])
def test_tables_come_back(tmp_path, table):
    durable.write_arrow(tmp_path / "x.arrow", table)
    durable.write_parquet(tmp_path / "x.parquet", table)
    assert durable.read_arrow(tmp_path / "x.arrow").equals(table)
    assert pq.read_table(tmp_path / "x.parquet").equals(table)


@pytest.mark.parametrize(("texts", "compression"), [(3, "UNCOMPRESSED"), (3_000, "ZSTD")])
def test_parquet_is_zstd_unless_it_is_small(tmp_path, texts, compression):
    table = pa.table({"a": [f"text {n}" for n in range(texts)], "b": [0.5] * texts})
    durable.write_parquet(tmp_path / "x", table)
    assert pq.read_metadata(tmp_path / "x").row_group(0).column(0).compression == compression
    assert pq.read_table(tmp_path / "x").equals(table)


def test_type_that_parquet_cannot_hold(tmp_path):
    table = pa.table({"a": pa.array([(1, 2, 3)], pa.month_day_nano_interval())})
    with pytest.raises(StoreError, match=f"cannot write {tmp_path}/x: .*interval"):
        durable.write_parquet(tmp_path / "x", table)
    assert names(tmp_path) == []


def test_every_truncation_of_an_arrow_file_is_noticed(tmp_path):
    path = tmp_path / "x.arrow"
    durable.write_arrow(path, TABLE)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(StoreError, match=r"x\.arrow"):
            durable.read_arrow(path)


def test_every_changed_byte_of_an_arrow_file_is_noticed(tmp_path):
    whole_path = tmp_path / "x.arrow"
    durable.write_arrow(whole_path, TABLE)
    whole = whole_path.read_bytes()
    # A file of its own for each, since damaged ones may still be mapped.
    for place in range(0, len(whole), 3):
        path = tmp_path / f"x{place}.arrow"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        with pytest.raises(StoreError, match=f"x{place}"):
            durable.read_arrow(path)


def test_arrow_file_of_another_writer_is_refused(tmp_path):
    with pa.ipc.new_file(tmp_path / "x.arrow", TABLE.schema) as writer:
        writer.write_table(TABLE)
    with pytest.raises(StoreError, match="damaged"):
        durable.read_arrow(tmp_path / "x.arrow")


def test_arrow_file_holds_text_that_looks_like_its_checksum(tmp_path):
    table = pa.table({"a": ["crc32:--------", "crc32:00000000"] * 50})
    durable.write_arrow(tmp_path / "x.arrow", table)
    assert durable.read_arrow(tmp_path / "x.arrow").equals(table)


def test_arrow_file_is_read_lazily_and_outlives_its_name(tmp_path):
    durable.write_arrow(tmp_path / "x.arrow", TABLE)
    before = pa.total_allocated_bytes()
    table = durable.read_arrow(tmp_path / "x.arrow")
    assert pa.total_allocated_bytes() - before < 64
    (tmp_path / "x.arrow").unlink()
    assert table.equals(TABLE)


def test_missing_arrow_file(tmp_path):
    with pytest.raises(StoreError, match=r"gone\.arrow"):
        durable.read_arrow(tmp_path / "gone.arrow")


def test_checksum(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert durable.checksum(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
