"""When rows are written: the instants of an entity, and the events that count at each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .aggregates import value_of
from .arrivals import Arrivals
from .calls import Call
from .events import Event, Instant, before, event_instant
from .expressions import Expression, evaluate, leaves
from .projects import Source, Union, View
from .windows import closes, members

Moment = tuple[Instant, Sequence[Event]]


def holds(condition: Expression | None, events: Sequence[Event], at: Instant) -> bool:
    """Whether a condition over aggregates is true at an instant; NULL is not."""
    called = {leaf: value_of(leaf, events, at)[0] for leaf in leaves(condition) if isinstance(leaf, Call)}
    return condition is None or evaluate(condition, called) is True


def instants(view: View, events: Sequence[Event], arrivals: dict[str, Arrivals]) -> Iterator[Moment]:
    """Yield each instant at which the view writes a row of the entity that has these events."""
    kind = view.emit.kind
    if kind == "event":
        yield from ((event_instant(event), events) for event in events)
    elif kind == "immediately":
        yield from _immediately(view, events, arrivals)
    elif kind == "close":
        yield from ((before(close), events) for close in closes(view.closing, events))
    elif kind == "every":
        yield from ((before(tick), events) for tick in _ticks(view, events, _last_tick(view, arrivals)))
    elif kind == "count":
        yield from ((event_instant(event), events) for event in events[view.emit.count - 1 :: view.emit.count])
    elif kind == "when":
        yield from ((event_instant(event), events) for event in _turns(view, events))


def _immediately(view: View, events: Sequence[Event], arrivals: dict[str, Arrivals]) -> Iterator[Moment]:
    """Each event on arrival, at the greatest time of an event so far, among those that have arrived."""
    assert isinstance(view.relation, Source)
    arrived = arrivals[view.relation.name]
    accepted = arrived.accepted
    for event in sorted(events, key=lambda event: event.place):
        now = max(arrived.rows[place][view.relation.time] for place in accepted if place <= event.place)
        yield Instant(now, now, event.place), [one for one in events if one.place <= event.place]


def _ticks(view: View, events: Sequence[Event], last: int) -> Iterator[int]:
    """Boundaries at which a window is not empty, and the first at which all have become so; or all of them."""
    period = view.emit.period
    open_before = False
    for tick in range((events[0].time // period + 1) * period, last + 1, period):
        is_open = any(members(call.window, events, before(tick)) for call in view.calls)
        if is_open or open_before or view.emit.repeat:
            yield tick
        open_before = is_open


def _turns(view: View, events: Sequence[Event]) -> Iterator[Event]:
    """The events at which the condition turns true, the first of each time."""
    was_true, latest = False, None
    for event in events:
        is_true = holds(view.emit.condition, events, event_instant(event))
        if is_true and not was_true and event.time != latest:
            latest = event.time
            yield event
        was_true = is_true


def _last_tick(view: View, arrivals: dict[str, Arrivals]) -> int:
    """The boundary after the greatest time of all sources; before they have ended, what a read may ask for."""
    sources: list[Any] = [view.relation]
    while not all(isinstance(one, Source) for one in sources):
        sources = [inner for one in sources for inner in _read_by(one)]
    held = [arrivals[source.name] for source in sources]
    asked = [one.until for one in held if one.until is not None]
    return max(asked) if asked else (max(one.greatest or 0 for one in held) // view.emit.period + 1) * view.emit.period


def _read_by(relation: Source | View | Union) -> list[Any]:
    if isinstance(relation, Union):
        return [branch.relation for branch in relation.branches]
    return [relation.relation] if isinstance(relation, View) else [relation]
