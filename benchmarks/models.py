"""Measure models: ``python -m headrace.benchmarks.models [part ...]`` writes ``out/models.json``.

Every figure stands beside its baseline of the same run; the parts may be run one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from . import model_learning, model_scoring
from .figures import Figure, write

PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "scoring": model_scoring.scoring,
    "learning": model_scoring.learning,
    "verdicts": model_learning.verdicts,
    "label_rates": model_learning.label_rates,
    "coin_flips": model_learning.coin_flips,
    "streams": model_learning.streams,
}


def main(parts: Iterable[str]) -> None:
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SystemExit(f"parts must be among {', '.join(PARTS)}; got {', '.join(unknown)}")
    for part in parts or PARTS:
        for figure in PARTS[part]():
            print(figure, flush=True)
            write([figure], "models")


if __name__ == "__main__":
    main(sys.argv[1:])
