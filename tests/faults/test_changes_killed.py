"""SIGKILL to ``apply`` and ``materialize``: readers see the old rows or the new ones; the next command completes."""

import signal
from datetime import datetime

import pytest

HALF = datetime(2024, 2, 1, 0, 10)
CHANGES = (
    ("SLIDING SIZE 30 MINUTES", "SLIDING SIZE 45 MINUTES"),
    ("CREATE FEATURE VIEW page_visits ENTITY page", "CREATE FEATURE VIEW page_seconds ENTITY page"),
)
MATERIALIZE = ("materialize", "card_payments", "--start", "2024-01-31 22:40:00", "--end", "2024-01-31 23:30:00")


def change(shop):
    """Change a view, which the service joins, and put one view in the place of another."""
    path = shop.folder / "features" / "views.sql"
    text = path.read_text()
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def lose_a_file(shop):
    """Take away one file of the rows that ``MATERIALIZE`` replaces."""
    files = sorted((shop.folder / "offline" / "card_payments").glob("_date=2024-01/*.parquet"))
    files[1].unlink()


def kill(shop, *command, point):
    assert shop.ran(*command, failpoint=f"{point}:kill").status == -signal.SIGKILL, point


@pytest.fixture(scope="session")
def halfway(applied, shelf):
    """The project after about half of its rows: every instant up to one in the middle is written."""
    shop = applied.copy(shelf / "halfway")
    shop.project.run(until=HALF)
    assert 10 < shop.committed() < 25
    return shop


@pytest.fixture
def shop(halfway, room):
    return halfway.copy(room / "shop")


@pytest.fixture(scope="session")
def changed(halfway, shelf):
    """The project with its SQL changed after half of the rows, and applied."""
    shop = halfway.copy(shelf / "changed")
    change(shop)
    shop.project.apply()
    return shop


@pytest.fixture(scope="session")
def changed_to_the_end(changed, shelf):
    shop = changed.copy(shelf / "changed to the end")
    shop.run()
    assert shop.mismatches() == {}
    return shop


@pytest.fixture(scope="session")
def mended(halfway, shelf):
    """The project whose lost rows were materialized after half of the rows."""
    shop = halfway.copy(shelf / "mended")
    lose_a_file(shop)
    shop.done(*MATERIALIZE)
    assert shop.mismatches() == {}
    return shop


@pytest.fixture(scope="session")
def mended_to_the_end(mended, shelf):
    shop = mended.copy(shelf / "mended to the end")
    shop.run()
    return shop


@pytest.fixture
def assert_old_or_new(assert_same_rows):
    """The function that asserts that each dataset is what it was or what it becomes, wholly."""

    def check(found, old, new):
        for name, rows in found.items():
            candidates = [version[name] for version in (old, new) if name in version]
            assert any(rows.equals(candidate) for candidate in candidates), name

    return check


@pytest.mark.parametrize("again", [True, False], ids=["applied again", "taken back"])
def test_apply_killed_before_its_commit(
    shop, halfway, undisturbed, changed_to_the_end, again, assert_same, assert_same_rows
):
    before, texts = halfway.offline(), shop.folder / "features" / "views.sql"
    kept = texts.read_text()
    change(shop)
    for point in ("staging:1", "write:9", "commit:1") if again else ("staging:20", "snapshot:9"):
        kill(shop, "apply", "--yes", point=point)
        assert_same_rows(shop.offline(), before)
    if again:
        assert shop.ran("run").message.startswith("the project's SQL is not applied yet: ")
        shop.project.apply()
        shop.run()
        assert_same(shop, changed_to_the_end)
    else:
        texts.write_text(kept)
        shop.run()
        assert_same_rows(shop.offline(), undisturbed.offline())


def test_apply_killed_after_its_commit(
    shop, halfway, changed, changed_to_the_end, assert_same, assert_same_rows, assert_old_or_new
):
    old, new = halfway.offline(), changed.offline()
    change(shop)
    kill(shop, "apply", "--yes", point="committed:1")
    assert_same_rows(shop.offline(), old)
    for point in ("rename:9", "link:1", "link:2"):
        kill(shop, "run", point=point)
        assert_old_or_new(shop.offline(), old, new)
    shop.run()
    assert_same(shop, changed_to_the_end)


def test_materialize_killed_before_its_commit(shop, mended, mended_to_the_end, assert_same, assert_same_rows):
    lose_a_file(shop)
    old = shop.offline()
    assert len(old["card_payments"]) < len(mended.offline()["card_payments"])
    for point in ("write:1", "write:4", "commit:1"):
        kill(shop, *MATERIALIZE, point=point)
        assert_same_rows(shop.offline(), old)
    shop.done(*MATERIALIZE)
    assert_same_rows(shop.offline(), mended.offline())
    shop.run()
    assert_same(shop, mended_to_the_end)


def test_materialize_killed_after_its_commit(shop, mended, mended_to_the_end, assert_same, assert_old_or_new):
    lose_a_file(shop)
    old, new = shop.offline(), mended.offline()
    kill(shop, *MATERIALIZE, point="committed:1")
    assert_old_or_new(shop.offline(), old, new)
    kill(shop, "run", point="link:1")
    assert_old_or_new(shop.offline(), old, new)
    shop.run()
    assert_same(shop, mended_to_the_end)
    folders = [path.name for path in (shop.store / "offline" / "card_payments").iterdir()]
    assert len(folders) == 1
