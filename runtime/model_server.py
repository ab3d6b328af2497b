"""``headrace serve-model``: the live version of a trained model behind HTTP, in the form of MLflow's servers.

``POST /invocations`` takes ``{"dataframe_split": {"columns": [...], "data": [[...]]}}`` or
``{"dataframe_records": [{...}]}`` and answers ``{"predictions": [...], "model": ..., "model_version": ...}``;
``GET /ping`` tells that a version serves, ``GET /version`` which.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..features_sql.errors import ModelError
from ..models.matrix import Inputs, matrix
from ..models.registry import Model, Registry
from ..models.scorer import Scorer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOG = logging.getLogger(__name__)
LARGEST = 16 * 1024 * 1024
"""Bytes of the longest request that is read."""


class ServedModel:
    """The live version of a model; a promotion is taken over at the next request.

    A version that is refused (damaged, of other features) is passed over with a warning while another serves.
    """

    def __init__(self, registry: Registry, name: str) -> None:
        self._registry, self._name = registry, name
        self._version: int | None = None
        self._load(registry.load(name))

    def _load(self, model: Model) -> None:
        self._model, self._scorer, self._version = model, Scorer(model.text), model.version

    @property
    def model(self) -> Model:
        """The version that serves now."""
        live = self._registry.live(self._name)
        if live is not None and live != self._version:
            old = self._scorer
            try:
                self._load(self._registry.load(self._name, live))
                old.close()
            except ModelError as error:
                LOG.warning("version %s of %s keeps serving: %s", self._model.version, self._name, error)
                self._version = live
        return self._model

    def predict(self, rows: pa.Table) -> list[object]:
        """Return a prediction per row: a probability, a value, or the likeliest of several classes.

        Raises ModelError where the rows are not what the model is fed.
        """
        model = self.model
        scores = self._scorer.predict(matrix(rows, _by_json(model.inputs)))
        if scores.ndim == 1:
            return scores.tolist()
        return [model.manifest.classes[place] for place in scores.argmax(axis=1)]

    def close(self) -> None:
        """Free the model."""
        self._scorer.close()


def model_app(served: ServedModel, token: str | None = None) -> Starlette:
    """Return the application; with a ``token`` every request must carry it as its bearer."""

    async def invocations(request: Request) -> Response:
        body = await _body(request)
        rows = _rows(body, served.model.inputs)
        try:
            predictions = served.predict(rows)
        except ModelError as error:
            raise HTTPException(400, str(error)) from error
        return JSONResponse({"predictions": predictions, **_who(served)})

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


def serve_model(registry: Registry, name: str, host: str, port: int, token: str | None) -> None:
    """Serve until interrupted; raises ModelError where no version of the model can serve."""
    import uvicorn

    with closing(ServedModel(registry, name)) as served:
        uvicorn.run(model_app(served, token), host=host, port=port, log_level="warning")


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


def _rows(body: Mapping[str, Any], inputs: Inputs) -> pa.Table:
    names, records = _columns(body)
    missing = [name for name in inputs.names if name not in names]
    if missing:
        raise HTTPException(400, f"the rows must have the feature {missing[0]}; they have {', '.join(names)}")
    columns: dict[str, pa.Array] = {}
    for column in _by_json(inputs).columns:
        place = names.index(column.name)
        kind = pa.string() if column.categories is not None else pa.float64()
        try:
            columns[column.name] = pa.array([record[place] for record in records], kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise HTTPException(400, f"the feature {column.name} must be {kind}: {error}") from error
    return pa.table(columns)


def _columns(body: Mapping[str, Any]) -> tuple[list[str], list[Sequence[object]]]:
    split: Any = body.get("dataframe_split")
    if isinstance(split, dict):
        held = cast("dict[str, Any]", split)
        names: Any = held.get("columns")
        data: Any = held.get("data")
        if _is_list(names) and _is_list(data) and all(_is_list(row) and len(row) == len(names) for row in data):
            return names, data
        raise HTTPException(400, "dataframe_split must hold columns and data, a list of that many values per row")
    records: Any = body.get("dataframe_records")
    if _is_list(records) and records and all(isinstance(record, dict) for record in records):
        found = list(dict.fromkeys(name for record in records for name in record))
        return found, [[record.get(name) for name in found] for record in records]
    raise HTTPException(400, "the body must have dataframe_split or dataframe_records")


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _by_json(inputs: Inputs) -> Inputs:
    """The same inputs as JSON brings them: texts, and doubles for everything else."""
    typed = (replace(column, type="double" if column.categories is None else "string") for column in inputs.columns)
    return Inputs(tuple(typed))
