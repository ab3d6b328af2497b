"""Sources whose late rows are let in, and what may be computed from them: rows that can be written again."""

from __future__ import annotations

from collections.abc import Sequence

from .definitions import Definitions, Service, Target, View, Window
from .diagnostics import Findings, refuse
from .groups import awaited, awaited_by_service
from .statements import Statement, ViewStatement

_HINT = "LATE ROWS TO keeps late rows beside"


def is_revised(definitions: Definitions, target: Target) -> bool:
    """Tell whether late rows may change what a view or service has written; what is written on arrival stays."""
    if isinstance(target, Service):
        on_arrival = definitions.views[target.view].emit.kind == "immediately"
        read = () if on_arrival else awaited_by_service(definitions, target.name)
    else:
        read = awaited(definitions, target.name) if isinstance(target, View) else ()
    return any(definitions.sources[name].late.within is not None for name in read)


def refuse_unrevisable(definitions: Definitions, statements: Sequence[Statement], findings: Findings) -> None:
    """Report what rests on late rows that are let in and cannot be written again in bounded time."""
    for statement in statements:
        view = definitions.views.get(statement.name.text)
        if isinstance(statement, ViewStatement) and view is not None and is_revised(definitions, view):
            _check(statement, view, findings)


def _check(statement: ViewStatement, view: View, findings: Findings) -> None:
    emit = statement.select.emit
    if view.emit.kind not in ("event", "close", "every", "demand") and emit is not None:
        said = {"when": "EMIT WHEN", "count": "EMIT EVERY n EVENTS"}.get(view.emit.kind, "EMIT ON EVENT IMMEDIATELY")
        message = f"{said} cannot follow late rows that are accepted: each would move every later row"
        findings.add(refuse(emit.span, message, _HINT))
    if view.emit.kind != "event":
        return
    for feature in view.features:
        endless = next((view.window(name) for name in feature.windows if _is_endless(view.window(name))), None)
        if endless is not None:
            message = f"{feature.name} ON EVENT cannot follow late rows that are accepted: each would change every "
            message += "later row of its entity"
            findings.add(refuse(feature.span, message, f"choose a window with a length, or: {_HINT}"))


def _is_endless(window: Window) -> bool:
    """Tell whether an event counts at instants however far past it."""
    return window.kind in ("global", "last", "rows") or (window.kind == "range" and window.start is None)
