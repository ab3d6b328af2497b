"""Training a LightGBM model on labelled rows, the latest part of them deciding when to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import BaseSettings
from . import metrics
from .matrix import Inputs, Matrix, matrix
from .reference import Everything, Reference, reference
from .scorer import Scorer, feature_names

Floats = npt.NDArray[np.float64]

_METRIC = {"binary": "binary_logloss", "multiclass": "multi_logloss", "regression": "l2"}


@dataclass(frozen=True)
class Trained:
    """A trained model before it has a version.

    ``text`` is LightGBM's own format, cut at the best round. ``classes`` are the labels that class codes stand for,
    () for regression. ``counts``: rows that were fitted, that validated, and that were dropped because their label
    became known only after the validation part began. ``first`` and ``last`` are the instants of the rows in µs.
    """

    text: str
    inputs: Inputs
    settings: BaseSettings
    classes: tuple[Any, ...]
    metrics: Mapping[str, float]
    importances: tuple[tuple[str, float, int], ...]
    reference: Reference
    counts: Mapping[str, int]
    first: int
    last: int


@dataclass(frozen=True)
class Rows:
    """Rows to train on, in order of their instants; labels are numbers or class codes, times are µs."""

    features: Matrix
    labels: Floats
    weights: Floats
    instants: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]

    def take(self, places: npt.NDArray[Any]) -> Rows:
        """Return the rows at these places, or where a mask is true."""
        return Rows(*(part[places] for part in vars(self).values()))


def train(rows: pa.Table, inputs: Inputs, settings: BaseSettings, threads: int = 1) -> Trained:
    """Train a model on ``rows``: the inputs' columns, ``_t`` and ``_known_at`` (µs), ``_label``, maybe ``_weight``.

    Rows may come in any order. The validation part is the latest ``valid_fraction`` of them, with every row of its
    first instant; fit rows whose label is known only after that instant are dropped. The same rows, settings and
    threads give the same bytes. Raises ModelError where a label is NULL or of a wrong kind, or a part has no rows.
    """
    codes, classes = _labels(rows, settings)
    everything = _rows(rows, inputs, codes, settings, len(classes))
    fit, valid, dropped = _split(everything, settings.valid_fraction)
    booster = _boost(fit, valid, inputs, settings, len(classes), threads)
    text = booster.model_to_string(num_iteration=booster.best_iteration or -1)
    judged = valid if len(valid.labels) else fit
    with Scorer(text) as scorer:
        margins, predicted = scorer.margins(judged.features), scorer.predict(judged.features)
    measured = _metrics(judged, fit, predicted, settings)
    gains, splits = (booster.feature_importance(kind, booster.best_iteration or None) for kind in ("gain", "split"))
    ranked = sorted(zip(inputs.names, gains.tolist(), splits.tolist(), strict=True), key=lambda one: (-one[1], one[0]))
    seen = Everything(everything.features, everything.labels, everything.instants, everything.known)
    return Trained(
        text=text,
        inputs=inputs,
        settings=settings,
        classes=classes,
        metrics=measured | {"rounds": float(booster.best_iteration or booster.current_iteration())},
        importances=tuple((name, float(gain), int(split)) for name, gain, split in ranked),
        reference=reference(seen, judged.labels, predicted, margins, len(classes)),
        counts={"fit": len(fit.labels), "valid": len(valid.labels), "dropped": dropped},
        first=int(everything.instants[0]),
        last=int(everything.instants[-1]),
    )


def refit(rows: Rows, inputs: Inputs, settings: BaseSettings, classes: int, threads: int = 1) -> str:
    """Train on rows whose labels and classes are known already, as ``train`` does, and return LightGBM's text.

    No row is dropped for a late label: after a drift those would be most of the few rows that there are.
    """
    fit, valid, _ = _split(replace(rows, known=rows.instants), settings.valid_fraction)
    if classes and len(np.unique(fit.labels)) < 2:
        raise ModelError("every recent label is the same: there is nothing to fit")
    booster = _boost(fit, valid, inputs, settings, classes, threads)
    return booster.model_to_string(num_iteration=booster.best_iteration or -1)


def _labels(rows: pa.Table, settings: BaseSettings) -> tuple[Floats, tuple[Any, ...]]:
    """Return the labels as numbers and the classes that they stand for."""
    column = rows.column("_label")
    if len(column) == 0:
        raise ModelError("there is no labelled row to train on")
    if column.null_count:
        raise ModelError(f"every row to train on needs a label; {column.null_count} of {len(column)} have none")
    if settings.objective == "multiclass":
        if not (pa.types.is_string(column.type) or pa.types.is_integer(column.type)):
            raise ModelError(f"the label of a multiclass model must be a string or an integer; got {column.type}")
        classes = pc.unique(column).sort()
        if len(classes) < 2:
            raise ModelError(f"a multiclass model needs two classes or more; every label is {classes[0].as_py()!r}")
        codes = pc.cast(pc.index_in(column, value_set=classes), pa.float64())
        return codes.to_numpy(), tuple(classes.to_pylist())
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.uint8())
    try:
        numbers = pc.cast(column, pa.float64(), safe=False).to_numpy()
    except pa.ArrowException as error:
        raise ModelError(f"the label of a {settings.objective} model must be a number; got {column.type}") from error
    return _checked(numbers, settings)


def _checked(numbers: Floats, settings: BaseSettings) -> tuple[Floats, tuple[Any, ...]]:
    if not np.isfinite(numbers).all():
        raise ModelError("every label must be finite; some are NaN or infinite")
    if settings.objective == "regression":
        return numbers, ()
    found = np.unique(numbers)
    others = found[~np.isin(found, (0.0, 1.0))]
    if len(others):
        raise ModelError(f"the label of a binary model must be true or false, 1 or 0; got {others[0]:g}")
    if len(found) < 2:
        raise ModelError(f"every label is {bool(found[0])}: a binary model needs both kinds")
    return numbers, (False, True)


def _rows(rows: pa.Table, inputs: Inputs, codes: Floats, settings: BaseSettings, classes: int) -> Rows:
    """Return the rows in order of their instants; those of one instant keep their order."""
    weights = np.ones(len(codes))
    if "_weight" in rows.column_names:
        weights = pc.cast(rows.column("_weight"), pa.float64(), safe=False).to_numpy()
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
            raise ModelError("every weight must be a finite number of at least 0, and one must be above it")
    if settings.class_weight == "balanced" and classes:
        sums = np.bincount(codes.astype(np.int64), weights, minlength=classes)
        weights = weights * (weights.sum() / (classes * np.maximum(sums, 1e-300)))[codes.astype(np.int64)]
    instants, known = (rows.column(name).to_numpy() for name in ("_t", "_known_at"))
    return Rows(matrix(rows, inputs), codes, weights, instants, known).take(np.argsort(instants, kind="stable"))


def _split(rows: Rows, fraction: float) -> tuple[Rows, Rows, int]:
    """Return what is fitted, what validates, and how many rows were dropped in between."""
    count = len(rows.labels)
    if fraction == 0.0:
        return rows, rows.take(np.arange(0)), 0
    begin = rows.instants[min(count - 1, int(count * (1.0 - fraction)))]
    before = rows.instants < begin
    fitted = before & (rows.known <= begin)
    if not fitted.any():
        raise ModelError(
            f"no row is left to fit: {int(before.sum())} of {count} lie before the validation part, and every one of "
            "their labels became known after it began; give more rows, or a smaller 'valid.fraction'"
        )
    return rows.take(fitted), rows.take(~before), int((before & ~fitted).sum())


def _boost(fit: Rows, valid: Rows, inputs: Inputs, settings: BaseSettings, classes: int, threads: int) -> Any:
    import lightgbm

    parameters = {
        **settings.parameters,
        "objective": settings.objective,
        "metric": _METRIC[settings.objective],
        "seed": settings.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }
    if settings.objective == "multiclass":
        parameters["num_class"] = classes
    categorical = list(inputs.categorical)
    names = list(feature_names(inputs))
    data = lightgbm.Dataset(fit.features, fit.labels, None, fit.weights, None, None, names, categorical, parameters)
    stop = bool(settings.early_stopping_round and len(valid.labels))
    callbacks = [lightgbm.early_stopping(settings.early_stopping_round, verbose=False)] if stop else []
    checks = [data.create_valid(valid.features, valid.labels, valid.weights)] if stop else []
    try:
        return lightgbm.train(parameters, data, settings.num_iterations, checks, callbacks=callbacks)
    except lightgbm.basic.LightGBMError as error:
        raise ModelError(f"LightGBM refuses to train: {error}") from error


def _metrics(judged: Rows, fit: Rows, predicted: Floats, settings: BaseSettings) -> dict[str, float]:
    """Measure on the validation part, or on the fitted rows where there is none, beside the best constant."""
    labels, weights = judged.labels, judged.weights
    if settings.objective == "regression":
        constant = np.full(len(labels), np.average(fit.labels, weights=fit.weights))
        return {
            "rmse": metrics.root_mean_square(predicted - labels, weights),
            "mae": float(np.average(np.abs(predicted - labels), weights=weights)),
            "constant_rmse": metrics.root_mean_square(constant - labels, weights),
        }
    if settings.objective == "multiclass":
        counted = np.bincount(fit.labels.astype(np.int64), fit.weights, minlength=predicted.shape[1])
        constant = np.tile(counted / counted.sum(), (len(labels), 1))
        right = {"accuracy": float(np.average(predicted.argmax(axis=1) == labels, weights=weights))}
    else:
        constant = np.full(len(labels), np.average(fit.labels, weights=fit.weights))
        right = {"auc": metrics.auc(labels, predicted, weights)}
    losses = {"log_loss": predicted, "constant_log_loss": constant}
    return right | {name: metrics.log_loss(labels, values, weights) for name, values in losses.items()}
