"""``headrace serve-model --stream``: a trained model answers an ``async`` stream's requests, from topic to topic."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...features_sql.errors import ModelError
from ...features_sql.inference import Async
from ..brokers.brokers import open_reader, open_writer
from ..brokers.topics import Message, Positions, Record, after, positions_of, positions_text
from ..scoring.served_model import ServedModel
from ..stores.durable import write_file
from .request_rows import by_json, request_rows

LOG = logging.getLogger(__name__)
_AT_ONCE = 1_000


class TopicServer:
    """Answers every request at least once: ``kept`` is the file that remembers which have been answered.

    An answer is ``{"id": ..., "prediction": ..., "model_version": ...}``, or has ``reason`` where the features of a
    request are not what the model is fed. What has no id cannot be answered and is passed over with a warning.
    """

    def __init__(self, served: ServedModel, pattern: Async, kept: Path) -> None:
        self._served, self._kept = served, kept
        self._positions: Positions = positions_of(kept.read_text()) if kept.exists() else {}
        self._reader = open_reader(pattern.request, self._positions)
        self._writer = open_writer(pattern.response)

    def step(self, wait: float) -> int:
        """Answer what has come, waiting up to ``wait`` seconds for it; return how many requests were answered."""
        messages = self._reader.read(_AT_ONCE, wait)
        if not messages:
            return 0
        requests = [found for message in messages if (found := _request(message)) is not None]
        answers = self._answers(requests)
        self._writer.write([Record(json.dumps(answer).encode(), str(answer["id"]).encode()) for answer in answers])
        self._positions = after(self._positions, messages)
        kept = positions_text(self._positions).encode()
        write_file(self._kept, lambda file: file.write(kept))
        return len(answers)

    def _answers(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
        try:
            return self._scored(requests) if requests else []
        except ModelError as error:
            if len(requests) == 1:
                return [{"id": requests[0]["id"], "prediction": None, "reason": str(error)}]
            # One that is amiss must not take the others with it.
            return [answer for request in requests for answer in self._answers([request])]

    def _scored(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
        inputs = self._served.model.inputs
        rows = request_rows({"dataframe_records": [request["features"] for request in requests]}, inputs)
        scored = self._served.score(rows, by_json(inputs)).drop_columns(["reason"]).to_pylist()
        return [{"id": one["id"], **score} for one, score in zip(requests, scored, strict=True)]

    def close(self) -> None:
        """Leave the broker."""
        self._reader.close()
        self._writer.close()


def _request(message: Message) -> dict[str, Any] | None:
    try:
        held: Any = json.loads(message.value)
        return {"id": str(held["id"]), "features": dict(held["features"])}
    except (ValueError, KeyError, TypeError):
        LOG.warning("a request at offset %d must be {'id': ..., 'features': {...}}; passed over", message.offset)
        return None
