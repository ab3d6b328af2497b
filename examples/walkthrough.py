"""Going through an example: a fresh folder with its files, and the commands as a person would type them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ..features_sql.errors import HeadraceError


def fresh_project(example: Path, folder: Path | None) -> Path:
    """Return a project folder that holds the example's files and nothing else; None makes a temporary one.

    Raises HeadraceError for a folder that is not empty.
    """
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="headrace-demo-"))
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HeadraceError(f"The demo's folder must be empty or new; got {folder}")
    shutil.copytree(example / "features", folder / "features")
    shutil.copy(example / "headrace.toml", folder)
    return folder.resolve()


def headrace(command: Sequence[str], project: Path, console: Console) -> int:
    """Print a headrace command, run it in the project and return its exit status.

    ``> FILE`` at the end sends its output there.
    """
    shown = " ".join(map(_typed, command))
    console.print(f"\n[bold cyan]$ headrace {shown}[/bold cyan]", highlight=False, soft_wrap=True)
    console.file.flush()
    words, target = (command[:-2], project / command[-1]) if ">" in command else (command, None)
    # -P keeps the user's folder out of the import path.
    argv = [sys.executable, "-P", "-m", "headrace.cli", *words]
    if target is None:
        return subprocess.run(argv, cwd=project, check=False).returncode  # noqa: S603
    with target.open("wb") as output:
        return subprocess.run(argv, cwd=project, stdout=output, check=False).returncode  # noqa: S603


def _typed(word: str) -> str:
    """Return a word as a person would type it in a shell."""
    if word == ">" or shlex.quote(word) == word:
        return word
    return shlex.quote(word) if any(mark in word for mark in '"$`\\!') else f'"{word}"'
