"""What servers over HTTP have in common: where they listen, who may ask, how a body is read and a mistake is told."""

from __future__ import annotations

import hmac
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...features_sql.errors import ConfigError

LARGEST = 16 * 1024 * 1024
"""Bytes of the longest request that is read."""

Endpoint = Callable[[Request], Awaitable[Response]]


def listening(host: str, port: int, token: str | None) -> socket.socket:
    """Return a socket that listens there, at a port of the system's choice for 0.

    Raises ConfigError for a host that others reach where there is no token, and for a place that cannot be listened at.
    """
    if token is None and not _is_loopback(host):
        raise ConfigError(f"{host} can be reached by others: set HEADRACE_TOKEN, which every request must carry")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # What create_server adds in brackets repeats the place.
        reason = str(error.strerror).partition(" (")[0]
        raise ConfigError(f"cannot listen at {host}, port {port}: {reason}; choose another") from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(app: Starlette, place: socket.socket) -> None:
    """Answer what comes to a socket until interrupted."""
    import uvicorn

    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[place])


def guarded(endpoint: Endpoint, token: str | None) -> Endpoint:
    """Return the endpoint for those who carry the ``token`` as their bearer; without one, for this machine's own.

    What then asks for another host by name is a page in a browser that was told that its own host is here.
    """

    async def answer(request: Request) -> Response:
        if token is None:
            if not _is_loopback(request.url.hostname or ""):
                raise HTTPException(403, "without a token the server is asked for at localhost, not by another name")
        elif not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "the token must be given: Authorization: Bearer ...")
        return await endpoint(request)

    return answer


async def json_body(request: Request, wanted: str) -> Mapping[str, Any]:
    """Return the JSON object that is the body of a request, which has ``wanted``; raises HTTPException for another."""
    # A page in a browser may send any other type to wherever it likes.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body must be JSON, and the header Content-Type: application/json say so")
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > LARGEST:
            raise HTTPException(413, f"a request may hold {LARGEST} bytes")
    try:
        body: Any = json.loads(held)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body must be JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, f"the body must be an object with {wanted}")
    return cast("Mapping[str, Any]", body)


async def told(_: Request, error: Exception) -> Response:
    """Answer with what is wrong with a request, in the form of MLflow's servers."""
    assert isinstance(error, HTTPException)
    code = "BAD_REQUEST" if error.status_code == 400 else "ERROR"
    return JSONResponse({"error_code": code, "message": error.detail}, error.status_code)
