"""Commands that answer requests until they are interrupted: of a project, of a trained model."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from .command_line import argument, open_project, option

Name = Annotated[str, argument("MODEL", "A model.")]
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")]
Port = Annotated[int, typer.Option("--port", metavar="PORT", help="Where to listen.", min=0, max=65535)]
Stream = Annotated[
    str | None, option("--stream", metavar="STREAM", said="Answer this async stream's requests, not HTTP.")
]


def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Answer requests over HTTP until interrupted: services for keys, events to push, the catalog, the status.

    With HEADRACE_TOKEN set every request must carry it as its bearer.
    """
    from ..serving.feature_server import serve_project

    serve_project(open_project(context), host, port, os.environ.get("HEADRACE_TOKEN"), typer.echo)


def serve_model(
    context: typer.Context,
    model: Name,
    host: Host = "127.0.0.1",
    port: Port = 8090,
    stream: Stream = None,
) -> None:
    """Answer requests with a model's serving version until interrupted, over HTTP or through a stream's topics.

    With HEADRACE_TOKEN set every HTTP request must carry it as its bearer.
    """
    from ..serving import model_serving

    project = open_project(context)
    if stream is not None:
        model_serving.serve_topics(project.layout, project.definitions(), model, stream, typer.echo)
    else:
        token = os.environ.get("HEADRACE_TOKEN")
        model_serving.serve_http(project.layout, model, host, port, token, typer.echo)
