"""What models have learned, written into the catalog's tables as epochs commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...catalog import trained
from ...catalog.trained import Learning
from .live_models import LiveModels, ModelAtWork
from .served_versions import UNTRAINED

if TYPE_CHECKING:
    import pyarrow as pa

    from ...models.live_model import LiveModel, Step

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Learned:
    """How far one model has learned; its evaluation by month and the comparison of its arms where they are wanted."""

    learning: Learning
    scores: Rows | None = None
    comparisons: Rows | None = None
    points: Rows | None = None


def learned(models: LiveModels, epoch: int, *, whole: bool) -> list[Learned]:
    """Return how far each model has learned after ``epoch``; ``whole``: its evaluation too, which takes longer."""
    found: list[Learned] = []
    for name, held in models.at_work.items():
        live = held.live
        if live is None:
            found.append(Learned(Learning(name, epoch, 0, 0, 0, 0, 0, {}, {}, "untrained")))
            continue
        counts, state = held.counts(), "learning" if live.learning else "quarantine"
        conserved = {part: counts[part] for part in ("scored", "learned", "withheld", "expired", "pending")}
        learning = Learning(name, epoch, **conserved, counts=counts, weights=live.weights(), state=state)
        measured = (_scores(live.report()), _compared(held, live), _points(live)) if whole else ()
        found.append(Learned(learning, *measured))
    return found


def note_learned(store: sqlite3.Connection, held: Sequence[Learned]) -> None:
    """Write how far models have learned, inside the caller's transaction."""
    for one in held:
        trained.record_learning(store, one.learning)
        if one.scores is not None:
            trained.replace_rows(store, "model_scores", one.learning.model, one.scores)
        if one.comparisons is not None:
            trained.replace_rows(store, "model_comparisons", one.learning.model, one.comparisons)
        if one.points is not None:
            trained.replace_rows(store, "model_comparison_points", one.learning.model, one.points)


def note_events(store: sqlite3.Connection, epoch: int, steps: Mapping[str, Step]) -> None:
    """Note what befell each model in an epoch, inside the caller's transaction."""
    for name, step in steps.items():
        trained.add_events(store, epoch, name, _rows(step.events))


def _scores(report: pa.Table) -> Rows:
    """A report's rows as (month, arm, metric, n, value); ``all`` stands for all months."""
    metrics = [name for name in report.column_names if name not in ("month", "arm", "n")]
    rows = report.to_pylist()
    return [(_month(row["month"]), row["arm"], metric, row["n"], row[metric]) for row in rows for metric in metrics]


def _compared(held: ModelAtWork, live: LiveModel) -> Rows:
    """Each arm against the base, or the labels' own rate: arm, against, n, effect, low, high, e, verdict, since."""
    against = "constant" if held.version == UNTRAINED else "frozen"
    return [
        (arm, against, c.n, c.effect, c.low, c.high, c.evidence, c.verdict, c.since if c.since >= 0 else None)
        for arm, c in live.comparisons().items()
    ]


def _points(live: LiveModel) -> Rows:
    """How each comparison went: arm, n, at, effect, low, high."""
    return [(arm, p.n, p.at, p.effect, p.low, p.high) for arm, points in live.points().items() for p in points]


def _month(day: object) -> str:
    return "all" if day is None else str(np.datetime64(str(day), "M"))


def _rows(table: pa.Table) -> Rows:
    return [tuple(row.values()) for row in table.to_pylist()]
