"""The language, read slowly and plainly: what every row and every answer must hold.

Written from the language reference alone; nothing here knows the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .aggregates import value_of
from .arrivals import Arrivals, Row
from .emissions import holds, instants
from .events import Event, Instant, asked_at
from .expressions import Name, evaluate, identity, leaves
from .projects import AsofJoin, Output, Project, Service, Source, Table, Union, View

Key = tuple[Any, ...]
# A value by column, and the magnitude by which the error of a float is judged.
Said = dict[str, tuple[Any, float]]


@dataclass(frozen=True)
class Written:
    """A row: its entity, its instant, its columns, and the place and order of the event that drives it, if one does."""

    key: Key
    time: int
    place: Any
    said: Said
    order: int = 0


class Interpreter:
    """A project over the rows that have arrived so far, and the contents of its tables in order of file and row.

    ``until`` names the sources that have not ended, with the instant up to which a read may ask. ``before`` is what was
    known before a read brought a row along: below the watermark that row writes nothing.
    """

    def __init__(
        self,
        project: Project,
        arrived: Mapping[str, Sequence[Row]],
        tables: Mapping[str, Sequence[Row]],
        until: Mapping[str, int] | None = None,
        before: Interpreter | None = None,
    ):
        self.project = project
        self.arrivals = {
            source.name: Arrivals(source, arrived[source.name], (until or {}).get(source.name))
            for source in project.sources
        }
        self._tables, self._before = tables, before
        self._events: dict[str, dict[Key, list[Event]]] = {}
        self._rows: dict[str, list[Written]] = {}

    # Events of a view

    def events(self, view: View) -> dict[Key, list[Event]]:
        """The events of each entity that the view's windows see, in total order."""
        if view.name not in self._events:
            found: dict[Key, list[Event]] = {}
            for event in self._relation(view.relation):
                event = self._joined(view, event)
                key = tuple(event.values[column.key] for column in view.entity)
                if None not in key and (view.where is None or evaluate(view.where, event.values) is True):
                    found.setdefault(key, []).append(event)
            self._events[view.name] = found
        return self._events[view.name]

    def _relation(self, relation: Source | View | Union) -> list[Event]:
        if isinstance(relation, Source):
            arrivals = self.arrivals[relation.name]
            places = sorted(arrivals.accepted, key=arrivals.order)
            rows = [(place, arrivals.rows[place]) for place in places]
            return [Event(row[relation.time], place, row, order) for order, (place, row) in enumerate(rows)]
        if isinstance(relation, View):
            return [self._as_event(relation, order, row) for order, row in enumerate(self.rows(relation))]
        events: list[Event] = []
        for number, branch in enumerate(relation.branches):
            for event in self._relation(branch.relation):
                if branch.where is None or evaluate(branch.where, event.values) is True:
                    columns = zip(relation.columns, branch.columns, strict=True)
                    values = {column.column: evaluate(expression, event.values) for column, expression in columns}
                    events.append(Event(event.time, (number, len(relation.branches), event.place), values))
        events.sort(key=lambda event: (event.time, event.place[0]))
        return [replace(event, order=order) for order, event in enumerate(events)]

    def _as_event(self, view: View, order: int, row: Written) -> Event:
        """A written row as an event; what no event drives has its place among the rows of its instant."""
        entity = dict(zip((column.column for column in view.entity), row.key, strict=True))
        values = {name: value for name, (value, _) in row.said.items()}
        before = [one for one in self.rows(view)[:order] if one.time == row.time]
        place = (row.time, len(before)) if row.place is None else row.place
        return Event(row.time, place, {**entity, view.time: row.time, **values}, order)

    def _joined(self, view: View, event: Event) -> Event:
        if view.join is None:
            return event
        row = self._match(view.join, event)
        names = [column.column for column in view.join.table.columns]
        facts = {f"{view.join.alias}.{name}": None if row is None else row[name] for name in names}
        return replace(event, values={**event.values, **facts})

    def _match(self, join: AsofJoin, event: Event) -> Row | None:
        """The row of the newest time up to the event's; of equal ones the last by (primary key, file, row)."""
        key = event.values[join.left.key]
        rows = [
            (row[join.since], [row[name] for name in join.table.primary_key], place, row)
            for place, row in self._facts(join.table)
            if key is not None and row[join.right] is not None and identity(row[join.right]) == identity(key)
        ]
        past = [one for one in rows if one[0] < event.time or (one[0] == event.time and not join.strict)]
        return max(past)[3] if past else None

    def _facts(self, table: Table | Source) -> list[tuple[int, Row]]:
        if isinstance(table, Table):
            return list(enumerate(self._tables[table.name]))
        return [(place, self.arrivals[table.name].rows[place]) for place in self.arrivals[table.name].accepted]

    # What a view says

    def at(self, view: View, events: Sequence[Event], at: Instant) -> Said:
        """Every output of a view at an instant of an entity's events."""
        values = {call: value_of(call, events, at) for call in view.calls}
        plain: dict[Any, Any] = {call: value for call, (value, _) in values.items()}
        seen = [event for event in events if event.time <= at.member]
        own = [event for event in events if event.place == at.own] or seen[-1:]
        row = own[0].values if own else {leaf.key: None for leaf in _names(view.outputs)}
        plain |= row
        return {
            output.name: (
                evaluate(output.expression, plain),
                max((values[call][1] for call in output.calls), default=0),
            )
            for output in view.outputs
        }

    def rows(self, view: View) -> list[Written]:
        """Every row that the view writes when all sources have ended, by instant and in total order."""
        if view.name not in self._rows:
            found = [row for key, events in self.events(view).items() for row in self._rows_of(view, key, events)]
            self._rows[view.name] = sorted(found, key=lambda row: (row.time, row.order, row.key))
        return self._rows[view.name]

    def _rows_of(self, view: View, key: Key, events: list[Event]) -> Iterable[Written]:
        orders = {event.place: event.order for event in events}
        times = {event.place: event.time for event in events}
        for at, seen in instants(view, events, self.arrivals):
            if holds(view.qualify, seen, at):
                said = self.at(view, seen, at)
                if view.emit.kind == "immediately":
                    said |= {view.relation.time: (times[at.own], 0.0)}
                order = at.own if view.emit.kind == "immediately" else orders.get(at.own, 0)
                yield Written(key, at.clock, at.own, said, order)

    # Reads

    def found(self, view: View, key: Key, time: int, below: int | None = None) -> Written | None:
        """The view as a service reads it, None for NULLs; of a stored one, rows with instants ``below`` are written."""
        if None in key:
            return None
        if not view.stored:
            return Written(key, time, None, self.at(view, self.events(view).get(key, []), asked_at(time)))
        known = self if below is None or self._before is None else self._before
        rows = [row for row in known.rows(view) if row.key == key and row.time <= time]
        rows = [row for row in rows if below is None or row.time < below]
        old = rows and view.valid_for is not None and time - rows[-1].time > view.valid_for
        return rows[-1] if rows and not old else None

    def read(self, view: View, key: Key, time: int, below: int | None = None) -> Said:
        """What the outputs of a view are to a service that reads it."""
        row = self.found(view, key, time, below)
        return row.said if row else dict.fromkeys((output.name for output in view.outputs), (None, 0.0))

    def serve(self, service: Service, key: Key, time: int, driving: Said, below: int | None = None) -> Said:
        """A service for a row of its driving view."""
        entity = {column.column: (value, 0.0) for column, value in zip(service.driver.entity, key, strict=True)}
        row = {**entity, **driving}
        values = {f"drv.{name}": one for name, one in row.items()}
        for join in service.joins:
            asked = tuple(row[name][0] for name in join.keys)
            values |= {f"{join.alias}.{name}": one for name, one in self.read(join.view, asked, time, below).items()}
            found = self.found(join.view, asked, time, below)
            leading = (*found.key, found.time) if found else (None,) * (len(asked) + 1)
            names = (*(column.column for column in join.view.entity), join.view.time)
            values |= {f"{join.alias}.{name}": (one, 0.0) for name, one in zip(names, leading, strict=True)}
        plain = {name: value for name, (value, _) in values.items()}
        return {
            output.name: (
                evaluate(output.expression, plain),
                max((values[leaf.key][1] for leaf in leaves(output.expression) if isinstance(leaf, Name)), default=0.0),
            )
            for output in service.outputs
        }

    def answers(self, service: Service) -> list[Written]:
        """Every row that the service writes."""
        if service.driver.emit.kind == "immediately":
            return [self._answered_at_once(service, row) for row in self.rows(service.driver)]
        return [
            replace(row, said=self.serve(service, row.key, row.time, row.said)) for row in self.rows(service.driver)
        ]

    def _answered_at_once(self, service: Service, row: Written) -> Written:
        """The service for a row on arrival, over what had arrived by then of the one source that has rows."""
        assert isinstance(service.driver.relation, Source)
        name = service.driver.relation.name
        arrived = {source: held.rows for source, held in self.arrivals.items()} | {
            name: self.arrivals[name].rows[: row.place + 1]
        }
        then = Interpreter(self.project, arrived, self._tables, dict.fromkeys(arrived, row.time))
        return replace(row, said=then.serve(service, row.key, row.time, row.said))

    def answer(self, service: Service, key: Key, time: int, given: Row | None = None, below: int | None = None) -> Said:
        """A read of the service at an instant; ``given`` columns of the driving view are used as they are."""
        read = self.read(service.driver, key, time, below)
        driving = {**read, **{name: (value, 0.0) for name, value in (given or {}).items()}}
        return self.serve(service, key, time, driving, below)


def _names(outputs: Iterable[Output]) -> list[Name]:
    return [leaf for output in outputs for leaf in leaves(output.expression) if isinstance(leaf, Name)]
