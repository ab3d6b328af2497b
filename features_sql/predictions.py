"""The columns that a model puts beside a row of its service."""

from __future__ import annotations

from .definitions import Model, ServiceColumn

PROBABILITIES = "probabilities"

_OUTSIDE = {"reason": ("VARCHAR", "why there is no score of the model's, NULL where there is one")}


def prediction_columns(model: Model, *, outside: bool = False) -> tuple[ServiceColumn, ...]:
    """Return the columns of a model's prediction, in order; each is made from the features that are fed.

    A binary model predicts the probability of true, one of values a value, one of several classes the likeliest.
    """
    several = model.settings.objective == "multiclass"
    type_ = model.target.type if several else "DOUBLE"
    held = {
        "prediction": (type_, "what the model predicts, NULL before it has a trained version"),
        "model_version": ("VARCHAR", "version of the trained model behind the prediction"),
    }
    if several:
        held[PROBABILITIES] = ("DOUBLE[]", "probability of each class, in the classes' order")
    if model.base is not None:
        held["prediction_frozen"] = (type_, "what the trained model predicts by itself")
        held["prediction_corrected"] = (type_, "what it predicts after the correction learned so far")
    if outside:
        held |= _OUTSIDE
    fed = tuple(f"{model.service}.{column.name}" for column in model.features)
    return tuple(
        ServiceColumn(name, "", type_, model.name, description, fed, model.span)
        for name, (type_, description) in held.items()
    )
