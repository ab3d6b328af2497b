"""What arrives at a live model: rows to score and labels to learn, read from Arrow and put in order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..features_sql.errors import ModelError
from .label_join import Key, Label, Scored
from .label_state import key_list
from .line_up import LineUp
from .matrix import grow, matrix
from .pending import Slots

END = 2**63 - 1


@dataclass(frozen=True)
class Arrived:
    """Rows and labels in order of their instants.

    ``order`` says which row of the given table each scored row is; ``first`` and ``last`` are the instants between
    which everything lies.
    """

    rows: pa.Table
    order: npt.NDArray[np.int64]
    scored: list[Scored]
    labels: list[tuple[Key, Label]]
    rejected: int
    first: int
    last: int


class Arriving:
    """Reads the tables that a live model is given."""

    def __init__(self, line_up: LineUp, keys: int) -> None:
        self._line_up = line_up
        self._keys = [f"_key{place}" for place in range(keys)]

    def take(self, rows: pa.Table, labels: pa.Table, number: int) -> Arrived:
        """Return what arrives; rows are numbered from ``number`` on. Labels that are none are rejected and counted."""
        instants, known = _times(rows, "_t"), _times(labels, "_known_at")
        order = np.argsort(instants, kind="stable")
        sorted_rows = rows.take(pa.array(order))
        keys = key_list([_column(sorted_rows, name) for name in self._keys])
        numbered = zip(instants[order].tolist(), range(number, number + len(rows)), keys, strict=True)
        scored = [Scored(*one) for one in numbered]
        read, rejected = self._labels(labels.take(pa.array(np.argsort(known, kind="stable"))))
        both = np.concatenate([instants, known])
        first, last = (int(both.min()), int(both.max())) if len(both) else (END, -END)
        return Arrived(sorted_rows, order, scored, read, rejected, first, last)

    def place(self, arrived: Arrived) -> Slots:
        """Give each scored row a slot, with what the model is fed and what its base says."""
        line_up = self._line_up
        if line_up.growing and len(arrived.rows):
            line_up.fed.inputs = grow(line_up.fed.inputs, arrived.rows, line_up.fed.whole)
        instants = np.array([row.at for row in arrived.scored], np.int64)
        slots = line_up.pending.place([row.number for row in arrived.scored], instants)
        line_up.pending.features[slots] = matrix(arrived.rows, line_up.fed.inputs)
        self.score(slots)
        return slots

    def score(self, slots: Slots) -> None:
        """Fill in what the base says of the rows in these slots."""
        line_up = self._line_up
        if line_up.scorer is not None:
            features = line_up.pending.features[slots]
            line_up.pending.margins[slots] = line_up.scorer.margins(features)
            if line_up.wants_leaves:
                line_up.pending.leaves[slots] = line_up.scorer.leaves(features)

    def _labels(self, labels: pa.Table) -> tuple[list[tuple[Key, Label]], int]:
        keys = key_list([_column(labels, name) for name in self._keys])
        values = _column(labels, "_label").to_pylist()
        weights = labels.column("_weight").to_pylist() if "_weight" in labels.column_names else [1.0] * len(values)
        read: list[tuple[Key, Label]] = []
        for key, value, weight, known in zip(keys, values, weights, _times(labels, "_known_at").tolist(), strict=True):
            code = self._code(value)
            named = key is not None and not (isinstance(key, tuple) and None in key)
            if named and code is not None and weight is not None and 0.0 <= weight < math.inf:
                read.append((key, Label(code, float(weight), known)))
        return read, len(values) - len(read)

    def _code(self, value: Any) -> float | None:
        """Return the number that stands for a label, None where it is no label of this model."""
        line_up = self._line_up
        if value is None:
            return None
        if line_up.objective == "multiclass":
            value = str(value) if line_up.growing else value
            return float(line_up.classes.index(value)) if value in line_up.classes else None
        if isinstance(value, str):
            return None
        number = float(value)
        if line_up.objective == "binary":
            return number if number in (0.0, 1.0) else None
        return number if math.isfinite(number) else None


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise ModelError(f"the rows have no column {name}; they have {', '.join(table.column_names)}")
    return table.column(name)


def _times(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    column = _column(table, name)
    if not pa.types.is_int64(column.type) or column.null_count:
        raise ModelError(f"{name} must be int64 microseconds without NULL; got {column.type}")
    return column.to_numpy()
