"""A thread that scores beside the flow: 'side_output' with the model itself, 'external' through an endpoint."""

from __future__ import annotations

import queue
import threading
from typing import Protocol

import pyarrow as pa

from .answers import Answers, answered
from .scores import Form


class Scorer(Protocol):
    """What turns rows (the columns that a model is fed) into scores, in order; it may take its time."""

    def score(self, rows: pa.Table) -> pa.Table:
        """Return a score per row, as ``scores`` lays them out."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class WorkerInference:
    """Scores in a thread of its own, in the order of the questions; what waits is lost with the process.

    See ``Inference``. An exception of the scorer is raised by the next ``answers``.
    """

    durable = False

    def __init__(self, scorer: Scorer, form: Form) -> None:
        self._scorer, self._form = scorer, form
        self._asked: queue.SimpleQueue[pa.Table | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[pa.Table | BaseException] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="inference", daemon=True)
        self._thread.start()

    def ask(self, rows: pa.Table) -> None:
        """Hand rows to the thread and return at once."""
        if len(rows):
            self._asked.put(rows)

    def answers(self, wait: float) -> Answers:
        """Return the scores that are ready; the positions are always none."""
        found: list[pa.Table] = []
        try:
            while True:
                one = self._found.get(timeout=wait if not found and wait > 0 else None, block=not found and wait > 0)
                if isinstance(one, BaseException):
                    raise one
                found.append(one)
        except queue.Empty:
            return Answers(answered(found, self._form), {})

    def close(self) -> None:
        """Stop after the rows that are being scored."""
        self._asked.put(None)
        self._thread.join()
        self._scorer.close()

    def _work(self) -> None:
        while (rows := self._asked.get()) is not None:
            try:
                scored = self._scorer.score(rows.drop_columns(["_id"]))
                self._found.put(scored.append_column("_id", rows.column("_id")))
            except Exception as error:
                self._found.put(error)
