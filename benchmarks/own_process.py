"""A process of its own: how long it takes, and the most memory it has had."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# A process begins with the greatest size of the one it was forked from, so a small one stands between.
LAUNCHER = """
import json, os, sys, time
begun = time.perf_counter()
process = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-P", *sys.argv[1:]])
_, status, used = os.wait4(process, 0)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([time.perf_counter() - begun, peak]))
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True)
class Ended:
    """A process that has ended well: its seconds by the wall clock, and its greatest resident size in bytes."""

    seconds: float
    peak: int


def python(*words: str) -> Ended:
    """Run Python with these arguments to its end; raises CalledProcessError with what it said where it fails."""
    command = [sys.executable, "-S", "-c", LAUNCHER, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Ended(*json.loads(done.stdout.splitlines()[-1]))


def headrace(folder: Path, *words: str) -> Ended:
    """Run a command of headrace on a project."""
    return python("-m", "headrace.cli", "-C", str(folder), *words)
