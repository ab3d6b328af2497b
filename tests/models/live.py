"""Streams for live models: rows and labels, and a model driven over them in any cuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from headrace.models.live_model import LiveModel

SECOND = 1_000_000
END = 10**15


@dataclass(frozen=True)
class Life:
    """What came of a stream: the scores, the labels learned, the events, and the model at the end."""

    scores: pa.Table
    learned: pa.Table
    events: pa.Table
    model: LiveModel


def stream(rows: pa.Table, flipped_from: int | None = None) -> tuple[pa.Table, pa.Table]:
    """Return labelled rows as what a live model is given: rows under a key, and labels in order of being known.

    From the row ``flipped_from`` on labels are the opposite.
    """
    keys = pa.array(np.arange(len(rows)))
    labels = rows.column("_label").combine_chunks()
    if flipped_from is not None:
        labels = pa.concat_arrays([labels.slice(0, flipped_from), pc.invert(labels.slice(flipped_from))])
    given = pa.table({"_key0": keys, "_label": labels, "_known_at": rows.column("_known_at")})
    return rows.drop_columns(["_known_at", "_label"]).append_column("_key0", keys), given.sort_by("_known_at")


def drive(
    make: Callable[[], LiveModel],
    rows: pa.Table,
    labels: pa.Table,
    cuts: Sequence[int] = (),
    restarts: Sequence[int] = (),
) -> Life:
    """Drive a new model over a stream cut at these instants; after each of ``restarts`` another takes its snapshot."""
    model = make()
    steps = []
    begin = -END
    for end in [*cuts, END]:
        steps.append(model.advance(_between(rows, "_t", begin, end), _between(labels, "_known_at", begin, end), end))
        if end in restarts:
            held = model.snapshot()
            model.close()
            model = make()
            model.restore(held)
        begin = end
    scores, learned, events = (
        pa.concat_tables([getattr(step, name) for step in steps]).combine_chunks()
        for name in ("scores", "learned", "events")
    )
    return Life(scores, learned, events, model)


def _between(table: pa.Table, name: str, begin: int, end: int) -> pa.Table:
    column = table.column(name)
    return table.filter(pc.and_(pc.greater_equal(column, begin), pc.less(column, end)))
