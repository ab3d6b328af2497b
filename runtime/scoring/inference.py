"""Scoring outside of the epoch: one interface for a worker beside the flow, an HTTP endpoint and topics of a broker."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Model
from ...features_sql.errors import ModelError
from ...features_sql.inference import Async, External, Outside, SideOutput
from ...models.registry import Registry
from ..brokers.topics import Positions
from .answers import Answers
from .external_scoring import Endpoint, ExternalScorer
from .inference_topics import TopicInference
from .inference_worker import WorkerInference
from .scores import Form, form_of, scores
from .served_model import ServedModel

MICROSECONDS = 1e6


class Inference(Protocol):
    """A way of scoring that takes its time.

    ``durable`` tells that what was asked outlives this process, so that it need not be asked again after a restart.
    """

    durable: bool

    def ask(self, rows: pa.Table) -> None:
        """Send rows to be scored: ``_id`` and the columns that the model is fed. Asking twice does no harm."""
        ...

    def answers(self, wait: float) -> Answers:
        """Return what has come since the last call; waits up to ``wait`` seconds for something to come."""
        ...

    def close(self) -> None:
        """Let go of threads and connections."""
        ...


def inference_of(outside: Outside, model: Model, registry: Registry, start: Positions) -> Inference:
    """Return the way of scoring that a stream declares; ``start`` are the positions that its answers are read from."""
    form = form_of(model)
    match outside:
        case Async():
            return TopicInference(outside, start, form)
        case SideOutput():
            return WorkerInference(LocalScorer(registry, model.name, form), form)
        case External():
            return WorkerInference(EndpointScorer(outside, registry, form), form)


class LocalScorer:
    """Scores with the live version of a trained model; without one no row has a prediction."""

    def __init__(self, registry: Registry, model: str, form: Form) -> None:
        self._registry, self._name, self._form = registry, model, form
        self._served: ServedModel | None = None

    def score(self, rows: pa.Table) -> pa.Table:
        """Return a score per row; a refused model is the ``reason`` of rows without one."""
        try:
            if self._served is None:
                self._served = ServedModel(self._registry, self._name)
            return self._served.score(rows).cast(self._form.schema)
        except ModelError as error:
            return scores(len(rows), reason=str(error), form=self._form)

    def close(self) -> None:
        """Free the model."""
        if self._served is not None:
            self._served.close()


class EndpointScorer:
    """Scores through an HTTP endpoint; a row without an answer gets the declared fallback, and keeps its reason."""

    def __init__(self, pattern: External, registry: Registry, form: Form) -> None:
        timeout = pattern.timeout / MICROSECONDS
        tries = (timeout, pattern.retries, pattern.max_in_flight, pattern.batch_size)
        endpoint = Endpoint(pattern.url, *tries, pattern.token)
        self._scorer = ExternalScorer(endpoint, form)
        self._number = pattern.fallback if isinstance(pattern.fallback, float) else None
        self._model = LocalScorer(registry, pattern.fallback, form) if isinstance(pattern.fallback, str) else None

    def score(self, rows: pa.Table) -> pa.Table:
        """Return a score per row; where ``reason`` is not NULL the prediction is the fallback."""
        found = self._scorer.score(rows)
        failed = pc.is_valid(found.column("reason"))
        if not pc.any(failed).as_py():
            return found
        instead = scores(len(rows), [self._number] * len(rows)) if self._number is not None else None
        if self._model is not None:
            instead = self._model.score(rows)
        if instead is None:
            return found
        columns = {name: pc.if_else(failed, instead.column(name), found.column(name)) for name in found.column_names}
        return pa.table(columns | {"reason": found.column("reason")}, schema=found.schema)

    def close(self) -> None:
        """Close connections and free the model."""
        self._scorer.close()
        if self._model is not None:
            self._model.close()
