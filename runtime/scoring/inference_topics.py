"""The async inference pattern: requests through one topic, answers through another, matched by prediction id.

A request is ``{"id": ..., "features": {...}}``, its key the id; an answer ``{"id": ..., "prediction": ...}`` with
``model_version`` or ``reason`` where there is one, and of a model of several classes with their ``probabilities``. NaN
and the infinities are sent as null.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import logging
from typing import Any

import pyarrow as pa

from ...features_sql.inference import Async
from ...features_sql.predictions import PROBABILITIES
from ..brokers.brokers import open_reader, open_writer
from ..brokers.topics import Message, Positions, Record, after
from .answers import Answers, answered
from .external_scoring import records
from .scores import Form, scores

LOG = logging.getLogger(__name__)
_AT_ONCE = 10_000


class TopicInference:
    """Sends a request per row and reads the answers from where the last ones that were committed ended.

    See ``Inference``. An answer that cannot be read is passed over with a warning: its row runs into the timeout.
    """

    durable = True

    def __init__(self, pattern: Async, start: Positions, form: Form) -> None:
        self._form = form
        self._writer = open_writer(pattern.request)
        self._reader = open_reader(pattern.response, start)
        self._positions = dict(start)

    def ask(self, rows: pa.Table) -> None:
        """Return once the broker has acknowledged every request."""
        ids, features = rows.column("_id").to_pylist(), rows.drop_columns(["_id"])
        names = features.column_names
        self._writer.write(
            [
                Record(json.dumps({"id": id_, "features": dict(zip(names, row, strict=True))}).encode(), id_.encode())
                for id_, row in zip(ids, records(features), strict=True)
            ]
        )

    def answers(self, wait: float) -> Answers:
        """Return the answers that have come."""
        messages = self._reader.read(_AT_ONCE, wait)
        self._positions = after(self._positions, messages)
        found = [part for message in messages if (part := _answer(message, self._form)) is not None]
        return Answers(answered(found, self._form), dict(self._positions))

    def close(self) -> None:
        """Leave the broker."""
        self._writer.close()
        self._reader.close()


def _answer(message: Message, form: Form) -> pa.Table | None:
    try:
        held: Any = json.loads(message.value)
        id_, prediction = str(held["id"]), held["prediction"]
        version, reason, shares = held.get("model_version"), held.get("reason"), held.get(PROBABILITIES)
    except (ValueError, KeyError, TypeError, AttributeError):
        LOG.warning("an answer at offset %d must be {'id': ..., 'prediction': ...}; passed over", message.offset)
        return None
    words = (None if version is None else str(version), None if reason is None else str(reason))
    one = scores(1, [prediction], *words, probabilities=[shares], form=form)
    return one.append_column("_id", pa.array([id_]))
