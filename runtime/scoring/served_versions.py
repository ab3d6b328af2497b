"""Which trained version of a model serves: the live one while it is whole, else the last good one."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ...catalog.identity import content_hash
from ...features_sql.definitions import Definitions
from ...features_sql.definitions import Model as ModelDefinition
from ...features_sql.errors import ModelError
from ...features_sql.model_settings import BaseSettings
from ...models.matrix import Input, Inputs
from ...models.registry import Model, Registry
from ..duck import arrow_schema

LOG = logging.getLogger(__name__)

UNTRAINED = 0


class ServedVersions:
    """The trained versions of a project's models, each loaded once and checked before it is used.

    A version that is damaged, or was trained on other features than the project has now, is refused with a warning,
    and the last good one serves in its place.
    """

    def __init__(self, definitions: Definitions, registry: Registry) -> None:
        self._definitions = definitions
        self._registry = registry
        self._loaded: dict[tuple[str, int], Model | None] = {}

    def current(self, names: Iterable[str]) -> dict[str, int]:
        """Return the version that serves of each trained model among ``names``; those without one are left out."""
        found: dict[str, int] = {}
        for name in names:
            live = self._registry.live(name) if is_trained(self._definitions.models[name]) else None
            model = None if live is None else self.model(name, live)
            if model is not None:
                found[name] = model.version
        return found

    def model(self, name: str, version: int) -> Model | None:
        """Return a version, or the last good one where it is refused; None where none is good."""
        if (name, version) not in self._loaded:
            self._loaded[name, version] = self._load(name, version)
        return self._loaded[name, version]

    def _load(self, name: str, version: int) -> Model | None:
        definition = self._definitions.models[name]
        hashed, inputs = sql_hash(self._definitions, definition), inputs_of(definition)
        try:
            return self._registry.load(name, version, sql_hash=hashed, inputs=inputs)
        except ModelError as error:
            LOG.warning("%s; the last good version serves", error)
        try:
            return self._registry.load_last_good(name, sql_hash=hashed, inputs=inputs)[0]
        except ModelError:
            LOG.warning("no version of %s can be used: its predictions are NULL until it is trained again", name)
            return None


def is_trained(model: ModelDefinition) -> bool:
    """Tell whether a model is trained on history, and not only by the labels that arrive."""
    return isinstance(model.settings, BaseSettings)


def sql_hash(definitions: Definitions, model: ModelDefinition) -> str:
    """Return what a trained version must have been trained on: the content of the model's service."""
    return content_hash(definitions.services[model.service], definitions)


def inputs_of(model: ModelDefinition) -> Inputs:
    """Return the columns that a model is fed and their Arrow types; the categories of texts are a version's own."""
    fields = arrow_schema(model.features)
    return Inputs(tuple(Input(field.name, str(field.type)) for field in fields))
