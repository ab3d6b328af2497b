"""COMMENT ON: descriptions given apart from what they describe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .definitions import Definitions, Service, View
from .diagnostics import Findings, Refusal, consequence, refuse
from .names import did_you_mean, listed
from .statements import CommentStatement, Statement

_HOLDERS = ("source", "table", "view", "service", "model", "stream", "sink")


def described(
    definitions: Definitions, comments: Sequence[CommentStatement], statements: Sequence[Statement], findings: Findings
) -> Definitions:
    """Return the definitions with the comments as descriptions; a later comment takes the place of an earlier one."""
    declared = frozenset(statement.name.key for statement in statements)
    for comment in comments:
        with findings.collecting():
            definitions = _with(definitions, comment, declared, findings)
    return definitions


def _with(
    definitions: Definitions, comment: CommentStatement, declared: frozenset[str], findings: Findings
) -> Definitions:
    holders = ("view", "service") if comment.kind == "feature" else (comment.kind,)
    for holder in holders:
        held: Mapping[str, Any] = getattr(definitions, f"{holder}s")
        name = next((name for name in held if name.casefold() == comment.name.key), None)
        if name is not None:
            one = held[name]
            changed = _feature(one, comment) if comment.feature else replace(one, description=comment.text)
            return replace(definitions, **{f"{holder}s": {**held, name: changed}})
    raise _unknown(definitions, comment, holders, declared, findings)


def _feature(held: View | Service, comment: CommentStatement) -> View | Service:
    assert comment.feature is not None
    key = comment.feature.key
    columns = held.features if isinstance(held, View) else held.columns
    if not any(column.name.casefold() == key for column in columns):
        known = [column.name for column in columns]
        hint = did_you_mean(comment.feature.text, known) or f"it has {listed(known)}"
        raise refuse(comment.feature.span, f"{held.name} has no feature {comment.feature.text}", hint)
    if isinstance(held, View):
        features = (replace(f, description=comment.text) if f.name.casefold() == key else f for f in held.features)
        return replace(held, features=tuple(features))
    kept = (replace(c, description=comment.text) if c.name.casefold() == key else c for c in held.columns)
    return replace(held, columns=tuple(kept))


def _unknown(
    definitions: Definitions,
    comment: CommentStatement,
    holders: Sequence[str],
    declared: frozenset[str],
    findings: Findings,
) -> Refusal:
    for kind in _HOLDERS:
        for name in getattr(definitions, f"{kind}s"):
            if name.casefold() == comment.name.key:
                what = f"{name} is a {kind}"
                hint = "features are of views and services" if comment.feature else f"COMMENT ON {kind.upper()} {name}"
                return refuse(comment.name.span, what, hint)
    if findings.incomplete or comment.name.key in declared:
        return consequence(comment.name.span)
    known = [name for holder in holders for name in getattr(definitions, f"{holder}s")]
    what = " or ".join(holders)
    return refuse(comment.name.span, f"unknown {what} {comment.name.text}", did_you_mean(comment.name.text, known))
