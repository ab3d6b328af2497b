"""How the demo's models did, month by month: what ``headrace models compare`` left in files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OVERALL = "all"
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Scores:
    """Measures of one model's arms; each row was scored before its label was learned.

    ``months`` are those with at least a hundredth of all labels. ``log_loss`` and ``auc`` are by arm, then by month
    (``YYYY-MM``, or ``all`` for the whole stretch); an area that does not exist is left out. ``labels`` are by month.
    """

    months: tuple[str, ...]
    labels: Mapping[str, int]
    log_loss: Mapping[str, Mapping[str, float]]
    auc: Mapping[str, Mapping[str, float]]

    def saved(self, arm: str, month: str = OVERALL) -> float:
        """Return by what share the log-loss of an arm lies below that of the frozen model."""
        return 1.0 - self.log_loss[arm][month] / self.log_loss["frozen"][month]


def read_scores(path: Path) -> Scores:
    """Read the answer of ``headrace models compare MODEL --format json``."""
    rows: list[dict[str, Any]] = json.loads(path.read_text())["months"]
    labels = {row["month"]: row["n"] for row in rows}
    # The evening of New Year's Eve in New York is the next year by UTC: a month of a few flights says nothing.
    months = tuple(month for month, n in labels.items() if month != OVERALL and n >= LEAST_SHARE * labels[OVERALL])
    return Scores(
        months,
        labels,
        _measures(rows, "log_loss"),
        _measures(rows, "auc"),
    )


def _measures(rows: list[dict[str, Any]], measure: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        if row[measure] is not None:
            found.setdefault(row["arm"], {})[row["month"]] = row[measure]
    return found
