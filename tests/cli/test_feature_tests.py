"""The test command: a project's own feature tests, run and reported."""

from __future__ import annotations

from pathlib import Path

from .command_line import fail, headrace, succeed

WRONG = """-- Nobody keeps a cart for a day.
INSERT INTO page_views (visitor_id, page, viewed_at) VALUES
  ('eve', 'lost', NULL), ('eve', 'cart', '2026-02-01 09:00:00'), ('eve', 'cart', '2026-02-01 06:00:00'),
  ('eve', 'home', '2026-02-01 09:30:00');

EXPECT visitor_activity (visitor_id, viewed_at, carts_24h, last_pages) VALUES
  ('eve', '2026-02-01 09:00:00', 1, ['cart']), ('eve', '2026-02-01 09:30:00', 0, ['cart', 'home']);
EXPECT visits NOTHING;
"""


def test_tests_are_run_apart_from_the_project(fresh: Path) -> None:
    (fresh / "tests" / "wrong.sql").write_text(WRONG)
    before = sorted(fresh.rglob("*"))
    assert "1 passed." in succeed(fresh, "test", "visits").out
    done = headrace(fresh, "test")
    assert (done.status, sorted(fresh.rglob("*"))) == (1, before)
    assert "\n".join(line for line in done.out.splitlines() if "─" not in line) == (
        "test              says                                                                               rows\n"
        "tests/visits.sql  A pause of 30 minutes is still one visit; a look at the cart counts for 24 hours."
        "     7  ok\n"
        "tests/wrong.sql   Nobody keeps a cart for a day."
        "                                                        2  FAILED\n\n"
        "tests/wrong.sql:6: visitor_activity\n"
        "visitor_id  viewed_at            carts_24h  last_pages\n"
        "eve         2026-02-01 09:30:00  0, got 1   [cart, home]  differs\n\n"
        "tests/wrong.sql:8: visits\n"
        "visitor_id  as_of                pages  spent\n"
        "eve         2026-02-01 10:00:00  2      -      not expected\n\n"
        "tests/wrong.sql: of the rows given to page_views, 1 is late\n\n"
        "tests/wrong.sql: of the rows given to page_views, 1 is rejected: viewed_at must not be NULL\n\n"
        "1 of 2 failed."
    )


def test_the_same_as_json(fresh: Path) -> None:
    (fresh / "tests" / "wrong.sql").write_text(WRONG)
    done = headrace(fresh, "test", "tests/wrong.sql", "--format", "json")
    assert (done.status, done.json["failed"], list(done.json["tests"])) == (1, 1, ["tests/wrong.sql"])
    found = done.json["tests"]["tests/wrong.sql"]
    assert found["sources"] == {"page_views": {"late": 1, "repeated": 0, "rejected": 1}}
    (difference,) = found["expectations"][0]["differences"]
    assert (difference["expected"]["carts_24h"], difference["found"]["carts_24h"]) == (0, 1)


def test_what_cannot_be_run(fresh: Path) -> None:
    assert "there is no feature test 'visit'; did you mean" in fail(fresh, "test", "visit")
    (fresh / "tests" / "visits.sql").write_text("EXPECT visit NOTHING;")
    assert "hint: did you mean visits?" in fail(fresh, "test")
    (fresh / "tests" / "visits.sql").unlink()
    assert "has no feature tests" in fail(fresh, "test")


def test_values_of_any_type_can_be_given(fresh: Path) -> None:
    (fresh / "types.sql").write_text(
        "CREATE SOURCE typed (k VARCHAR, i INTERVAL, u UUID, m MAP(VARCHAR, BIGINT), big HUGEINT, ts TIMESTAMP,"
        " WATERMARK FOR ts AS ts) WITH ('connector' = 'push');"
        "CREATE FEATURE VIEW v ENTITY k AS SELECT epoch(i) AS seconds, u, m, big FROM typed;"
    )
    values = "'a', {}, '6f1f7f5c-0000-4000-8000-000000000000', MAP {{'x': 1}}, -12345678901234567890"
    (fresh / "tests" / "types.sql").write_text(
        f"INSERT INTO typed VALUES ({values.format('INTERVAL 2 MINUTES')}, '2026-01-01');"
        f"EXPECT v (k, seconds, u, m, big) VALUES ({values.format('120')});"
    )
    assert "1 passed." in succeed(fresh, "test", "types").out
