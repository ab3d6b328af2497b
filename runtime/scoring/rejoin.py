"""Rejoin: rows of a service that are scored outside of its epochs, matched with their scores when these come.

The epochs that write features never wait. What they have committed is asked about, kept until its score has come or
its time is up, and then written to the stream in an epoch of the stream's own: with its prediction, or with none
and the reason. Every row of the service is scored or given up once; a crash loses no question and repeats no row.
"""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...catalog.database import transaction
from ...features_sql.definitions import Stream
from ...features_sql.errors import SinkError, SourceError
from ...features_sql.inference import External
from ...features_sql.parse_late import SUFFIX
from .. import failpoints
from ..sources.lateness import END
from ..stores import datasets, ledger, offline
from ..stores.ledger import DeadLetter, Output
from ..stores.online_backlog import OnlineBacklog
from ..stores.put import note_rows, stage_rows
from ..stores.written import first_written
from ..workplace import Workplace
from . import outside_ledger
from .answers import Answers, answered
from .circuit_breaker import CircuitBreaker
from .inference import Inference
from .live_stream import LiveStream
from .outside_ledger import GIVEN_UP, JOINED, WAITING, Asked
from .scores import form_of, scores

LOG = logging.getLogger(__name__)

DAY = 86_400_000_000
TIMED_OUT = "timeout"

Place = tuple[int, int]


@dataclass
class _Found:
    """What one step settles, by place (epoch, row): rows that were scored or given up, and late answers.

    ``scores`` has a row per place, ``late_scores`` one per late place; the rows from ``scored`` on were given up.
    """

    places: list[Place]
    scores: pa.Table
    scored: int
    late: list[Place]
    late_scores: pa.Table


