"""The command line in a process of its own, which a failpoint may kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def headrace(folder: Path, *words: str, failpoint: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command on the project in ``folder`` to its end, whatever its status."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "headrace.cli", "-C", str(folder), *words],
        env=os.environ | {"HEADRACE_FAILPOINT": failpoint, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
