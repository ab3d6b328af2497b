"""The rows that a model is trained on: a service's rows, each with the newest label that was known in time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql import program
from ...features_sql.definitions import Model
from ...features_sql.errors import ModelError
from ...features_sql.model_settings import BaseSettings
from ...features_sql.names import quote
from ..duck import query
from ..history import History
from ..sources import cuts
from ..sources.lateness import END
from ..status import instant_text
from ..stores import datasets
from ..stores.written import written_rows
from ..workplace import Workplace


def training_set(place: Workplace, model: Model, until: int | None = None) -> pa.Table:
    """Return the columns that the model is fed, ``_t``, ``_known_at`` (both µs), ``_label`` and maybe ``_weight``.

    There is a row for each written row of the service with an instant up to T, which is ``until`` (µs) or the last
    instant below the watermark; its label is the newest one known at least(T, the row's instant + WITHIN). Rows
    without one are dropped, or, under the rule ``negative``, have a label of 0: then only rows whose WITHIN has passed
    by T are in it, and every label counts as known when it passes. The order is that of time, then of the events.
    Raises ModelError for an instant at or past the watermark.
    """
    settings = model.settings
    assert isinstance(settings, BaseSettings)
    dataset = datasets.load(place.store, place.definitions, place.versions)[model.service]
    last = dataset.watermark - 1 if until is None else until
    if last >= dataset.watermark:
        raise ModelError(
            f"{model.service} is written up to {instant_text(dataset.watermark)} only, and labels past it may still "
            f"come: {model.name} cannot be trained until {instant_text(last)}; run on first"
        )
    rows = written_rows(place.duck, place.layout, dataset)
    if not len(rows):
        raise ModelError(f"{model.service} has no written row to train {model.name} on; run first")
    rows = rows.append_column("_t", pc.cast(rows.column(dataset.time), pa.int64()))
    if (gone := cuts.cut(place.store, model.labels)) is not None:
        # The labels of earlier rows may be gone with the events of their source.
        rows = rows.filter(pc.greater_equal(rows.column("_t"), gone.time))
    labels = History(place).events_below(model.labels, min(last, END - 1) + 1)
    return query(place.duck, _labelled_sql(place, model, settings, last), {"_rows": rows, "_labels": labels})


def _labelled_sql(place: Workplace, model: Model, settings: BaseSettings, last: int) -> str:
    fed = [f"r.{quote(column.name)}" for column in model.features]
    driver = place.definitions.driver(model)
    origin = [] if program.is_stored(driver) else [f"r.{name}" for name in program.ORIGIN]
    order = ["_t", *origin, *(f"r.{quote(column.name)}" for column in driver.entity)]
    negative = settings.unlabelled == "negative"
    horizon = f"r._t + {model.within}"
    known = horizon if negative else "l._known_at"
    label = f"coalesce(l._label, CAST(0 AS {model.target.type}))" if negative else "l._label"
    columns = [*fed, "r._t", f"{known} AS _known_at", f"{label} AS _label"]
    columns += ["coalesce(l._weight, 1) AS _weight"] if settings.weight else []
    counts = f"{horizon} <= {last}" if negative else "l._label IS NOT NULL"
    on = [f"r.{quote(key)} = l.{quote(key)}" for key in model.keys]
    on.append(f"least({last}, {horizon}) >= l._known_at")
    return (
        f"SELECT {', '.join(columns)}\nFROM _rows r ASOF LEFT JOIN ({_newest(place, model, settings)}) l"
        f" ON {' AND '.join(on)}\nWHERE r._t <= {last} AND {counts}\nORDER BY {', '.join(order)}"
    )


def _newest(place: Workplace, model: Model, settings: BaseSettings) -> str:
    """The labels that say something; of those known at one instant, the last."""
    source = place.definitions.sources[model.labels]
    keys, time = [quote(key) for key in model.keys], quote(source.time)
    columns = [*keys, f"epoch_us({time}) AS _known_at", f"{quote(model.target.name)} AS _label"]
    columns += [f"{quote(settings.weight)} AS _weight"] if settings.weight else []
    last = ", ".join(f"{quote(name)} DESC NULLS FIRST" for name in (*source.primary_key, *program.ORIGIN))
    return (
        f"SELECT {', '.join(columns)} FROM _labels WHERE {quote(model.target.name)} IS NOT NULL"
        f" QUALIFY row_number() OVER (PARTITION BY {', '.join([*keys, time])} ORDER BY {last}) = 1"
    )