class Rejoin:
    """One stream that is scored outside. ``now`` is the wall clock in µs; nothing else here reads one."""

    def __init__(
        self,
        place: Workplace,
        stream: Stream,
        inference: Inference,
        now: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        assert stream.outside is not None
        self._place, self._stream, self._inference, self._now = place, stream, inference, now
        self._live = LiveStream(place.duck, stream, place.definitions)
        model = place.definitions.models[stream.model]
        self._fed, self._form = [column.name for column in model.features], form_of(model)
        # An endpoint's timeout is of a request: its rows are always answered, if with the fallback.
        self._timeout = None if isinstance(stream.outside, External) else stream.outside.timeout
        held = outside_ledger.progress(place.store, stream.name)
        self._nonce, self._epoch, self._positions = held.nonce, held.epoch, held.positions
        self._asked = outside_ledger.asked(place.store, stream.name)
        self._breaker = CircuitBreaker(failures=1)
        if not inference.durable:
            for one in self._asked.values():
                self._ask(one)

    @property
    def waiting(self) -> int:
        """Rows that wait for their score, among those that were asked about."""
        return sum(int(np.count_nonzero(one.states == WAITING)) for one in self._asked.values())

    def step(self, wait: float = 0.0) -> bool:
        """Ask about what is new, write what has been answered or has waited too long; tell whether any was written.

        Waits up to ``wait`` seconds for an answer. A broker that is away is warned about and tried again later;
        meanwhile rows run into their timeout.
        """
        answers = self._hear(wait)
        found = self._match(answers.table)
        self._give_up(found)
        if found.places or found.late or dict(answers.positions) != dict(self._positions):
            self._write(found, answers.positions)
        return bool(found.places)

    def _hear(self, wait: float) -> Answers:
        nothing = Answers(answered([], self._form), self._positions)
        if not self._breaker.allows():
            return nothing
        try:
            self._take_up()
            answers = self._inference.answers(wait if self.waiting else 0.0)
        except (SinkError, SourceError) as error:
            self._breaker.note(succeeded=False)
            LOG.warning("stream %s: %s; its rows wait", self._stream.name, error)
            return nothing
        self._breaker.note(succeeded=True)
        return answers

    def _take_up(self) -> None:
        for epoch, paths in ledger.outputs_after(self._place.store, self._stream.service, self._epoch):
            rows = pa.concat_tables([offline.read_file(self._place.layout.store / path) for path in paths])
            rows = first_written(rows)
            deadline = None if self._timeout is None else self._now() + self._timeout
            one = Asked(epoch, deadline, rows.combine_chunks(), np.zeros(len(rows), np.uint8))
            # Asked before it is noted: asking again after a crash does no harm, not asking would.
            self._ask(one)
            failpoints.reach("asked")
            with transaction(self._place.store):
                outside_ledger.take_up(self._place.store, self._stream.name, one)
            self._asked[epoch], self._epoch = one, epoch

    def _ask(self, one: Asked) -> None:
        open_rows = np.flatnonzero(one.states == WAITING)
        ids = [f"{self._nonce}-{one.epoch}-{row}" for row in open_rows]
        asked = one.rows.select(self._fed).take(pa.array(open_rows))
        self._inference.ask(asked.append_column("_id", pa.array(ids, pa.string())))

    def _match(self, answers: pa.Table) -> _Found:
        """Sort answers into those that a row waits for and those whose row was given up; others are known already."""
        places = [self._place_of(id_) for id_ in answers.column("_id").to_pylist()]
        numbers: dict[int, list[int]] = {WAITING: [], GIVEN_UP: [], JOINED: []}
        taken: set[Place] = set()
        for number, place in enumerate(places):
            if place is not None and place not in taken:
                taken.add(place)
                numbers[self._asked[place[0]].states[place[1]]].append(number)
        return _Found(
            places=[place for number in numbers[WAITING] if (place := places[number])],
            scores=answers.take(pa.array(numbers[WAITING], pa.int64())),
            scored=len(numbers[WAITING]),
            late=[place for number in numbers[GIVEN_UP] if (place := places[number])],
            late_scores=answers.take(pa.array(numbers[GIVEN_UP], pa.int64())),
        )

    def _place_of(self, id_: str) -> Place | None:
        nonce, _, place = id_.partition("-")
        epoch, _, row = place.partition("-")
        if nonce != self._nonce or not epoch.isdigit() or not row.isdigit():
            return None
        asked = self._asked.get(int(epoch))
        return (int(epoch), int(row)) if asked is not None and int(row) < len(asked.states) else None

    def _give_up(self, found: _Found) -> None:
        settled, now = set(found.places), self._now()
        for one in self._asked.values():
            if one.deadline is not None and one.deadline <= now:
                rows = [(one.epoch, row) for row in np.flatnonzero(one.states == WAITING).tolist()]
                found.places += [place for place in rows if place not in settled]
        given_up = scores(len(found.places) - found.scored, reason=TIMED_OUT, form=self._form)
        given_up = given_up.append_column("_id", pa.array([""] * len(given_up), pa.string()))
        found.scores = answered([found.scores, given_up], self._form)

    def _write(self, found: _Found, positions: outside_ledger.Positions) -> None:
        store, name = self._place.store, self._stream.name
        number, now = ledger.next_epoch(store), self._now()
        rows, letters = self._joined(found)
        held = datasets.load(store, self._place.definitions, self._place.versions)
        dataset = held[name]
        outputs = stage_rows(self._place.layout, number, dataset, rows)
        outputs += self._late_outputs(number, found, now)
        changed = self._settle(found)
        done = [one.epoch for one in self._asked.values() if _is_over(one, now)]
        failpoints.reach("commit")
        with transaction(store):
            ledger.commit_alone(store, number, name, outputs, letters)
            backlog = OnlineBacklog()
            note_rows(store, number, dataset, rows, backlog)
            backlog.put(store)
            outside_ledger.save_states(store, name, changed)
            outside_ledger.save_positions(store, name, positions)
            outside_ledger.forget(store, name, done)
            datasets.advance(store, [name], self._watermark(held[self._stream.service].watermark))
        failpoints.reach("committed")
        for epoch in done:
            del self._asked[epoch]
        self._positions = positions
        offline.place(self._place.layout, store)

    def _joined(self, found: _Found) -> tuple[pa.Table, list[DeadLetter]]:
        """The stream's rows, in the order in which the service wrote theirs."""
        order = sorted(range(len(found.places)), key=found.places.__getitem__)
        scored = found.scores.take(pa.array(order, pa.int64()))
        served = self._served([found.places[place] for place in order])
        rows, failed = self._live.rows(served, scored.drop_columns(["_id"]))
        letters = [DeadLetter(self._stream.name, 0, poison.offset, b"", poison.reason) for poison in failed]
        return rows, letters

    def _served(self, places: Sequence[Place]) -> pa.Table:
        schema = self._live.served
        parts = [schema.empty_table()]
        for epoch in sorted({epoch for epoch, _ in places}):
            rows = pa.array([row for held, row in places if held == epoch])
            table = self._asked[epoch].rows
            for missing in [name for name in schema.names if name not in table.column_names]:
                table = table.append_column(missing, pa.nulls(len(table), schema.field(missing).type))
            parts.append(table.select(schema.names).cast(schema).take(rows))
        return pa.concat_tables(parts)

    def _late_outputs(self, number: int, found: _Found, now: int) -> list[Output]:
        """Answers past their time, kept beside with what they are answers to."""
        if not found.late:
            return []
        order = sorted(range(len(found.late)), key=found.late.__getitem__)
        scored = found.late_scores.take(pa.array(order))
        rows = self._served([found.late[place] for place in order])
        for name in [name for name in self._form.schema.names if name != "reason"]:
            rows = rows.append_column(name, scored.column(name))
        deadlines = [self._asked[found.late[place][0]].deadline or now for place in order]
        rows = rows.append_column("_lag_seconds", pa.array([(now - deadline) / 1e6 for deadline in deadlines]))
        late = self._stream.name + SUFFIX
        folder = offline.live_folder(late, 1)
        offline.link(self._place.layout, late, folder)
        time_column = self._place.definitions.driver(self._stream).time
        return offline.stage(self._place.layout, offline.drafts(number, late, folder, time_column, rows))

    def _settle(self, found: _Found) -> list[Asked]:
        for number, (epoch, row) in enumerate(found.places):
            self._asked[epoch].states[row] = JOINED if number < found.scored else GIVEN_UP
        for epoch, row in found.late:
            self._asked[epoch].states[row] = JOINED
        return [self._asked[epoch] for epoch in sorted({epoch for epoch, _ in (*found.places, *found.late)})]

    def _watermark(self, reached: int) -> int:
        """Every instant of the service, which has ``reached`` its own, has its row in the stream below this one."""
        time_column = self._place.definitions.driver(self._stream).time
        for one in self._asked.values():
            waiting = np.flatnonzero(one.states == WAITING)
            if len(waiting):
                times = pc.cast(one.rows.column(time_column), pa.int64()).to_numpy()[waiting]
                reached = min(reached, int(times.min()))
        return min(reached, END)

    def close(self) -> None:
        """Let go of the prepared statement."""
        self._live.close()


def _is_over(one: Asked, now: int) -> bool:
    """Tell whether no answer to a row of the epoch is expected: none waits, and late ones have had a day to come."""
    if np.any(one.states == WAITING):
        return False
    return one.deadline is None or now > one.deadline + DAY or not np.any(one.states == GIVEN_UP)
