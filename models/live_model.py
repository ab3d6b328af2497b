"""A model at work: rows come in and are scored, labels come in and are learned, in the order of their instants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import LiveSettings
from .arriving import Arriving
from .control import Control
from .e_process import Comparison, Point
from .events import Event, events_table
from .label_join import LabelJoin
from .label_state import join_tables, joined_of
from .line_up import LineUp, line_up
from .matrix import Inputs, inputs_from
from .operations import LEARN, SCORE, Operations
from .pending import Slots, done
from .refit import Refitter
from .registry import Model
from .state_tables import arrays_of, arrays_table, part, under

_BEFORE_TIME = -(2**62)


@dataclass(frozen=True)
class Step:
    """What one ``advance`` gave.

    ``scores``: a row per row given, in its order: ``prediction``, ``model_version``, a column ``_<arm>`` per arm, and
    ``_probabilities`` of a multiclass model. ``learned``: a row per label that was joined: ``_row`` (the prediction's
    number in the stream, from 0), ``_t``, ``_known_at``, ``_label`` (number or class), ``_weight``. ``events``: see
    ``Event``.
    """

    scores: pa.Table
    learned: pa.Table
    events: pa.Table


@dataclass(frozen=True)
class Counts:
    """What came of the predictions and labels so far. Always scored = learned + withheld + expired + pending.

    ``withheld`` labels were joined in quarantine and not learned; ``rejected`` ones were none (NULL, NaN, an unknown
    class). For the others see ``JoinCounts``.
    """

    scored: int
    learned: int
    withheld: int
    expired: int
    pending: int
    assumed: int
    early: int
    duplicates: int
    corrected: int
    late: int
    unmatched: int
    rejected: int


class LiveModel:
    """Scores rows and learns labels, in one order that does not depend on how the stream is cut into batches.

    ``base`` alone scores. With ``settings`` it is corrected; ``settings`` with ``inputs`` and no base is a model that
    learns from nothing. A label belongs to a row at t if it is known by t + ``within`` (µs); ``unlabelled`` says what a
    row without one is. At one instant every row is scored first, so that a prediction at t has learned exactly the
    labels known before t. ``key_types`` are the Arrow types of the rows' columns ``_key0``, ``_key1`` ...
    """

    def __init__(
        self,
        base: Model | None,
        settings: LiveSettings | None,
        *,
        within: int,
        unlabelled: Literal["drop", "negative"],
        key_types: tuple[pa.DataType, ...],
        inputs: Inputs | None = None,
        refitter: Refitter | None = None,
    ) -> None:
        self._version = str(base.version) if base else "0"
        self._key_types = key_types
        self._line_up: LineUp = line_up(base, settings, inputs)
        self._arriving = Arriving(self._line_up, len(key_types))
        self._join = LabelJoin(within, unlabelled)
        self._control = Control(self._line_up, base.manifest if base else None, settings, refitter)
        self._withheld = self._rejected = 0
        self._until = _BEFORE_TIME

    def advance(self, rows: pa.Table, labels: pa.Table, until: int) -> Step:
        """Take in everything that happens before the instant ``until`` (µs), all of it at or after the last ``until``.

        What comes late may have the last instant before that: it is taken after all else of that instant.
        ``rows``: the inputs' columns, ``_t`` (µs) and the key columns ``_key0`` ...; rows of one instant keep their
        order. ``labels``: the key columns, ``_label``, ``_known_at`` (µs) and maybe ``_weight``; labels of one instant
        keep theirs. Raises ModelError where a column is missing or has another type than the model was made for.
        """
        arrived = self._arriving.take(rows, labels, self._join.state.counts.scored)
        if arrived.first < self._until - 1 or arrived.last >= until:
            found = f"{arrived.first} to {arrived.last}"
            raise ModelError(f"what a model is given must lie in [{self._until - 1}, {until}); got instants {found}")
        self._until = until
        self._rejected += arrived.rejected
        slots = self._arriving.place(arrived)
        operations = self._line_up.pending.located(self._join.advance(arrived.scored, arrived.labels, until))
        versions: list[str] = []
        events: list[Event] = []
        begin = 0
        while begin < len(operations):
            events += self._control.enter(int(operations.at[begin]))
            end = self._control.end(operations, begin)
            some = operations.part(begin, end)
            frozen, found = self._control.run(some)
            events += found
            self._withheld += int((frozen & (some.kind == LEARN)).sum())
            versions += [self._model_version()] * int((some.kind == SCORE).sum())
            begin = end
        type = labels.schema.field("_label").type
        scores = self._scores(slots, arrived.order, versions, type)
        step = Step(scores, self._learned(operations, type), events_table(events))
        self._line_up.pending.release(np.unique(done(operations)))
        return step

    def counts(self) -> Counts:
        """Return what came of the predictions and labels so far."""
        join = asdict(self._join.state.counts)
        learned = join.pop("joined") - self._withheld
        own = {"learned": learned, "withheld": self._withheld, "rejected": self._rejected}
        return Counts(**join, **own, pending=self._join.state.counts.pending)

    def report(self) -> pa.Table:
        """Return the prequential measures: month (first day, UTC, by the rows' instants), arm, n, then the measures.

        The last rows, with a month of NULL, are over all months.
        They are log_loss and auc of a binary model, log_loss and accuracy of classes, mae and rmse of values. AUC is
        NULL in a month with one class only.
        """
        report = self._line_up.arms.report()
        return report.filter(pc.is_in(report.column("arm"), value_set=pa.array(self._line_up.shown)))

    def comparisons(self) -> dict[str, Comparison]:
        """Return each arm against the base; without one, against the running rate of the labels."""
        found = self._line_up.arms.comparisons()
        return {arm: comparison for arm, comparison in found.items() if arm in self._line_up.shown}

    def points(self) -> dict[str, list[Point]]:
        """Return how the comparison of each arm went, in a few points."""
        return {arm: points for arm, points in self._line_up.arms.points().items() if arm in self._line_up.shown}

    def weights(self) -> dict[str, float]:
        """Return the weight of each arm in the mixture."""
        return self._line_up.arms.weights()

    @property
    def learning(self) -> bool:
        """Whether labels are learned now; False in quarantine."""
        return self._control.trusted

    def snapshot(self) -> dict[str, pa.Table]:
        """Return everything that scores and learning depend on, as tables by name."""
        line_up = self._line_up
        own = {"numbers": np.array([self._withheld, self._rejected, self._until], np.int64)}
        arrays = own | under("pending", line_up.pending.snapshot()) | under("arms", line_up.arms.snapshot())
        inputs = [asdict(column) for column in line_up.fed.inputs.columns]
        joined = join_tables(self._join.state, self._key_types)
        return {
            "arrays": arrays_table(arrays | under("control", self._control.snapshot())),
            "inputs": pa.table({"json": [json.dumps(inputs)]}),
            **{f"join.{name}": table for name, table in joined.items()},
        }

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot of a model of the same base, settings and keys, into one that has seen nothing yet."""
        line_up, arrays = self._line_up, arrays_of(tables["arrays"])
        if line_up.growing:
            line_up.fed.inputs = inputs_from(json.loads(tables["inputs"].column("json")[0].as_py()))
        self._withheld, self._rejected, self._until = arrays["numbers"].tolist()
        self._arriving.score(line_up.pending.restore(part("pending", arrays)))
        line_up.arms.restore(part("arms", arrays))
        self._control.restore(part("control", arrays))
        found = {name.removeprefix("join."): table for name, table in tables.items() if name.startswith("join.")}
        self._join.state = joined_of(found)

    def close(self) -> None:
        """Let go of the models; a closed one must not be used."""
        self._control.close()
        self._line_up.close()

    def _model_version(self) -> str:
        refit = self._line_up.refit
        return f"{self._version}.{refit.count}" if refit is not None and refit.count else self._version

    def _scores(self, slots: Slots, order: npt.NDArray[np.int64], versions: list[str], type: pa.DataType) -> pa.Table:
        """Return what every arm predicted, in the order in which the rows were given."""
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        predicted = self._line_up.pending.predicted[:, slots[back]]
        served = predicted[self._line_up.place(self._line_up.served)]
        columns: dict[str, Any] = {"prediction": self._shown(served, type)}
        columns["model_version"] = pa.array(versions, pa.string()).take(pa.array(back))
        if self._line_up.objective == "multiclass":
            columns["_probabilities"] = pa.array(list(served), pa.list_(pa.float64()))
        for arm in self._line_up.shown:
            columns[f"_{arm}"] = self._shown(predicted[self._line_up.place(arm)], type)
        return pa.table(columns)

    def _shown(self, predicted: npt.NDArray[np.float64], type: pa.DataType) -> pa.Array:
        if self._line_up.objective != "multiclass":
            return pa.array(predicted[:, 0])
        return self._named(predicted.argmax(axis=1), type)

    def _named(self, codes: npt.NDArray[np.int64], type: pa.DataType) -> pa.Array:
        return pa.array(self._line_up.classes).cast(type).take(pa.array(codes))

    def _learned(self, operations: Operations, type: pa.DataType) -> pa.Table:
        learned = operations.kind == LEARN
        slots, labels = operations.slot[learned], operations.label[learned]
        several = self._line_up.objective == "multiclass"
        shown = self._named(labels.astype(np.int64), type) if several else pa.array(labels)
        return pa.table(
            {
                "_row": self._line_up.pending.number[slots],
                "_t": self._line_up.pending.instant[slots],
                "_known_at": operations.known[learned],
                "_label": shown,
                "_weight": operations.weight[learned],
            }
        )
