"""Which columns of the driving view are the key of a joined one."""

from __future__ import annotations

from .definitions import Column, View
from .diagnostics import consequence, refuse
from .names import did_you_mean, listed, unquote
from .source_text import Span
from .statements import Fragment, JoinStatement, Name
from .tokens import Token, depths, matching

Member = tuple[View, str]


def resolve_keys(join: JoinStatement, driving: Member, joined: Member, complete: bool) -> tuple[str, ...]:
    """Return the driving view's column for each column of the joined view's entity, in its order.

    Any column but the time may be a key: entity columns and features, aggregates among them.
    ``complete`` is False where columns of the driving view are refused: an unknown name may be one of them.
    """
    if join.on is not None:
        pairs = _equalities(join.on, driving, joined)
    elif join.using:
        pairs = [(name, name) for name in join.using]
    else:
        raise refuse(join.span, "expected USING or ON", "JOIN view v USING (key)")
    keys = dict[str, str]()
    for left, right in pairs:
        entity = _entity_column(right, joined)
        if entity.name in keys:
            raise refuse(right.span, f"{entity.name} is compared twice")
        column = _driving_column(left, driving, complete)
        if column.type != entity.type:
            span = Span(left.span.source, min(left.span.start, right.span.start), max(left.span.end, right.span.end))
            message = f"{driving[1]}.{column.name} is {column.type} but {joined[1]}.{entity.name} is {entity.type}"
            raise refuse(span, message, "keys must have the same type")
        keys[entity.name] = column.name
    missing = [column.name for column in joined[0].entity if column.name not in keys]
    if missing:
        span = join.on.span if join.on else join.using[-1].span
        raise refuse(span, f"the join must name the whole entity of {joined[0].name}: {listed(missing)} is missing")
    return tuple(keys[column.name] for column in joined[0].entity)


def _entity_column(name: Name, joined: Member) -> Column:
    view = joined[0]
    column = next((column for column in view.entity if column.name.casefold() == name.key), None)
    if column is None:
        entity = [column.name for column in view.entity]
        hint = did_you_mean(name.text, entity) or f"its entity is {listed(entity)}"
        raise refuse(name.span, f"{name.text} is not the entity of {view.name}", hint)
    return column


def _driving_column(name: Name, driving: Member, complete: bool) -> Column:
    view = driving[0]
    for column in view.entity:
        if column.name.casefold() == name.key:
            return column
    feature = next((feature for feature in view.features if feature.name.casefold() == name.key), None)
    if feature is None and not complete:
        raise consequence(name.span)
    if feature is None:
        known = [column.name for column in view.columns if column.name != view.time]
        if name.key == view.time.casefold():
            raise refuse(name.span, f"{name.text} is the time of {view.name}, not a key")
        hint = did_you_mean(name.text, known) or f"it has {listed(known)}"
        raise refuse(name.span, f"{view.name} has no column {name.text}", hint)
    return Column(feature.name, feature.type)


def _equalities(on: Fragment, driving: Member, joined: Member) -> list[tuple[Name, Name]]:
    """Return (driving column, joined column) names of ``a.x = b.y AND ...``."""
    tokens = _bare(on.tokens)
    level = depths(tokens)
    cuts = [i for i, token in enumerate(tokens) if level[i] == 0 and token.kind == "word" and token.upper == "AND"]
    pairs = list[tuple[Name, Name]]()
    for begin, stop in zip([-1, *cuts], [*cuts, len(tokens)], strict=True):
        pairs.append(_equality(on, tokens[begin + 1 : stop], driving, joined))
    return pairs


def _equality(on: Fragment, tokens: tuple[Token, ...], driving: Member, joined: Member) -> tuple[Name, Name]:
    span = Span(on.script.source, tokens[0].start, tokens[-1].end) if tokens else on.span
    tokens = _bare(tokens)
    hint = f"ON {driving[1]}.key = {joined[1]}.{joined[0].entity[0].name}"
    texts = [token.text for token in tokens]
    if len(tokens) != 7 or texts[1] != "." or texts[3] not in ("=", "==") or texts[5] != ".":
        message = "a service's join is made of equalities of columns joined by AND"
        raise refuse(span, message, f"{hint}; an expression becomes a column of {driving[0].name} first")
    sides = dict[str, Name]()
    for alias, name in ((tokens[0], tokens[2]), (tokens[4], tokens[6])):
        key = unquote(alias).casefold()
        if key not in (driving[1].casefold(), joined[1].casefold()):
            message = f"{unquote(alias)} is neither {driving[1]} nor {joined[1]}"
            raise refuse(Span(on.script.source, alias.start, name.end), message, "keys come from the view that drives")
        sides[key] = Name(unquote(name), Span(on.script.source, alias.start, name.end))
    if len(sides) != 2:
        raise refuse(span, "an equality compares a column of one view with one of the other", hint)
    return sides[driving[1].casefold()], sides[joined[1].casefold()]


def _bare(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """What brackets round the whole hold."""
    while tokens and tokens[0].text == "(" and matching(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens
