"""``ASOF LEFT JOIN table ON equalities AND left_time >= right_time``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .binder import Binder
from .definitions import AsofJoin, Column
from .diagnostics import Findings, Refusal, refuse
from .names import check_new_simple, did_you_mean, listed, unquote
from .resolve_relation import ResolvedRelation
from .scope import Relation, Scope
from .source_text import Span
from .statements import Fragment, JoinStatement
from .tokens import Token, depths

_FORM = "ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from"
_VERSIONED = "LEFT JOIN table FOR SYSTEM_TIME AS OF t.ts AS m ON t.key = m.key"
_COMPARISONS = ("=", "==", ">=", ">", "<=", "<", "<>", "!=")
_MIRROR = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)


def joined_table(
    statement: JoinStatement, relations: Mapping[str, ResolvedRelation], taken: Sequence[Relation], findings: Findings
) -> Relation | None:
    """Return the joined table under its alias; None where it is declared but refused elsewhere."""
    name = statement.relation.name
    if statement.kind not in (("ASOF LEFT",) if statement.as_of is None else ("LEFT", "LEFT OUTER")):
        raise _refused_kind(statement)
    found = relations.get(name.key)
    if found is None:
        if findings.incomplete:
            return None
        tables = [r.relation.name for r in relations.values() if r.kind == "table"]
        raise refuse(
            name.span, f"unknown table {name.text}", did_you_mean(name.text, tables) or f"tables: {listed(tables)}"
        )
    if found.kind != "table":
        raise refuse(name.span, f"{name.text} is a source: ASOF LEFT JOIN takes a table", "CREATE TABLE declares one")
    alias = statement.relation.alias
    check_new_simple(alias, "an alias")
    if any(relation.alias.casefold() == alias.key for relation in taken):
        raise refuse(alias.span, f"{alias.text} is used twice in FROM", "give each relation its own alias")
    text = found.relation.name if alias is name else alias.text
    return replace(found.relation, alias=text)


def _refused_kind(statement: JoinStatement) -> Refusal:
    words = f"{statement.kind} JOIN".strip()
    if statement.as_of is not None:
        return refuse(statement.span, f"FOR SYSTEM_TIME AS OF takes LEFT JOIN; got {words}", _VERSIONED)
    return refuse(statement.span, f"a view joins tables with ASOF LEFT JOIN; got {words}", _FORM)


def resolve_join(
    statement: JoinStatement, left: Scope, table: Relation, watermark: str | None, binder: Binder
) -> AsofJoin:
    """Resolve the condition: equalities with columns of the table and one comparison of times.

    ``watermark`` is the column of the table's watermark, None for a frozen one.
    """
    if statement.on is None:
        raise refuse(statement.span, "ASOF LEFT JOIN takes ON, not USING", _FORM)
    equalities, time = list[tuple[str, str]](), None
    if statement.as_of is not None:
        time = _system_time(statement, statement.as_of, left, table, watermark, binder)
    for part in _conjuncts(statement.on):
        operator, first, second = _comparison(part)
        if operator in ("=", "=="):
            equalities.append(_equality(part, first, second, left, table, binder))
        elif operator in ("<>", "!="):
            raise refuse(part.span, "an ASOF join compares with = and one >=", _FORM)
        elif time is not None:
            raise refuse(part.span, "an ASOF join has one comparison of times", _FORM)
        else:
            time = _times(part, operator, first, second, left, table, binder)
    if not equalities:
        raise refuse(statement.on.span, "an ASOF join must name the key: t.key = m.key", _FORM)
    if time is None:
        raise refuse(statement.on.span, "an ASOF join must compare times: t.ts >= m.valid_from", _FORM)
    return AsofJoin(table.name, table.alias, tuple(equalities), *time)


def _system_time(
    statement: JoinStatement, as_of: Fragment, left: Scope, table: Relation, watermark: str | None, binder: Binder
) -> tuple[str, str, bool]:
    """The comparison that FOR SYSTEM_TIME AS OF stands for: with the watermark's column, or the only TIMESTAMP."""
    typed = left.typed(as_of, binder)
    if typed.type != "TIMESTAMP":
        raise refuse(as_of.span, f"FOR SYSTEM_TIME AS OF takes a TIMESTAMP; {as_of.span.text} is {typed.type}", _FORM)
    times = [watermark] if watermark else [column.name for column in table.columns if column.type == "TIMESTAMP"]
    if len(times) != 1:
        has = f"it has {listed(times)}" if times else "it has none"
        raise refuse(
            statement.relation.name.span, f"{table.name} must have one TIMESTAMP to be versioned by; {has}", _FORM
        )
    return typed.sql, times[0], False


