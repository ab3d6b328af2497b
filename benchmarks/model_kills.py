"""Learning through SIGKILL: twenty runs that die at random points, beside one that nothing disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from headrace.tests.learning.state import alike, plain
from headrace.tests.learning.till import MODELS, Till

from .figures import Figure

POINTS = ("intent", "promised", "staging", "commit", "committed", "rename", "write", "snapshot")
KILLS = 20


def kills() -> Iterator[Figure]:
    """Scores, weights, detectors and what else a snapshot holds, compared to the last bit."""
    chance = random.Random(0)
    with TemporaryDirectory() as folder:
        undisturbed = Till.taught(Path(folder) / "undisturbed")
        till = undisturbed.copy(Path(folder) / "killed")
        undisturbed.project.run()
        died = sum(_killed(till, f"{chance.choice(POINTS)}:{chance.randint(1, 3)}") for _ in range(KILLS))
        till.project.run()
        found, expected = till.learned(), undisturbed.learned()
        parts = sum(not alike(plain(found[name]), plain(table)) for name, table in expected.items())
        rows = sum(till.written(f"scored_{model}") != undisturbed.written(f"scored_{model}") for model in MODELS)
    yield Figure("kill -9 while learning: runs that died", died, "runs", "runs", KILLS)
    yield Figure("kill -9 while learning: parts of the state that differ", parts, "parts", "parts", len(expected))
    yield Figure("kill -9 while learning: streams that differ", rows, "streams", "streams", len(MODELS))


def _killed(till: Till, point: str) -> bool:
    """Run a till that kills itself at a point; return whether it came to that."""
    command = [sys.executable, "-P", "-m", "headrace.cli", "-C", str(till.folder), "run"]
    environment = os.environ | {"HEADRACE_FAILPOINT": f"{point}:kill"}
    ended = subprocess.run(command, env=environment, capture_output=True, check=False)
    return ended.returncode == -signal.SIGKILL
