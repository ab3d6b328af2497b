"""What a service reads when the view that drives it is written on arrival: each view as an online read right then."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...features_sql import program
from ..live_view import LiveView, Poison, Probes
from ..sources.reorder import ReorderBuffer
from ..windows.keys import UNSEEN, KeyIndex


def read_on_arrival(
    live: LiveView, buffer: ReorderBuffer, arriving: pa.Table, probes: Probes, places: npt.NDArray[np.int64]
) -> tuple[pa.Table, list[Poison]]:
    """Return the answer to each probe from the state of ``live`` and what had arrived by then, and what failed.

    ``buffer`` holds what waits for the watermark from before, and stays as it is. ``arriving`` rows of the same source
    follow in the order of arrival: for a probe those up to its one of ``places`` are there.
    """
    waiting = pa.concat_tables([buffer.snapshot(), arriving])
    numbers = np.arange(len(waiting)) - (len(waiting) - len(arriving))
    names = program.key_columns(live.view)
    entities = [waiting.column(column.name) for column in live.view.entity]
    index = KeyIndex(live.keys.schema)
    entity = index.add(pa.table(dict(zip(names, entities, strict=True))).cast(live.keys.schema))
    asked = index.find(probes.keys)
    answers: list[pa.Table] = []
    failed: list[Poison] = []
    for place, upto in enumerate(places.tolist()):
        there = (entity == asked[place]) & (numbers <= upto) & (entity != UNSEEN)
        seen = buffer.beside(waiting.filter(pa.array(there)))
        one = Probes(probes.keys.slice(place, 1), probes.times[place : place + 1])
        answer, poison = live.ask(seen, one)
        answers.append(answer)
        failed += poison
    return pa.concat_tables(answers or [live.ask(waiting.slice(0, 0), probes)[0]]), failed
