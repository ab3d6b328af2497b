"""One service scored in four ways: embedded, by HTTP, through topics and beside the flow; the scores are equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from headrace.models.registry import Registry
from headrace.runtime.stores.layout import Layout

from .serving import answering, serving
from .shop import TAUGHT, Shop, stream

Fresh = Callable[[str], str]
PAID = 90


def by_id(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["id"], row["card"], row["ts"], row["prediction"], row["model_version"]) for row in rows]


@pytest.mark.parametrize("broker", ["kafka", "redis"])
def test_scores_are_equal(shop: Shop, url: str, request: pytest.FixtureRequest, fresh: Fresh, broker: str) -> None:
    topics = {"request_topic": fresh("requests"), "response_topic": fresh("answers")}
    if broker == "kafka":
        kafka = request.getfixturevalue("kafka")
        for topic in topics.values():
            kafka.create(topic)
        place = {"bootstrap_servers": kafka.options["bootstrap.servers"]}
    else:
        place = {"url": request.getfixturevalue("redis")}
    shop.open(
        stream("inside", "embedded", "id, prediction, model_version"),
        stream("outside", "external", url=url, timeout="30 SECONDS", batch_size="7"),
        stream("through", "async", timeout="60 SECONDS", **place, **topics),
        stream("beside", "side_output"),
    )
    shop.pay(PAID)
    with answering(shop, "through"):
        shop.project.run()
    # The newest payment before the streams were declared waited for its watermark till now; now the last one does.
    expected = [row for row in by_id(shop.rows("inside")) if row[0] >= TAUGHT - 1]
    assert len(expected) == PAID
    assert {row[4] for row in expected} == {"1"}
    assert len({row[3] for row in expected}) > 3
    for name in ("outside", "through", "beside"):
        rows = shop.rows(name)
        assert by_id(rows) == expected
        assert {row["reason"] for row in rows} == {None}
    assert set(shop.project.status().unscored.values()) == {0}


def test_classes_and_their_probabilities_are_equal(shop: Shop, redis: str, fresh: Fresh) -> None:
    columns = "id, prediction, probabilities, model_version"
    topics = {"request_topic": fresh("requests"), "response_topic": fresh("answers")}
    outside = {"columns": f"{columns}, reason", "model": "size"}
    with serving(Registry(Layout(shop.folder).models), model="size") as found:
        url, away = f"{found}/invocations", "http://127.0.0.1:9/invocations"
        shop.open(
            stream("inside", "embedded", columns, "size"),
            stream("outside", "external", url=url, timeout="30 SECONDS", batch_size="7", **outside),
            stream("through", "async", timeout="60 SECONDS", url=redis, **topics, **outside),
            stream("beside", "side_output", **outside),
            stream("instead", "external", url=away, retries="0", fallback="size", **outside),
            stream("nothing", "external", url=away, retries="0", **outside),
        )
        shop.pay(PAID)
        with answering(shop, "through"):
            shop.project.run()
    expected = [row for row in shop.rows("inside") if row["id"] >= TAUGHT - 1]
    assert len(expected) == PAID
    assert {row["prediction"] for row in expected} == {"small", "middling", "large"}
    for name in ("outside", "through", "beside", "instead"):
        rows = shop.rows(name)
        assert [{column: row[column] for column in expected[0]} for row in rows] == expected
        assert all((row["reason"] is None) == (name != "instead") for row in rows)
    assert {(row["prediction"], row["probabilities"]) for row in shop.rows("nothing")} == {(None, None)}
