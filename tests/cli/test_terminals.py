"""What is at the other end of the output: a terminal, a poor one, a pipe, nobody."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = (sys.executable, "-P", "-m", "headrace.cli")


@pytest.fixture(params=[{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    return os.environ | request.param


def test_poor_terminals_get_plain_text(ran: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [*MODULE, "-C", ran, "catalog", "show", "visits"], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"pages of the visit" in done.stdout
    assert b"\x1b" not in done.stdout


def test_a_terminal_gets_a_bar_and_lines_that_fit(ran: Path) -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen(
        [*MODULE, "-C", ran, "verify"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as running:
        os.close(theirs)
        said = b""
        # Linux ends a terminal that nobody holds any more with an error.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65_536):
                said += part
        os.close(ours)
        assert running.wait(timeout=60) == 0
    bar, _, answer = said.decode().rpartition("verifying")
    assert "\x1b[?25l" in bar
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).strip("\r") for line in answer.splitlines()[1:]]
    assert [line.split()[0] for line in lines[-3:]] == ["visitor_activity", "visits", "shopper"]
    assert max(map(len, lines)) <= 60


def test_a_reader_that_goes_away_is_no_traceback(ran: Path) -> None:
    with subprocess.Popen(
        [*MODULE, "-C", ran, "explain", "shopper", "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) == 1
