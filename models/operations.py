"""What happens in a batch, one after the other: a row is scored, a label is learned, a row expires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SCORE, LEARN, EXPIRE, UNMATCHED = 0, 1, 2, 3


@dataclass(frozen=True)
class Operations:
    """Operations in their order, one per place of each array.

    ``kind`` is SCORE (a row is predicted), LEARN (its label is learned), EXPIRE (its deadline passed without one) or
    UNMATCHED (a label found no row). ``slot`` is where the row is kept, -1 for UNMATCHED. ``label`` (a number or a
    class code), ``weight`` and ``known`` (µs) are of the label. ``at`` is the instant, never falling.
    """

    kind: npt.NDArray[np.int8]
    slot: npt.NDArray[np.int64]
    label: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    at: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.kind)

    def part(self, begin: int, end: int) -> Operations:
        """Return the operations from place ``begin`` up to ``end``, without copying."""
        return Operations(*(column[begin:end] for column in vars(self).values()))
