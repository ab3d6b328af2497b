"""Plant each fault in a copy of the engine, and see that a campaign finds it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .campaign import run_case
from .faults import FAULTS, ROOT, Fault

CASES = 500
PACKAGES = ("features_sql", "runtime", "models", "catalog", "examples", "tests", "cli.py", "__init__.py")
COMPILED = ("*.nbi", "*.nbc")
CAUGHT = re.compile(r"^seed (\d+): (.*)", re.MULTILINE)


def copied(folder: Path) -> Path:
    """Copy the package into a folder from which ``headrace`` is then imported, compiled kernels and all."""
    target = folder / "headrace"
    target.mkdir()
    for name in PACKAGES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name)
        else:
            shutil.copy2(ROOT / name, target / name)
    return target


def run(fault: Fault, cases: int) -> tuple[int, str] | None:
    """Return the seed that found a planted fault, and what it said; None if no case did."""
    with tempfile.TemporaryDirectory() as folder:
        package = copied(Path(folder))
        (package / fault.file).write_text(fault.planted(), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": folder}
        if fault.is_compiled:
            for pattern in COMPILED:
                for path in package.rglob(pattern):
                    path.unlink()
            once = "from headrace.runtime.fold.kernels import kernels; kernels()"
            subprocess.run([sys.executable, "-P", "-c", once], env=environment, cwd=folder, check=True)
        command = [sys.executable, "-P", "-m", "headrace.tests.campaign.campaign", str(cases), "0", "stop"]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    found = CAUGHT.search(done.stdout)
    if found is None and done.returncode:
        raise RuntimeError(f"{fault.title}: the campaign did not run: {done.stderr[-2000:]}")
    if found is None:
        return None
    return int(found[1]), found[2]


def _caught(fault: Fault) -> tuple[int, str] | None:
    return run(fault, CASES)


def main(arguments: Sequence[str]) -> int:
    """Plant every fault, or those whose title has a word given; return 1 if one survives."""
    chosen = [fault for fault in FAULTS if all(word in fault.title for word in arguments)]
    survivors = 0
    # Each runs in a process of its own: the threads only wait.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, (fault, found) in enumerate(zip(chosen, pool.map(_caught, chosen), strict=True), 1):
            survivors += found is None
            if found and run_case(found[0]).mismatches:
                raise RuntimeError(f"seed {found[0]} finds a mismatch in the engine as it is: mend that first")
            said = f"caught by seed {found[0]}: {found[1][:100]}" if found else f"SURVIVES {CASES} cases"
            print(f"{number:3}/{len(chosen)} {fault.title}: {said}", flush=True)
    print(f"{len(chosen)} faults, {survivors} survived")
    return 1 if survivors or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
