"""Many labels learned at once by River's ``learn_many``."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from .river_models import last_step

# River's learn_many of these takes pandas' frames alone; what they count is the same one by one.
_OF_PANDAS = frozenset({"BernoulliNB", "ComplementNB", "MultinomialNB"})


def learns_many(model: Any) -> bool:
    """Return whether a River model learns many rows at once: it and every model that it is made of."""
    if type(model).__name__ in _OF_PANDAS or not hasattr(model, "learn_many"):
        return False
    parts = [part for name in ("steps", "transformers") for part in getattr(model, name, {}).values()]
    wrapped = getattr(model, "_wrapped_model", None)
    return all(map(learns_many, parts if wrapped is None else [*parts, wrapped]))


def learn_many(
    model: Any, rows: Sequence[Mapping[Any, float]], targets: Sequence[Any], weights: Sequence[float]
) -> None:
    """Let a model that ``learns_many`` learn rows with their targets; what a row has not is 0.

    Where the model takes no weights, a row is learned as often as it weighs.
    """
    weighs = "w" in inspect.signature(last_step(model).learn_many).parameters
    places = [place for place, weight in enumerate(weights) for _ in range(1 if weighs else int(weight + 0.5))]
    if not places:
        return
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [float(rows[place].get(name, 0.0)) for place in places] for name in names})
    # Losses of River's that are whole numbers take no weight that is none.
    given = {"w": pa.chunked_array([weights])} if weighs and any(weight != 1.0 for weight in weights) else {}
    model.learn_many(table, pa.chunked_array([[targets[place] for place in places]]), **given)
