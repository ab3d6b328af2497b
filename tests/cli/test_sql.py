"""The sql command: SHOW, DESCRIBE and EXPLAIN."""

from __future__ import annotations

from pathlib import Path

import pytest

from .command_line import fail, succeed

BOTH = """CREATE FEATURE VIEW both ENTITY visitor_id AS SELECT count(*) OVER (GLOBAL) AS n FROM (
  SELECT visitor_id, viewed_at FROM page_views UNION ALL SELECT visitor_id, as_of AS viewed_at FROM visits) u;"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked") / "shop"
    succeed(folder.parent, "init", folder)
    (folder / "both.sql").write_text(BOTH)
    return folder


def asked(shop: Path, text: str) -> object:
    return succeed(shop, "sql", text, "--format", "json").json


def test_show(shop: Path) -> None:
    views = asked(shop, "SHOW FEATURE VIEWS;")
    assert isinstance(views, list)
    assert sorted((view["name"], view["entity"], view["reads"], view["features"]) for view in views) == [
        ("both", "visitor_id", "page_views, visits", 1),
        ("visitor_activity", "visitor_id", "page_views", 6),
        ("visits", "visitor_id", "page_views", 2),
    ]
    assert asked(shop, "SHOW TABLES") == []
    assert "page_views" in succeed(shop, "sql", "SHOW SOURCES").out
    assert "shopper" in succeed(shop, "sql", "SHOW FEATURE SERVICES").out


def test_describe(shop: Path) -> None:
    visits = asked(shop, "DESCRIBE Visits")
    assert isinstance(visits, dict)
    assert [column["column"] for column in visits["columns"]] == ["visitor_id", "as_of", "pages", "spent"]
    assert visits["columns"][2] == {
        "column": "pages",
        "type": "BIGINT",
        "is": "count(*) OVER visit",
        "description": "pages of the visit",
    }
    source = asked(shop, "DESCRIBE SOURCE page_views")
    assert isinstance(source, dict)
    assert source["columns"][2]["type"] == "DECIMAL(10,2)"
    assert fail(shop, "sql", "DESCRIBE visit").strip().endswith("did you mean visits?")


def test_explain(shop: Path) -> None:
    assert succeed(shop, "sql", "EXPLAIN visits").out == succeed(shop, "explain", "visits").out
    features = "SELECT ewma({}, '1 hour') OVER (GLOBAL) AS s FROM page_views"
    trial = f"EXPLAIN CREATE FEATURE VIEW spenders ENTITY visitor_id AS {features}"
    assert "fold" in succeed(shop, "sql", trial.format("amount")).out
    assert "did you mean amount?" in fail(shop, "sql", trial.format("amuont"))
    assert "spenders" not in succeed(shop, "sql", "SHOW FEATURE VIEWS").out
