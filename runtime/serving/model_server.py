"""``headrace serve-model``: the live version of a trained model behind HTTP, in the form of MLflow's servers.

``POST /invocations`` takes ``{"dataframe_split": {"columns": [...], "data": [[...]]}}`` or
``{"dataframe_records": [{...}]}`` and answers ``{"predictions": [...], "model": ..., "model_version": ...}``,
of several classes with a list of ``probabilities`` per row;
``GET /ping`` tells that a version serves, ``GET /version`` which.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...features_sql.errors import ModelError
from ...features_sql.predictions import PROBABILITIES
from ..scoring.served_model import ServedModel
from .http import guarded, json_body, told
from .request_rows import by_json, request_rows


def model_app(served: ServedModel, token: str | None = None) -> Starlette:
    """Return the application; with a ``token`` every request must carry it as its bearer."""

    async def invocations(request: Request) -> Response:
        body = await json_body(request, "dataframe_split or dataframe_records")
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

    routes = [
        Route("/invocations", guarded(invocations, token), methods=["POST"]),
        Route("/ping", ping),
        Route("/version", guarded(version, token)),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: told})


def _who(served: ServedModel) -> dict[str, str]:
    return {"model": served.model.name, "model_version": str(served.model.version)}
