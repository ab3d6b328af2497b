"""The offline store's folders: one for each month or day of the instants."""

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.errors import StoreError
from headrace.runtime.stores import durable, offline


def table(*instants):
    return pa.table({"ts": pa.array(instants, pa.int64()).cast(pa.timestamp("us")), "row": np.arange(len(instants))})


@pytest.mark.parametrize(
    ("partition", "instants", "folders"),
    [
        ("month", ("2026-01-31T23:59:59.999999", "2026-02-01T00:00:00"), {"2026-01": [0], "2026-02": [1]}),
        ("month", ("2026-02-01", "2026-01-02", "2026-02-28"), {"2026-01": [1], "2026-02": [0, 2]}),
        ("day", ("2026-02-01", "2026-02-01T23:00:00", "2026-02-02"), {"2026-02-01": [0, 1], "2026-02-02": [2]}),
        ("month", ("1969-12-31T23:59:59.999999", "1970-01-01"), {"1969-12": [0], "1970-01": [1]}),
        ("month", ("-0001-12-31", "33658-09-27"), {"-001-12": [0], "33658-09": [1]}),
    ],
)
def test_rows_are_told_apart_by_date(partition, instants, folders):
    words = np.array(instants, "M8[us]").astype(np.int64)
    parts = offline.by_date(table(*words), "ts", partition)
    assert {date: part.column("row").to_pylist() for date, part in parts} == folders
    # A folder's name does not depend on what else is written.
    alone = [offline.by_date(table(word), "ts", partition)[0][0] for word in words]
    assert alone == [offline.date_of(int(word), partition) for word in words]
    assert set(alone) == set(folders)


def test_no_rows_are_in_no_folder():
    assert offline.by_date(table(), "ts", "day") == []


@pytest.mark.parametrize("rows", [8, 3_000])
def test_every_changed_byte_of_values_is_noticed(tmp_path, rows):
    path, values = tmp_path / "a.parquet", np.random.default_rng(0).random(rows)
    durable.write_parquet(path, pa.table({"spent": values, "shop": [f"shop {n % 7}" for n in range(rows)]}))
    whole = path.read_bytes()
    assert offline.read_file(path).column("spent").to_pylist() == values.tolist()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    noticed, places = 0, range(4, footer, 1 if rows < 100 else 41)
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            found = offline.read_file(path).column("spent").to_pylist()
        except StoreError:
            noticed += 1
        else:
            assert found == values.tolist()
    assert noticed > len(places) / 2
    path.write_bytes(whole[:-9])
    with pytest.raises(StoreError, match=f"{path} is damaged: "):
        offline.read_file(path)
