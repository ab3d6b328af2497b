"""A trained model that serves by itself: always its live version, also while that changes."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import logging

import pyarrow as pa

from ...features_sql.errors import ModelError
from ...models.matrix import Inputs, matrix
from ...models.registry import Model, Registry
from ...models.scorer import Scorer
from .scores import Form, scores

LOG = logging.getLogger(__name__)


class ServedModel:
    """The live version of a model; a promotion is taken over at the next question.

    A version that is refused (damaged, of other features) is passed over with a warning while another serves.
    Raises ModelError where none can. Not safe for use by two threads at once.
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

    def score(self, rows: pa.Table, inputs: Inputs | None = None) -> pa.Table:
        """Return the score of each row as ``scores`` lays them out: a probability, a value, or the likeliest class.

        ``inputs`` say how the rows are typed where that is not how the model was trained. Raises ModelError where the
        rows are not what the model is fed.
        """
        model = self.model
        found = self._scorer.predict(matrix(rows, inputs or model.inputs))
        version = str(model.version)
        if found.ndim == 1:
            return scores(len(rows), found.tolist(), version)
        classes = pa.array(model.manifest.classes)
        likeliest = classes.take(pa.array(found.argmax(axis=1))).to_pylist()
        return scores(len(rows), likeliest, version, probabilities=found.tolist(), form=Form(classes.type))

    def close(self) -> None:
        """Free the model."""
        self._scorer.close()
