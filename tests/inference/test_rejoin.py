"""Rows that are scored outside: each is written once, with its score or the reason why it has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError
from headrace.features_sql.inference import Async
from headrace.models.registry import Registry
from headrace.runtime.brokers.brokers import open_reader, open_writer
from headrace.runtime.brokers.topics import Record
from headrace.runtime.stores.layout import Layout

from .serving import answering, serving
from .shop import TAUGHT, Shop, stream

Fresh = Callable[[str], str]
PAID = 90
FIRST, LAST = TAUGHT - 1, TAUGHT + PAID - 2
"""The newest payment waits for its watermark: the one before the streams were declared comes with the others."""


def ids(shop: Shop, name: str) -> list[int]:
    return [row["id"] for row in shop.rows(name)]


@pytest.mark.parametrize(
    "failpoint", ["asked:2:kill", "asked:3:kill", "commit:2:kill", "committed:4:kill", "committed:5:kill"]
)
def test_each_row_is_scored_once_through_kills(shop: Shop, url: str, redis: str, fresh: Fresh, failpoint: str) -> None:
    topics = {"request_topic": fresh("requests"), "response_topic": fresh("answers")}
    shop.open(
        stream("inside", "embedded", "id, prediction, model_version"),
        stream("outside", "external", url=url, timeout="30 SECONDS"),
        stream("through", "async", url=redis, timeout="1 HOUR", **topics),
        stream("beside", "side_output", timeout="1 HOUR"),
    )
    shop.pay(PAID)
    with answering(shop, "through"):
        assert shop.run(failpoint) < 0
        assert shop.run() == 0
    expected = {row["id"]: row["prediction"] for row in shop.rows("inside")}
    for name in ("outside", "through", "beside"):
        rows = shop.rows(name)
        assert [row["id"] for row in rows] == list(range(FIRST, LAST + 1))
        assert [row["prediction"] for row in rows] == [expected[row["id"]] for row in rows]
    assert shop.project.status().unscored == {"beside": 0, "outside": 0, "through": 0}


def test_an_endpoint_may_ask_for_a_token(shop: Shop, taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORER_TOKEN", "sesame")
    with serving(Registry(Layout(taught).models), "sesame") as found:
        place = {"url": f"{found}/invocations", "timeout": "30 seconds"}
        shop.open(stream("known", "external", token="${SCORER_TOKEN}", **place), stream("unknown", "external", **place))
        shop.pay(PAID)
        shop.project.run()
    assert {row["reason"] for row in shop.rows("known")} == {None}
    assert {row["reason"] for row in shop.rows("unknown")} == {"HTTP 401"}
    assert "sesame" not in str(shop.project.definitions())
    with pytest.raises(ReadError, match="known is a stream"):
        shop.project.verify("known")


def test_an_endpoint_that_is_away_leaves_the_fallback_and_a_reason(shop: Shop) -> None:
    away = {"url": "http://127.0.0.1:9/invocations", "retries": "0", "timeout": "1 SECONDS"}
    shop.open(
        stream("inside", "embedded", "id, prediction, model_version"),
        stream("nothing", "external", **away),
        stream("number", "external", fallback="0.25", **away),
        stream("model", "external", fallback="fraud", **away),
    )
    shop.pay(PAID)
    shop.project.run()
    expected = {row["id"]: row["prediction"] for row in shop.rows("inside")}
    for name, fallback in (("nothing", lambda _: None), ("number", lambda _: 0.25), ("model", expected.get)):
        rows = shop.rows(name)
        assert len(rows) == PAID
        assert [row["prediction"] for row in rows] == [fallback(row["id"]) for row in rows]
        assert all(row["reason"].startswith(("no connection", "circuit open")) for row in rows)
    assert {row["model_version"] for row in shop.rows("model")} == {"1"}


def test_a_row_without_an_answer_is_given_up_and_its_late_answer_kept_beside(
    shop: Shop, redis: str, fresh: Fresh
) -> None:
    topics = {"request_topic": fresh("requests"), "response_topic": fresh("answers")}
    shop.open(stream("through", "async", url=redis, timeout="200 ms", **topics))
    shop.pay(PAID)
    shop.project.run()
    rows = shop.rows("through")
    assert [row["id"] for row in rows] == list(range(FIRST, LAST + 1))
    assert {(row["prediction"], row["model_version"], row["reason"]) for row in rows} == {(None, None, "timeout")}

    outside = shop.project.definitions().streams["through"].outside
    assert isinstance(outside, Async)
    with closing(open_reader(outside.request, {})) as reader:
        asked = [json.loads(message.value) for message in reader.read(10, 1.0)]
    answers = [{"id": one["id"], "prediction": 0.5, "model_version": "x"} for one in asked[:2]]
    with closing(open_writer(outside.response)) as writer:
        writer.write([Record(json.dumps(answer).encode()) for answer in [*answers, *answers, {"id": "no such"}]])
        writer.write([Record(b"not JSON")])
    shop.project.run()
    assert ids(shop, "through") == list(range(FIRST, LAST + 1))
    late = shop.rows("through$late")
    assert [(row["id"], row["prediction"], row["model_version"]) for row in late] == [
        (FIRST, 0.5, "x"),
        (FIRST + 1, 0.5, "x"),
    ]
    assert all(row["_lag_seconds"] > 0 for row in late)
    assert set(asked[0]["features"]) == {"amount", "n", "mean"}


def test_a_stream_waits_for_a_broker_that_is_away(shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    away = {"url": "redis://127.0.0.1:9/0", "request_topic": "asked", "response_topic": "answered"}
    shop.open(stream("through", "async", **away), stream("inside", "embedded", "id, prediction"))
    shop.pay(PAID)
    shop.project.run()
    assert len(shop.rows("inside")) > PAID
    assert ids(shop, "through") == []
    assert "its rows wait" in caplog.text


def test_a_model_without_a_version_gives_its_reason(tmp_path: Path) -> None:
    shop = Shop.made(tmp_path)
    shop.open(stream("beside", "side_output"))
    shop.pay(10)
    shop.project.run()
    rows = shop.rows("beside")
    assert [row["id"] for row in rows] == list(range(9))
    assert all(row["prediction"] is None and "fraud" in row["reason"] for row in rows)


def test_a_row_on_which_a_stream_fails_goes_to_the_dead_letters(shop: Shop) -> None:
    failing = "id, CAST(CASE WHEN id = 205 THEN 'x' ELSE '1' END AS BIGINT) AS one"
    shop.open(stream("inside", "embedded", failing), stream("beside", "side_output", failing))
    shop.pay(20)
    shop.project.run()
    for name in ("inside", "beside"):
        assert [row["id"] for row in shop.rows(name)][-15:] == [*range(203, 205), *range(206, 219)]
    assert shop.project.status().quarantined == 2