def _conjuncts(fragment: Fragment) -> list[Fragment]:
    tokens, level = fragment.tokens, depths(fragment.tokens)
    cuts = [i for i, token in enumerate(tokens) if level[i] == 0 and token.kind == "word" and token.upper == "AND"]
    parts = list[Fragment]()
    for begin, stop in zip([-1, *cuts], [*cuts, len(tokens)], strict=True):
        if stop == begin + 1:
            at = tokens[min(stop, len(tokens) - 1)]
            raise refuse(_span(fragment, at), "expected a comparison around AND", _FORM)
        parts.append(Fragment(fragment.script, tokens[begin + 1 : stop]))
    return parts


def _comparison(part: Fragment) -> tuple[str, Fragment, Fragment]:
    level = depths(part.tokens)
    found = [i for i, token in enumerate(part.tokens) if level[i] == 0 and token.text in _COMPARISONS]
    if len(found) != 1 or found[0] in (0, len(part.tokens) - 1):
        raise refuse(part.span, "an ASOF join's condition is made of comparisons joined by AND", _FORM)
    at = found[0]
    first, second = (Fragment(part.script, run) for run in (part.tokens[:at], part.tokens[at + 1 :]))
    return part.tokens[at].text, first, second


def _sides(
    first: Fragment, second: Fragment, left: Scope, table: Relation, part: Fragment
) -> tuple[Fragment, Column, bool]:
    """Tell the table's bare column from the left side's expression; the last value: whether they are swapped."""
    scope = Scope((*left.relations, table))
    for one, other, swapped in ((second, first, False), (first, second, True)):
        column = _bare(one, scope, table)
        if column is not None:
            return other, column, swapped
    raise refuse(part.span, f"one side must be a column of {table.name}, the other of what stands before it", _FORM)


def _bare(fragment: Fragment, scope: Scope, table: Relation) -> Column | None:
    words = [token for token in fragment.tokens if token.text != "."]
    if len(words) > 2 or len(fragment.tokens) != 2 * len(words) - 1:
        return None
    name = unquote(words[-1])
    if len(words) == 2:
        return table.column(name) if unquote(words[0]).casefold() == table.alias.casefold() else None
    elsewhere = any(relation.column(name) for relation in scope.relations[:-1])
    return None if elsewhere else table.column(name)


def _equality(
    part: Fragment, first: Fragment, second: Fragment, left: Scope, table: Relation, binder: Binder
) -> tuple[str, str]:
    expression, column, _ = _sides(first, second, left, table, part)
    typed = left.typed(expression, binder)
    both = (typed.type, column.type)
    if typed.type != column.type and not all(type_ in _NUMBERS for type_ in both):
        raise refuse(
            part.span,
            f"cannot compare {typed.type} with {table.alias}.{column.name}, which is {column.type}",
            "cast one",
        )
    return typed.sql, column.name


def _times(
    part: Fragment, operator: str, first: Fragment, second: Fragment, left: Scope, table: Relation, binder: Binder
) -> tuple[str, str, bool]:
    expression, column, swapped = _sides(first, second, left, table, part)
    operator = _MIRROR[operator] if swapped else operator
    if operator in ("<", "<="):
        raise refuse(part.span, "an ASOF join looks back: the event's time >= the table's time", _FORM)
    typed = left.typed(expression, binder)
    for what, type_ in ((expression.span.text, typed.type), (f"{table.alias}.{column.name}", column.type)):
        if type_ != "TIMESTAMP":
            raise refuse(part.span, f"an ASOF join compares TIMESTAMPs; {what} is {type_}", _FORM)
    return typed.sql, column.name, operator == ">"


def _span(fragment: Fragment, token: Token) -> Span:
    return Span(fragment.script.source, token.start, token.end)
