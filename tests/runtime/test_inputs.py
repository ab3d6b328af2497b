"""Keys, instants and tables as a user hands them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.features_sql.errors import ReadError, StoreError
from headrace.runtime.commands import inputs


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (["card_id=42"], [{"card_id": "42"}]),
        (["origin=JFK,dest=LAX"], [{"origin": "JFK", "dest": "LAX"}]),
        (["origin=JFK", "dest=LAX"], [{"origin": "JFK", "dest": "LAX"}]),
        (["id=1", "id=2"], [{"id": "1"}, {"id": "2"}]),
        (["a=1,b=2", "a=3,b=4"], [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        (["a=1", "b=2", "a=3", "b=4"], [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        (["name=Doe, Jane,id=7"], [{"name": "Doe, Jane", "id": "7"}]),
        (["q=a=b"], [{"q": "a=b"}]),
        ([" id =7"], [{"id": "7"}]),
        (["id="], [{"id": ""}]),
    ],
    ids=str,
)
def test_keys(options: list[str], keys: list[dict[str, str]]) -> None:
    assert inputs.keys(options) == keys


@pytest.mark.parametrize("option", ["42", "=42", ",a=1", ""])
def test_an_option_without_a_name_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match="a key is NAME=VALUE"):
        inputs.keys([option])


def test_instants() -> None:
    assert inputs.instant("2026-01-31") == datetime(2026, 1, 31)
    assert inputs.instant("2026-01-31T12:30:00.5Z") == datetime(2026, 1, 31, 12, 30, 0, 500_000, UTC)
    with pytest.raises(ValueError, match="'soon' is no instant"):
        inputs.instant("soon")


class TestTables:
    def test_csv_types_are_given_or_guessed(self, tmp_path: Path) -> None:
        path = tmp_path / "spine.CSV"
        path.write_text('id,code,at,empty\n1,007,2026-01-01 00:00:00,\n2,,2026-01-02 00:00:00.5,""\n')
        table = inputs.read_table(path, {"code": pa.string(), "empty": pa.string(), "absent": pa.int64()})
        assert table.schema.field("id").type == pa.int64()
        assert table.column("code").to_pylist() == ["007", None]
        assert table.column("at").cast(pa.timestamp("us")).to_pylist()[1] == datetime(2026, 1, 2, 0, 0, 0, 500_000)
        assert table.column("empty").to_pylist() == [None, ""]

    @pytest.mark.parametrize("name", ["spine.csv", "spine.parquet"])
    def test_what_cannot_be_read(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ReadError, match=f"{name} cannot be read"):
            inputs.read_table(tmp_path / name, {})
        (tmp_path / name).write_bytes(b"a,b\n1,2,3\n")
        with pytest.raises(ReadError, match=f"{name} cannot be read"):
            inputs.read_table(tmp_path / name, {})

    def test_a_value_of_another_type(self, tmp_path: Path) -> None:
        (tmp_path / "spine.csv").write_text("id\none\n")
        with pytest.raises(ReadError, match=r"spine\.csv cannot be read: .*one"):
            inputs.read_table(tmp_path / "spine.csv", {"id": pa.int64()})

    def test_lists_and_structs_are_json_in_csv(self, tmp_path: Path) -> None:
        table = pa.table({"a": [["x", None], None], "b": [{"k": 1}, {"k": 2}], "c": [1, None]})
        inputs.write_table(tmp_path / "t.csv", table)
        assert (tmp_path / "t.csv").read_text().splitlines() == [
            *('"a","b","c"', '"[""x"", null]","{""k"": 1}",1', ',"{""k"": 2}",')
        ]

    def test_a_failed_write_leaves_the_old_file_and_no_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "t.parquet"
        inputs.write_table(path, pa.table({"a": [1]}))

        def full(table: pa.Table, where: Path) -> None:
            where.write_bytes(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(inputs.pq, "write_table", full)
        with pytest.raises(StoreError, match=r"t\.parquet cannot be written: No space left on device"):
            inputs.write_table(path, pa.table({"a": [2]}))
        assert pq.ParquetFile(path).read().to_pydict() == {"a": [1]}
        assert [held.name for held in tmp_path.iterdir()] == ["t.parquet"]

    def test_formats(self) -> None:
        inputs.require_known(Path("a.CSV"))
        with pytest.raises(ValueError, match=r"a\.json must end in \.csv or \.parquet"):
            inputs.require_known(Path("a.json"))


def test_keys_or_rows() -> None:
    assert inputs.keys_or_rows(["card=c1"], None) == [{"card": "c1"}]
    assert inputs.keys_or_rows(None, ['{"card": "c1", "amount": 3}']) == [{"card": "c1", "amount": 3}]
    for keys, rows in [(None, None), (["card=c1"], ['{"card": "c1"}'])]:
        with pytest.raises(ValueError, match="give --key card_id=42, or --row"):
            inputs.keys_or_rows(keys, rows)


@pytest.mark.parametrize("text", ["[1]", "{}", "card=c1", "3"])
def test_a_row_is_a_json_object(text: str) -> None:
    with pytest.raises(ValueError, match="a row is a JSON object"):
        inputs.keys_or_rows(None, [text])
