"""CREATE FEATURE SERVICE: views read at the instant of the one that drives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .binder import TypeProblem
from .calls import find_calls
from .definitions import Column, Service, ServiceColumn, ServiceJoin, View
from .diagnostics import Findings, consequence, refuse
from .expressions import Replacement, analyse, print_sql
from .names import check_new, check_new_simple, did_you_mean, listed, quote
from .options import view_options
from .resolve_view import ResolvedView, Surroundings
from .scope import Relation, Resolved, Scope, lineage
from .service_keys import resolve_keys
from .source_text import Span
from .statements import Item, JoinStatement, Name, RelationReference, ServiceStatement
from .storable import refuse_unstorable


@dataclass(frozen=True)
class _Member:
    """A view in a service under its alias."""

    view: View
    alias: str
    relation: Relation


def resolve_service(
    statement: ServiceStatement, views: Mapping[str, ResolvedView], around: Surroundings, findings: Findings
) -> Service | None:
    """Resolve a service; everything wrong in it is reported."""
    before = findings.refusals
    options = view_options(statement.options, "service", around.environment, findings)
    members, joins = _members(statement, views, around, findings)
    if not members:
        return None
    columns = _Columns(members, around, findings)
    for item in statement.select.items:
        with findings.collecting():
            columns.add(item)
    if findings.refusals == before and not columns.columns:
        hint = f"select {members[0].alias}.* or a column"
        findings.add(refuse(statement.name.span, f"service {statement.name.text} has no column", hint))
    if findings.refusals > before:
        return None
    return Service(
        name=statement.name.text,
        view=members[0].view.name,
        alias=members[0].alias,
        joins=tuple(joins),
        columns=tuple(columns.columns),
        owner=options.owner,
        tags=options.tags,
        partition=options.partition,
        description=statement.description,
        sql=statement.span.text,
        span=statement.span,
    )


def _members(
    statement: ServiceStatement, views: Mapping[str, ResolvedView], around: Surroundings, findings: Findings
) -> tuple[list[_Member], list[ServiceJoin]]:
    """Resolve FROM and the joins; no members where nothing is known of the view that drives."""
    members, joins, complete = list[_Member](), list[ServiceJoin](), statement.select.joins_complete
    driven = True
    references: list[tuple[RelationReference, JoinStatement | None]] = [(statement.select.relation, None)]
    references += [(join.relation, join) for join in statement.select.joins]
    for reference, join in references:
        member = None
        with findings.collecting():
            member = _member(reference, join, members, views, around, findings)
        if member is None:
            complete = False
            driven = driven and join is not None
            continue
        with findings.collecting():
            if join is not None and driven:
                driving = (members[0].view, members[0].alias)
                keys = resolve_keys(join, driving, (member.view, member.alias), members[0].relation.complete)
                joins.append(ServiceJoin(member.view.name, member.alias, keys))
        members.append(member)
    if not driven:
        return [], []
    if not complete:
        members[0] = replace(members[0], relation=replace(members[0].relation, complete=False))
    return members, joins


def _member(
    reference: RelationReference,
    join: JoinStatement | None,
    members: list[_Member],
    views: Mapping[str, ResolvedView],
    around: Surroundings,
    findings: Findings,
) -> _Member | None:
    name, alias = reference.name, reference.alias
    if join is not None and join.kind not in ("", "LEFT", "INNER", "LEFT OUTER"):
        raise refuse(
            join.span,
            f"a service joins views with JOIN or LEFT JOIN; got {join.kind} JOIN",
            "both keep every driving row",
        )
    found = views.get(name.key)
    if found is None:
        _refuse_unknown(name, views, around, findings)
        return None
    if alias is not name:
        check_new_simple(alias, "an alias")
    if any(member.alias.casefold() == alias.key for member in members):
        raise refuse(alias.span, f"{alias.text} is used twice in FROM", "give each view its own alias")
    view = found.view
    if view is None:
        return None
    excluded = next((window.name for window in view.windows if window.exclude == "row"), None)
    if join is not None and excluded is not None:
        hint = "use EXCLUDE CURRENT GROUP, or let that view drive the service"
        raise refuse(
            name.span, f"{view.name} has EXCLUDE CURRENT ROW: a view that is joined has no row of its own", hint
        )
    text = view.name if alias is name else alias.text
    return _Member(view, text, Relation(view.name, text, view.columns, "", found.complete))


def _refuse_unknown(name: Name, views: Mapping[str, ResolvedView], around: Surroundings, findings: Findings) -> None:
    if findings.incomplete or name.key in around.broken:
        return
    if name.key in around.relations:
        kind = around.relations[name.key].kind
        raise refuse(name.span, f"{name.text} is a {kind}: a service reads feature views")
    known = [view.name.text for view in views.values()]
    all_known = f"views: {listed(known)}" if known else "the project has no feature view"
    raise refuse(name.span, f"unknown feature view {name.text}", did_you_mean(name.text, known) or all_known)


class _Columns:
    """The output columns of one service, in order."""

    def __init__(self, members: list[_Member], around: Surroundings, findings: Findings) -> None:
        self.columns = list[ServiceColumn]()
        self._members, self._binder, self._findings = members, around.binder, findings
        self._scope = Scope(tuple(member.relation for member in members))
        self._driving = members[0]
        self._leading = {column.name.casefold() for column in members[0].view.entity} | {
            members[0].view.time.casefold()
        }

    def add(self, item: Item) -> None:
        """Resolve one selected item to no, one or many columns."""
        tokens = item.expression.tokens
        if tokens[-1].text == "*" and len(tokens) in (1, 3) and (len(tokens) == 1 or tokens[1].text == "."):
            self._star(item)
            return
        if calls := find_calls(item.expression):
            hint = "compute it in a feature view and join that"
            raise refuse(calls[0].span, "aggregates and windows are not part of a feature service", hint)
        reads = self._scope.reads(analyse(item.expression, self._binder, place="service"))
        bare = len(reads) == 1 and reads[0].bare and reads[0].span == item.expression.span
        name = item.alias or (Name(reads[0].column.name, item.expression.span) if bare else None)
        if name is None:
            raise refuse(item.span, "this column has no name", "add AS and a name")
        if bare and self._leads(reads[0]) and name.key == reads[0].column.name.casefold():
            return
        replacements = [Replacement(read.start, read.end, _sql(read, brackets=not read.bare)) for read in reads]
        sql = print_sql(item.expression, replacements)
        type_ = self._bind(sql, reads, item.expression.span)
        description = item.description or (self._described(reads[0]) if bare else "")
        self._keep(name, sql, type_, print_sql(item.expression), description, lineage(reads), item.span)

    def _leads(self, read: Resolved) -> bool:
        return read.relation is self._driving.relation and read.column.name.casefold() in self._leading

    def _star(self, item: Item) -> None:
        tokens, span = item.expression.tokens, item.expression.span
        aliases = [member.alias for member in self._members]
        if len(tokens) == 1:
            raise refuse(span, "* needs a view in front of it", f"write {', '.join(f'{alias}.*' for alias in aliases)}")
        if item.alias is not None:
            raise refuse(item.alias.span, "a star takes no name")
        wanted = tokens[0].text.strip('"')
        member = next((m for m in self._members if m.alias.casefold() == wanted.casefold()), None)
        if member is None and not self._driving.relation.complete:
            raise consequence(span)
        if member is None:
            raise refuse(span, f"unknown view {wanted}", did_you_mean(wanted, aliases) or f"one of {listed(aliases)}")
        features = member.view.features
        if member is not self._driving and member.view.emit.kind == "immediately":
            # The first is the time of the event, which a joined view leaves out as it does its instant.
            features = features[1:]
        for feature in features:
            with self._findings.collecting():
                text, name = f"{member.alias}.{feature.name}", Name(feature.name, span)
                reads = (f"{member.view.name}.{feature.name}",)
                self._keep(name, quote(text), feature.type, text, item.description or feature.description, reads, span)

    def _described(self, read: Resolved) -> str:
        view = next(member.view for member in self._members if member.relation is read.relation)
        return next((feature.description for feature in view.features if feature.name == read.column.name), "")

    def _bind(self, sql: str, reads: tuple[Resolved, ...], span: Span) -> str:
        columns = {f"{read.relation.alias}.{read.column.name}": read.column.type for read in reads}
        try:
            type_ = self._binder.type_over(sql, [Column(name, type_) for name, type_ in columns.items()])
        except TypeProblem as problem:
            raise refuse(span, str(problem), problem.hint) from None
        refuse_unstorable(type_, span)
        return type_

    def _keep(
        self, name: Name, sql: str, type_: str, text: str, description: str, reads: tuple[str, ...], span: Span
    ) -> None:
        check_new(name, "a column's name")
        if name.key in self._leading:
            raise refuse(
                name.span, f"{name.text} is the name of a column that leads every row", "choose another name: AS ..."
            )
        if any(column.name.casefold() == name.key for column in self.columns):
            raise refuse(name.span, f"two columns are called {name.text}", "choose another name: AS ...")
        self.columns.append(ServiceColumn(name.text, sql, type_, text, description, reads, span))


def _sql(read: Resolved, brackets: bool) -> str:
    sql = quote(f"{read.relation.alias}.{read.column.name}")
    return f"({sql})" if brackets else sql
