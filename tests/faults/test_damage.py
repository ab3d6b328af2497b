"""Damaged and missing files of the store: mended, worked around with a note, or refused by name; never passed over."""

import shutil
from datetime import datetime

import pytest

HALF = datetime(2024, 5, 1, 0, 15)
SETTINGS = 'name = "desk"\nbatch_rows = 10\nsnapshot_epochs = 1\n'


def flip(path):
    """Turn one bit over in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def largest(folder):
    return max(folder.glob("0*.arrow"), key=lambda path: (path.stat().st_size, path.name))


DAMAGES = {
    "flipped bit": (lambda folder: flip(largest(folder)), "is damaged: its bytes are not the ones that were written"),
    "truncated": (lambda folder: truncate(largest(folder)), "is damaged: its bytes are not the ones that were written"),
    "flipped index": (lambda folder: flip(folder / "index.arrow"), "is damaged: its bytes"),
    "missing file": (lambda folder: largest(folder).unlink(), "is missing"),
    "missing folder": (shutil.rmtree, "is missing"),
}


@pytest.fixture
def halfway(new_desk):
    """The small project after half of its rows; its two newest snapshots are kept."""
    desk = new_desk("halfway")
    (desk.folder / "headrace.toml").write_text(SETTINGS)
    desk.project.run(until=HALF)
    assert desk.committed() == 4
    return desk


@pytest.fixture
def finished(halfway, room):
    """The same after the other half, undisturbed."""
    desk = halfway.copy(room / "finished")
    desk.run()
    return desk


def snapshots(desk):
    """Return the folders of the snapshots, newest first."""
    return [desk.store / path for (path,) in desk.query("SELECT path FROM snapshots ORDER BY epoch DESC")]


def notes(ran):
    return [line for line in ran.errors.splitlines() if not line.startswith("running")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_snapshot(halfway, finished, damage, assert_same):
    spoil, words = DAMAGES[damage]
    newest, _ = snapshots(halfway)
    spoil(newest)
    ran = halfway.done("run")
    assert len(notes(ran)) == 1
    assert notes(ran)[0].startswith(f"{newest}/")
    assert f" {words}" in notes(ran)[0]
    assert notes(ran)[0].endswith("; the state it held is computed again from earlier events")
    assert_same(halfway, finished)


def test_every_snapshot_damaged(halfway, finished, assert_same):
    for folder in snapshots(halfway):
        flip(largest(folder))
    assert len(notes(halfway.done("run"))) == 2
    assert_same(halfway, finished)


def test_every_snapshot_damaged_and_history_gone(halfway, finished, assert_same):
    for folder in snapshots(halfway):
        truncate(largest(folder))
    orders = halfway.folder / "orders" / "a.csv"
    orders.rename(halfway.folder / "a.csv")
    ran = halfway.ran("run")
    assert (ran.status, ran.message) == (1, "source orders: orders/a.csv has been read and is gone now; put it back")
    (halfway.folder / "a.csv").rename(orders)
    halfway.run()
    assert_same(halfway, finished)


def test_snapshot_of_other_content_is_never_taken(halfway, finished, assert_same):
    """A whole snapshot of an earlier epoch in the place of the newest one is not what the commit named."""
    newest, older = snapshots(halfway)
    shutil.rmtree(newest)
    shutil.copytree(older, newest)
    assert len(notes(halfway.done("run"))) == 1
    assert_same(halfway, finished)


def test_damaged_copy_of_a_table_is_mended(halfway, finished, assert_same):
    (copy,) = (halfway.store / "log").iterdir()
    whole = copy.read_bytes()
    flip(copy)
    assert notes(halfway.done("run")) == []
    assert copy.read_bytes() == whole
    assert_same(halfway, finished)


def test_damaged_copy_of_what_a_table_no_longer_holds(halfway, finished, assert_same):
    (copy,) = (halfway.store / "log").iterdir()
    flip(copy)
    rates = halfway.folder / "rates.csv"
    kept = rates.read_bytes()
    rates.write_bytes(kept + b"c3,7.5,2024-01-01\n")
    ran = halfway.ran("run")
    assert ran.status == 1
    assert ran.message == (
        f"{copy} is damaged: it is not what its name says; put it back from a copy, or "
        "bring the files of table rates back to that content and run again"
    )
    rates.write_bytes(kept)
    halfway.run()
    assert_same(halfway, finished)


def test_committed_file_that_is_nowhere(halfway, finished, assert_same):
    assert halfway.ran("run", failpoint="committed:1:kill").status < 0
    (staged,) = (halfway.store / "staging").rglob("*.parquet")
    staged.rename(halfway.folder / "kept.parquet")
    ran = halfway.ran("run")
    assert ran.status == 1
    assert ran.message.startswith(
        f"{halfway.store}/offline/client_orders/v1/_date=2024-05/00000005.parquet was committed"
    )
    assert ran.message.endswith(" and is neither in place nor in staging; restore it from a copy")
    (halfway.folder / "kept.parquet").rename(staged)
    halfway.run()
    assert_same(halfway, finished)


def test_missing_file_of_rows_is_found_by_verify(finished):
    path = sorted((finished.folder / "offline" / "client_orders").glob("*/*.parquet"))[1]
    path.unlink()
    finished.run()
    ran = finished.ran("verify", "--format", "json")
    assert ran.status == 1
    assert finished.project.verify()["client_orders"].missing == 10
    assert '"missing": 10' in ran.output


@pytest.mark.parametrize("part", [b"no database ", b""], ids=["other", "short"])
def test_damaged_database(finished, part):
    kept = finished.database.read_bytes()
    finished.database.write_bytes(part * 3000 or kept[: len(kept) // 2])
    ran = finished.ran("run")
    assert ran.status == 1
    assert ran.message.startswith(f"{finished.database} is ")
    assert "apply" in ran.message
