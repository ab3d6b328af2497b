"""A new base trained in a process of its own: the stream goes on until the base is to enter."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from typing import IO, Any

import numpy as np

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import BaseSettings
from .matrix import inputs_from
from .refit import RetrainRequest
from .trainer import Rows

LOG = logging.getLogger(__name__)

_REFUSED = 3
# LightGBM wraps these where it finds them. Nothing of that is used here, and their import takes longer than many a fit.
_UNUSED = ("sklearn", "pandas")


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    answer: IO[bytes]
    complaint: IO[bytes]


class ProcessRefit:
    """Trains what is asked for in another process, one at a time; gives the same bytes as training in this one.

    What goes there and back lies in files without a name, so that nothing is left behind when either process is
    killed. Where no process can be started the training waits and is done in this one.
    """

    def __init__(self) -> None:
        self._running: _Running | None = None

    def start(self, request: RetrainRequest) -> None:
        """Begin to train."""
        self.close()
        try:
            given, answer, complaint = (tempfile.TemporaryFile() for _ in range(3))  # noqa: SIM115
            _write(request, given)
            # -P keeps the user's folder out of the import path.
            argv = [sys.executable, "-P", "-m", __name__]
            process = subprocess.Popen(argv, stdin=given, stdout=answer, stderr=complaint)  # noqa: S603
        except OSError:
            return
        given.close()
        self._running = _Running(process, answer, complaint)

    def finish(self, request: RetrainRequest) -> str:
        """Return LightGBM's text, waiting for it; raises ModelError where the rows do not allow a new base."""
        running, self._running = self._running, None
        if running is None:
            return request.train()
        status = running.process.wait()
        running.answer.seek(0)
        running.complaint.seek(0)
        with running.answer, running.complaint:
            if status == 0:
                return running.answer.read().decode()
            if status == _REFUSED:
                raise ModelError(running.answer.read().decode())
            said = running.complaint.read().decode(errors="replace").strip()
        # It was killed, or could not start: nothing is known about the rows.
        ending = f"with status {status}{': ' if said else ''}{said[-500:]}"
        LOG.warning("the process that trained a new base ended %s; it is trained in this one", ending)
        return request.train()

    def close(self) -> None:
        """Stop what still runs; nobody waits for it."""
        running, self._running = self._running, None
        if running is not None:
            running.process.kill()
            running.process.wait()
            running.answer.close()
            running.complaint.close()


def _write(request: RetrainRequest, to: IO[bytes]) -> None:
    told = {"inputs": asdict(request.inputs), "settings": asdict(request.settings), "classes": len(request.classes)}
    np.savez(to, told=np.frombuffer(json.dumps(told).encode(), np.uint8), **vars(request.rows))
    to.flush()
    to.seek(0)


def _read(given: IO[bytes]) -> tuple[Rows, Any]:
    with np.load(given) as arrays:
        held = dict(arrays)
    return Rows(**{name: array for name, array in held.items() if name != "told"}), json.loads(held["told"].tobytes())


def _main() -> int:
    """Train what stdin holds and write LightGBM's text, or why not, to stdout."""
    loaded: dict[str, Any] = sys.modules
    loaded |= dict.fromkeys(_UNUSED)
    from . import trainer

    # What LightGBM prints must not come between.
    with os.fdopen(os.dup(1), "wb") as answer, os.fdopen(os.dup(0), "rb") as given:
        os.dup2(2, 1)
        rows, told = _read(given)
        inputs, settings = inputs_from(told["inputs"]["columns"]), BaseSettings(**told["settings"])
        try:
            text = trainer.refit(rows, inputs, settings, told["classes"])
        except ModelError as error:
            answer.write(str(error).encode())
            return _REFUSED
        answer.write(text.encode())
        return 0


if __name__ == "__main__":
    sys.exit(_main())
