"""``FROM (SELECT ... UNION ALL SELECT ...) u``: branches matched by position and type, with one event time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .binder import Binder
from .definitions import Column
from .diagnostics import Findings, refuse
from .names import check_new, check_new_simple
from .resolve_relation import ResolvedRelation
from .scope import Relation, Scope, Typed, lineage
from .statements import Item, Name, RelationReference, SelectStatement
from .union import Branch, Union

FindRelation = Callable[[RelationReference], ResolvedRelation | None]
_NULL = '"NULL"'  # The type of a bare NULL.


@dataclass(frozen=True)
class _Column:
    """A selected expression and its name, if it has one; ``time`` where it is the branch's event time."""

    name: Name | None
    item: Item
    typed: Typed
    time: bool


@dataclass(frozen=True)
class _Part:
    """A branch with what it selects; ``complete`` is False where part of it is refused."""

    statement: SelectStatement
    relation: Relation
    columns: tuple[_Column, ...]
    where: str | None
    complete: bool


def resolve_union(
    owner: str, reference: RelationReference, find: FindRelation, binder: Binder, findings: Findings
) -> ResolvedRelation | None:
    """Resolve the UNION ALL that view ``owner`` reads; None where a branch is refused.

    ``find`` returns the source or view that a branch reads, under its alias. The union's columns have the
    names of the first branch. Raises what is wrong between branches.
    """
    check_new_simple(reference.alias, "an alias")
    parts = [_part(statement, find, binder, findings) for statement in reference.branches]
    found = [part for part in parts if part is not None and part.complete]
    if len(found) < len(parts):
        return None
    first, *others = found
    for other in others:
        _check_match(first, other)
    names = _names(first, findings)
    if names is None:
        return None
    typed = list[Column]()
    for place, name in enumerate(names):
        with findings.collecting():
            typed.append(Column(name, _type(found, place)))
    if len(typed) < len(names):
        return None
    columns = tuple(typed)
    time = next(name for name, column in zip(names, first.columns, strict=True) if column.time)
    union = Union(f"{owner}.{reference.alias.text}", columns, time, tuple(_branch(part) for part in found))
    behind = {name: union.behind(name) for name in names}
    relation = Relation(reference.alias.text, reference.alias.text, columns, binder.relation(columns), True, behind)
    return ResolvedRelation("union", relation, time, union)


def _names(part: _Part, findings: Findings) -> list[str] | None:
    """Return the names of a branch's columns; None where some cannot be."""
    names, before = list[str](), findings.refusals
    for column in part.columns:
        with findings.collecting():
            if column.name is None:
                raise refuse(column.item.span, "this column has no name", "add AS and a name")
            check_new(column.name, "a column's name")
            if column.name.key in [name.casefold() for name in names]:
                raise refuse(column.name.span, f"two columns are called {column.name.text}", "choose another: AS ...")
            names.append(column.name.text)
    return names if findings.refusals == before else None


def _branch(part: _Part) -> Branch:
    columns = tuple(column.typed.sql for column in part.columns)
    reads = tuple(lineage(column.typed.reads) for column in part.columns)
    return Branch(part.relation.name, part.relation.alias, columns, reads, part.where)


def _part(statement: SelectStatement, find: FindRelation, binder: Binder, findings: Findings) -> _Part | None:
    before = findings.refusals
    for join in statement.joins:
        hint = "join in the view that reads the UNION ALL"
        findings.add(refuse(join.span, "a branch of UNION ALL reads one relation, without joins", hint))
    found = None
    with findings.collecting():
        found = find(statement.relation)
    if found is None:
        return None
    scope, columns, where = Scope((found.relation,)), list[_Column](), None
    for item in statement.items:
        with findings.collecting():
            columns.append(_column(item, scope, found.time, columns, binder))
    if statement.where is not None:
        with findings.collecting():
            where = scope.condition(statement.where, binder).sql
    if findings.refusals == before and not any(column.time for column in columns):
        message = f"this branch of UNION ALL does not select its event time {found.time}"
        findings.add(refuse(statement.span, message, f"add {found.time} to what it selects"))
    complete = findings.refusals == before and statement.joins_complete and found.relation.complete
    return _Part(statement, found.relation, tuple(columns), where, complete)


def _column(item: Item, scope: Scope, time: str | None, earlier: list[_Column], binder: Binder) -> _Column:
    if item.expression.tokens[-1].text == "*":
        raise refuse(item.span, "* cannot stand in a UNION ALL: branches are matched by position", "name the columns")
    typed = scope.typed(item.expression, binder)
    bare = len(typed.reads) == 1 and typed.reads[0].bare and typed.reads[0].span == item.expression.span
    name = item.alias or (Name(typed.reads[0].column.name, item.expression.span) if bare else None)
    is_time = bare and typed.reads[0].column.name == time and not any(column.time for column in earlier)
    return _Column(name, item, typed, is_time)


def _check_match(first: _Part, other: _Part) -> None:
    if len(first.columns) != len(other.columns):
        message = f"the branches of a UNION ALL select as many columns; got {len(first.columns)}, then"
        raise refuse(other.statement.span, f"{message} {len(other.columns)}", "they are matched by position")
    for one, two in zip(first.columns, other.columns, strict=True):
        if one.time != two.time:
            other_place = next(at for at, column in enumerate(other.columns, 1) if column.time)
            first_place = next(at for at, column in enumerate(first.columns, 1) if column.time)
            message = f"the event time is column {first_place} of the first branch and column {other_place} here"
            raise refuse(other.statement.span, message, "branches are matched by position")
        if one.time and one.name and two.name and one.name.key != two.name.key:
            message = f"the branches call their event time {one.name.text} and {two.name.text}"
            raise refuse(two.item.span, message, f"{two.item.expression.span.text} AS {one.name.text}")


def _type(parts: Sequence[_Part], place: int) -> str:
    """Return the type of a column: the same in every branch, where a bare NULL is of any."""
    known: tuple[int, str] | None = None
    for number, part in enumerate(parts):
        column = part.columns[place]
        if known is not None and column.typed.type not in (known[1], _NULL):
            where = "the first branch" if known[0] == 0 else f"branch {known[0] + 1}"
            message = f"column {place + 1} is {known[1]} in {where} and {column.typed.type} here"
            raise refuse(column.item.span, message, f"CAST(... AS {known[1]})")
        if known is None and column.typed.type != _NULL:
            known = number, column.typed.type
    if known is None:
        span = parts[0].columns[place].item.span
        raise refuse(span, "this column is NULL in every branch", "CAST(NULL AS ...) gives it a type")
    return known[1]
