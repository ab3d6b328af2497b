"""Figures of a benchmark: measured side by side in one run, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True)
class Figure:
    """One figure beside what it is compared with: another measurement of the same run, or a bound.

    ``ratio`` is value / baseline_value, None where the baseline is 0.
    """

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline_value if self.baseline_value else None

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"  x {self.ratio:.4g}"
        against = f"{self.baseline}: {self.baseline_value:.4g}"
        return f"{self.name:58} {self.value:10.4g} {self.unit:9} {against}{ratio}"


def write(figures: Iterable[Figure], name: str) -> None:
    """Put figures into ``out/<name>.json`` in place of those of the same names; the others there stay."""
    path = OUT / f"{name}.json"
    held = {one["name"]: one for one in json.loads(path.read_text())} if path.exists() else {}
    held |= {one.name: {**asdict(one), "ratio": one.ratio} for one in figures}
    OUT.mkdir(exist_ok=True)
    path.write_text(json.dumps(list(held.values()), indent=1) + "\n")


def measure(parts: Mapping[str, Callable[[], Iterable[Figure]]], asked: Iterable[str], name: str) -> None:
    """Print and write the figures of the parts that are ``asked`` for, of all where none is."""
    chosen = list(asked) or list(parts)
    unknown = [part for part in chosen if part not in parts]
    if unknown:
        raise SystemExit(f"parts must be among {', '.join(parts)}; got {', '.join(unknown)}")
    for part in chosen:
        for figure in parts[part]():
            print(figure, flush=True)
            write([figure], name)
