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


MODELLED = """CREATE SOURCE orders (visitor_id VARCHAR, bought BOOLEAN, at TIMESTAMP, WATERMARK FOR at AS at)
  WITH ('connector' = 'push');
-- does the visitor buy?
CREATE MODEL buys PREDICT bought FROM shopper LABELS orders ON (visitor_id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');
CREATE MODEL buys_live CORRECTS buys WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector');
CREATE STREAM scored WITH ('inference' = 'embedded') AS
SELECT prediction -- how likely
FROM ML_PREDICT(TABLE shopper, MODEL buys_live) WHERE prediction > 0.5;
CREATE SINK likely FROM scored WITH ('connector' = 'redis', 'url' = 'redis://:hunter2@cache', 'stream' = 'likely');
CREATE SINK copies FROM visits WITH ('connector' = 'files', 'path' = 'copies');"""


def test_models_streams_and_sinks_are_told_like_the_rest(shop: Path) -> None:
    (shop / "modelled.sql").write_text(MODELLED)
    try:
        model, stream, sink, copies = (
            asked(shop, f"DESCRIBE {name}") for name in ("MODEL buys_live", "STREAM scored", "SINK likely", "copies")
        )
        shown = {kind: asked(shop, f"SHOW {kind}") for kind in ("MODELS", "STREAMS", "SINKS")}
        printed = succeed(shop, "sql", "DESCRIBE likely").out + succeed(shop, "sql", "SHOW SINKS").out
        assert fail(shop, "sql", "DESCRIBE score").strip().endswith("did you mean scored?")
    finally:
        (shop / "modelled.sql").unlink()
    assert isinstance(model, dict)
    assert isinstance(stream, dict)
    assert isinstance(sink, dict)
    assert isinstance(copies, dict)
    assert model["kind"] == "model"
    told = {column["column"]: column["is"] for column in model["columns"]}
    assert (told["bought"], told["prediction"]) == ("the label, from orders", "predicted")
    assert "fed" in told.values()
    assert "visitor_id" not in told
    assert [tuple(one.values()) for one in stream["columns"]][-1] == (
        "prediction",
        "DOUBLE",
        "prediction",
        "how likely",
    )
    assert (sink["kind"], sink["columns"]) == ("sink", stream["columns"])
    assert [column["column"] for column in copies["columns"]] == ["visitor_id", "as_of", "pages", "spent"]
    assert [row["corrects"] for row in listed(shown["MODELS"])] == ["", "buys"]
    assert [(row["model"], row["inference"]) for row in listed(shown["STREAMS"])] == [("buys_live", "embedded")]
    assert {row["name"]: row["sends to"] for row in listed(shown["SINKS"])} == {"copies": "copies", "likely": "likely"}
    assert "hunter2" not in printed


def listed(rows: object) -> list[dict[str, object]]:
    assert isinstance(rows, list)
    return rows


def test_explain_takes_the_kind_of_what_it_names(shop: Path) -> None:
    assert asked(shop, "EXPLAIN FEATURE VIEW visits") == asked(shop, "EXPLAIN visits")
    assert asked(shop, "EXPLAIN FLINK VIEW visits") == asked(shop, "EXPLAIN FLINK visits")
    assert fail(shop, "sql", "EXPLAIN FLNK visits").count("did you mean FLINK?") == 1


def test_explain_flink(shop: Path) -> None:
    said = succeed(shop, "explain", "visits", "--flink").out
    assert said == succeed(shop, "sql", "EXPLAIN FLINK Visits").out
    program = asked(shop, "EXPLAIN FLINK visits")
    assert isinstance(program, dict)
    verdicts = {one["clause"]: one["kind"] for one in program["verdicts"]}
    assert (verdicts["page_views: connector"], verdicts["visits: spent"]) == ("refused", "exact")
    assert said.endswith(f"{program['sql']}\n")
    trial = "CREATE FEATURE VIEW v ENTITY visitor_id AS SELECT last(amount) OVER (GLOBAL) AS m FROM page_views"
    assert "No SQL" in succeed(shop, "sql", f"EXPLAIN FLINK {trial}").out
