"""The batch programs of what is written on arrival: over the whole past, each row over what had arrived by then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..features_sql import immediately, program
from ..features_sql.definitions import Service, Source, View
from ..features_sql.groups import awaited, awaited_by_service, source_groups
from .duck import query
from .evaluated_rows import by_probe
from .history import NO_ROWS, History, Known
from .live_service import valid_rows
from .live_view import Probes
from .sources.lateness import BEGINNING
from .sources.quarantine import bisect
from .stores import ledger
from .windows.keys import complete, typed_keys
from .workplace import Workplace

if TYPE_CHECKING:
    from .batch import Batch

_TOGETHER = 2_000
"""So many rows are evaluated by one query: each brings the events of its entity along."""


Prepare = Callable[[View, pa.Table, Mapping[str, str], Mapping[str, str], Mapping[str, pa.Table]], pa.Table]
"""Prepares source rows joined with these versions of frozen tables, with more columns carried; see ``Batch``.

Of the streaming tables in the last mapping only what it holds is joined.
"""

AsOf = Callable[[Known | None, History | None], "Batch"]
"""Gives the batch programs of an earlier past, of the events of a history; without either, of all that is committed."""


class BatchOnArrival:
    """Runs the batch programs of views that are written on arrival, and of the services that they drive."""

    def __init__(self, place: Workplace, history: History, prepare: Prepare, as_of: AsOf) -> None:
        self._place = place
        self._history = history
        self._prepare = prepare
        self._as_of = as_of
        self._groups = {name: group for group in source_groups(place.definitions) for name in group.views}

    def rows(self, view: View, *, scales: bool = False) -> pa.Table:
        """Return the row of every event in the order of arrival, laid out as ``program.finish_sql`` does."""
        source = self._place.definitions.sources[view.source]
        prepared = self._prepared(view, source)
        keys, terms = program.key_columns(view), program.row_terms(view)
        evaluate = immediately.evaluated_on_arrival_sql(view, source, keys, terms, scales=scales)
        judged = bool(program.conditions(view))
        finish = program.finish_sql(view, scales=scales, judged=judged) + "\nORDER BY _i"
        parts: list[pa.Table] = []
        for start in range(0, max(len(prepared), 1), _TOGETHER):
            known = prepared.slice(0, start + _TOGETHER)
            asked = known.append_column("_asked", pa.array(np.arange(len(known)) >= start))
            evaluated = self._query(evaluate, {"_arrived": asked})
            rows, _ = bisect(lambda part: self._query(finish, {"_evaluated": part}), evaluated)
            parts.append(self._query(program.chosen_sql(view), {"_finished": rows}) if judged else rows)
        return pa.concat_tables(parts)

    def _prepared(self, view: View, source: Source) -> pa.Table:
        """The prepared arrivals of a view, each joined with what was in force in its epoch and had arrived by then."""
        tables = [join.table for join in view.joins if join.table in self._place.definitions.sources]
        arrived = self._history.arrivals(list(dict.fromkeys([source.name, *tables])))
        events = arrived[source.name]
        times = pc.cast(events.column(source.time), pa.int64()).to_numpy()
        events = events.append_column("_as_of", pa.array(np.maximum.accumulate(times) if len(times) else times))
        versions, epochs = self._versions(view), events.column("_epoch").to_pylist()
        known = _earlier(events, [arrived[name] for name in tables])
        joined = [(versions.get(epoch, {}), upto) for epoch, upto in zip(epochs, known, strict=True)]
        parts, start = list[pa.Table](), 0
        for (held, counts), together in groupby(joined or [(dict[str, str](), [0] * len(tables))]):
            count = len(list(together))
            part = events.slice(start, count).drop_columns(["_epoch"])
            seen = {
                name: arrived[name].slice(0, upto).drop_columns(["_epoch", "_n"])
                for name, upto in zip(tables, counts, strict=True)
            }
            parts.append(self._prepare(view, part, held, immediately.carried(source), seen))
            start += count
        return pa.concat_tables(parts)

    def _versions(self, view: View) -> dict[int | None, dict[str, str]]:
        """The versions of the joined tables that were in force in each epoch."""
        used, held = {join.table for join in view.joins}, dict[str, str]()
        found: dict[int | None, dict[str, str]] = {}
        if not used:
            return found
        for epoch in ledger.committed_epochs(self._place.store, self._groups[view.name].sources, 0):
            named = ledger.read_intent(self._place.store, epoch).tables
            found[epoch] = held = held | {name: sha for name, sha in named.items() if name in used}
        return found

    def answers(self, service: Service, driving: pa.Table, *, scales: bool = False) -> dict[str, pa.Table]:
        """Return, by alias, what each joined view said to the service's driving rows when these arrived."""
        definitions = self._place.definitions
        driver = definitions.views[service.view]
        arrived = self._history.arrivals(self._groups[driver.name].sources)
        own = arrived[driver.source]
        offsets, asked = (rows.column("_offset").to_numpy() for rows in (own, driving))
        numbers = own.column("_n").to_numpy()[np.searchsorted(offsets, asked)]
        times = pc.cast(driving.column(driver.time), pa.int64()).to_numpy()
        written = self._written_before(service)
        epochs = dict(zip(offsets.tolist(), own.column("_epoch").to_pylist(), strict=True))
        epoch = np.array([epochs[offset] for offset in asked.tolist()], np.int64)
        newest = np.array([written[one] - 1 for one in epoch.tolist()], np.int64)
        found: dict[str, pa.Table] = {}
        for join in service.joins:
            view = definitions.views[join.view]
            keys = typed_keys(view, [driving.column(name) for name in join.keys])
            if program.is_stored(view):
                rows = self._stored(view, Probes(keys, np.minimum(times, newest)), epoch, written, scales)
                found[join.alias] = valid_rows(view, rows, times)
            elif view.joins or view.source not in definitions.sources:
                arrivals = zip(epoch.tolist(), numbers.tolist(), strict=True)
                found[join.alias] = self._ahead(view, Probes(keys, times), arrivals, written, scales)
            else:
                found[join.alias] = self._answer(view, arrived[view.source], keys, times, numbers, scales)
        return found

    def _ahead(
        self,
        view: View,
        probes: Probes,
        arrivals: Iterable[tuple[int, int]],
        written: Mapping[int, int],
        scales: bool,
    ) -> pa.Table:
        """A view that rests on more than a source's events, for each probe as an online read at that arrival.

        ``arrivals`` are the epoch of each, and its place in the order of arrival.
        """
        sources, answers = self._groups[view.name].sources, list[pa.Table]()
        for place, (epoch, number) in enumerate(arrivals):
            one = Probes(probes.keys.slice(place, 1), probes.times[place : place + 1])
            known = Known(epoch, written[epoch], int(one.times[0]))
            then = self._as_of(known, self._history.until(sources, number))
            answers.append(then.view_at(view, one, scales=scales))
        return pa.concat_tables(answers or [self._as_of(None, None).view_at(view, probes, scales=scales)])

    def _stored(
        self, view: View, probes: Probes, epochs: npt.NDArray[np.int64], written: Mapping[int, int], scales: bool
    ) -> pa.Table:
        """A view's newest rows for questions of these epochs; ``written``: below which instant each found them.

        Where late rows have had them written again, a question finds them as they stood before the late row came.
        """
        revised = self._revised_in(view, written)
        stretch, parts, places = np.searchsorted(revised, epochs), list[pa.Table](), list[npt.NDArray[np.int64]]()
        for at in range(len(revised) + 1):
            mine = np.flatnonzero(stretch == at)
            some = Probes(probes.keys.take(pa.array(mine)), probes.times[mine])
            then = None
            if at < len(revised):
                then = Known(revised[at] - 1, written[revised[at]], written[revised[at]] - 1)
            parts.append(self._as_of(then, None).stored_at(view, some, scales=scales))
            places.append(mine)
        return pa.concat_tables(parts).take(pa.array(np.argsort(np.concatenate(places))))

    def _revised_in(self, view: View, written: Mapping[int, int]) -> list[int]:
        """The epochs in which late rows came that may have had rows of a view written again."""
        sources = self._place.definitions.sources
        accepting = [name for name in awaited(self._place.definitions, view.name) if sources[name].late.within]
        found = set[int]()
        for name, events in self._history.arrivals(accepting).items():
            times = pc.cast(events.column(sources[name].time), pa.int64()).to_pylist()
            epochs: list[int] = events.column("_epoch").to_pylist()
            found |= {epoch for epoch, time in zip(epochs, times, strict=True) if time < written[epoch]}
        return sorted(found)

    def _written_before(self, service: Service) -> dict[int, int]:
        """Return the watermark (µs) below which every row was written when an epoch began, by epoch."""
        sources = self._place.definitions.sources
        delays = {name: sources[name].delay for name in awaited_by_service(self._place.definitions, service.name)}
        reached, watermark = dict.fromkeys(delays, BEGINNING), BEGINNING
        found: dict[int, int] = {}
        for epoch in ledger.committed_epochs(self._place.store, self._groups[service.view].sources, 0):
            found[epoch] = watermark
            intent = ledger.read_intent(self._place.store, epoch)
            for held in intent.ranges:
                if held.source in delays:
                    reached[held.source] = held.reached.watermark(delays[held.source])
            watermark = max(watermark, min(intent.watermark, *reached.values()))
        return found

    def _answer(
        self,
        view: View,
        events: pa.Table,
        keys: pa.Table,
        times: npt.NDArray[np.int64],
        numbers: npt.NDArray[np.int64],
        scales: bool,
    ) -> pa.Table:
        """A view at each of these instants, over the events up to each of these places in the order of arrival."""
        upstream = self._place.definitions.upstream(view)
        ordered = program.numbered_sql(upstream, "(SELECT * RENAME (_n AS _a) FROM _events)") + "\nORDER BY _n"
        numbered = self._query(ordered, {"_events": events})
        prepared = self._prepare(view, numbered, {}, {"_a": "_a"}, NO_ROWS)
        asked = keys.append_column("_i", pa.array(np.arange(len(keys)))).append_column("_t", pa.array(times))
        asked = asked.append_column("_a", pa.array(numbers))
        sql = immediately.read_on_arrival_sql(view, program.key_columns(view), program.row_terms(view), scales=scales)
        evaluated = self._query(sql, {"_prepared": prepared, "_asked": asked.filter(pa.array(complete(keys)))})
        finish = program.finish_sql(view, scales=scales)
        rows, _ = bisect(lambda part: self._query(finish, {"_evaluated": part}), evaluated)
        return by_probe(rows, keys)

    def _query(self, sql: str, relations: Mapping[str, pa.Table]) -> pa.Table:
        return query(self._place.duck, sql, relations)


def _earlier(events: pa.Table, tables: Sequence[pa.Table]) -> list[list[int]]:
    """Count for each event the rows of each table that had arrived by then, itself among them."""
    numbers: list[int] = events.column("_n").to_pylist()
    places: list[list[int]] = [table.column("_n").to_pylist() for table in tables]
    return [[bisect_right(place, number) for place in places] for number in numbers]
