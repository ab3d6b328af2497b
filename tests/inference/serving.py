"""Servers of trained models, over a real socket and through the topics of a broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvicorn
from headrace.features_sql.inference import Async
from headrace.models.registry import Registry
from headrace.runtime.scoring.served_model import ServedModel
from headrace.runtime.serving.model_server import model_app
from headrace.runtime.serving.topic_server import TopicServer
from headrace.runtime.stores.layout import Layout
from starlette.applications import Starlette

from .shop import Shop


@contextmanager
def serving(registry: Registry, token: str | None = None, model: str = "fraud") -> Iterator[str]:
    """Answer with a model while the block runs; yields the server's address."""
    with closing(ServedModel(registry, model)) as served, listening(model_app(served, token)) as url:
        yield url


@contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """Answer with an application while the block runs; yields the server's address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def answering(shop: Shop, name: str) -> Iterator[TopicServer]:
    """Answer the requests of an async stream while the block runs."""
    declared = shop.project.definitions().streams[name]
    outside = declared.outside
    assert isinstance(outside, Async)
    layout = Layout(shop.folder)
    stop = threading.Event()
    with (
        closing(ServedModel(Registry(layout.models), declared.model)) as served,
        closing(TopicServer(served, outside, shop.folder / "answered.json")) as server,
    ):

        def work() -> None:
            while not stop.is_set():
                server.step(0.05)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
