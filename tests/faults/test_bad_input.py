"""Input that cannot be used: one clear message, nothing lost, and a plain run goes on once it is mended."""

import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def rows_of(desk):
    """Return the written rows by order, without what depends on the file that an order is in."""
    rows = desk.offline()["client_orders"].drop_columns(["_offset"])
    return {row["id"]: row for row in rows.to_pylist()}


def dead_letters(desk):
    return desk.query('SELECT origin, "offset", raw, reason FROM dead_letters ORDER BY origin, "offset"')


def test_missing_file(room, unapplied):
    desk = unapplied(room / "desk")
    orders = desk.folder / "orders" / "a.csv"
    kept = orders.read_bytes()
    orders.unlink()
    ran = desk.ran("apply", "--yes")
    assert (ran.status, ran.message) == (1, f"source orders: no file matches 'orders/*.csv' in {desk.folder}")
    orders.write_bytes(kept)
    desk.done("apply", "--yes")
    desk.run()
    assert len(rows_of(desk)) == 50


def test_missing_table(desk):
    (desk.folder / "rates.csv").rename(desk.folder / "elsewhere.csv")
    ran = desk.ran("run")
    assert (ran.status, ran.message) == (1, "table rates: no file matches 'rates.csv'")
    (desk.folder / "elsewhere.csv").rename(desk.folder / "rates.csv")
    desk.run()
    assert len(rows_of(desk)) == 50


def test_bad_row_of_a_table(desk):
    good = (desk.folder / "rates.csv").read_text()
    (desk.folder / "rates.csv").write_text(good + "c3,dear,2024-01-01\nc4,x,2024-01-01\n")
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message == (
        "table rates: row 2 of rates.csv is refused and so are 1 more: rate must be DOUBLE; got 'dear'"
    )
    (desk.folder / "rates.csv").write_text(good)
    desk.run()
    assert len(rows_of(desk)) == 50


def test_wrong_column(desk, new_desk, orders):
    more = orders(50, 30).csv()
    wrong = desk.folder / "orders" / "b.csv"
    wrong.write_bytes(more.replace(b"amount", b"amuont", 1))
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message == (
        "source orders: orders/b.csv has no column amount; it has id, client, amuont, code, ts; did you mean amuont?"
    )
    # What came before the file is written; the file itself was never read, so it may be mended in place.
    assert len(rows_of(desk)) > 0
    wrong.write_bytes(more)
    desk.run()
    right = new_desk("right")
    (right.folder / "orders" / "b.csv").write_bytes(more)
    right.run()
    assert rows_of(desk) == rows_of(right)
    assert len(rows_of(desk)) == 80


def test_file_that_was_never_read_may_go(desk):
    (desk.folder / "orders" / "b.csv").write_bytes(b"nothing,of,this\n")
    (desk.folder / "orders" / "c.csv").write_bytes((desk.folder / "orders" / "a.csv").read_bytes())
    assert desk.ran("run").status == 1
    (desk.folder / "orders" / "b.csv").unlink()
    desk.run()
    orders = desk.status().sources["orders"]
    assert orders.accepted + orders.late == 100


def test_text_in_a_number_column(desk, new_desk, orders):
    more = orders(50, 30)
    more.rows[11]["amount"] = "a lot"
    (desk.folder / "orders" / "b.csv").write_bytes(more.csv())
    desk.run()
    assert dead_letters(desk) == [
        (
            "orders",
            (1 << 40) + 11,
            b'{"id": "61", "client": "c2", "amount": "a lot", "code": "61", "ts": "2024-05-01 00:30:30"}',
            "amount must be DOUBLE; got 'a lot'",
        )
    ]
    clean = new_desk("clean")
    del more.rows[11]
    (clean.folder / "orders" / "b.csv").write_bytes(more.csv())
    clean.run()
    assert rows_of(desk) == rows_of(clean)
    assert desk.status().quarantined == 1
    assert desk.status().sources["orders"].rejected == 1
    assert desk.status().sources["orders"].accepted == 79


@pytest.mark.parametrize(
    ("line", "raw", "reason"),
    [
        (b"60,c0,1.5", b"60,c0,1.5", "the row must have 5 fields; got 3"),
        (
            b"60,c\xff,1.5,7,2024-05-01 00:30:00",
            b"60,c\xff,1.5,7,2024-05-01 00:30:00",
            "client is not valid UTF-8",
        ),
        (
            b"60,c0,1.5,7,",
            b'{"id": "60", "client": "c0", "amount": "1.5", "code": "7", "ts": null}',
            "ts must not be NULL",
        ),
    ],
    ids=["fields", "utf-8", "no time"],
)
def test_unreadable_row(desk, new_desk, orders, line, raw, reason):
    more = orders(50, 30)
    lines = more.csv().splitlines()
    lines[11] = line
    (desk.folder / "orders" / "b.csv").write_bytes(b"\n".join(lines))
    desk.run()
    assert dead_letters(desk) == [("orders", (1 << 40) + 10, raw, reason)]
    clean = new_desk("clean")
    del more.rows[10]
    (clean.folder / "orders" / "b.csv").write_bytes(more.csv())
    clean.run()
    assert rows_of(desk) == rows_of(clean)
    assert desk.mismatches() == {}


