"""Measure the engine: ``python -m headrace.benchmarks.bench [part ...]`` writes ``out/bench.json``.

Every figure stands beside its baseline of the same run; the parts may be run one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from . import growth
from .figures import Figure, measure
from .offline_store import offline_store
from .online_reads import online_reads
from .throughput import throughput

PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "throughput": throughput,
    "offline_store": offline_store,
    "reads": online_reads,
    "keys": growth.keys,
    "history": growth.history,
    "views": growth.views,
}


if __name__ == "__main__":
    measure(PARTS, sys.argv[1:], "bench")
