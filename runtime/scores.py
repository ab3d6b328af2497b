"""Scores: what a way of scoring says of each row it was asked about."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Sequence

import pyarrow as pa

SCHEMA = pa.schema([("prediction", pa.float64()), ("model_version", pa.string()), ("reason", pa.string())])
NO_PREDICTION = "no prediction"


def scores(
    rows: int, predictions: Sequence[object] | None = None, version: str | None = None, reason: str | None = None
) -> pa.Table:
    """Return ``prediction`` (double), ``model_version`` and ``reason`` (text) of so many rows.

    A prediction that is NULL or not finite is none: ``reason`` says why, and is NULL beside one that is.
    """
    given = [None] * rows if predictions is None else [_finite(one) for one in predictions]
    reasons = [None if one is not None else reason or NO_PREDICTION for one in given]
    return pa.table({"prediction": given, "model_version": [version] * rows, "reason": reasons}, schema=SCHEMA)


def _finite(number: object) -> float | None:
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None
