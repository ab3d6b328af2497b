"""What EMIT ON EVENT IMMEDIATELY cannot follow: relations that do not arrive."""

from __future__ import annotations

from collections.abc import Sequence

from .definitions import Definitions, Source, View
from .diagnostics import Findings, refuse
from .statements import Statement, ViewStatement


def refuse_without_arrival(definitions: Definitions, statements: Sequence[Statement], findings: Findings) -> None:
    """Report views written IMMEDIATELY over what does not arrive."""
    for statement in statements:
        name = statement.name.text
        if isinstance(statement, ViewStatement) and name in definitions.views:
            _check_view(statement, definitions.views[name], definitions, findings)


def _check_view(statement: ViewStatement, view: View, definitions: Definitions, findings: Findings) -> None:
    emit, relation = statement.select.emit, statement.select.relation
    if view.emit.kind != "immediately" or emit is None:
        return
    upstream = definitions.upstream(view)
    if not isinstance(upstream, Source):
        message = f"IMMEDIATELY follows the order in which a source's events arrive; {relation.alias.text} is no source"
        findings.add(refuse(relation.alias.span, message, "EMIT ON EVENT writes its rows when they are ready"))
