"""Scores: what a way of scoring says of each row it was asked about."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ...features_sql.definitions import Column, Model
from ...features_sql.predictions import PROBABILITIES
from ..duck import arrow_schema

NO_PREDICTION = "no prediction"


@dataclass(frozen=True)
class Form:
    """What a score looks like: a number, or one of several classes, of the type ``classes``, with each one's share.

    None stands for numbers.
    """

    classes: pa.DataType | None = None

    @property
    def schema(self) -> pa.Schema:
        """``prediction``, ``model_version``, ``reason``; of classes also ``probabilities``, in the model's order."""
        text = pa.string()
        head = [("prediction", self.classes or pa.float64()), ("model_version", text), ("reason", text)]
        return pa.schema([*head, (PROBABILITIES, pa.list_(pa.float64()))] if self.classes else head)


NUMBER = Form()


def form_of(model: Model) -> Form:
    """Return what the scores of a declared model look like."""
    if model.settings.objective != "multiclass":
        return NUMBER
    return Form(arrow_schema([Column("prediction", model.target.type)]).field(0).type)


def scores(
    rows: int,
    predictions: Sequence[object] | None = None,
    version: str | None = None,
    reason: str | None = None,
    *,
    probabilities: Sequence[object] | None = None,
    form: Form = NUMBER,
) -> pa.Table:
    """Return the scores of so many rows in the ``form``'s schema.

    A prediction that is NULL, not finite, or no class of the form's type is none: ``reason`` says why, and is NULL
    beside one that is.
    """
    given = [None] * rows if predictions is None else [_read(one, form) for one in predictions]
    reasons = [None if one is not None else reason or NO_PREDICTION for one in given]
    columns = {"prediction": given, "model_version": [version] * rows, "reason": reasons}
    if form.classes is not None:
        shares = [None] * rows if probabilities is None else [_shares(one) for one in probabilities]
        columns[PROBABILITIES] = [held if one is not None else None for one, held in zip(given, shares, strict=True)]
    return pa.table(columns, schema=form.schema)


def _read(prediction: object, form: Form) -> object:
    return _finite(prediction) if form.classes is None else _class(prediction, form.classes)


def _finite(number: object) -> float | None:
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None


def _class(value: Any, type: pa.DataType) -> object:
    try:
        held = pa.scalar(value, type).as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
    # Arrow cuts off what follows the point.
    return held if held == value else None


def _shares(given: Any) -> list[float] | None:
    """Return the probabilities of the classes, None where something else is given."""
    if not isinstance(given, list):
        return None
    read = [_finite(one) for one in given]
    return None if None in read else [one for one in read if one is not None]
