"""The external inference pattern: rows are scored by an HTTP endpoint, which may be slow, broken or away."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.predictions import PROBABILITIES
from .circuit_breaker import CircuitBreaker
from .scores import NUMBER, Form, scores

if TYPE_CHECKING:
    import httpx

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Endpoint:
    """Where rows are scored: POSTed in the form that MLflow's servers take, ``batch_size`` rows a request.

    ``timeout`` is in seconds, of one try; ``retries`` tries follow a failed one. At most ``max_in_flight``
    requests are open at once. Each carries ``token``, unless it is "", as its bearer.
    """

    url: str
    timeout: float = 1.0
    retries: int = 2
    max_in_flight: int = 4
    batch_size: int = 500
    token: str = field(default="", repr=False)


class ScoringFailed(Exception):  # noqa: N818 - it never leaves this module
    """A request that gave no predictions; ``again`` says whether another try may."""

    def __init__(self, reason: str, *, again: bool) -> None:
        self.again = again
        super().__init__(reason)


class ExternalScorer:
    """Asks an endpoint for predictions; never raises for what the endpoint does.

    A request is ``{"dataframe_split": {"columns": [...], "data": [[...]]}}``, an answer ``{"predictions": [...]}``
    with a number (or null) per row and, if the server likes, ``model_version``; where the ``form`` is classes, with a
    class per row and, if the server likes, a list ``probabilities`` of lists. NULL, NaN and the infinities are sent as
    null, every number and boolean as a double.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        form: Form = NUMBER,
        *,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        # httpx takes a while to import, and only this pattern needs it.
        import httpx

        self._endpoint, self._form = endpoint, form
        self._breaker = breaker or CircuitBreaker()
        self._pause = pause
        limits = httpx.Limits(max_connections=endpoint.max_in_flight)
        bearer = {"Authorization": f"Bearer {endpoint.token}"} if endpoint.token else {}
        self._client: httpx.Client = httpx.Client(timeout=endpoint.timeout, limits=limits, headers=bearer)
        self._pool = ThreadPoolExecutor(endpoint.max_in_flight, thread_name_prefix="scoring")

    def score(self, rows: pa.Table) -> pa.Table:
        """Return the scores of rows in the form's schema.

        Where no prediction came it is NULL and ``reason`` says why; where one came ``reason`` is NULL.
        """
        size = self._endpoint.batch_size
        parts = [rows.slice(start, size) for start in range(0, len(rows), size)]
        answers = list(self._pool.map(self._answer, parts))
        return pa.concat_tables([self._form.schema.empty_table(), *answers])

    def _answer(self, rows: pa.Table) -> pa.Table:
        failure = ""
        for attempt in range(self._endpoint.retries + 1):
            if not self._breaker.allows():
                return self._failed(rows, "circuit open" + (f": {failure}" if failure else ""))
            try:
                answer = self._ask(rows)
            except ScoringFailed as failed:
                self._breaker.note(succeeded=not failed.again)
                failure = str(failed)
                if not failed.again:
                    break
                if attempt < self._endpoint.retries:
                    # Full jitter, so that many clients do not come back at one instant.
                    self._pause(random.uniform(0, min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**attempt)))  # noqa: S311
            else:
                self._breaker.note(succeeded=True)
                return answer
        return self._failed(rows, failure)

    def _failed(self, rows: pa.Table, reason: str) -> pa.Table:
        return scores(len(rows), reason=reason, form=self._form)

    def _ask(self, rows: pa.Table) -> pa.Table:
        import httpx

        split = {"columns": rows.column_names, "data": records(rows)}
        try:
            response = self._client.post(self._endpoint.url, json={"dataframe_split": split})
        except httpx.TimeoutException:
            raise ScoringFailed(f"timeout after {self._endpoint.timeout:g} s", again=True) from None
        except httpx.HTTPError as error:
            raise ScoringFailed(f"no connection: {error}", again=True) from None
        if not response.is_success:
            again = response.status_code == _TOO_MANY_REQUESTS or response.is_server_error
            raise ScoringFailed(f"HTTP {response.status_code}", again=again)
        return _read(response, len(rows), self._form)

    def close(self) -> None:
        """Close the connections; requests under way are waited for."""
        self._pool.shutdown()
        self._client.close()


def records(rows: pa.Table) -> list[list[object]]:
    """Return rows as JSON holds them: texts, and a double or None for everything else."""
    columns: list[Sequence[object]] = []
    for column in rows.columns:
        if pa.types.is_boolean(column.type):
            column = pc.cast(column, pa.uint8())
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns.append(column.to_pylist())
            continue
        numbers = pc.cast(column, pa.float64(), safe=False).to_pylist()
        columns.append([None if number is None or not math.isfinite(number) else number for number in numbers])
    return [list(record) for record in zip(*columns, strict=True)]


def _read(response: httpx.Response, rows: int, form: Form) -> pa.Table:
    what = "numbers" if form == NUMBER else "classes"
    try:
        answer: Any = response.json()
        predictions = list(answer["predictions"])
        if form == NUMBER:
            predictions = [None if one is None else float(one) for one in predictions]
        shares = answer.get(PROBABILITIES)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ScoringFailed(f"the answer must be {{'predictions': [{what}]}}", again=False) from None
    if len(predictions) != rows:
        raise ScoringFailed(f"the answer must hold {rows} predictions; got {len(predictions)}", again=False)
    if not (isinstance(shares, list) and len(cast("list[object]", shares)) == rows):
        shares = None
    version = cast("dict[str, object]", answer).get("model_version")
    said = None if version is None else str(version)
    return scores(rows, predictions, said, probabilities=cast("list[object] | None", shares), form=form)
