"""Measure models: ``python -m headrace.benchmarks.models [part ...]`` writes ``out/models.json``.

Every figure stands beside its baseline of the same run; the parts may be run one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from . import model_kills, model_learning, model_scoring
from .figures import Figure, measure

PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "scoring": model_scoring.scoring,
    "learning": model_scoring.learning,
    "verdicts": model_learning.verdicts,
    "label_rates": model_learning.label_rates,
    "coin_flips": model_learning.coin_flips,
    "streams": model_learning.streams,
    "kills": model_kills.kills,
}


if __name__ == "__main__":
    measure(PARTS, sys.argv[1:], "models")
