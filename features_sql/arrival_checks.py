"""What EMIT ON EVENT IMMEDIATELY cannot follow: relations that do not arrive, and readers that wait for a watermark."""

from __future__ import annotations

from collections.abc import Sequence

from .definitions import Definitions, Service, Source, View
from .diagnostics import Findings, not_built, refuse
from .statements import ServiceStatement, Statement, ViewStatement


def refuse_without_arrival(definitions: Definitions, statements: Sequence[Statement], findings: Findings) -> None:
    """Report views written IMMEDIATELY over what does not arrive, and what is read beside their rows but cannot be."""
    for statement in statements:
        name = statement.name.text
        if isinstance(statement, ViewStatement) and name in definitions.views:
            _check_view(statement, definitions.views[name], definitions, findings)
        if isinstance(statement, ServiceStatement) and name in definitions.services:
            _check_service(statement, definitions.services[name], definitions, findings)


def _check_view(statement: ViewStatement, view: View, definitions: Definitions, findings: Findings) -> None:
    emit, relation = statement.select.emit, statement.select.relation
    if view.emit.kind != "immediately" or emit is None:
        return
    upstream = definitions.upstream(view)
    if not isinstance(upstream, Source):
        message = f"IMMEDIATELY follows the order in which a source's events arrive; {relation.alias.text} is no source"
        findings.add(refuse(relation.alias.span, message, "EMIT ON EVENT writes its rows when they are ready"))


def _check_service(statement: ServiceStatement, service: Service, definitions: Definitions, findings: Findings) -> None:
    """A service that is written on arrival reads what is a function of the events that have arrived."""
    if definitions.views[service.view].emit.kind != "immediately":
        return
    places = {join.relation.alias.key: join.relation.alias for join in statement.select.joins}
    for join in service.joins:
        view = definitions.views[join.view]
        if view.emit.stored:
            continue
        if view.joins:
            why = "which joins a table"
        elif not isinstance(definitions.upstream(view), Source):
            why = "which reads other than a source"
        else:
            continue
        what = f"{view.name}, {why}, in a service that {service.view} drives IMMEDIATELY,"
        findings.add(not_built(places[join.alias.casefold()].span, what, f"let {service.view} EMIT ON EVENT"))
