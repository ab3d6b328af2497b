"""``headrace serve-model``: the live version of a trained model behind HTTP, in the form of MLflow's servers.

``POST /invocations`` takes ``{"dataframe_split": {"columns": [...], "data": [[...]]}}`` or
``{"dataframe_records": [{...}]}`` and answers ``{"predictions": [...], "model": ..., "model_version": ...}``,
of several classes with a list of ``probabilities`` per row;
``GET /ping`` tells that a version serves, ``GET /version`` which.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...features_sql.errors import ModelError
from ...features_sql.predictions import PROBABILITIES
from .request_rows import by_json, request_rows
from .served_model import ServedModel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LARGEST = 16 * 1024 * 1024
"""Bytes of the longest request that is read."""


def model_app(served: ServedModel, token: str | None = None) -> Starlette:
    """Return the application; with a ``token`` every request must carry it as its bearer."""

    async def invocations(request: Request) -> Response:
        body = await _body(request)
        inputs = served.model.inputs
        try:
            scored = served.score(request_rows(body, inputs), by_json(inputs))
        except ModelError as error:
            raise HTTPException(400, str(error)) from error
        shares = {name: scored.column(name).to_pylist() for name in scored.column_names if name == PROBABILITIES}
        return JSONResponse({"predictions": scored.column("prediction").to_pylist(), **shares, **_who(served)})

    async def ping(_: Request) -> Response:
        return Response(status_code=200)

    async def version(_: Request) -> Response:
        return JSONResponse(_who(served))

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = "BAD_REQUEST" if error.status_code == 400 else "ERROR"
        return JSONResponse({"error_code": code, "message": error.detail}, error.status_code)

    routes = [
        Route("/invocations", _guarded(invocations, token), methods=["POST"]),
        Route("/ping", ping),
        Route("/version", _guarded(version, token)),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: refused})


def _guarded(
    endpoint: Callable[[Request], Awaitable[Response]], token: str | None
) -> Callable[[Request], Awaitable[Response]]:
    if token is None:
        return endpoint
    wanted = f"Bearer {token}".encode()

    async def guarded(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted):
            raise HTTPException(401, "the token must be given: Authorization: Bearer ...")
        return await endpoint(request)

    return guarded


def _who(served: ServedModel) -> dict[str, str]:
    return {"model": served.model.name, "model_version": str(served.model.version)}


async def _body(request: Request) -> Mapping[str, Any]:
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > LARGEST:
            raise HTTPException(413, f"a request may hold {LARGEST} bytes")
    try:
        body: Any = json.loads(held)
    except ValueError as error:
        raise HTTPException(400, f"the body must be JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "the body must be an object with dataframe_split or dataframe_records")
    return cast("Mapping[str, Any]", body)
