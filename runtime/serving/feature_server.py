"""``headrace serve``: a project's services, sources, catalog and status behind HTTP.

``POST /features/SERVICE`` takes ``{"keys": [{...}]}``, and ``"as_of"`` if it likes, and answers ``{"rows": [{...}]}``:
the service's row for each key, in order, as ``headrace get-online-features`` prints it.
``POST /push/SOURCE`` takes ``{"rows": [{...}]}`` and answers once they are kept, as ``headrace push`` does.
``GET /catalog``, ``/catalog?search=WORDS``, ``/catalog/NAME`` and ``/status`` answer as those commands do;
``GET /metrics`` tells the status in Prometheus' form, ``GET /ping`` that somebody answers.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ...catalog import search, show
from ...features_sql.errors import BusyError, HeadraceError, SinkError, StoreError
from ...features_sql.spelling import did_you_mean
from ..commands.inputs import instant
from ..json_answer import json_text
from ..json_texts import records_of
from ..project import Project
from ..status import status_data
from .http import guarded, json_body, listening, serve, told
from .metrics import metrics
from .open_readers import OpenReaders

_NOT_THE_ASKER = (BusyError, SinkError, StoreError)


def serve_project(project: Project, host: str, port: int, token: str | None, say: Callable[[str], object]) -> None:
    """Serve until interrupted; raises what ``listening`` does, and ReadError where nothing is applied."""
    project.status()
    with closing(listening(host, port, token)) as place:
        say(f"{project.layout.root.name} answers at http://{host}:{place.getsockname()[1]}/features/SERVICE")
        serve(feature_app(project, token), place)


def feature_app(project: Project, token: str | None = None) -> Starlette:
    """Return the application, which answers one request after the other; with a ``token`` each must carry it."""
    answers = _Answers(project)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        with closing(answers.readers):
            yield

    routes = [
        Route("/features/{service}", guarded(answers.features, token), methods=["POST"]),
        Route("/push/{source}", guarded(answers.push, token), methods=["POST"]),
        Route("/catalog", guarded(answers.entries, token)),
        Route("/catalog/{name}", guarded(answers.card, token)),
        Route("/status", guarded(answers.status, token)),
        Route("/metrics", guarded(answers.metrics, token)),
        Route("/ping", answers.ping),
    ]
    handlers = {HTTPException: told, HeadraceError: _mistaken}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


class _Answers:
    """What each path answers."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.readers = OpenReaders(project)

    async def features(self, request: Request) -> Response:
        body = await json_body(request, "keys")
        _require_fields(body, ("keys",), ("as_of",))
        service = request.path_params["service"]
        answer = self.readers.reader(service).read(body["keys"], _as_of(body))
        return _json({"service": service, "rows": records_of(answer)})

    async def push(self, request: Request) -> Response:
        body = await json_body(request, "rows")
        _require_fields(body, ("rows",))
        return _json(vars(self._project.push(request.path_params["source"], _objects(body["rows"]))))

    async def entries(self, request: Request) -> Response:
        words = request.query_params.get("search")
        with self._project.catalog() as store:
            return _json(show.entries(store) if words is None else search.search(store, words))

    async def card(self, request: Request) -> Response:
        with self._project.catalog() as store:
            return _json(show.show(store, request.path_params["name"]))

    async def status(self, _: Request) -> Response:
        return _json(status_data(self._project.status()))

    async def metrics(self, _: Request) -> Response:
        return PlainTextResponse(metrics(self._project.status()), media_type="text/plain; version=0.0.4")

    async def ping(self, _: Request) -> Response:
        return Response(status_code=200)


async def _mistaken(request: Request, error: Exception) -> Response:
    """Answer with an error of ours: mostly the asker's, else one of the place where rows are kept."""
    return await told(request, HTTPException(503 if isinstance(error, _NOT_THE_ASKER) else 400, str(error)))


def _json(data: object) -> Response:
    return Response(json_text(data, indent=None), media_type="application/json")


def _require_fields(body: Mapping[str, Any], wanted: Sequence[str], optional: Sequence[str] = ()) -> None:
    known = [*wanted, *optional]
    for name in body:
        if name not in known:
            hint = did_you_mean(name, known) or f"it has {', '.join(known)}"
            raise HTTPException(400, f"the body has no field {name}; {hint}")
    for name in wanted:
        if name not in body:
            raise HTTPException(400, f"the body must have {name}")


def _as_of(body: Mapping[str, Any]) -> datetime | None:
    given = body.get("as_of")
    try:
        return None if given is None else instant(str(given))
    except ValueError as error:
        raise HTTPException(400, f"as_of: {error}") from error


def _objects(rows: object) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[object]", rows)):
        raise HTTPException(400, "rows must be a list of objects, each from column to value")
    return cast("list[dict[str, Any]]", rows)
