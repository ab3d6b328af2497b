"""``headrace serve-model``: a trained model answers requests until it is interrupted, over HTTP or through topics."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from ...features_sql.definitions import Definitions
from ...features_sql.errors import ConfigError
from ...features_sql.inference import Async
from ...features_sql.names import did_you_mean
from ...models.registry import Registry
from ..scoring.served_model import ServedModel
from ..stores.layout import Layout
from .http import listening, serve
from .model_server import model_app
from .topic_server import TopicServer

WAIT = 0.5
"""Seconds that one look at a topic waits for requests."""

Say = Callable[[str], object]


def serve_http(layout: Layout, model: str, host: str, port: int, token: str | None, say: Say) -> None:
    """Serve until interrupted.

    Raises ConfigError for a host that others reach where there is no token, and for a place that cannot be listened at.
    """
    with closing(listening(host, port, token)) as place, closing(ServedModel(Registry(layout.models), model)) as served:
        say(f"{model} version {served.model.version} answers at http://{host}:{place.getsockname()[1]}/invocations")
        serve(model_app(served, token), place)


def serve_topics(layout: Layout, definitions: Definitions, model: str, stream: str, say: Say) -> None:
    """Answer the requests of an ``async`` stream until interrupted; raises ConfigError where it is none."""
    found = definitions.streams.get(stream)
    if found is None or not isinstance(found.outside, Async):
        streams = [name for name, one in definitions.streams.items() if isinstance(one.outside, Async)]
        hint = did_you_mean(stream, streams) or f"there is {', '.join(streams) or 'none'}"
        raise ConfigError(f"{stream} must be a stream with 'inference' = 'async'; {hint}")
    kept = layout.store / f"answered-{stream}.json"
    with (
        closing(ServedModel(Registry(layout.models), model)) as served,
        closing(TopicServer(served, found.outside, kept)) as server,
    ):
        say(f"{model} version {served.model.version} answers the requests of {stream}")
        while True:
            server.step(WAIT)
