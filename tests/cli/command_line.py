"""The command line, run in this process."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from headrace import cli


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def headrace(folder: Path, *words: str | Path) -> Done:
    """Run a command line on the project in ``folder``."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["-C", str(folder), *map(str, words)])
    code = ended.value.code
    return Done(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def succeed(folder: Path, *words: str | Path) -> Done:
    """Run a command line that does its work."""
    done = headrace(folder, *words)
    assert done.status == 0, done.err
    return done


def fail(folder: Path, *words: str | Path) -> str:
    """Run a command line that is the user's mistake, and return what it said."""
    done = headrace(folder, *words)
    assert (done.status, done.out) == (1, "")
    assert "Traceback" not in done.err
    return done.err
