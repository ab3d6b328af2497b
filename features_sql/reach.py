"""How far back the events lie that decide what a view or service says at an instant."""

from __future__ import annotations

from collections.abc import Iterable

from .definitions import Definitions, Service, View, Window

_DAY = 86_400_000_000
_LONGEST_MONTH = 31 * _DAY


def reach(definitions: Definitions, target: View | Service) -> int | None:
    """Return the µs before an instant from which events count there; None where that may be any time.

    An entity's rows from that far after the first known event on are what they would be with all of history.
    """
    if isinstance(target, View):
        return _of_view(definitions, target)
    driver = definitions.views[target.view]
    return _most([_of_view(definitions, driver), *(_of_read(definitions, join.view) for join in target.joins)])


def _of_view(definitions: Definitions, view: View) -> int | None:
    if view.emit.kind in ("count", "when") or view.emit.repeat:
        # What came before the first known event has a say in these.
        return None
    if any(join.table in definitions.sources for join in view.joins):
        return None
    own = reach_of_windows(view.windows)
    behind = _most([_of_view(definitions, definitions.views[name]) for name in view.reads if name in definitions.views])
    return None if own is None or behind is None else own + behind + (view.emit.every or 0)


def _of_read(definitions: Definitions, name: str) -> int | None:
    """A view as a service reads it: its newest row may be as old as ``valid.for`` allows."""
    view = definitions.views[name]
    held = _of_view(definitions, view)
    if not view.emit.stored or held is None:
        return held
    return None if view.valid_for is None else held + view.valid_for


def reach_of_windows(windows: Iterable[Window]) -> int | None:
    """Return the µs before an instant from which events are in one of the windows; None where that may be any time."""
    return _most([_of_window(window) for window in windows])


def _of_window(window: Window) -> int | None:
    match window.kind:
        case "sliding" | "tumbling" | "hopping":
            length = (window.size or 0) + (window.months or 0) * _LONGEST_MONTH
            # A clock that is moved makes a bucket longer.
            return length if window.zone is None else length + _DAY
        case "range":
            return window.start
        case "session" | "global" | "last" | "rows":
            return None


def _most(reaches: Iterable[int | None]) -> int | None:
    found = [*reaches]
    return None if None in found else max((one for one in found if one is not None), default=0)
