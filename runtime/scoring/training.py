"""Training a model on a project's history, and choosing which version serves."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

from ...catalog import trained
from ...catalog.database import connect, transaction
from ...catalog.names import hint
from ...catalog.trained import TrainedVersion
from ...catalog.window_text import duration
from ...features_sql.definitions import Model
from ...features_sql.errors import ModelError
from ...features_sql.model_settings import BaseSettings
from ...models.manifest import Manifest
from ...models.matrix import learn_inputs
from ...models.registry import Registry
from .. import engine
from ..stores.layout import Layout
from ..workplace import Workplace
from .served_versions import sql_hash
from .training_set import training_set


def train(place: Workplace, name: str, until: int | None = None) -> TrainedVersion:
    """Train a model on everything known at ``until`` (µs; the watermark by default); the new version serves at once.

    A run that goes on meanwhile scores with it from its next epoch. Raises ModelError for a model that is not trained
    so, or whose training set cannot be used.
    """
    from ...models import trainer

    engine.require_applied(place.store, place.definitions)
    model = find_model(place, name)
    settings = model.settings
    if not isinstance(settings, BaseSettings):
        base = f"; train {model.base}, which it corrects" if model.base else ""
        raise ModelError(f"{name} learns from labels as they arrive and is not trained{base}")
    rows = training_set(place, model, until)
    inputs = learn_inputs(rows, [column.name for column in model.features])
    made = trainer.train(rows, inputs, settings, threads=os.cpu_count() or 1)
    registry = Registry(place.layout.models)
    version = registry.write(
        name,
        made,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sql_hash=sql_hash(place.definitions, model),
        label_rule=label_rule(model, settings),
        parent=registry.live(name),
    )
    return promote(place.layout, name, version)


def promote(layout: Layout, name: str, version: int) -> TrainedVersion:
    """Let a version serve, after checking its bytes; raises ModelError for one that is not there or is damaged."""
    registry = Registry(layout.models)
    registry.promote(name, version)
    held = as_trained(registry.manifest(name, version), live=True)
    # Not the writer's lock: a run may go on, and takes the version up with its next epoch.
    store = connect(layout.database)
    try:
        with transaction(store):
            trained.record_version(store, held)
    finally:
        store.close()
    return held


def take_up(place: Workplace) -> None:
    """Let a new store know the versions that were trained before it; one that is damaged is left out."""
    registry = Registry(place.layout.models)
    with transaction(place.store):
        for name in sorted({*registry.names()} & {*place.definitions.models}):
            for version in registry.versions(name):
                with suppress(ModelError):
                    held = as_trained(registry.manifest(name, version), live=version == registry.live(name))
                    trained.record_version(place.store, held)


def as_trained(manifest: Manifest, *, live: bool) -> TrainedVersion:
    """Return what the catalog keeps of a version."""
    return TrainedVersion(
        model=manifest.name,
        version=manifest.version,
        parent=manifest.parent,
        live=live,
        rows_fit=manifest.counts["fit"],
        rows_valid=manifest.counts["valid"],
        rows_dropped=manifest.counts["dropped"],
        first_us=manifest.first,
        last_us=manifest.last,
        metrics=manifest.metrics,
        created_at=manifest.created,
        importances=manifest.importances,
    )


def find_model(place: Workplace, name: str) -> Model:
    """Return a model by name; raises ModelError with the nearest name."""
    models = place.definitions.models
    if name not in models:
        raise ModelError(f"there is no model {name!r}{hint(name, models)}")
    return models[name]


def label_rule(model: Model, settings: BaseSettings) -> str:
    """Return in words which label a row has."""
    without = "dropped" if settings.unlabelled == "drop" else "0"
    return (
        f"the newest {model.labels}.{model.target.name} with the row's {', '.join(model.keys)} known within "
        f"{duration(model.within)} of the row; without one: {without}"
    )
