"""Named points at which a test may kill the process or fill its disk."""

from __future__ import annotations

import errno
import os
import signal
from dataclasses import dataclass


@dataclass
class _Failpoint:
    name: str
    left: int
    action: str


def _read(text: str | None) -> _Failpoint | None:
    if not text:
        return None
    name, count, action = text.split(":")
    if action not in ("kill", "enospc") or int(count) < 1:
        message = f"HEADRACE_FAILPOINT must be <name>:<count from 1>:<kill | enospc>; got {text!r}"
        raise ValueError(message)
    return _Failpoint(name, int(count), action)


_failpoint = _read(os.environ.get("HEADRACE_FAILPOINT"))


def reach(name: str) -> None:
    """Pass the point ``name``.

    Nothing happens unless the environment held ``HEADRACE_FAILPOINT=name:count:action`` when this module
    was imported: then the count-th call with that name, once, sends SIGKILL to this process (``kill``)
    or raises OSError ENOSPC (``enospc``).
    """
    if _failpoint is None or _failpoint.name != name:
        return
    _failpoint.left -= 1
    if _failpoint.left == 0:
        if _failpoint.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