def test_poison(desk, new_desk, orders):
    """One row overflows the row's own expression, another breaks the cast of an aggregate's argument."""
    more = orders(50, 30)
    more.rows[3]["code"], more.rows[9]["code"] = "1000", "none"
    (desk.folder / "orders" / "b.csv").write_bytes(more.csv())
    desk.run()
    letters = dead_letters(desk)
    assert [letter[:2] for letter in letters] == [("client_orders", (1 << 40) + 3), ("client_orders", (1 << 40) + 9)]
    assert [json.loads(letter[2])["code"] for letter in letters] == ["1000", "none"]
    assert "1000" in letters[0][3]
    assert "'none'" in letters[1][3]
    assert desk.status().quarantined == 2
    assert desk.mismatches() == {}
    # The first one's event counts, since only its own row cannot be written; the second never became an event.
    clean = new_desk("clean")
    more.rows[3]["code"] = "100"
    del more.rows[9]
    (clean.folder / "orders" / "b.csv").write_bytes(more.csv())
    clean.run()
    found, wanted = rows_of(desk), rows_of(clean)
    assert found.keys() == wanted.keys() - {53}
    later = {row["id"] for row in wanted.values() if row["client"] == wanted[53]["client"] and row["id"] > 53}
    assert {number: row for number, row in found.items() if number not in later} == {
        number: row for number, row in wanted.items() if number not in {53, *later}
    }
    assert all(found[number]["codes"] == wanted[number]["codes"] + 900 for number in later)


def test_type_that_cannot_be_cast(new_desk, orders):
    desk = new_desk(format="parquet")
    more = orders(50, 30).table()
    lists = pa.array([[1.0, 2.0]] * 30)
    path = desk.folder / "orders" / "b.parquet"
    pq.write_table(more.set_column(2, "amount", lists), path)
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message.startswith("source orders: orders/b.parquet: column amount is list<")
    assert ran.message.endswith("in the file, which cannot become DOUBLE as declared")
    pq.write_table(more, path)
    desk.run()
    assert len(rows_of(desk)) == 80


def test_file_that_is_no_parquet_file(new_desk, orders):
    desk = new_desk(format="parquet")
    path = desk.folder / "orders" / "b.parquet"
    pq.write_table(orders(50, 30).table(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message.startswith("source orders: orders/b.parquet is not readable as parquet: ")
    path.write_bytes(whole)
    desk.run()
    assert len(rows_of(desk)) == 80


def test_blank_lines_have_numbers_when_epochs_are_computed_again(new_desk):
    desk = new_desk(format="jsonl")
    path = desk.folder / "orders" / "a.jsonl"
    lines = path.read_bytes().splitlines()
    for place in (40, 25, 24, 3):
        lines.insert(place, b"")
    path.write_bytes(b"\n".join(lines) + b"\n\n")
    again = desk.copy(desk.folder.parent / "again")
    desk.run()
    assert again.ran("run", failpoint="commit:2:kill").status < 0
    assert again.ran("run", failpoint="snapshot:1:kill").status < 0
    again.run()
    assert desk.offline()["client_orders"].equals(again.offline()["client_orders"])
    assert len(rows_of(desk)) == 50


def test_file_that_changes_after_it_was_read(desk):
    path = desk.folder / "orders" / "a.csv"
    assert desk.ran("run", failpoint="intent:2:kill").status < 0
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"c3", b"c4", 1))
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message == (
        "source orders: orders/a.csv has changed since it was first read; a file is read once: "
        "restore it, and put new rows into a new file"
    )
    path.write_bytes(kept)
    desk.run()
    assert len(rows_of(desk)) == 50


def test_file_that_vanishes_after_it_was_read(desk):
    path = desk.folder / "orders" / "a.csv"
    assert desk.ran("run", failpoint="intent:2:kill").status < 0
    path.rename(desk.folder / "a.csv")
    ran = desk.ran("run")
    assert (ran.status, ran.message) == (
        1,
        "source orders: orders/a.csv has been read and is gone now; put it back",
    )
    (desk.folder / "a.csv").rename(path)
    desk.run()
    assert len(rows_of(desk)) == 50


@pytest.mark.parametrize("failpoint", ["", "promised:3:kill"], ids=["ended", "end promised"])
def test_new_file_after_the_end(desk, orders, failpoint):
    desk.ran("run", failpoint=failpoint)
    extra = desk.folder / "orders" / "b.csv"
    extra.write_bytes(orders(50, 5).csv())
    ran = desk.ran("run")
    assert ran.status == 1
    assert ran.message == (
        "source orders is bounded and has ended, but orders/b.csv is new; take it away "
        "(a source that grows must be declared without 'bounded')"
    )
    extra.unlink()
    desk.run()
    assert len(rows_of(desk)) == 50


def test_two_writers(new_desk, orders):
    desk = new_desk(bounded=False)
    with desk.start("run") as first:
        while not desk.committed():
            time.sleep(0.01)
        second = desk.ran("run")
        assert second.status == 3
        assert second.message.startswith(f"this project is being written by pid {first.pid} since ")
        assert second.message.endswith(" UTC; wait for it, or stop it")
        assert desk.ran("apply", "--yes").status == 3
        # The first one goes on: it takes in a file that is only there now.
        (desk.folder / "orders" / "b.part").write_bytes(orders(50, 30).csv())
        (desk.folder / "orders" / "b.part").rename(desk.folder / "orders" / "b.csv")
        before = desk.committed()
        while desk.committed() == before:
            assert first.poll() is None
            time.sleep(0.01)
        first.kill()
    desk.run()
    # The last two minutes of an unbounded source wait for their watermark.
    assert len(rows_of(desk)) == 77
