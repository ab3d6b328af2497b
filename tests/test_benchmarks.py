"""Each part of ``make bench``, tiny: it yields figures, and its own comparison of both sides' rows holds."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable

import pyarrow as pa
import pytest
from headrace.benchmarks import agreement, figures, growth, latency
from headrace.benchmarks.epochs import epochs
from headrace.benchmarks.figures import Figure
from headrace.benchmarks.offline_store import offline_store
from headrace.benchmarks.online_reads import online_reads
from headrace.benchmarks.own_process import python
from headrace.benchmarks.peak_memory import peak_memory
from headrace.benchmarks.pushes import pushes
from headrace.benchmarks.restart import restart
from headrace.benchmarks.start_up import start_up
from headrace.benchmarks.state import snapshot_bytes
from headrace.benchmarks.tallies import tallies
from headrace.benchmarks.training_set import training_set

PARTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "tallies": lambda: tallies(1_000, 1),
    "keys": lambda: growth.keys((10, 100), 1_000, 100),
    "history": lambda: growth.history((1_000, 2_000), 1_000, 100),
    "views": lambda: growth.views((1, 2), 1_000, 100),
    "offline_store": lambda: offline_store(1_000, (1_000,), 1),
    "reads": lambda: online_reads(1_000, 10, 1),
    "epochs": lambda: epochs((4, 5), 1, (10,)),
    "pushes": lambda: pushes((5, 10), 3),
    "single": lambda: latency.single(12, ("memory",)),
    "training_set": lambda: training_set(1_000, 50, 1),
    "restart": lambda: restart(90, 1, 3),
    "latency": lambda: latency.latency((200,), 1, ("memory",)),
    "peak_memory": lambda: peak_memory(1_000, 1),
    "start_up": lambda: start_up(1),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_yields_figures_beside_baselines(part: str) -> None:
    found = list(PARTS[part]())
    assert found
    for one in found:
        assert one.value > 0
        assert one.baseline_value > 0
    names = [one.name for one in found]
    assert len(set(names)) == len(names)


def test_throughput_is_of_the_same_rows_as_the_peers() -> None:
    pytest.importorskip("polars", reason="polars is installed by make bench alone")
    from headrace.benchmarks.throughput import QUERIES, check_rows

    for query in QUERIES:
        check_rows(query, 1_000)


def test_state_grows_by_the_key() -> None:
    few, many = snapshot_bytes("Q4", 1_000), snapshot_bytes("Q4", 3_000)
    assert 8 < (many - few) / 2_000 < 10_000


def test_a_process_tells_its_own_peak() -> None:
    small, large = python("-c", "pass"), python("-c", "held = b'x' * 200_000_000")
    assert large.peak - small.peak > 150_000_000
    with pytest.raises(subprocess.CalledProcessError):
        python("-c", "raise SystemExit(3)")


def test_rows_that_differ_are_not_the_same() -> None:
    rows = pa.table({"card_id": [1, 2], "ts": [1, 1], "total": [0.5, None]})
    agreement.check_same(rows.take([1, 0]), rows)
    others = [
        rows.slice(0, 1),
        rows.set_column(2, "total", pa.array([0.6, None])),
        rows.set_column(2, "total", pa.array([0.5, 0.0])),
        rows.set_column(0, "card_id", pa.array([1, 3])),
    ]
    for other in others:
        with pytest.raises(AssertionError):
            agreement.check_same(other, rows)


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="keys, views; got speed"):
        figures.measure({"keys": list, "views": list}, ["speed"], "bench")
