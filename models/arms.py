"""The arms of one model side by side: every arm scores every row, losses decide between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql.model_settings import Admission
from .e_process import Comparison, EProcess, Point
from .evaluation import Evaluation
from .events import Event
from .experts import Expert, RefitExpert
from .informed import Informed
from .leaf_kernel import OBJECTIVES
from .losses import losses
from .mixture import Mixture
from .operations import SCORE, Operations
from .pending import Pending
from .state_tables import Arrays, part, under

Floats = npt.NDArray[np.float64]

MIXTURE, CONSTANT = "mixture", "constant"


class Arms:
    """Runs operations through the experts, the mixture of them, their comparison and their evaluation.

    The first expert is what the others are compared with and what always serves. In ``pending.predicted`` the
    experts come in their order, then the mixture, then the constant ``rate`` ([classes]; None where the first
    expert is a constant already). ``admission``: arms are in once their test admits them, or from the start; "always"
    leaves all to the mixture's weights.
    """

    def __init__(
        self,
        objective: str,
        spread: float,
        experts: Sequence[Expert],
        mixture: Mixture,
        rate: Floats | None,
        admission: Admission,
    ) -> None:
        self._objective = OBJECTIVES[objective]
        self._spread = spread
        self.experts = tuple(experts)
        self.mixture = mixture
        self._rate = rate
        self.names = (*(expert.name for expert in experts), MIXTURE, *((CONSTANT,) if rate is not None else ()))
        learners, unproven = self.names[1 : len(experts)], {RefitExpert.name}
        self._informed = None if rate is None else Informed(self._objective, spread, rate, learners, unproven)
        self._tested = admission != "always"
        self._tests = {name: EProcess(admitted=admission != "tested") for name in self.names[1 : len(experts) + 1]}
        self._evaluation = Evaluation(objective, self.names)

    def begin(self, operations: Operations, factor: Floats, pending: Pending) -> Floats:
        """Run the first expert and return its losses by operation."""
        current = np.zeros((len(operations), pending.predicted.shape[2]))
        self.experts[0].run(operations, factor, pending, pending.predicted[0], current)
        return self._losses(operations, pending, 0)

    def run(
        self, operations: Operations, factor: Floats, frozen: npt.NDArray[np.bool_], pending: Pending, first: Floats
    ) -> tuple[Floats, Floats, list[Event]]:
        """Run everything after ``begin``, whose losses are ``first``.

        ``factor`` is how much of each label is learned; where ``frozen`` is set no label counts for weights or
        verdicts. Returns the losses, [arms, operations], the weight of the first after each operation, and who was
        admitted or muted.
        """
        count = len(self.experts)
        lost = np.zeros((len(self.names), len(operations)))
        admitted = np.ones((count, len(operations)), np.int8)
        lost[0] = first
        events: list[Event] = []
        rates = self._informed.rates(operations) if self._informed else first
        for arm, expert in enumerate(self.experts[1:], start=1):
            before = self._takes_part(expert.name)
            admitted[arm], lost[arm] = self._run_arm(arm, operations, factor, frozen, pending, first, rates)
            events += _switches(operations, before, admitted[arm], expert.name)
        shared = pending.predicted[: count + 1]
        weights = self.mixture.run(operations.kind, operations.slot, lost[:count], admitted, frozen, shared)
        lost[count] = self._losses(operations, pending, count)
        if count > 1:
            self._tests[MIXTURE].run(operations.kind, operations.at, first, lost[count], frozen, changing=False)
        if self._rate is not None:
            pending.predicted[count + 1, operations.slot[operations.kind == SCORE]] = self._rate
            lost[count + 1] = self._losses(operations, pending, count + 1)
        self._evaluation.add(operations, pending.instant, lost, pending.predicted)
        return lost, weights, events

    def _run_arm(
        self,
        arm: int,
        operations: Operations,
        factor: Floats,
        frozen: npt.NDArray[np.bool_],
        pending: Pending,
        first: Floats,
        rates: Floats,
    ) -> tuple[npt.NDArray[np.int8], Floats]:
        """Run one arm; return whether it takes part after each operation, and its losses."""
        expert = self.experts[arm]
        current = np.zeros((len(operations), pending.predicted.shape[2]))
        expert.run(operations, factor, pending, pending.predicted[arm], current)
        lost = judged = self._losses(operations, pending, arm)
        skipped = frozen
        if isinstance(expert, RefitExpert):
            # A row that was scored before it entered is new to it: what it says of that row now counts.
            now = self._losses_of(operations, current, np.arange(len(operations)))
            judged = np.where(pending.instant[operations.slot] < expert.entered, now, lost)
            skipped = frozen | (expert.entered < 0)
        test = self._tests[expert.name]
        admitted = test.run(operations.kind, operations.at, first, judged, skipped, changing=self._tested)
        if self._informed is not None:
            admitted &= self._informed.run(expert.name, operations, rates, current, skipped)
        return admitted, lost

    def _takes_part(self, arm: str) -> bool:
        """Return whether an arm but the first is in the mixture as things stand."""
        return self._tests[arm].admitted and (self._informed is None or self._informed.holds(arm))

    def restart(self, name: str) -> None:
        """Forget the evidence on an arm that was replaced; the new one takes part if the last one did."""
        self._tests[name] = EProcess(admitted=self._tests[name].admitted)
        if self._informed is not None:
            self._informed.restart(name)

    def report(self) -> pa.Table:
        """Return the prequential measures by month and arm."""
        return self._evaluation.report()

    def comparisons(self) -> dict[str, Comparison]:
        """Return each arm against the first."""
        return {name: test.comparison() for name, test in self._tests.items()}

    def points(self) -> dict[str, list[Point]]:
        """Return how each comparison went."""
        return {name: test.points() for name, test in self._tests.items()}

    def weights(self) -> dict[str, float]:
        """Return the weights of the mixture."""
        return {expert.name: float(w) for expert, w in zip(self.experts, self.mixture.weights, strict=True)}

    def snapshot(self) -> Arrays:
        """Return the state of every part."""
        held = under("mixture", self.mixture.snapshot()) | under("evaluation", self._evaluation.snapshot())
        held |= under("informed", self._informed.snapshot() if self._informed else {})
        for expert in self.experts:
            held |= under(f"expert.{expert.name}", expert.snapshot())
        for name, test in self._tests.items():
            held |= under(f"test.{name}", test.snapshot())
        return held

    def restore(self, held: Arrays) -> None:
        """Take over a snapshot."""
        self.mixture.restore(part("mixture", held))
        self._evaluation.restore(part("evaluation", held))
        if self._informed is not None:
            self._informed.restore(part("informed", held))
        for expert in self.experts:
            expert.restore(part(f"expert.{expert.name}", held))
        for name, test in self._tests.items():
            test.restore(part(f"test.{name}", held))

    def _losses(self, operations: Operations, pending: Pending, arm: int) -> Floats:
        return self._losses_of(operations, pending.predicted[arm], operations.slot)

    def _losses_of(self, operations: Operations, predicted: Floats, places: npt.NDArray[np.int64]) -> Floats:
        """Return the loss of each label by the prediction at its place."""
        lost = np.zeros(len(operations))
        losses(self._objective, self._spread, operations.kind, places, operations.label, predicted, lost)
        return lost


def _switches(operations: Operations, before: bool, admitted: npt.NDArray[np.int8], name: str) -> list[Event]:
    changed = np.flatnonzero(np.diff(admitted, prepend=np.int8(before)))
    return [
        Event(int(operations.at[place]), "admitted" if admitted[place] else "muted", name, "", 0.0)
        for place in changed.tolist()
    ]
