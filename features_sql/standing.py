"""Which statements stand: a project is read in the order of its files, and later words may change earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from .diagnostics import Findings, refuse
from .names import did_you_mean
from .statements import (
    Change,
    CommentStatement,
    DropStatement,
    ModelStatement,
    RelationStatement,
    ReplaceStatement,
    ServiceStatement,
    SinkStatement,
    Statement,
    StreamStatement,
    ViewStatement,
)

_KINDS = {
    ViewStatement: "view",
    ServiceStatement: "service",
    ModelStatement: "model",
    StreamStatement: "stream",
    SinkStatement: "sink",
}


def standing(read: Sequence[Statement | Change], findings: Findings) -> tuple[list[Statement], list[CommentStatement]]:
    """Return the definitions that stand, each name once, and the comments on them.

    The first definition of a name stands, and another is reported, unless it says OR REPLACE; DROP takes out what
    stands before it.
    """
    kept, comments = dict[str, Statement](), list[CommentStatement]()
    for statement in read:
        match statement:
            case CommentStatement():
                comments.append(statement)
            case DropStatement():
                with findings.collecting():
                    _drop(statement, kept, findings)
            case ReplaceStatement():
                kept.pop(statement.name.key, None)
                kept[statement.name.key] = statement.statement
            case _:
                first = kept.setdefault(statement.name.key, statement)
                if first is not statement:
                    span = first.name.span
                    hint = f"the first is at {span.source.path}:{span.line}"
                    findings.add(refuse(statement.name.span, f"{statement.name.text} is declared twice", hint))
    return list(kept.values()), comments


def kind_of(statement: Statement) -> str | None:
    """Return what a statement defines, in the words of DROP; None where it was refused."""
    if isinstance(statement, RelationStatement):
        return statement.kind
    return next((kind for type, kind in _KINDS.items() if isinstance(statement, type)), None)


def _drop(drop: DropStatement, kept: dict[str, Statement], findings: Findings) -> None:
    held = kept.get(drop.name.key)
    if held is None:
        if drop.unless or findings.incomplete:
            return
        known = [statement.name.text for statement in kept.values() if kind_of(statement) == drop.kind]
        hint = did_you_mean(drop.name.text, known) or "DROP takes out what stands before it; IF EXISTS lets it be"
        raise refuse(drop.name.span, f"there is no {drop.kind} {drop.name.text} to drop", hint)
    kind = kind_of(held)
    if kind is not None and kind != drop.kind:
        raise refuse(drop.name.span, f"{held.name.text} is a {kind}", f"DROP {kind.upper()} {held.name.text}")
    del kept[drop.name.key]
