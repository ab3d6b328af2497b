"""The columns that a model puts beside a row of its service."""

from __future__ import annotations

from .definitions import Model, ServiceColumn

_EVERY_MODEL = {
    "prediction": ("DOUBLE", "what the model predicts, NULL before it has a trained version"),
    "model_version": ("VARCHAR", "version of the trained model behind the prediction"),
}
_CORRECTORS = {
    "prediction_frozen": ("DOUBLE", "what the trained model predicts by itself"),
    "prediction_corrected": ("DOUBLE", "what it predicts after the correction learned so far"),
}


_OUTSIDE = {"reason": ("VARCHAR", "why there is no score of the model's, NULL where there is one")}


def prediction_columns(model: Model, *, outside: bool = False) -> tuple[ServiceColumn, ...]:
    """Return the columns of a model's prediction, in order; each is made from the features that are fed."""
    held = _EVERY_MODEL | ({} if model.base is None else _CORRECTORS) | (_OUTSIDE if outside else {})
    fed = tuple(f"{model.service}.{column.name}" for column in model.features)
    return tuple(
        ServiceColumn(name, "", type_, model.name, description, fed, model.span)
        for name, (type_, description) in held.items()
    )
