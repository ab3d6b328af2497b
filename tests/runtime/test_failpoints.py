import signal
import subprocess
import sys

import pytest

PROGRAM = """
from headrace.runtime.failpoints import reach
for turn in range(4):
    for name in ("a", "b"):
        try:
            reach(name)
        except OSError as error:
            print("error", error.errno, end=" ")
        print(name, turn, flush=True)
"""

WHOLE = [f"{name} {turn}" for turn in range(4) for name in "ab"]


def run(value):
    env = {} if value is None else {"HEADRACE_FAILPOINT": value}
    return subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=env, check=False)


@pytest.mark.parametrize("value", [None, "", "c:1:kill", "a:5:kill"])
def test_points_are_passed_when_none_is_armed(value):
    ran = run(value)
    assert (ran.returncode, ran.stdout.splitlines()) == (0, WHOLE)


def test_kill_at_the_nth_time():
    ran = run("b:3:kill")
    assert (ran.returncode, ran.stdout.splitlines()) == (-signal.SIGKILL, WHOLE[:5])


def test_enospc_once_at_the_nth_time():
    ran = run("a:2:enospc")
    assert (ran.returncode, ran.stdout.splitlines()) == (0, [*WHOLE[:2], "error 28 a 1", *WHOLE[3:]])


@pytest.mark.parametrize("value", ["a", "a:1", "a:x:kill", "a:0:kill", "a:1:explode"])
def test_nonsense_is_refused(value):
    ran = run(value)
    assert ran.returncode == 1
    assert "ValueError" in ran.stderr
