"""Measure the engine: ``python -m headrace.benchmarks.bench [part ...]`` writes ``out/bench.json``.

Every figure stands beside its baseline of the same run; the parts may be run one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from . import growth, latency
from .epochs import epochs
from .figures import Figure, measure
from .offline_store import offline_store
from .online_reads import online_reads
from .peak_memory import peak_memory
from .pushes import pushes
from .restart import restart
from .start_up import start_up
from .state import state
from .tallies import tallies
from .throughput import throughput
from .training_set import training_set

PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "throughput": throughput,
    "tallies": tallies,
    "offline_store": offline_store,
    "reads": online_reads,
    "keys": growth.keys,
    "history": growth.history,
    "views": growth.views,
    "epochs": epochs,
    "pushes": pushes,
    "latency": latency.latency,
    "single": latency.single,
    "training_set": training_set,
    "start_up": start_up,
    "peak_memory": peak_memory,
    "state": state,
    "restart": restart,
}


if __name__ == "__main__":
    measure(PARTS, sys.argv[1:], "bench")
