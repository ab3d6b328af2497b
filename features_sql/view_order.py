"""The order in which views are resolved: each after the views it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .diagnostics import Findings, refuse
from .statements import Name, ViewStatement


def in_order(statements: Sequence[ViewStatement], findings: Findings) -> list[ViewStatement]:
    """Return the views so that each follows those it reads, else as they are written; one in a cycle is left out.

    A cycle is reported once, where its first view names what it reads.
    """
    by_name = {statement.name.key: statement for statement in statements}
    ordered, path = dict[str, ViewStatement](), list[Name]()
    done = set[str]()

    def visit(statement: ViewStatement) -> bool:
        """Place a view after those it reads; tell whether it can be resolved."""
        key = statement.name.key
        if key in done:
            return key in ordered
        path.append(statement.name)
        free = True
        for read in relations_read(statement):
            if read.key in by_name:
                free = _apart(read, path, by_name, findings) and visit(by_name[read.key]) and free
        path.pop()
        done.add(key)
        if free:
            ordered[key] = statement
        return free

    for statement in statements:
        visit(statement)
    return list(ordered.values())


def relations_read(statement: ViewStatement) -> tuple[Name, ...]:
    """Return the names in a view's FROM, joined tables apart."""
    relation = statement.select.relation
    return tuple(branch.relation.name for branch in relation.branches) or (relation.name,)


def _apart(read: Name, path: list[Name], by_name: Mapping[str, ViewStatement], findings: Findings) -> bool:
    """Report a cycle that ``read`` closes, at the first of its views in the order of the files."""
    keys = [name.key for name in path]
    if read.key not in keys:
        return True
    cycle = path[keys.index(read.key) :]
    first = min(cycle, key=lambda name: list(by_name).index(name.key))
    around = cycle[cycle.index(first) :] + cycle[: cycle.index(first)]
    after = around[1 % len(around)]
    place = next(name for name in relations_read(by_name[first.key]) if name.key == after.key)
    shown = " -> ".join(name.text for name in (*around, first))
    findings.add(refuse(place.span, f"views form a cycle: {shown}", "a view reads what is written before it"))
    return False
