"""A model behind topics: whatever is asked is answered, also what cannot be scored, and only once after a restart."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from headrace.features_sql.errors import ConfigError
from headrace.features_sql.inference import Async
from headrace.features_sql.sink import RedisTarget
from headrace.models.registry import Registry
from headrace.runtime.brokers.brokers import open_reader, open_writer
from headrace.runtime.brokers.topics import Record
from headrace.runtime.scoring.served_model import ServedModel
from headrace.runtime.serving.model_serving import serve_http, serve_topics
from headrace.runtime.serving.topic_server import TopicServer
from headrace.runtime.stores.layout import Layout

from .shop import Shop

Fresh = Callable[[str], str]


def features(amount: object) -> dict[str, object]:
    return {"amount": amount, "n": 3, "mean": 20.0}


def test_every_request_is_answered(taught: Path, tmp_path: Path, redis: str, fresh: Fresh) -> None:
    pattern = Async(RedisTarget(redis, fresh("asked"), ""), RedisTarget(redis, fresh("answered"), ""), 1_000_000)
    requests: list[Any] = [{"id": "a", "features": features(12.5)}, {"id": "b", "features": {"amount": 1.0}}]
    requests += [{"id": "c", "features": features("much")}, {"features": {}}, {"id": "d", "features": features(None)}]
    with closing(open_writer(pattern.request)) as writer:
        writer.write([*(Record(json.dumps(one).encode()) for one in requests), Record(b"{")])
    kept = tmp_path / "answered.json"
    for _ in range(2):
        with (
            closing(ServedModel(Registry(Layout(taught).models), "fraud")) as served,
            closing(TopicServer(served, pattern, kept)) as server,
        ):
            while server.step(0.1):
                pass
    with closing(open_reader(pattern.response, {})) as reader:
        answers = [json.loads(message.value) for message in reader.read(100, 1.0)]
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d"]
    assert [answer.get("model_version") for answer in answers] == ["1", None, None, "1"]
    assert [answer["prediction"] is None for answer in answers] == [False, True, True, False]
    assert "must have the feature n" in answers[1]["reason"]
    assert "amount must be double" in answers[2]["reason"]


def test_a_server_that_others_reach_needs_a_token(taught: Path) -> None:
    with pytest.raises(ConfigError, match="set HEADRACE_TOKEN"):
        serve_http(Layout(taught), "fraud", "0.0.0.0", 0, None, print)


def test_a_port_in_use_is_told(taught: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen at 127.0.0.1, port {port}: .*in use; choose another"):
            serve_http(Layout(taught), "fraud", "127.0.0.1", port, None, print)


def test_the_stream_must_be_async(taught: Path) -> None:
    shop = Shop(taught)
    with pytest.raises(ConfigError, match="must be a stream with 'inference' = 'async'; there is none"):
        serve_topics(Layout(taught), shop.project.definitions(), "fraud", "through", print)
